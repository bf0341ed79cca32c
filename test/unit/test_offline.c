#include "core/offline.h"

#include "base/id.h"
#include "core_world.h"

/* The roster is that of the world; nothing else of it is asked. */
static struct world *const w = &world_shared;
static struct answer answer;
static struct event event;

static struct event call(int attempt, const char *dial_status)
{
    return (struct event){
        .kind = EVENT_CALL,
        .tenant = WORLD_TENANT,
        .sid = SPAN("CA1"),
        .from = SPAN(ANNA),
        .to = SPAN(LINE),
        .call_status = attempt > 0 ? SPAN("in-progress") : SPAN("ringing"),
        .dial_status = span_of(dial_status),
        .attempt = attempt,
        .alone = attempt > 0,
        .cascade = id_floor(WORLD_START) + 1,
    };
}

static struct event leg(enum event_kind kind, const char *digits)
{
    return (struct event){
        .kind = kind,
        .tenant = WORLD_TENANT,
        .sid = SPAN("CAleg"),
        .leg_sid = SPAN("CAleg"),
        .from = SPAN(ANNA),
        .to = SPAN(BACKUP),
        .digits = span_of(digits),
        .attempt = 1,
        .cascade = id_floor(WORLD_START) + 1,
    };
}

static void ask_with(struct event e, struct offline_ask ask)
{
    ask.roster = &w->roster;
    ask.arena = w->arena;
    ask.now_ms += WORLD_START;
    event = e;
    offline_answer(&ask, &event, &answer);
}

static void ask(struct event e, int64_t after_ms)
{
    ask_with(e, (struct offline_ask){.now_ms = after_ms});
}

static void assert_rings(const char *phone, int attempt, int ring_s)
{
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_int_equal(answer.number_count, 1);
    assert_true(span_is_text(answer.numbers[0].number, phone));
    assert_int_equal(answer.numbers[0].attempt, attempt);
    assert_int_equal(answer.attempt, attempt);
    assert_int_equal(answer.ring_s, ring_s);
    assert_true(answer.alone);
    assert_true(span_is_text(answer.caller_id, ANNA));
    assert_int_equal(event.offline, OFFLINE_RANG);
    assert_int_equal(event.rung, attempt);
}

static void a_call_goes_down_the_chain_by_its_address_alone(void **unused)
{
    (void)unused;
    ask(call(-1, NULL), 0);
    assert_rings(PRIMARY, 0, 15);
    assert_true(answer.id == event.cascade && event.at_ms == WORLD_START);
    ask(call(1, "no-answer"), 15 * S);
    assert_rings(BACKUP, 1, 15);
    ask(call(2, "busy"), 20 * S);
    assert_rings(OWNER, 2, 20);
    ask(call(3, "failed"), 41 * S);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(event.offline, OFFLINE_VOICEMAIL);
    assert_true(answer.words.size > 0);
}

static void the_wait_is_cut_as_ever(void **unused)
{
    (void)unused;
    ask(call(1, "no-answer"), 58 * S); /* 17 s are left, 10 of them the last one's */
    assert_rings(BACKUP, 1, 7);
    ask(call(2, "no-answer"), 74 * S);
    assert_rings(OWNER, 2, 10);
    ask(call(2, "no-answer"), 100 * S);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
}

static void the_plan_is_that_of_the_calls_instant(void **unused)
{
    struct event e = call(1, "no-answer");

    (void)unused;
    world_off(w, AT_PRIMARY); /* by his hours: until Tuesday at 08:00 */
    e.cascade = id_floor(WORLD_TUESDAY - 10 * S) + 1;
    ask(e, 20 * (int64_t)HOUR + 5 * S); /* he has come on since; the places do not move */
    assert_true(span_is_text(answer.numbers[0].number, OWNER));
    assert_int_equal(answer.attempt, 1);
}

static void nobody_on_duty_hears_so_at_once(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    ask(call(-1, NULL), 0);
    assert_int_equal(answer.kind, ANSWER_SAY);
    assert_int_equal(event.offline, OFFLINE_CLOSED);
}

static void those_who_rang_together_are_not_rung_again(void **unused)
{
    struct step *s = &w->chains[0].steps[0];

    (void)unused;
    s->operators[s->operator_count++] = AT_SPARE;
    s->how = RING_PARALLEL;
    struct event e = call(1, "no-answer");
    e.alone = false; /* the dial was the store's: both rang */
    ask(e, 15 * S);
    assert_true(span_is_text(answer.numbers[0].number, BACKUP));
    assert_int_equal(answer.attempt, 2);
    ask(call(1, "no-answer"), 15 * S); /* it was ours: one at a time */
    assert_rings(SPARE, 1, 15);
}

static void a_call_that_was_taken_is_over(void **unused)
{
    struct event e = call(1, "completed");

    (void)unused;
    e.bridged = true;
    ask(e, 60 * S);
    assert_int_equal(answer.kind, ANSWER_HANGUP);
    assert_int_equal(event.offline, OFFLINE_OVER);
    ask_with(call(1, "completed"), (struct offline_ask){.now_ms = 60 * S, .taken = true});
    assert_int_equal(answer.kind, ANSWER_HANGUP);
    assert_true(event.bridged);
    /* A voicemail picked up, and nobody accepted: the next one. */
    ask(call(1, "completed"), 20 * S);
    assert_rings(BACKUP, 1, 15);
    ask_with(call(1, "no-answer"), (struct offline_ask){.now_ms = 20 * S, .taken = true});
    assert_rings(BACKUP, 1, 15);
}

static void a_caller_who_has_hung_up_rings_nobody(void **unused)
{
    struct event e = call(1, "canceled");

    (void)unused;
    e.call_status = SPAN("completed");
    ask(e, 8 * S);
    assert_int_equal(answer.kind, ANSWER_HANGUP);
    assert_int_equal(event.offline, OFFLINE_OVER);
    assert_false(event.bridged);
}

static void a_leg_is_asked_and_its_key_counts(void **unused)
{
    (void)unused;
    ask(leg(EVENT_SCREEN, NULL), 5 * S);
    assert_int_equal(answer.kind, ANSWER_SCREEN);
    assert_true(answer.words.size > 0 && answer.again.size > 0);
    assert_int_equal(event.offline, OFFLINE_SCREENED);
    assert_true(span_is_text(event.operator_id, world_id(AT_BACKUP)));
    assert_int_equal(answer.attempt, 1);
    ask(leg(EVENT_PRESS, "1"), 7 * S);
    assert_int_equal(answer.kind, ANSWER_CONNECT);
    assert_int_equal(event.offline, OFFLINE_TAKEN);
    ask(leg(EVENT_PRESS, "2"), 7 * S);
    assert_int_equal(answer.kind, ANSWER_HANGUP);
    assert_int_equal(event.offline, OFFLINE_PASSED);
    ask(leg(EVENT_PRESS, "7"), 7 * S);
    assert_int_equal(answer.kind, ANSWER_SCREEN);
    ask_with(leg(EVENT_PRESS, "1"),
             (struct offline_ask){.now_ms = 7 * S, .taken = true, .taken_elsewhere = true});
    assert_int_equal(answer.kind, ANSWER_SAY);
    assert_int_equal(event.offline, OFFLINE_REFUSED);
}

static void he_accepts_as_the_roster_says(void **unused)
{
    struct event spoken = leg(EVENT_PRESS, NULL);

    (void)unused;
    spoken.speech = SPAN("hello?");
    ask(spoken, 5 * S);
    assert_int_equal(answer.kind, ANSWER_SCREEN);
    w->people[AT_BACKUP].accept = ACCEPT_SPEECH;
    ask(spoken, 5 * S);
    assert_int_equal(answer.kind, ANSWER_CONNECT);
    w->people[AT_BACKUP].accept = ACCEPT_NONE;
    ask(leg(EVENT_SCREEN, NULL), 5 * S);
    assert_int_equal(answer.kind, ANSWER_CONNECT);
}

static void other_events_get_what_can_be_said(void **unused)
{
    static const struct {
        enum event_kind kind;
        bool is_call;
        enum answer_kind answer;
    } rows[] = {
        {EVENT_TEXT, false, ANSWER_NOTHING},        {EVENT_RECEIPT, false, ANSWER_NOTHING},
        {EVENT_CALL_STATUS, false, ANSWER_NOTHING}, {EVENT_RECORDED, false, ANSWER_SAY},
        {EVENT_HEARD, false, ANSWER_SAY},           {EVENT_STRAY, true, ANSWER_SAY},
        {EVENT_STRAY, false, ANSWER_NOTHING},       {EVENT_CALLED, false, ANSWER_HANGUP},
        {EVENT_CHOICE, false, ANSWER_SAY},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask((struct event){.kind = rows[i].kind, .is_call = rows[i].is_call}, 0);
        assert_int_equal(answer.kind, rows[i].answer);
        assert_int_equal(event.offline, OFFLINE_NOT);
        assert_true(event.at_ms == WORLD_START);
    }
    ask((struct event){.kind = EVENT_CHOICE, .digits = SPAN("1")}, 0);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
}

static void without_a_roster_nobody_is_rung(void **unused)
{
    const struct offline_ask nobodys = {.now_ms = WORLD_START, .arena = w->arena};

    (void)unused;
    event = call(-1, NULL);
    offline_answer(&nobodys, &event, &answer);
    assert_int_equal(answer.kind, ANSWER_SAY);
    event = leg(EVENT_SCREEN, NULL);
    offline_answer(&nobodys, &event, &answer);
    assert_int_equal(answer.kind, ANSWER_SCREEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_goes_down_the_chain_by_its_address_alone),
        TEST(the_wait_is_cut_as_ever),
        TEST(the_plan_is_that_of_the_calls_instant),
        TEST(nobody_on_duty_hears_so_at_once),
        TEST(those_who_rang_together_are_not_rung_again),
        TEST(a_call_that_was_taken_is_over),
        TEST(a_caller_who_has_hung_up_rings_nobody),
        TEST(a_leg_is_asked_and_its_key_counts),
        TEST(he_accepts_as_the_roster_says),
        TEST(other_events_get_what_can_be_said),
        TEST(without_a_roster_nobody_is_rung),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
