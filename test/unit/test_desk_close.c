#include "core_world.h"

static struct world *const w = &world_shared;

static struct event on_thread(enum event_kind kind, const char *customer, const char *who)
{
    return (struct event){
        .kind = kind,
        .thread = world_thread(w, customer)->id,
        .operator_id = span_of(who),
        .origin = ORIGIN_DASHBOARD,
        .by = SPAN("Mara"),
    };
}

static void closing_takes_what_waits_and_says_who_has_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, on_thread(EVENT_CLOSE, ANNA, ""));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(w->answer.id, world_thread(w, ANNA)->id);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_string_equal(world_relay(w)->acked_by, "");
    assert_true(world_thread(w, ANNA)->closed);
    SAYS(world_last_to(w, PRIMARY), "is with the office (Mara)");
    assert_int_equal(world_logged(w, "thread.closed"), 1);
    world_text(w, ANNA, "still no heat"); /* goes to the chain, and opens it */
    assert_false(world_thread(w, ANNA)->closed);
    assert_int_equal(world_relay_of(w, ANNA)->state, RELAY_OPEN);
}

static void whoever_had_it_hears_that_it_is_closed(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_again(w, on_thread(EVENT_CLOSE, ANNA, "backup"));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    SAYS(world_last_to(w, PRIMARY), "is closed");
    assert_string_equal(world_thread(w, ANNA)->owner, "");
}

static void opened_again_it_is_whoever_had_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_again(w, on_thread(EVENT_CLOSE, ANNA, ""));
    world_again(w, on_thread(EVENT_REOPEN, ANNA, "backup"));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_false(world_thread(w, ANNA)->closed);
    assert_string_equal(world_thread(w, ANNA)->owner, "primary");
    assert_int_equal(world_logged(w, "thread.reopened"), 1);
    world_wait(w, 24 * (int64_t)HOUR);
    assert_true(world_thread(w, ANNA)->closed); /* a quiet day */
}

static void nobodys_is_his_who_opens_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, on_thread(EVENT_CLOSE, ANNA, ""));
    world_again(w, on_thread(EVENT_REOPEN, ANNA, "backup"));
    assert_string_equal(world_thread(w, ANNA)->owner, "backup");
    world_again(w, on_thread(EVENT_CLOSE, ANNA, "backup"));
    world_again(w, on_thread(EVENT_REOPEN, ANNA, ""));
    assert_string_equal(world_thread(w, ANNA)->owner, "");
}

static void twice_is_refused(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, on_thread(EVENT_REOPEN, ANNA, ""));
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    world_again(w, on_thread(EVENT_CLOSE, ANNA, ""));
    world_again(w, on_thread(EVENT_CLOSE, ANNA, ""));
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    assert_int_equal(w->changes, 0);
    struct event e = on_thread(EVENT_REOPEN, ANNA, "");
    e.tenant = 2;
    world_again(w, e);
    assert_int_equal(w->answer.error, ERR_NOT_FOUND);
    e = on_thread(EVENT_REOPEN, ANNA, "nobody");
    world_again(w, e);
    assert_int_equal(w->answer.error, ERR_BAD_INPUT);
    e.is_own = true; /* he has left the roster, and is still signed in */
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(closing_takes_what_waits_and_says_who_has_it),
        TEST(whoever_had_it_hears_that_it_is_closed),
        TEST(opened_again_it_is_whoever_had_it),
        TEST(nobodys_is_his_who_opens_it),
        TEST(twice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
