#include "core_world.h"

#include "relay/fate.h"

static struct world *const w = &world_shared;

static void receipt(const struct message *m, int32_t code)
{
    const struct event e = {
        .kind = EVENT_RECEIPT,
        .message = m->id,
        .sid = span_of(arena_printf(w->arena, "SMout%lld", (long long)m->id)),
        .delivery = DELIVERY_UNDELIVERED,
        .error_code = code,
    };
    world_again(w, e);
}

/* The first call that is decided for that phone; NULL without. */
static struct message *call_to(const char *phone)
{
    struct message *m;

    for (size_t i = 0; (m = world_to(w, phone, i)) != NULL; i++)
        if (m->kind == MESSAGE_SPOKEN)
            return m;
    return NULL;
}

static void only_one_step(void)
{
    w->chains[0].step_count = 1;
}

static void a_delivered_text_shows_on_the_relay(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_SENT);
    assert_int_equal(world_relay(w)->final_status, FINAL_NONE);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_DELIVERED);
    assert_int_equal(world_relay(w)->final_status, FINAL_DELIVERED);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_REACHED);
    world_wait(w, 900 * S); /* delivered is not acknowledged */
    assert_int_equal(world_relay(w)->final_status, FINAL_BACKUP_TRIGGERED);
    world_receipt(w, world_to(w, BACKUP, 0), DELIVERY_DELIVERED);
    assert_int_equal(world_relay(w)->final_status, FINAL_BACKUP_TRIGGERED);
}

static void undelivered_escalates_now(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 10 * S);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_count_to(w, BACKUP), 1);
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_relay(w)->due_ms, w->now_ms + 900 * S);
    assert_int_equal(w->timer_count, 1);
    assert_int_equal(world_to(w, PRIMARY, 0)->error_code, 30003);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_FAILED);
    assert_int_equal(world_logged(w, "text.not-delivered"), 1);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
}

static void a_late_failure_of_an_earlier_step_moves_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_FAILED);
    assert_int_equal(world_relay(w)->step, 1);
    assert_int_equal(world_count_to(w, OWNER), 0);
    assert_null(call_to(PRIMARY));
}

static void a_failure_after_it_was_taken_moves_nothing(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
    assert_int_equal(world_count_to(w, BACKUP), 0);
}

static void all_unreachable_exhausts(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    world_receipt(w, world_to(w, BACKUP, 0), DELIVERY_FAILED);
    world_receipt(w, world_to(w, OWNER, 0), DELIVERY_FAILED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* his phone rings */
    world_sent(w, call_to(OWNER), SENT_REFUSED);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(world_logged(w, "relay.exhausted"), 1);
}

static void a_lost_reply_is_told_to_who_wrote_it(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    world_receipt(w, world_to(w, ANNA, 0), DELIVERY_UNDELIVERED);
    SAYS(world_last_to(w, PRIMARY), "did not reach " ANNA);
    assert_int_equal(world_relay(w)->state, RELAY_TAKEN);
}

static void a_pre_alert_that_fails_escalates_nothing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_count(w, FACT_OUTBOX), 1);
}

/* Every code that ends a text, in a receipt or in the answer. */
static void every_final_code_escalates_and_calls(void **unused)
{
    (void)unused;
    static const int32_t codes[] = {21610, 30003, 30004, 30005, 30006,
                                    30007, 30008, 30032, 30034, 0};

    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        world_tear_down(NULL);
        world_set_up(NULL);
        world_text(w, ANNA, "no heat");
        receipt(world_to(w, PRIMARY, 0), codes[i]);
        if (world_relay(w)->step != 1 || !call_to(PRIMARY))
            fail_msg("not so: %d", codes[i]);
    }
}

static void on_the_last_step_the_clock_runs_while_he_is_called(void **unused)
{
    (void)unused;
    only_one_step();
    world_text(w, ANNA, "no heat");
    const int64_t due_ms = world_relay(w)->due_ms;
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    assert_int_equal(world_relay(w)->due_ms, due_ms);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_TOLD);
    assert_non_null(call_to(PRIMARY));
    assert_int_equal(world_logged(w, "text.not-delivered"), 1);
}

static void when_the_call_cannot_be_made_either_it_is_exhausted(void **unused)
{
    (void)unused;
    only_one_step();
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    world_sent(w, call_to(PRIMARY), SENT_REFUSED);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(world_relay(w)->plan->rungs[0].state, RUNG_FAILED);
    assert_int_equal(w->timer_count, 0);
}

static void of_two_on_the_last_step_both_must_be_lost(void **unused)
{
    (void)unused;
    only_one_step();
    w->chains[0].steps[0].operators[w->chains[0].steps[0].operator_count++] = AT_BACKUP;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    world_receipt(w, world_to(w, BACKUP, 0), DELIVERY_UNDELIVERED);
    world_sent(w, call_to(PRIMARY), SENT_REFUSED);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    world_sent(w, call_to(BACKUP), SENT_REFUSED);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
}

static void of_two_on_an_earlier_step_the_other_still_has_it(void **unused)
{
    (void)unused;
    w->chains[0].steps[0].operators[w->chains[0].steps[0].operator_count++] = AT_SPARE;
    world_text(w, ANNA, "no heat");
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->step, 0);
    assert_non_null(call_to(PRIMARY));
    world_receipt(w, world_to(w, SPARE, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_relay(w)->step, 1);
}

static void who_left_the_roster_is_not_called(void **unused)
{
    (void)unused;
    only_one_step();
    world_text(w, ANNA, "no heat");
    strcpy(w->people[AT_PRIMARY].id, "somebody");
    w->chains[0].steps[0].operators[0] = AT_SPARE; /* else the new one is asked */
    world_off(w, AT_SPARE);
    world_receipt(w, world_to(w, PRIMARY, 0), DELIVERY_UNDELIVERED);
    assert_null(call_to(PRIMARY));
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
}

static void an_operator_who_opted_out_is_an_alarm(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_sent(w, world_to(w, PRIMARY, 0), SENT_REFUSED);
    const struct consent *row = world_row(w, FACT_CONSENT, 0);
    assert_non_null(row);
    assert_true(row->is_out);
    assert_string_equal(row->line, LINE);
    assert_string_equal(row->person, PRIMARY);
    assert_int_equal(world_logged(w, "operator.opted-out"), 1);
    world_text(w, BORIS, "hello");
    if (world_last_to(w, PRIMARY)->kind == MESSAGE_FORWARD) {
        world_sent(w, world_last_to(w, PRIMARY), SENT_REFUSED);
        assert_int_equal(world_logged(w, "operator.opted-out"), 1);
    }
}

static void a_customer_who_opted_out_is_noted(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "on my way");
    world_sent(w, world_to(w, ANNA, 0), SENT_REFUSED);
    const struct consent *row = world_row(w, FACT_CONSENT, 0);
    assert_non_null(row);
    assert_string_equal(row->person, ANNA);
    assert_int_equal(world_logged(w, "consent.out"), 1);
    assert_int_equal(world_logged(w, "operator.opted-out"), 0);
    SAYS(world_last_to(w, PRIMARY), "did not reach " ANNA);
}

static void a_lost_reply_of_the_office_is_an_alarm(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, (struct event){.kind = EVENT_REPLY,
                                  .thread = world_thread(w, ANNA)->id,
                                  .body = SPAN("on our way"),
                                  .origin = ORIGIN_API});
    const size_t before = world_alarms(w);
    world_receipt(w, world_to(w, ANNA, 0), DELIVERY_UNDELIVERED);
    assert_int_equal(world_alarms(w), before + 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_delivered_text_shows_on_the_relay),
        TEST(undelivered_escalates_now),
        TEST(a_late_failure_of_an_earlier_step_moves_nothing),
        TEST(a_failure_after_it_was_taken_moves_nothing),
        TEST(all_unreachable_exhausts),
        TEST(a_lost_reply_is_told_to_who_wrote_it),
        TEST(a_pre_alert_that_fails_escalates_nothing),
        TEST(every_final_code_escalates_and_calls),
        TEST(on_the_last_step_the_clock_runs_while_he_is_called),
        TEST(when_the_call_cannot_be_made_either_it_is_exhausted),
        TEST(of_two_on_the_last_step_both_must_be_lost),
        TEST(of_two_on_an_earlier_step_the_other_still_has_it),
        TEST(who_left_the_roster_is_not_called),
        TEST(an_operator_who_opted_out_is_an_alarm),
        TEST(a_customer_who_opted_out_is_noted),
        TEST(a_lost_reply_of_the_office_is_an_alarm),
    };

    return cmocka_run_group_tests_name("fate", tests, NULL, NULL);
}
