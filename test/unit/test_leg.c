#include "core_world.h"

static struct world *const w = &world_shared;

/* The first step rings primary, backup and owner at once, the second the spare. */
static void in_parallel(void)
{
    struct chain *chain = &w->chains[0];

    memset(chain, 0, sizeof *chain);
    chain->step_count = 2;
    chain->steps[0] = (struct step){
        .operators = {AT_PRIMARY, AT_BACKUP, AT_OWNER},
        .operator_count = 3,
        .how = RING_PARALLEL,
        .ring_s = 25,
        .ack_s = 900,
    };
    chain->steps[1] =
        (struct step){.operators = {AT_SPARE}, .operator_count = 1, .ring_s = 20, .ack_s = 900};
}

static void dialled(int attempt, int round, const char *status)
{
    const struct event e = {
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = arena_copy(w->arena, span_of(w->call)),
        .from = span_of(world_cascade(w)->caller),
        .to = SPAN(LINE),
        .call_status = SPAN("in-progress"),
        .dial_status = span_of(status),
        .attempt = attempt + 1,
        .round = round,
    };
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void assert_rings(int count, const char *first, int ring_s, int round)
{
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.number_count, count);
    assert_true(span_is_text(w->answer.numbers[0].number, first));
    assert_int_equal(w->answer.ring_s, ring_s);
    assert_int_equal(w->answer.round, round);
}

static enum rung_state rung(int i)
{
    return world_cascade(w)->plan->rungs[i].state;
}

static void all_of_the_step_ring_and_are_told(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    assert_rings(3, PRIMARY, 25, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(w->answer.numbers[i].attempt, i);
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_count_to(w, BACKUP), 1);
    assert_int_equal(world_count_to(w, OWNER), 1);
    assert_int_equal(world_count_to(w, SPARE), 0);
}

static void one_press_wins_and_the_others_hear_who(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    world_leg(w, 2, "CAleg2", NULL);
    world_leg(w, 2, "CAleg2", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_string_equal(world_cascade(w)->accepted_by, "owner");
    world_leg(w, 0, "CAleg0", "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_non_null(memmem(w->answer.words.data, w->answer.words.size, "Olga", 4));
    world_leg(w, 2, "CAleg2", "1"); /* his own once more */
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    SAYS(world_last_to(w, PRIMARY), "Olga has taken the call");
    SAYS(world_last_to(w, BACKUP), "Olga has taken the call");
    assert_int_equal(world_count_to(w, OWNER), 1);
    assert_int_equal(rung(0), RUNG_MISSED);
    assert_int_equal(rung(2), RUNG_ACCEPTED);
    dialled(0, 0, "completed");
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
    assert_string_equal(world_cascade(w)->accepted_by, "owner");
}

static void a_pick_up_without_accept_leaves_the_others_the_rest(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    w->now_ms += 5 * S;
    world_leg(w, 1, "CAleg1", NULL); /* a voicemail box */
    w->now_ms += 8 * S;
    dialled(0, 0, "completed");
    assert_rings(2, PRIMARY, 12, 1);
    assert_int_equal(w->answer.numbers[1].attempt, 2);
    assert_int_equal(rung(1), RUNG_MISSED);
    assert_int_equal(world_count_to(w, PRIMARY), 1); /* no second pre-alert */
    dialled(0, 0, "completed");                      /* the first result once more */
    assert_rings(2, PRIMARY, 12, 1);
    world_leg(w, 1, "CAleg1", "1"); /* he wakes up, but his leg is gone */
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    w->now_ms += 12 * S;
    dialled(0, 1, "no-answer");
    assert_rings(1, SPARE, 20, 0);
}

static void nobody_picks_up_and_the_next_step_rings(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    w->now_ms += 25 * S;
    dialled(0, 0, "no-answer");
    assert_rings(1, SPARE, 20, 0);
    assert_int_equal(w->answer.numbers[0].attempt, 3);
    for (int i = 0; i < 3; i++)
        assert_int_equal(rung(i), RUNG_MISSED);
}

static void whoever_passes_on_is_not_rung_again(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    w->now_ms += 5 * S;
    world_leg(w, 0, "CAleg0", NULL);
    world_leg(w, 0, "CAleg0", "2");
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    dialled(0, 0, "completed");
    assert_rings(2, BACKUP, 20, 1);
    assert_int_equal(rung(0), RUNG_PASSED);
}

static void a_busy_phone_is_left_out_of_the_rest(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    const struct event busy = {
        .kind = EVENT_CALL_STATUS,
        .sid = SPAN("CAleg2"),
        .cascade = world_cascade(w)->id,
        .attempt = 2,
        .call_status = SPAN("busy"),
        .sequence = SPAN("3"),
    };
    assert_int_equal(world_do(w, busy), ERR_NONE);
    assert_int_equal(rung(2), RUNG_BUSY);
    world_leg(w, 0, "CAleg0", NULL);
    w->now_ms += 6 * S;
    dialled(0, 0, "completed");
    assert_rings(1, BACKUP, 19, 1);
}

static void no_time_is_left_to_ring_again(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    w->now_ms += 21 * S;
    dialled(0, 0, "completed");
    assert_rings(1, SPARE, 20, 0);
}

static void the_caller_hangs_up_while_several_ring(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    world_leg(w, 1, "CAleg1", NULL);
    world_call_status(w, "completed", "1");
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
    world_leg(w, 1, "CAleg1", "1");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_string_equal(world_cascade(w)->accepted_by, "");
}

static void a_word_accepts_where_he_wishes_so(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].accept = ACCEPT_SPEECH;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_true(w->answer.by_speech);
    const struct event said = {
        .kind = EVENT_PRESS,
        .cascade = world_cascade(w)->id,
        .leg_sid = SPAN("CAleg0"),
        .speech = SPAN("hello?"),
    };
    assert_int_equal(world_do(w, said), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_int_equal(world_do(w, said), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
}

static void a_word_accepts_nothing_where_a_key_is_asked(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    assert_false(w->answer.by_speech);
    const struct event said = {
        .kind = EVENT_PRESS,
        .cascade = world_cascade(w)->id,
        .leg_sid = SPAN("CAleg0"),
        .speech = SPAN("you have reached the mailbox"),
    };
    assert_int_equal(world_do(w, said), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_SCREEN);
    assert_int_equal(world_cascade(w)->state, CASCADE_RINGING);
}

static void picking_up_is_enough_without_confirmation(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].accept = ACCEPT_NONE;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_string_equal(world_cascade(w)->accepted_by, "primary");
    world_leg(w, 0, "CAleg0", NULL);
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
}

static void press(const char *digits)
{
    const struct event e = {
        .kind = EVENT_CHOICE, .cascade = world_cascade(w)->id, .digits = span_of(digits)};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void a_caller_hears_that_we_still_try(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_call(w, ANNA);
    assert_int_equal(w->answer.still.size, 0);
    w->now_ms += 15 * S;
    world_dialled(w, 0, "no-answer");
    assert_rings(1, BACKUP, 15, 0);
    assert_non_null(memmem(w->answer.still.data, w->answer.still.size, "still trying", 12));
    press("7"); /* another key tries on */
    assert_rings(1, BACKUP, 15, 0);
    assert_int_equal(w->answer.still.size, 0);
}

static void he_may_leave_a_message_at_once(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press("1");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    press("1");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    world_leg(w, 1, "CAleg1", "1"); /* too late */
    assert_int_equal(w->answer.kind, ANSWER_SAY);
}

static void he_may_be_texted_instead(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press("2");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_MISSED);
    SAYS(world_last_to(w, ANNA), "missed your call");
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    press("2");
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static bool hears(struct span words, const char *what)
{
    return words.size > 0 && memmem(words.data, words.size, what, strlen(what));
}

static void who_withholds_his_number_is_promised_no_text(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_call(w, "anonymous");
    world_dialled(w, 0, "no-answer");
    assert_true(hears(w->answer.still, "press 1 to leave a message"));
    assert_false(hears(w->answer.still, "texted"));
    press("2"); /* nobody could call him back either */
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_true(hears(world_last_to(w, PRIMARY)->body, "Missed call from a withheld number."));
    assert_false(hears(world_last_to(w, PRIMARY)->body, "Call back"));
}

static void who_has_opted_out_is_promised_no_text(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_text(w, ANNA, "STOP");
    world_call(w, ANNA);
    world_dialled(w, 0, "no-answer");
    press("2");
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_false(hears(w->answer.words, "text you"));
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_MISSED);
}

static void a_blocked_number_rings_nobody_and_is_on_record(void **unused)
{
    (void)unused;
    static const struct blocked list[] = {{ANNA}};

    w->roster.blocked = list;
    w->roster.blocked_count = 1;
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_REFUSED);
    assert_int_equal(world_count_to(w, PRIMARY) + world_count_to(w, ANNA), 0);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_logged(w, "call.refused"), 1);
    world_again(w, w->last);
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    assert_int_equal(world_count(w, FACT_CASCADE), 1);
    world_call_status(w, "no-answer", "1");
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_REFUSED);
}

static void a_withheld_number_may_go_to_the_voicemail(void **unused)
{
    (void)unused;
    w->roster.anonymous = ANONYMOUS_VOICEMAIL;
    world_call(w, "anonymous");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    SAYS(world_last_to(w, PRIMARY), "Missed call");
}

static void leg_is(int attempt, const char *status)
{
    const struct event e = {
        .kind = EVENT_CALL_STATUS,
        .sid = arena_copy(w->arena, span_of(arena_printf(w->arena, "CAleg%d", attempt))),
        .cascade = world_cascade(w)->id,
        .attempt = attempt,
        .call_status = span_of(status),
        .sequence = SPAN("3"),
    };
    assert_int_equal(world_do(w, e), ERR_NONE);
}

/* The call's own request once more, by the number's fallback address. */
static void ask_again(void)
{
    const struct event e = {
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = arena_copy(w->arena, span_of(w->call)),
        .from = span_of(world_cascade(w)->caller),
        .to = SPAN(LINE),
        .call_status = SPAN("in-progress"),
        .attempt = -1,
    };
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void a_lost_result_of_a_step_that_was_busy_goes_on(void **unused)
{
    (void)unused;
    in_parallel();
    world_call(w, ANNA);
    leg_is(0, "busy");
    leg_is(1, "failed");
    leg_is(2, "busy");
    ask_again();
    assert_rings(1, SPARE, 20, 0);
    dialled(0, 0, "busy"); /* there it is, late */
    assert_rings(1, SPARE, 20, 0);
    assert_int_equal(world_count_to(w, SPARE), 1);
}

static void what_rings_once_more_ends_at_the_hard_end(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    w->now_ms += 94 * S; /* of 105: its result was lost for long */
    ask_again();
    assert_rings(1, PRIMARY, 11, 0);
    w->now_ms += 10 * S + 500;
    ask_again();
    assert_rings(1, PRIMARY, 1, 0);
}

static void nothing_is_said_when_only_time_to_ring_is_left(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    world_call(w, ANNA);
    w->now_ms += 15 * S;
    world_dialled(w, 0, "no-answer");
    assert_true(w->answer.still.size > 0);
    w->now_ms += 75 * S; /* he was asked and asked again */
    world_dialled(w, 1, "no-answer");
    assert_rings(1, OWNER, 10, 0);
    assert_int_equal(w->answer.still.size, 0);
}

static void a_voicemail_behind_the_end_changes_the_record_too(void **unused)
{
    (void)unused;
    const struct call_event *last = NULL;

    world_call(w, ANNA);
    for (int i = 0; i < 3; i++)
        world_dialled(w, i, "no-answer");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    world_call_status(w, "completed", "1");
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_MISSED);
    world_recorded(w, 9);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_VOICEMAIL);
    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_CALL_EVENT && strcmp(a->call_event.kind, "outcome") == 0)
            last = &a->call_event;
    assert_non_null(last);
    assert_true(span_is_text(last->detail, outcome_name(OUTCOME_VOICEMAIL)));
}

static void unbridged(int attempt, const char *call_status)
{
    const struct event e = {
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = arena_copy(w->arena, span_of(w->call)),
        .from = SPAN(ANNA),
        .to = SPAN(LINE),
        .call_status = span_of(call_status),
        .dial_status = SPAN("completed"),
        .attempt = attempt + 1,
        .unbridged = true,
    };
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void who_accepts_and_is_gone_loses_nobody(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", NULL);
    world_leg(w, 0, "CAleg0", "1");
    assert_int_equal(world_cascade(w)->state, CASCADE_ACCEPTED);
    w->now_ms += 10 * S;
    unbridged(0, "in-progress");
    assert_rings(1, BACKUP, 15, 0);
    assert_string_equal(world_cascade(w)->accepted_by, "");
    assert_true(world_has_timer(w, TIMER_CASCADE, world_cascade(w)->id,
                                world_cascade(w)->started_ms + 105 * S));
    unbridged(0, "in-progress"); /* once more */
    assert_rings(1, BACKUP, 15, 0);
    world_leg(w, 0, "CAleg0", "1"); /* his press, late again */
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    world_leg(w, 1, "CAleg1", "1");
    assert_string_equal(world_cascade(w)->accepted_by, "backup");
}

static void the_last_who_accepts_and_is_gone_leaves_the_voicemail(void **unused)
{
    (void)unused;
    w->chains[0].step_count = 1;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg0", "1");
    unbridged(0, "in-progress");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_of_the_step_ring_and_are_told),
        TEST(one_press_wins_and_the_others_hear_who),
        TEST(a_pick_up_without_accept_leaves_the_others_the_rest),
        TEST(nobody_picks_up_and_the_next_step_rings),
        TEST(whoever_passes_on_is_not_rung_again),
        TEST(a_busy_phone_is_left_out_of_the_rest),
        TEST(no_time_is_left_to_ring_again),
        TEST(the_caller_hangs_up_while_several_ring),
        TEST(a_word_accepts_where_he_wishes_so),
        TEST(a_word_accepts_nothing_where_a_key_is_asked),
        TEST(picking_up_is_enough_without_confirmation),
        TEST(a_caller_hears_that_we_still_try),
        TEST(he_may_leave_a_message_at_once),
        TEST(he_may_be_texted_instead),
        TEST(who_withholds_his_number_is_promised_no_text),
        TEST(who_has_opted_out_is_promised_no_text),
        TEST(who_accepts_and_is_gone_loses_nobody),
        TEST(the_last_who_accepts_and_is_gone_leaves_the_voicemail),
        TEST(a_blocked_number_rings_nobody_and_is_on_record),
        TEST(a_withheld_number_may_go_to_the_voicemail),
        TEST(a_lost_result_of_a_step_that_was_busy_goes_on),
        TEST(what_rings_once_more_ends_at_the_hard_end),
        TEST(nothing_is_said_when_only_time_to_ring_is_left),
        TEST(a_voicemail_behind_the_end_changes_the_record_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
