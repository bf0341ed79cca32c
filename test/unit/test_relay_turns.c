#include "core_world.h"

#include "rules/guard.h"

/* Whose turn it is: floods, owners, people who are away. */
static struct world *const w = &world_shared;

static void take(const char *phone, const char *customer)
{
    for (size_t i = 0;; i++) {
        const struct message *m = world_to(w, phone, i);
        assert_non_null(m);
        if (strcmp(m->customer, customer) != 0)
            continue;
        world_text(w, phone, world_tagged(w, m, "ok"));
        return;
    }
}

static void say(int who, enum duty_state state)
{
    struct duty row = {.tenant = WORLD_TENANT, .state = state, .since_ms = w->now_ms};

    strcpy(row.operator_id, world_id(who));
    facts_put_duty(&w->facts, &row);
    world_commit(w);
}

/* ---- floods ---- */

static int open_guard(void **unused)
{
    world_set_up(unused);
    w->guard = guard_open();
    return 0;
}

static int close_guard(void **unused)
{
    guard_close(&w->guard);
    return world_tear_down(unused);
}

static void flood(int count)
{
    for (int i = 0; i < count; i++)
        world_text(w, arena_printf(w->arena, "+1%d5550121", 400 + i), "hello");
}

static void a_flood_begins_later_and_loses_nothing(void **unused)
{
    (void)unused;
    w->lines[0].relays_per_minute = 6;
    flood(20);
    assert_int_equal(world_count(w, FACT_RELAY), 20);
    assert_int_equal(world_count_to(w, PRIMARY), 20);
    for (size_t i = 0; i < 20; i++) {
        const struct relay *r = world_row(w, FACT_RELAY, i);
        const struct outbox *o = world_outbox(w, world_to(w, PRIMARY, i)->id);
        const int64_t begins = WORLD_START + (i < 6 ? 0 : ((int64_t)i - 5) * 10 * S);
        assert_int_equal(o->due_ms, begins);
        assert_int_equal(r->forwarded_to_primary_at, begins);
        assert_int_equal(r->due_ms, begins + 900 * S); /* his time begins when it leaves */
        assert_int_equal(o->expires_ms, begins + 900 * S);
        assert_true(world_has_timer(w, TIMER_RELAY, r->id, r->due_ms));
    }
    assert_int_equal(world_logged(w, "relay.flood"), 14);
}

static void the_tenants_limit_holds_over_all_lines(void **unused)
{
    (void)unused;
    w->roster.relays_per_minute = 2;
    flood(2);
    world_again(w, (struct event){.kind = EVENT_TEXT,
                                  .sid = SPAN("SM2nd"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE_2),
                                  .body = SPAN("hello")});
    assert_int_equal(world_outbox(w, world_to(w, SPARE, 0)->id)->due_ms, WORLD_START + 30 * S);
}

static void what_joins_does_not_overtake_what_waits_to_begin(void **unused)
{
    (void)unused;
    w->lines[0].relays_per_minute = 1;
    world_text(w, BORIS, "no water");
    world_text(w, ANNA, "no heat");
    world_wait(w, 10 * S);
    world_text(w, ANNA, "and water");
    assert_int_equal(world_count(w, FACT_RELAY), 2); /* a joined one takes no place */
    assert_int_equal(world_outbox(w, world_to(w, PRIMARY, 1)->id)->due_ms, WORLD_START + MIN);
    assert_int_equal(world_outbox(w, world_to(w, PRIMARY, 2)->id)->due_ms, WORLD_START + MIN);
    world_wait(w, MIN);
    world_text(w, ANNA, "hello?");
    assert_int_equal(world_outbox(w, world_to(w, PRIMARY, 3)->id)->due_ms, w->now_ms);
}

static void later_steps_do_not_wait_again(void **unused)
{
    (void)unused;
    w->lines[0].relays_per_minute = 1;
    flood(3);
    world_wait(w, 900 * S + 2 * MIN);
    assert_int_equal(world_count_to(w, BACKUP), 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(world_outbox(w, world_to(w, BACKUP, i)->id)->due_ms,
                         WORLD_START + 900 * S + (int64_t)i * MIN);
}

/* ---- owners ---- */

static void anna_is_the_backups(void)
{
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    take(BACKUP, ANNA);
}

static void the_owners_next_text_has_a_clock_of_its_own(void **unused)
{
    (void)unused;
    anna_is_the_backups();
    const size_t primary = world_count_to(w, PRIMARY);
    world_wait(w, 5 * (int64_t)HOUR);
    world_text(w, ANNA, "still cold");
    const struct relay *r = world_relay(w);
    assert_int_equal(r->plan->rungs[0].reason, REASON_OWNER);
    assert_int_equal(r->due_ms, w->now_ms + 900 * S);
    assert_int_equal(world_count_to(w, PRIMARY), primary);
    SAYS(world_last_to(w, BACKUP), "still cold");
    world_wait(w, 900 * S); /* silent: skipped and told; the chain is next */
    SAYS(world_last_to(w, BACKUP), "went on to Pat");
    SAYS(world_last_to(w, PRIMARY), "still cold");
    assert_string_equal(world_thread(w, ANNA)->owner, "");
    world_wait(w, 900 * S); /* he is not asked a second time */
    SAYS(world_last_to(w, OWNER), "still cold");
}

static void an_owner_who_is_not_there_is_skipped(void **unused)
{
    (void)unused;
    static const struct row {
        const char *name;
        enum duty_state said;
        bool off;
    } rows[] = {{"away", DUTY_AWAY, false},
                {"off", DUTY_OFF, false},
                {"off by his hours", DUTY_HOURS, true}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_close(w);
        world_open(w);
        anna_is_the_backups();
        const size_t backup = world_count_to(w, BACKUP);
        say(AT_BACKUP, rows[i].said);
        if (rows[i].off)
            world_off(w, AT_BACKUP);
        world_text(w, ANNA, "still cold");
        if (world_count_to(w, BACKUP) != backup)
            fail_msg("%s: was asked", rows[i].name);
        SAYS(world_last_to(w, PRIMARY), "still cold");
        assert_int_equal(world_relay(w)->due_ms, w->now_ms + 900 * S);
    }
}

static void an_owner_who_says_on_is_asked_whatever_his_hours(void **unused)
{
    (void)unused;
    anna_is_the_backups();
    world_off(w, AT_BACKUP);
    say(AT_BACKUP, DUTY_ON);
    world_text(w, ANNA, "still cold");
    SAYS(world_last_to(w, BACKUP), "still cold");
}

static void who_goes_away_meanwhile_is_passed_over(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    say(AT_BACKUP, DUTY_AWAY);
    world_wait(w, 900 * S);
    assert_int_equal(world_count_to(w, BACKUP), 0);
    SAYS(world_last_to(w, OWNER), "no heat");
}

static void two_customers_have_two_owners(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, BORIS, "no water");
    take(PRIMARY, ANNA);
    world_wait(w, 900 * S);
    take(BACKUP, BORIS);
    world_text(w, ANNA, "anna again");
    SAYS(world_last_to(w, PRIMARY), "anna again");
    world_text(w, BORIS, "boris again");
    SAYS(world_last_to(w, BACKUP), "boris again");
    assert_false(world_says(w, world_last_to(w, PRIMARY), "boris again"));
}

static void a_late_acknowledgement_makes_him_the_owner(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 4 * (int64_t)HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    take(BACKUP, ANNA);
    assert_int_equal(world_relay(w)->final_status, FINAL_ACKED);
    SAYS(world_last_to(w, PRIMARY), "is with Bo");
    world_text(w, ANNA, "thanks");
    SAYS(world_last_to(w, BACKUP), "thanks");
    assert_false(world_says(w, world_last_to(w, PRIMARY), "thanks"));
}

static void the_owners_thread_at_night_waits_for_somebody(void **unused)
{
    (void)unused;
    anna_is_the_backups();
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    world_text(w, ANNA, "still cold");
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    SAYS(world_last_to(w, ANNA), "nobody is on duty");
    world_go(w, WORLD_TUESDAY);
    SAYS(world_last_to(w, BACKUP), "still cold"); /* it is still his */
    assert_int_equal(world_relay(w)->plan->rungs[0].reason, REASON_OWNER);
}

static void when_nobody_ever_comes_on_the_customer_and_the_last_resort_know(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        say(i, DUTY_AWAY);
    w->people[AT_SPARE].last_resort = true;
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    SAYS(world_last_to(w, ANNA), "nobody is on duty");
    assert_int_equal(world_count_to(w, SPARE), 1);
    SAYS(world_last_to(w, SPARE), "no heat");
    assert_int_equal(world_count_to(w, PRIMARY), 1);
}

static void what_the_last_resort_gives_back_goes_to_whoever_is_on(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    w->people[AT_SPARE].last_resort = true;
    world_text(w, ANNA, "no heat");
    take(SPARE, ANNA);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    world_text(w, SPARE, world_tagged(w, world_to(w, SPARE, 0), "next"));
    assert_int_equal(world_relay(w)->state, RELAY_IDLE); /* it is night still */
    take(SPARE, ANNA);
    world_wait(w, 21 * (int64_t)HOUR);
    world_text(w, SPARE, world_tagged(w, world_to(w, SPARE, 0), "next"));
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_relay(w)->step, 0);
    SAYS(world_last_to(w, PRIMARY), "no heat");
    assert_int_equal(world_logged(w, "relay.exhausted"), 0);
}

static void a_late_acknowledgement_of_an_earlier_relay_takes_nobodys_thread(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const struct message *old = world_to(w, PRIMARY, 0);
    world_wait(w, HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    world_text(w, ANNA, "hello?");
    take(BACKUP, ANNA);
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    const size_t before = world_count_to(w, BACKUP);
    world_link(w, old, LINK_TAKE);
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    assert_int_equal(world_count_to(w, BACKUP), before); /* not "is with Pat" */
}

static void one_of_several_passes_on_and_the_other_has_it_still(void **unused)
{
    (void)unused;
    struct step *first = &w->chains[0].steps[0];

    first->operators[first->operator_count++] = AT_SPARE;
    world_text(w, ANNA, "no heat");
    const int64_t due_ms = world_relay(w)->due_ms;
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "next"));
    assert_int_equal(world_relay(w)->step, 0);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_relay(w)->due_ms, due_ms);
    SAYS(world_last_to(w, PRIMARY), "went on to Sam");
    assert_int_equal(world_count_to(w, BACKUP), 0);
    world_text(w, ANNA, "hello?");
    assert_false(world_says(w, world_last_to(w, PRIMARY), "hello?"));
    SAYS(world_last_to(w, SPARE), "hello?");
    world_text(w, SPARE, world_tagged(w, world_to(w, SPARE, 0), "next"));
    assert_int_equal(world_relay(w)->step, 1);
    SAYS(world_last_to(w, BACKUP), "no heat");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
#define FLOOD(f) cmocka_unit_test_setup_teardown(f, open_guard, close_guard)
    const struct CMUnitTest tests[] = {
        FLOOD(a_flood_begins_later_and_loses_nothing),
        FLOOD(the_tenants_limit_holds_over_all_lines),
        FLOOD(what_joins_does_not_overtake_what_waits_to_begin),
        FLOOD(later_steps_do_not_wait_again),
        TEST(one_of_several_passes_on_and_the_other_has_it_still),
        TEST(the_owners_next_text_has_a_clock_of_its_own),
        TEST(an_owner_who_is_not_there_is_skipped),
        TEST(an_owner_who_says_on_is_asked_whatever_his_hours),
        TEST(who_goes_away_meanwhile_is_passed_over),
        TEST(two_customers_have_two_owners),
        TEST(a_late_acknowledgement_makes_him_the_owner),
        TEST(the_owners_thread_at_night_waits_for_somebody),
        TEST(when_nobody_ever_comes_on_the_customer_and_the_last_resort_know),
        TEST(what_the_last_resort_gives_back_goes_to_whoever_is_on),
        TEST(a_late_acknowledgement_of_an_earlier_relay_takes_nobodys_thread),
    };

    return cmocka_run_group_tests_name("relay, whose turn it is", tests, NULL, NULL);
}
