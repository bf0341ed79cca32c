#include "core_world.h"

static struct world *const w = &world_shared;

static void assert_rings(int attempt, const char *to, int ring_s)
{
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.attempt, attempt);
    assert_int_equal(w->answer.ring_s, ring_s);
    assert_true(span_is_text(w->answer.numbers[0].number, to));
    assert_int_equal(w->answer.id, world_cascade(w)->id);
}

static void who_wishes_so_sees_the_lines_number(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].caller_id = CALLER_ID_LINE;
    world_call(w, ANNA);
    assert_true(span_is_text(w->answer.caller_id, LINE));
    world_dialled(w, 1, "no-answer");
    assert_true(span_is_text(w->answer.caller_id, ANNA));
}

static void a_call_rings_the_first_who_was_told_before(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    assert_rings(0, PRIMARY, 15);
    assert_true(span_is_text(w->answer.caller_id, ANNA));
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    const struct message *m = world_to(w, PRIMARY, 0);
    assert_int_equal(m->kind, MESSAGE_PREALERT);
    SAYS(m, "Acme");
    SAYS(m, ANNA);
    SAYS(m, "/j/");
    assert_int_equal(world_outbox(w, m->id)->expires_ms, w->now_ms + 15 * S);
    assert_int_equal(world_outbox(w, m->id)->class, OUTBOX_URGENT);
    assert_int_equal(world_outbox(w, m->id)->cascade, world_cascade(w)->id);
    assert_true(world_has_timer(w, TIMER_CASCADE, world_cascade(w)->id, w->now_ms + 105 * S));
    assert_int_equal(world_noted(w, "inbound"), 1);
    assert_int_equal(world_noted(w, "attempt"), 1);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void the_third_takes_it_after_silence_and_a_voicemail_box(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_wait(w, 15 * S);
    world_dialled(w, 0, "no-answer");
    assert_rings(1, BACKUP, 15);
    world_wait(w, 12 * S);
    world_leg(w, 1, "CAleg1", NULL); /* a voicemail box picks up and presses nothing */
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_true(w->answer.words.size > 0 && w->answer.again.size > 0);
    world_wait(w, 10 * S);
    world_dialled(w, 1, "completed");
    assert_rings(2, OWNER, 20);
    world_wait(w, 5 * S);
    world_leg(w, 2, "CAleg2", NULL);
    world_leg(w, 2, "CAleg2", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_ACCEPTED);
    assert_string_equal(k->accepted_by, "owner");
    assert_string_equal(k->leg_sid, "CAleg2");
    assert_int_equal(w->timer_count, 1);
    world_wait(w, 180 * S);
    world_dialled(w, 2, "completed");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    world_assert_over(w, OUTCOME_ANSWERED);
    assert_int_equal(k->plan->rungs[0].state, RUNG_MISSED);
    assert_int_equal(k->plan->rungs[1].state, RUNG_MISSED);
    assert_int_equal(k->plan->rungs[2].state, RUNG_ACCEPTED);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_count_to(w, ANNA), 0);
}

/* What the caller's side hears in the present state. */
static enum answer_kind document(void)
{
    static const enum answer_kind kinds[CASCADE_STATES] = {[CASCADE_RINGING] = ANSWER_RING,
                                                           [CASCADE_ACCEPTED] = ANSWER_HANGUP,
                                                           [CASCADE_VOICEMAIL] = ANSWER_VOICEMAIL,
                                                           [CASCADE_CLOSED] = ANSWER_SAY,
                                                           [CASCADE_OVER] = ANSWER_HANGUP};

    return kinds[world_cascade(w)->state];
}

static struct event past[32];
static size_t past_count;

/* Everything that was ever asked is asked again, in the worst order. */
static void ask_all_again(void)
{
    const struct answer answer = w->answer;

    past[past_count++] = w->last;
    for (size_t i = past_count; i-- > 0;) {
        const struct cascade *k = world_cascade(w);
        if (past[i].kind == EVENT_CALL && k->state == CASCADE_RINGING &&
            k->plan->rungs[k->attempt].state == RUNG_PASSED)
            continue; /* a_repeat_does_not_ring_again_who_passed */
        world_again(w, past[i]);
        if (w->changes)
            fail_msg("request %zu of %zu, repeated, changed %d rows", i, past_count, w->changes);
        if (past[i].kind == EVENT_CALL)
            assert_int_equal(w->answer.kind, document());
        if (past[i].kind == EVENT_CALL && w->answer.kind == ANSWER_RING)
            assert_int_equal(w->answer.attempt, world_cascade(w)->attempt);
    }
    w->answer = answer;
}

#define THEN(what)       \
    do {                 \
        what;            \
        ask_all_again(); \
    } while (0)

static void stale_requests_of_a_taken_call_change_nothing(void **unused)
{
    (void)unused;
    past_count = 0;
    THEN(world_call(w, ANNA));
    THEN(world_call_status(w, "ringing", "0"));
    THEN(world_leg(w, 0, "CAleg0", NULL));
    THEN(world_leg(w, 0, "CAleg0", "9"));
    THEN(world_leg(w, 0, "CAleg0", "2"));
    THEN(world_dialled(w, 0, "completed"));
    THEN(world_leg(w, 1, "CAleg1", NULL));
    THEN(world_dialled(w, 1, "no-answer"));
    THEN(world_leg(w, 0, "CAleg0", "1")); /* the first presses 1 far too late */
    world_assert_spoken(w, "passed on");
    THEN(world_leg(w, 2, "CAleg2", NULL));
    THEN(world_leg(w, 2, "CAleg2", "1"));
    world_again(w, past[10]); /* his own press once more bridges once more */
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    world_leg(w, 1, "CAleg1", "1");
    world_assert_spoken(w, "Olga has taken");
    THEN(world_dialled(w, 2, "completed"));
    THEN(world_call_status(w, "completed", "1"));
    world_assert_over(w, OUTCOME_ANSWERED);
}

static void stale_requests_of_a_missed_call_change_nothing(void **unused)
{
    (void)unused;
    past_count = 0;
    THEN(world_call(w, ANNA));
    THEN(world_dialled(w, 0, "busy"));
    world_wait(w, 5 * S); /* at once it might be for the caller id */
    THEN(world_dialled(w, 1, "failed"));
    THEN(world_dialled(w, 2, "no-answer"));
    THEN(world_leg(w, 2, "CAleg2", "1"));
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    THEN(world_recorded(w, 12));
    THEN(world_call_status(w, "completed", "1"));
    world_assert_over(w, OUTCOME_VOICEMAIL);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void of_two_presses_one_wins(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    w->batch = true; /* both in one turn of the loop */
    world_leg(w, 0, "CAleg0", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    world_leg(w, 0, "CAleg9", "1");
    world_assert_spoken(w, "Pat has taken");
    world_commit(w);
    assert_int_equal(world_logged(w, "call.accepted"), 1);
    assert_string_equal(world_cascade(w)->leg_sid, "CAleg0");
}

static void a_press_and_the_hang_up_race(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    w->batch = true;
    world_call_status(w, "completed", "1");
    world_leg(w, 0, "CAleg0", "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    world_commit(w);
    world_assert_over(w, OUTCOME_ABANDONED);
    assert_int_equal(world_logged(w, "call.accepted"), 0);
}

static void two_passes_it_on(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    world_leg(w, 0, "CAleg0", "2");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_PASSED);
    world_leg(w, 0, "CAleg0", "1"); /* he has hung up by now: nobody would talk */
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
    world_leg(w, 0, "CAleg0", NULL); /* reordered */
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_PASSED);
    world_dialled(w, 0, "completed");
    assert_rings(1, BACKUP, 15);
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_PASSED);
    assert_int_equal(world_logged(w, "call.passed-on"), 1);
}

static void another_key_asks_again(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", "7");
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    world_leg(w, 0, "CAleg0", "");
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    world_leg(w, 0, "CAleg0", "11");
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
}

static void an_anonymous_caller_rings_too(void **unused)
{
    (void)unused;
    static const char *const callers[] = {"anonymous", "", "+266696687", "sip:x@example.test"};

    for (size_t i = 0; i < sizeof callers / sizeof callers[0]; i++) {
        world_call(w, callers[i]);
        assert_rings(0, PRIMARY, 15);
        assert_true(span_is_text(w->answer.caller_id, LINE));
        SAYS(world_last_to(w, PRIMARY), "a withheld number");
        world_call_status(w, "completed", "1");
        assert_int_equal(world_count_to(w, callers[i]), 0);
    }
    assert_int_equal(world_count(w, FACT_THREAD), 1);
    assert_non_null(world_thread(w, "anonymous"));
}

static void an_operator_who_calls_is_not_rung_himself(void **unused)
{
    (void)unused;
    world_call(w, PRIMARY);
    assert_rings(0, BACKUP, 15);
    world_call_status(w, "completed", "1");
    SAYS(world_last_to(w, BACKUP), "Missed call from " PRIMARY);
    assert_int_equal(world_count_to(w, PRIMARY), 0); /* nor texted as a customer */
}

static void a_job_rings_its_operator_first(void **unused)
{
    (void)unused;
    strcpy(w->call, "CAjob");
    world_again(w, (struct event){.kind = EVENT_CALL,
                                  .sid = SPAN("CAjob"),
                                  .from = SPAN(ANNA),
                                  .to = SPAN(LINE),
                                  .job = SPAN("boiler"),
                                  .attempt = -1});
    assert_rings(0, SPARE, 15);
    assert_true(span_is_text(w->answer.job, "boiler"));
    SAYS(world_last_to(w, SPARE), "about boiler");
}

static void pre_alerts_as_each_wants_them(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].prealert = PREALERT_MISSED;
    w->people[AT_BACKUP].prealert = PREALERT_NEVER;
    world_call(w, ANNA);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
    world_dialled(w, 0, "no-answer");
    SAYS(world_last_to(w, PRIMARY), "you missed a call");
    world_dialled(w, 1, "no-answer");
    assert_int_equal(world_count_to(w, BACKUP), 0);
    assert_int_equal(world_count_to(w, OWNER), 1);
}

static void who_leaves_the_roster_meanwhile_is_not_rung(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    strcpy(w->people[AT_BACKUP].id, "somebody-else");
    world_dialled(w, 0, "no-answer");
    assert_rings(2, OWNER, 20);
    assert_int_equal(world_cascade(w)->plan->rungs[1].state, RUNG_FAILED);
}

static void the_cap_cuts_and_skips(void **unused)
{
    (void)unused;
    w->roster.wait_s = 20;
    world_call(w, ANNA);
    assert_rings(0, PRIMARY, 10);
    world_wait(w, 11 * S);
    world_dialled(w, 0, "no-answer");
    assert_rings(2, OWNER, 10);
    world_wait(w, 38 * S); /* a leg that was screened for long */
    world_dialled(w, 2, "completed");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
}

static void a_later_request_of_an_unknown_call_goes_on_there(void **unused)
{
    (void)unused;
    const struct event e = {.kind = EVENT_CALL,
                            .sid = SPAN("CAlost"),
                            .from = SPAN(ANNA),
                            .to = SPAN(LINE),
                            .dial_status = SPAN("no-answer"),
                            .attempt = 2};
    world_again(w, e);
    assert_rings(2, OWNER, 20);
    struct event beyond = e;
    beyond.sid = SPAN("CAbeyond");
    beyond.attempt = 99;
    world_again(w, beyond);
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
}

static void requests_for_no_call_change_nothing(void **unused)
{
    (void)unused;
    const struct event rows[] = {
        {.kind = EVENT_SCREEN, .cascade = 77, .attempt = 0},
        {.kind = EVENT_PRESS, .cascade = 77, .attempt = 0, .digits = SPAN("1")},
        {.kind = EVENT_RECORDED, .cascade = 77, .recording = SPAN("https://x.test"), .seconds = 3},
        {.kind = EVENT_CALL_STATUS, .sid = SPAN("CA77"), .call_status = SPAN("completed")},
        {.kind = EVENT_CALL_STATUS, .cascade = 77, .call_status = SPAN("completed")},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_again(w, rows[i]);
        assert_int_equal(w->changes, 0);
    }
    assert_int_not_equal(w->answer.kind, ANSWER_CONNECT);
}

static void status_callbacks_are_noted_once(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct event leg = {.kind = EVENT_CALL_STATUS,
                        .sid = SPAN("CAleg0"),
                        .cascade = world_cascade(w)->id,
                        .attempt = 0,
                        .call_status = SPAN("completed"),
                        .sequence = SPAN("3")};
    world_again(w, leg);
    assert_int_equal(world_noted(w, "status"), 1);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING); /* a leg's end is no hang-up */
    world_again(w, leg);
    assert_int_equal(w->changes, 0);
    leg.sequence = SPAN("4");
    world_again(w, leg);
    assert_int_equal(world_noted(w, "status"), 2);
}

static void a_text_after_a_pre_alert_goes_to_nobody_else(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
    world_wait(w, HOUR);
    world_call(w, BORIS);
    SAYS(world_last_to(w, PRIMARY), "Your phone rings now");
    world_text(w, PRIMARY, "I will call you in five minutes"); /* to Boris */
    assert_int_equal(world_count_to(w, ANNA), 0);
    assert_int_equal(world_count_to(w, BORIS), 0);
    SAYS(world_last_to(w, PRIMARY), "to which one");
    SAYS(world_last_to(w, PRIMARY), BORIS);
}

static void the_caller_is_answered_by_the_mark_of_the_pre_alert(void **unused)
{
    (void)unused;
    world_call(w, BORIS);
    world_text(w, PRIMARY, world_tagged(w, world_last_to(w, PRIMARY), "in five minutes"));
    assert_int_equal(world_count_to(w, BORIS), 1);
    SAYS(world_last_to(w, BORIS), "in five minutes");
}

/* Of whoever rings alone: he has passed it on, and the carrier asks for the same once more. */
static void a_repeat_does_not_ring_again_who_passed(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct event first = w->last;
    world_leg(w, 0, "CAleg", "2");
    assert_int_equal(world_do(w, first), ERR_NONE);
    assert_rings(1, BACKUP, 15);
    world_dialled(w, 0, "completed"); /* the dial's own result */
    assert_rings(1, BACKUP, 15);
}

/* Who rings has left the roster: the caller is not hung up on when he is asked for once more. */
static void a_repeat_goes_on_when_the_operator_is_gone(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    strcpy(w->people[AT_PRIMARY].id, "successor");
    assert_int_equal(world_do(w, w->last), ERR_NONE);
    assert_rings(1, BACKUP, 15);
}

/* The caller was gone before anything of his call could be stored. */
static void a_call_that_is_over_rings_nobody(void **unused)
{
    (void)unused;
    const struct event e = {.kind = EVENT_CALL,
                            .account = SPAN("AC1"),
                            .sid = SPAN("CAgone"),
                            .from = SPAN(ANNA),
                            .to = SPAN(LINE),
                            .call_status = SPAN("completed"),
                            .dial_status = SPAN("canceled"),
                            .attempt = 1};

    assert_int_equal(world_do(w, e), ERR_NONE);
    world_assert_over(w, OUTCOME_ABANDONED);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    for (size_t i = 0; world_to(w, BACKUP, i); i++)
        assert_int_not_equal(world_to(w, BACKUP, i)->kind, MESSAGE_PREALERT);
    assert_non_null(world_relay(w)); /* somebody calls her back */
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_repeat_does_not_ring_again_who_passed),
        TEST(a_repeat_goes_on_when_the_operator_is_gone),
        TEST(a_call_that_is_over_rings_nobody),
        TEST(a_call_rings_the_first_who_was_told_before),
        TEST(who_wishes_so_sees_the_lines_number),
        TEST(the_third_takes_it_after_silence_and_a_voicemail_box),
        TEST(stale_requests_of_a_taken_call_change_nothing),
        TEST(stale_requests_of_a_missed_call_change_nothing),
        TEST(of_two_presses_one_wins),
        TEST(a_press_and_the_hang_up_race),
        TEST(two_passes_it_on),
        TEST(another_key_asks_again),
        TEST(an_anonymous_caller_rings_too),
        TEST(an_operator_who_calls_is_not_rung_himself),
        TEST(a_job_rings_its_operator_first),
        TEST(pre_alerts_as_each_wants_them),
        TEST(who_leaves_the_roster_meanwhile_is_not_rung),
        TEST(the_cap_cuts_and_skips),
        TEST(a_later_request_of_an_unknown_call_goes_on_there),
        TEST(requests_for_no_call_change_nothing),
        TEST(status_callbacks_are_noted_once),
        TEST(a_text_after_a_pre_alert_goes_to_nobody_else),
        TEST(the_caller_is_answered_by_the_mark_of_the_pre_alert),
    };

    return cmocka_run_group_tests_name("cascade", tests, NULL, NULL);
}
