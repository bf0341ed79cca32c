#include "core_world.h"

static struct world *const w = &world_shared;

/* Nobody takes it: all three ring and the voicemail speaks. */
static void to_the_voicemail(const char *caller)
{
    world_call(w, caller);
    world_wait(w, 15 * S);
    world_dialled(w, 0, "no-answer");
    world_wait(w, 15 * S);
    world_dialled(w, 1, "busy");
    world_wait(w, 20 * S);
    world_dialled(w, 2, "failed");
}

static void the_caller_hangs_up_while_it_rings(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_wait(w, 4 * S);
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_ABANDONED);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    assert_int_equal(world_cascade(w)->relay, world_relay(w)->id);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
    SAYS(world_last_to(w, ANNA), "we missed your call");
    world_dialled(w, 0, "canceled"); /* the dial's result comes after */
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_noted(w, "attempt"), 1);
}

static void the_dials_result_tells_of_the_hang_up(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct event e = w->last;
    e.attempt = 1;
    e.call_status = SPAN("completed");
    e.dial_status = SPAN("canceled");
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    world_assert_over(w, OUTCOME_ABANDONED);
    assert_int_equal(world_noted(w, "attempt"), 1);
}

static void the_caller_hangs_up_while_he_talks(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", "1");
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_ANSWERED);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void the_caller_hangs_up_on_the_voicemail(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_MISSED);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void the_end_of_the_chain(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_VOICEMAIL);
    assert_int_equal(k->plan->rungs[0].state, RUNG_MISSED);
    assert_int_equal(k->plan->rungs[1].state, RUNG_BUSY);
    assert_int_equal(k->plan->rungs[2].state, RUNG_FAILED);
    assert_int_equal(world_count_to(w, ANNA), 1);
    SAYS(world_to(w, ANNA, 0), "Reply here");
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    assert_int_equal(world_relay(w)->cascade, k->id);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
    assert_int_equal(world_relay(w)->due_ms, w->now_ms + 900 * S);
}

static void a_recording_before_the_hang_up(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_recorded(w, 12);
    world_assert_spoken(w, "Thank you");
    assert_int_equal(world_relay(w)->kind, RELAY_VOICEMAIL);
    SAYS(world_last_to(w, PRIMARY), "voicemail of 12 s");
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_VOICEMAIL);
    world_wait(w, 900 * S);
    SAYS(world_last_to(w, BACKUP), "voicemail of 12 s");
}

static void a_recording_after_the_hang_up(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_call_status(w, "completed", "1");
    world_recorded(w, 12);
    world_assert_over(w, OUTCOME_VOICEMAIL);
    SAYS(world_last_to(w, PRIMARY), "voicemail of 12 s");
    const size_t told = world_count_to(w, PRIMARY);
    world_recorded(w, 12);
    assert_int_equal(world_count_to(w, PRIMARY), told);
}

static void a_recording_of_nothing_is_none(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_recorded(w, 0);
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_MISSED);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
}

static void a_recording_of_unknown_length_is_one(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_recorded(w, -1);
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_VOICEMAIL);
    assert_int_equal(world_relay(w)->kind, RELAY_VOICEMAIL);
    assert_int_equal(world_cascade(w)->recording_s, 0);
    SAYS(world_last_to(w, PRIMARY), "voicemail");
}

static void a_recording_after_somebody_took_it_reaches_him(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_text(w, SPARE, "hello"); /* somebody else's words change nothing */
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "ok"));
    world_wait(w, 30 * S);
    world_recorded(w, 30);
    SAYS(world_last_to(w, PRIMARY), "voicemail of 30 s");
    assert_int_equal(world_relay(w)->state, RELAY_OPEN); /* and has a clock again */
    assert_int_equal(world_relay(w)->kind, RELAY_VOICEMAIL);
}

static void a_recording_that_joins_a_text_reaches_the_next_step_too(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    to_the_voicemail(ANNA);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    world_recorded(w, 12);
    SAYS(world_last_to(w, PRIMARY), "voicemail of 12 s");
    assert_int_equal(world_relay(w)->kind, RELAY_TEXT);
    world_wait(w, 900 * S);
    SAYS(world_last_to(w, BACKUP), "no heat");
    SAYS(world_last_to(w, BACKUP), "voicemail of 12 s");
}

static void a_recording_keeps_the_texts_that_came_before(void **unused)
{
    (void)unused;
    to_the_voicemail(ANNA);
    world_text(w, ANNA, "no heat");
    world_recorded(w, 12);
    world_wait(w, 900 * S);
    SAYS(world_last_to(w, BACKUP), "no heat");
    SAYS(world_last_to(w, BACKUP), "voicemail of 12 s");
}

static void nobody_on_duty_is_closed(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_call(w, ANNA);
    world_assert_spoken(w, "Nobody is on duty");
    assert_int_equal(world_cascade(w)->state, CASCADE_CLOSED);
    assert_int_equal(world_relay(w)->state, RELAY_IDLE);
    assert_int_equal(world_count_to(w, ANNA), 1);
    world_again(w, w->last);
    world_assert_spoken(w, "Nobody is on duty");
    assert_int_equal(w->changes, 0);
    world_call_status(w, "completed", "1");
    world_assert_over(w, OUTCOME_MISSED);
    world_go(w, WORLD_TUESDAY);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
}

static void the_hard_end_of_each_state(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_wait(w, 104 * S);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    world_wait(w, 1 * S);
    world_assert_over(w, OUTCOME_ABANDONED);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    world_leg(w, 0, "CAleg0", "1"); /* nothing is taken after the end */
    world_assert_over(w, OUTCOME_ABANDONED);
    world_call(w, BORIS);
    world_leg(w, 0, "CAleg0", "1");
    world_wait(w, 5 * (int64_t)HOUR);
    world_assert_over(w, OUTCOME_ANSWERED);
    to_the_voicemail(CLARA);
    world_wait(w, 299 * S);
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    world_wait(w, 1 * S);
    world_assert_over(w, OUTCOME_MISSED);
}

static void an_early_end_changes_nothing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct timer timer = w->timers[0];
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    assert_int_equal(w->changes, 0);
    assert_true(world_has_timer(w, TIMER_CASCADE, timer.subject, timer.due_ms));
}

static void a_line_that_leaves_the_roster_meanwhile_alarms(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    strcpy(w->lines[0].number, "+13125550102");
    world_dialled(w, 0, "no-answer");
    world_dialled(w, 1, "no-answer");
    world_dialled(w, 2, "no-answer");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_alarms(w), 1);
    world_recorded(w, 12);
    assert_int_equal(world_alarms(w), 2);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_caller_hangs_up_while_it_rings),
        TEST(the_dials_result_tells_of_the_hang_up),
        TEST(the_caller_hangs_up_while_he_talks),
        TEST(the_caller_hangs_up_on_the_voicemail),
        TEST(the_end_of_the_chain),
        TEST(a_recording_before_the_hang_up),
        TEST(a_recording_after_the_hang_up),
        TEST(a_recording_of_nothing_is_none),
        TEST(a_recording_of_unknown_length_is_one),
        TEST(a_recording_after_somebody_took_it_reaches_him),
        TEST(a_recording_that_joins_a_text_reaches_the_next_step_too),
        TEST(a_recording_keeps_the_texts_that_came_before),
        TEST(nobody_on_duty_is_closed),
        TEST(the_hard_end_of_each_state),
        TEST(an_early_end_changes_nothing),
        TEST(a_line_that_leaves_the_roster_meanwhile_alarms),
    };

    return cmocka_run_group_tests_name("cascade's end", tests, NULL, NULL);
}
