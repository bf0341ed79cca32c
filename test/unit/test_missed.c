#include "core_world.h"

static struct world *const w = &world_shared;

static struct event late(const char *from, int32_t seconds)
{
    return (struct event){.kind = EVENT_LATE_CALL,
                          .account = SPAN("AC1"),
                          .sid = SPAN("CAlate"),
                          .from = span_of(from),
                          .to = SPAN(LINE),
                          .at_ms = WORLD_START - HOUR,
                          .seconds = seconds,
                          .attempt = -1,
                          .late = true};
}

static void a_missed_call_tells_the_customer_and_the_chain(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    assert_int_equal(world_count_to(w, ANNA), 1);
    SAYS(world_to(w, ANNA, 0), "Acme: we missed your call");
    assert_int_equal(world_to(w, ANNA, 0)->kind, MESSAGE_CUSTOMER);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
    const struct relay *r = world_relay(w);
    assert_int_equal(r->kind, RELAY_MISSED_CALL);
    assert_int_equal(r->cascade, world_cascade(w)->id);
    assert_int_equal(world_cascade(w)->relay, r->id);
    assert_int_equal(world_logged(w, "call.missed"), 1);
}

static void who_withholds_or_is_ours_is_not_told(void **unused)
{
    (void)unused;
    static const char *const callers[] = {"anonymous", "+266696687", SPARE};

    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++) {
        world_call(w, callers[i]);
        world_call_status(w, "completed", "1");
        assert_int_equal(world_count_to(w, callers[i]), 0);
        assert_int_equal(world_logged(w, "call.missed"), i + 1);
    }
}

static void without_its_line_it_is_an_alarm(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    w->roster.line_count = 0;
    world_call_status(w, "completed", "1");
    assert_int_equal(world_logged(w, "call.missed"), 1);
    assert_int_equal(world_alarms(w), 1);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void a_call_in_the_carriers_log_becomes_a_missed_one(void **unused)
{
    (void)unused;
    world_again(w, late(ANNA, 0));
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, OUTCOME_MISSED);
    assert_int_equal(k->started_ms, WORLD_START - HOUR);
    assert_int_equal(k->ended_ms, WORLD_START);
    assert_string_equal(k->call_sid, "CAlate");
    assert_int_equal(k->thread, world_thread(w, ANNA)->id);
    SAYS(world_to(w, ANNA, 0), "we missed your call");
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
    assert_int_equal(k->relay, world_relay(w)->id);
    assert_int_equal(world_logged(w, "call.late"), 1);
    world_again(w, late(ANNA, 0));
    assert_int_equal(w->changes, 0);
}

static void one_that_the_fallback_took_is_said_so(void **unused)
{
    (void)unused;
    world_again(w, late(ANNA, 42));
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
    SAYS(world_last_to(w, PRIMARY), "call taken by the fallback, 42 s");
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* somebody shall look into it */
}

static void one_that_we_know_is_left_alone(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct event e = late(ANNA, 0);
    e.sid = span_of(w->call);
    world_again(w, e);
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
}

static void a_line_that_has_left_is_left_alone(void **unused)
{
    (void)unused;
    struct event e = late(ANNA, 0);
    e.to = SPAN("+13125550199");
    world_again(w, e);
    assert_int_equal(w->changes, 0);
}

static void it_joins_what_waits(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 300 * S);
    world_again(w, late(ANNA, 0));
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_relay(w)->due_ms, WORLD_START + 900 * S);
    SAYS(world_last_to(w, PRIMARY), "missed call");
    assert_int_equal(world_cascade(w)->relay, world_relay(w)->id);
}

static void what_its_webhooks_say_afterwards_changes_nothing(void **unused)
{
    (void)unused;
    world_again(w, late(ANNA, 0));
    strcpy(w->call, "CAlate");
    const size_t relays = world_count(w, FACT_RELAY);
    const size_t texts = world_count(w, FACT_OUTBOX);
    world_call_status(w, "completed", "1");
    world_dialled(w, 0, "no-answer");
    world_leg(w, 0, "CAleg", "1");
    world_recorded(w, 7);
    assert_int_equal(world_cascade(w)->state, CASCADE_OVER);
    assert_int_equal(world_count(w, FACT_RELAY), relays);
    assert_true(world_count(w, FACT_OUTBOX) <= texts + 1); /* a recording may be told of */
}

static void while_nobody_is_on_duty_it_waits(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_again(w, late(ANNA, 0));
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    world_go(w, WORLD_TUESDAY);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_missed_call_tells_the_customer_and_the_chain),
        TEST(who_withholds_or_is_ours_is_not_told),
        TEST(without_its_line_it_is_an_alarm),
        TEST(a_call_in_the_carriers_log_becomes_a_missed_one),
        TEST(one_that_the_fallback_took_is_said_so),
        TEST(one_that_we_know_is_left_alone),
        TEST(a_line_that_has_left_is_left_alone),
        TEST(it_joins_what_waits),
        TEST(what_its_webhooks_say_afterwards_changes_nothing),
        TEST(while_nobody_is_on_duty_it_waits),
    };

    return cmocka_run_group_tests_name("missed", tests, NULL, NULL);
}
