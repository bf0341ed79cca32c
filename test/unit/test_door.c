#include "core_world.h"

static struct world *const w = &world_shared;

static bool says(struct span words, const char *part)
{
    return words.size && memmem(words.data, words.size, part, strlen(part)) != NULL;
}

/* A call that another phone has passed on. */
static void forwarded(const char *from, const char *by)
{
    context_set(w->call, sizeof w->call, span_of(arena_printf(w->arena, "CAf%d", ++w->sids)));
    const struct event e = {.kind = EVENT_CALL,
                            .account = SPAN("AC1"),
                            .sid = arena_copy(w->arena, span_of(w->call)),
                            .from = span_of(from),
                            .to = SPAN(LINE),
                            .forwarded_from = span_of(by),
                            .call_status = SPAN("ringing"),
                            .attempt = -1};
    assert_int_equal(world_do(w, e), ERR_NONE);
}

static struct event key_event(const char *digits, int attempt)
{
    return (struct event){.kind = EVENT_KEY,
                          .account = SPAN("AC1"),
                          .sid = arena_copy(w->arena, span_of(w->call)),
                          .from = arena_copy(w->arena, span_of(world_cascade(w)->caller)),
                          .to = SPAN(LINE),
                          .cascade = world_cascade(w)->id,
                          .digits = span_of(digits),
                          .attempt = attempt};
}

static void key(const char *digits, int attempt)
{
    assert_int_equal(world_do(w, key_event(digits, attempt)), ERR_NONE);
}

static void assert_refused(const char *why)
{
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_REFUSED);
    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_EVENT && strcmp(a->event.kind, "call.refused") == 0 &&
            says(a->event.detail, why))
            return;
    fail_msg("nothing on record says: %s", why);
}

/* ---- what goes round ---- */

static void a_phone_that_we_ring_brings_nobody_back(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    forwarded(ANNA, PRIMARY);
    assert_refused("it would go round");
    assert_int_equal(world_count_to(w, PRIMARY), 1); /* the first call's */
    assert_int_equal(world_alarms(w), 0);
    forwarded(BORIS, PRIMARY); /* whoever it is: that phone is engaged by us */
    assert_refused("it would go round");
}

static void a_phone_that_does_not_ring_may(void **unused)
{
    (void)unused;
    forwarded(ANNA, PRIMARY);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    forwarded(BORIS, BACKUP); /* it has not rung yet */
    assert_int_equal(w->answer.kind, ANSWER_RING);
    forwarded(CLARA, BORIS); /* a customer's own business */
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void a_talk_does_not_count_as_ringing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg", "1");
    forwarded(BORIS, PRIMARY);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void both_in_one_batch_are_seen(void **unused)
{
    (void)unused;
    w->batch = true;
    world_call(w, ANNA);
    forwarded(ANNA, PRIMARY);
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    w->batch = false;
    world_commit(w);
}

/* A customer who hangs up and calls again at once, or two of one office. */
static void a_second_call_rings_and_shows_the_line(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    assert_true(span_is_text(w->answer.caller_id, ANNA));
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(span_is_text(w->answer.caller_id, LINE));
    world_dialled(w, 0, "no-answer");
    assert_true(span_is_text(w->answer.caller_id, LINE));
    world_call(w, LINE); /* if it went round: that is its end */
    assert_refused("own lines");
}

static void once_the_first_is_over_the_next_is_as_any(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    world_call(w, ANNA);
    assert_true(span_is_text(w->answer.caller_id, ANNA));
}

static void where_the_line_is_shown_anyway_nothing_goes_round(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        w->people[i].caller_id = CALLER_ID_LINE;
    world_call(w, ANNA);
    world_call(w, ANNA);
    assert_false(world_cascade(w)->shows_line);
}

/* ---- the key ---- */

static int set_up_screening(void **state)
{
    const int e = world_set_up(state);

    w->roster.screening = SCREENING_VOICEMAIL;
    w->roster.operator_menu = true;
    return e;
}

static void a_robot_rings_nobody(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_true(says(w->answer.words, "Acme. To be connected, press 1"));
    assert_true(w->answer.again.size > 0);
    assert_int_equal(world_count(w, FACT_OUTBOX), 0);
    key("", 1);
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    assert_int_equal(world_relay(w)->state, RELAY_OPEN);
    SAYS(world_last_to(w, PRIMARY), "no key was pressed");
}

static void the_key_begins_the_call_as_any(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_wait(w, 12 * S);
    key("1", -1);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(w->answer.is_answered);
    assert_int_equal(w->answer.ring_s, 15);
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->waits_ms, w->now_ms);
    assert_true(world_has_timer(w, TIMER_CASCADE, k->id, w->now_ms + 105 * S));
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    world_again(w, key_event("1", -1)); /* the carrier repeats it */
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    world_wait(w, 15 * S);
    world_dialled(w, 0, "no-answer");
    assert_int_equal(w->answer.ring_s, 15);
}

static void the_wait_counts_from_the_key(void **unused)
{
    (void)unused;
    w->roster.wait_s = 20;
    world_call(w, ANNA);
    world_wait(w, 30 * S);
    key("1", -1);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.ring_s, 10);
}

static void another_key_is_asked_once_more(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    key("7", -1);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    assert_int_equal(w->answer.attempt, 1);
    assert_int_equal(w->answer.again.size, 0);
    assert_int_equal(w->changes, 0);
    key("7", 1);
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
}

static void the_business_may_refuse_instead(void **unused)
{
    (void)unused;
    w->roster.screening = SCREENING_REFUSE;
    world_call(w, ANNA);
    key("", 1);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_REFUSED);
    assert_null(world_relay(w));
    assert_int_equal(w->timer_count, 0);
}

static void who_hangs_up_without_it_has_missed_us(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
    assert_non_null(world_relay(w));
    world_call(w, BORIS);
    world_wait(w, 120 * S); /* his end was never told */
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
}

static void who_was_let_in_once_is_known(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    key("1", -1);
    world_call_status(w, "completed", "1");
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_never_pressed_is_not(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    key("1", -1);
    world_call_status(w, "completed", "1");
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_has_written_is_known(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    world_call(w, BORIS);
    world_call_status(w, "completed", "1");
    world_text(w, BORIS, "no heat");
    world_call(w, BORIS);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_called_before_anybody_was_asked_is_known(void **unused)
{
    (void)unused;
    w->roster.screening = SCREENING_NONE;
    world_call(w, ANNA);
    world_call_status(w, "completed", "1");
    w->roster.screening = SCREENING_VOICEMAIL;
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_RING);
}

static void who_hides_is_always_asked(void **unused)
{
    (void)unused;
    world_call(w, "anonymous");
    key("1", -1);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    world_call_status(w, "completed", "1");
    world_call(w, "anonymous");
    assert_int_equal(w->answer.kind, ANSWER_ASK);
}

static void the_same_document_is_given_again(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_again(w, w->last);
    assert_int_equal(w->changes, 0);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
}

static void a_key_of_another_call_does_nothing(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    struct event e = key_event("1", -1);
    e.sid = SPAN("CAother");
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    e.cascade = 77;
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_HANGUP);
    assert_int_equal(w->changes, 0);
    assert_int_equal(world_cascade(w)->state, CASCADE_ASKED);
}

static void with_nobody_on_duty_he_is_told_after_the_key(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_ASK);
    key("1", -1);
    assert_int_equal(world_cascade(w)->state, CASCADE_CLOSED);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
#define KEY_TEST(f) cmocka_unit_test_setup_teardown(f, set_up_screening, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_phone_that_we_ring_brings_nobody_back),
        TEST(a_phone_that_does_not_ring_may),
        TEST(a_talk_does_not_count_as_ringing),
        TEST(both_in_one_batch_are_seen),
        TEST(a_second_call_rings_and_shows_the_line),
        TEST(once_the_first_is_over_the_next_is_as_any),
        TEST(where_the_line_is_shown_anyway_nothing_goes_round),
        KEY_TEST(a_robot_rings_nobody),
        KEY_TEST(the_key_begins_the_call_as_any),
        KEY_TEST(the_wait_counts_from_the_key),
        KEY_TEST(another_key_is_asked_once_more),
        KEY_TEST(the_business_may_refuse_instead),
        KEY_TEST(who_hangs_up_without_it_has_missed_us),
        KEY_TEST(who_was_let_in_once_is_known),
        KEY_TEST(who_never_pressed_is_not),
        KEY_TEST(who_has_written_is_known),
        KEY_TEST(who_called_before_anybody_was_asked_is_known),
        KEY_TEST(who_hides_is_always_asked),
        KEY_TEST(the_same_document_is_given_again),
        KEY_TEST(a_key_of_another_call_does_nothing),
        KEY_TEST(with_nobody_on_duty_he_is_told_after_the_key),
    };

    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
