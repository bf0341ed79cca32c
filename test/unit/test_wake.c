#include "core_world.h"

static struct world *const w = &world_shared;

static void everybody_off(void)
{
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
}

static void wake(void)
{
    world_again(w, (struct event){.kind = EVENT_WAKE});
}

/* Gaps are another matter: they have been told, and their timers stand. */
static void gaps_are_known(int32_t tenant)
{
    world_again(w, (struct event){.kind = EVENT_WAKE, .tenant = tenant});
}

static size_t relay_timers(void)
{
    size_t count = 0;

    for (size_t i = 0; i < w->timer_count; i++)
        count += w->timers[i].kind == TIMER_RELAY;
    return count;
}

static void a_new_roster_wakes_what_waits(void **unused)
{
    (void)unused;
    everybody_off();
    world_text(w, ANNA, "no heat");
    world_text(w, BORIS, "no water");
    assert_int_equal(world_count_to(w, BACKUP), 0);
    world_wait(w, HOUR);
    world_on(w, AT_BACKUP);
    wake();
    assert_int_equal(world_count_to(w, BACKUP), 2);
    for (size_t i = 0; i < 2; i++) {
        const struct relay *r = world_row(w, FACT_RELAY, i);
        assert_int_equal(r->state, RELAY_OPEN);
        assert_int_equal(r->due_ms, w->now_ms + 900 * S);
        assert_true(world_has_timer(w, TIMER_RELAY, r->id, r->due_ms));
        assert_int_equal(r->forwarded_to_primary_at, w->now_ms);
    }
    assert_int_equal(relay_timers(), 2); /* those for Tuesday are gone */
    wake();
    assert_int_equal(w->changes, 0);
}

static void with_still_nobody_it_says_nothing_again(void **unused)
{
    (void)unused;
    everybody_off();
    w->people[AT_SPARE].last_resort = true;
    world_text(w, ANNA, "no heat");
    gaps_are_known(WORLD_TENANT);
    const size_t alarms = world_alarms(w);
    for (int i = 0; i < 3; i++) {
        world_wait(w, HOUR);
        wake();
        assert_int_equal(w->changes, 0);
    }
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    assert_int_equal(world_count_to(w, SPARE), 1);
    assert_int_equal(world_count_to(w, ANNA), 1);
    assert_int_equal(world_alarms(w), alarms);
    assert_true(world_has_timer(w, TIMER_RELAY, world_relay(w)->id, WORLD_TUESDAY));
}

static void the_clock_follows_a_roster_that_brings_somebody_sooner(void **unused)
{
    (void)unused;
    static const struct hours evening[] = {{1, 18 * 60, 20 * 60}}; /* Monday */

    everybody_off();
    world_text(w, ANNA, "no heat");
    w->people[AT_OWNER].hours = evening;
    wake();
    const int64_t six = WORLD_START + 6 * (int64_t)HOUR;
    assert_true(world_has_timer(w, TIMER_RELAY, world_relay(w)->id, six));
    assert_int_equal(relay_timers(), 1);
    world_go(w, six - 1);
    assert_int_equal(world_count_to(w, OWNER), 0);
    world_go(w, six);
    assert_int_equal(world_count_to(w, OWNER), 1);
}

static void a_roster_that_leaves_nobody_for_ever_is_an_alarm(void **unused)
{
    static const struct hours never[] = {{0, 0, 1}};

    (void)unused;
    everybody_off();
    world_text(w, ANNA, "no heat");
    for (int i = 0; i < WORLD_PEOPLE; i++)
        w->people[i].hours = never;
    wake();
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(world_logged(w, "relay.exhausted"), 1);
    assert_int_equal(relay_timers(), 0);
}

static void whoever_says_on_hears_what_waits(void **unused)
{
    (void)unused;
    everybody_off();
    world_text(w, ANNA, "no heat");
    world_text(w, BACKUP, "on");
    SAYS(world_to(w, BACKUP, 0), "no heat");
    SAYS(world_last_to(w, BACKUP), "You are on duty");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
}

static void what_waits_since_the_same_batch_is_heard_too(void **unused)
{
    (void)unused;
    everybody_off();
    w->batch = true;
    world_text(w, ANNA, "no heat");
    world_text(w, BACKUP, "on");
    w->batch = false;
    world_commit(w);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    SAYS(world_to(w, BACKUP, 0), "no heat");
}

static void what_does_not_wait_is_left_alone(void **unused)
{
    (void)unused;
    gaps_are_known(WORLD_TENANT);
    world_text(w, ANNA, "no heat"); /* open */
    world_text(w, BORIS, "no water");
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 1), "ok"));
    wake();
    assert_int_equal(w->changes, 0);
    world_wait(w, 3600 * S); /* exhausted */
    wake();
    assert_int_equal(w->changes, 0);
}

static void another_tenants_roster_wakes_nothing_here(void **unused)
{
    (void)unused;
    gaps_are_known(2);
    everybody_off();
    world_text(w, ANNA, "no heat");
    world_on(w, AT_PRIMARY);
    world_again(w, (struct event){.kind = EVENT_WAKE, .tenant = 2});
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    w->batch = true; /* nor when both meet in a batch */
    world_off(w, AT_PRIMARY);
    world_text(w, BORIS, "no water");
    world_on(w, AT_PRIMARY);
    world_again(w, (struct event){.kind = EVENT_WAKE, .tenant = 2});
    w->batch = false;
    world_commit(w);
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_roster_wakes_what_waits),
        TEST(with_still_nobody_it_says_nothing_again),
        TEST(the_clock_follows_a_roster_that_brings_somebody_sooner),
        TEST(a_roster_that_leaves_nobody_for_ever_is_an_alarm),
        TEST(whoever_says_on_hears_what_waits),
        TEST(what_waits_since_the_same_batch_is_heard_too),
        TEST(what_does_not_wait_is_left_alone),
        TEST(another_tenants_roster_wakes_nothing_here),
    };

    return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
