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

static void after_a_dial_that_failed_the_lines_number_is_shown(void **unused)
{
    (void)unused;
    ask(call(-1, NULL), 0);
    ask(call(1, "failed"), 1 * S);
    assert_int_equal(answer.attempt, 1);
    assert_true(span_is_text(answer.caller_id, LINE));
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

static void a_leg_that_is_a_call_of_its_own_waits_for_the_caller(void **unused)
{
    struct event e = leg(EVENT_SCREEN, NULL);

    (void)unused;
    e.apart = true;
    ask(e, 5 * S);
    assert_int_equal(answer.kind, ANSWER_SCREEN);
    assert_true(answer.apart);
    e = leg(EVENT_PRESS, "1");
    e.apart = true;
    ask(e, 6 * S);
    assert_int_equal(answer.kind, ANSWER_CONFERENCE);
    assert_true(answer.for_leg);
    assert_int_equal(event.offline, OFFLINE_TAKEN);
    e = call(0, NULL); /* the caller's next turn */
    ask_with(e, (struct offline_ask){.now_ms = 7 * S, .taken = true, .joins = true});
    assert_int_equal(answer.kind, ANSWER_CONFERENCE);
    assert_false(answer.for_leg);
    assert_int_equal(event.offline, OFFLINE_JOINED);
    e = call(1, "answered");
    ask_with(e, (struct offline_ask){.now_ms = 90 * S, .taken = true, .joins = true});
    assert_int_equal(answer.kind, ANSWER_HANGUP);
    assert_int_equal(event.offline, OFFLINE_OVER);
    ask(e, 90 * S); /* on another node, which knows nothing of it */
    assert_int_equal(event.offline, OFFLINE_OVER);
}

static void a_step_that_overlaps_rings_one_by_one(void **unused)
{
    (void)unused;
    w->chains[0].steps[0].operators[1] = AT_BACKUP;
    w->chains[0].steps[0].operator_count = 2;
    w->chains[0].steps[0].how = RING_OVERLAP;
    ask(call(0, NULL), 4 * S); /* a turn of a call that began with the store */
    assert_rings(PRIMARY, 0, 15);
    ask(call(1, "no-answer"), 19 * S);
    assert_rings(BACKUP, 1, 15);
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
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ask((struct event){.kind = rows[i].kind, .is_call = rows[i].is_call}, 0);
        assert_int_equal(answer.kind, rows[i].answer);
        assert_int_equal(event.offline, OFFLINE_NOT);
        assert_true(event.at_ms == WORLD_START);
    }
}

static struct event key(const char *digits)
{
    struct event e = call(-1, NULL);

    e.kind = EVENT_CHOICE;
    e.call_status = SPAN("in-progress");
    e.digits = span_of(digits);
    return e;
}

static void a_caller_who_waits_has_a_choice(void **unused)
{
    (void)unused;
    w->roster.still_trying = true;
    ask(call(-1, NULL), 0);
    assert_int_equal(answer.still.size, 0); /* from the second step on */
    ask(call(1, "no-answer"), 15 * S);
    assert_true(answer.still.size > 0);
    ask(call(2, "no-answer"), 92 * S); /* the hard end is too near to ask */
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_int_equal(answer.still.size, 0);
    ask(key("1"), 18 * S);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(event.offline, OFFLINE_VOICEMAIL);
    ask(key("2"), 18 * S);
    assert_int_equal(answer.kind, ANSWER_SAY);
    assert_int_equal(event.offline, OFFLINE_TEXTED);
    struct event withheld = key("2"); /* who cannot be texted leaves a message */
    withheld.from = SPAN("anonymous");
    ask(withheld, 18 * S);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    ask_with(key("5"), (struct offline_ask){.now_ms = 18 * S, .rung = 1});
    assert_int_equal(answer.kind, ANSWER_RING); /* tries on, and is not asked again */
    assert_int_equal(answer.attempt, 1);
    assert_int_equal(answer.still.size, 0);
    assert_int_equal(event.offline, OFFLINE_NOT);
    assert_int_equal(event.body.size, 0);
}

static void the_doorman_stands_there_too(void **unused)
{
    static const struct blocked blocked[] = {{ANNA}};
    struct event withheld = call(-1, NULL);

    (void)unused;
    w->roster.blocked = blocked;
    w->roster.blocked_count = 1;
    ask(call(-1, NULL), 0);
    assert_int_equal(answer.kind, ANSWER_REJECT);
    assert_int_equal(event.offline, OFFLINE_AWAY);
    ask(call(1, "no-answer"), 15 * S); /* was let in, by the store or another roster */
    assert_int_equal(answer.kind, ANSWER_RING);
    withheld.from = SPAN("anonymous");
    w->roster.anonymous = ANONYMOUS_VOICEMAIL;
    ask(withheld, 0);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(event.offline, OFFLINE_NOT_RUNG);
    w->roster.anonymous = ANONYMOUS_RING;
    ask(withheld, 0);
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_true(span_is_text(answer.caller_id, LINE));
    withheld.from = SPAN(LINE_2); /* it would go round */
    ask(withheld, 0);
    assert_int_equal(answer.kind, ANSWER_REJECT);
}

static struct event door_key(const char *from, const char *digits)
{
    struct event e = call(-1, NULL);

    e.kind = EVENT_KEY;
    e.from = span_of(from);
    e.digits = span_of(digits);
    e.attempt = 1;
    e.alone = false;
    return e;
}

static void who_was_asked_at_the_door_goes_on(void **unused)
{
    (void)unused;
    w->roster.operator_menu = true;
    ask(door_key(ANNA, "1"), 9 * S);
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_int_equal(answer.attempt, 0);
    assert_true(answer.is_answered);
    assert_int_equal(event.offline, OFFLINE_RANG);
    ask(door_key(ANNA, ""), 9 * S);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    ask(door_key(PRIMARY, "1"), 9 * S); /* his menu is in the store: the others ring */
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_true(span_is_text(answer.numbers[0].number, BACKUP));
    struct event own = call(-1, NULL);
    own.from = SPAN(PRIMARY);
    ask(own, 0);
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_true(span_is_text(answer.numbers[0].number, BACKUP));
}

static void nothing_goes_round_without_the_store(void **unused)
{
    struct event e = call(-1, NULL);

    (void)unused;
    e.forwarded_from = SPAN(PRIMARY);
    ask(e, 0);
    assert_int_equal(answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(event.offline, OFFLINE_NOT_RUNG);
    ask_with(call(-1, NULL), (struct offline_ask){.may_go_round = true});
    assert_int_equal(answer.kind, ANSWER_RING);
    assert_true(span_is_text(answer.caller_id, LINE));
    e = call(-1, NULL);
    e.from = SPAN(LINE);
    ask(e, 0);
    assert_int_equal(answer.kind, ANSWER_REJECT);
}

static void whose_phone_rings_is_told_by_text(void **unused)
{
    (void)unused;
    ask(call(-1, NULL), 0);
    assert_true(event.body.size > 0);
    event.message = 77;
    event.account = SPAN("AC1");
    const struct outbox row = offline_alert(&w->roster, &event);
    assert_true(row.id == 77 && row.tenant == WORLD_TENANT && row.fence == 0);
    assert_string_equal(row.to, PRIMARY);
    assert_string_equal(row.from, LINE);
    assert_string_equal(row.account, "AC1");
    assert_true(row.expires_ms == WORLD_START + 15 * S);
    assert_true(span_is(row.body, event.body));
    w->people[AT_PRIMARY].prealert = PREALERT_MISSED;
    ask(call(-1, NULL), 0);
    assert_int_equal(event.body.size, 0);
    w->people[AT_PRIMARY].prealert = PREALERT_NEVER;
    ask(call(-1, NULL), 0);
    assert_int_equal(event.body.size, 0);
}

static void assert_script(enum script_kind kind, bool later)
{
    assert_non_null(answer.script);
    assert_int_equal(answer.script->kind, kind);
    assert_int_equal(answer.script->later, later);
    assert_true(span_is_text(answer.script->values[SCRIPT_BUSINESS], w->roster.name));
}

static void the_call_scripts_are_heard(void **unused)
{
    const struct offline_ask known = {
        .now_ms = 5 * S, .caller = SPAN(CLARA), .line = SPAN(LINE), .job = SPAN("boiler")};

    (void)unused;
    ask(call(-1, NULL), 0);
    assert_script(SCRIPT_INBOUND_ROUTING, false);
    ask(call(1, "no-answer"), 15 * S);
    assert_script(SCRIPT_INBOUND_ROUTING, true);
    assert_true(span_is_text(answer.script->values[SCRIPT_OPERATOR], w->people[AT_BACKUP].name));
    ask(call(3, "failed"), 41 * S);
    assert_script(SCRIPT_VOICEMAIL, false);
    ask_with(leg(EVENT_SCREEN, NULL), known); /* it shows another number than the caller's */
    assert_script(SCRIPT_SCREEN, false);
    assert_true(span_is_text(answer.script->values[SCRIPT_JOB], "boiler"));
    assert_true(memmem(answer.words.data, answer.words.size, "boiler", 6) != NULL);
    ask(leg(EVENT_PRESS, "7"), 7 * S);
    assert_script(SCRIPT_SCREEN, true);
    ask(leg(EVENT_PRESS, "1"), 7 * S);
    assert_null(answer.script);
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    ask(call(-1, NULL), 0);
    assert_script(SCRIPT_CLOSED, false);
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

static void who_stands_later_in_line_lets_the_first_go_before_him(void **unused)
{
    struct event second = leg(EVENT_PRESS, "1");

    (void)unused;
    second.after = 2;
    ask(second, 3 * S);
    assert_int_equal(answer.kind, ANSWER_HOLD);
    assert_int_equal(answer.ring_s, 8);
    assert_int_equal(answer.after, 2);
    assert_int_equal(event.offline, OFFLINE_SCREENED);
    second.held = true;
    ask(second, 11 * S);
    assert_int_equal(answer.kind, ANSWER_CONNECT);
    assert_int_equal(event.offline, OFFLINE_TAKEN);
    ask(leg(EVENT_PRESS, "1"), 3 * S); /* the first in line */
    assert_int_equal(answer.kind, ANSWER_CONNECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_stands_later_in_line_lets_the_first_go_before_him),
        TEST(a_call_goes_down_the_chain_by_its_address_alone),
        TEST(after_a_dial_that_failed_the_lines_number_is_shown),
        TEST(the_wait_is_cut_as_ever),
        TEST(the_plan_is_that_of_the_calls_instant),
        TEST(nobody_on_duty_hears_so_at_once),
        TEST(a_leg_that_is_a_call_of_its_own_waits_for_the_caller),
        TEST(a_step_that_overlaps_rings_one_by_one),
        TEST(those_who_rang_together_are_not_rung_again),
        TEST(a_call_that_was_taken_is_over),
        TEST(a_caller_who_has_hung_up_rings_nobody),
        TEST(a_leg_is_asked_and_its_key_counts),
        TEST(he_accepts_as_the_roster_says),
        TEST(other_events_get_what_can_be_said),
        TEST(without_a_roster_nobody_is_rung),
        TEST(a_caller_who_waits_has_a_choice),
        TEST(the_doorman_stands_there_too),
        TEST(who_was_asked_at_the_door_goes_on),
        TEST(nothing_goes_round_without_the_store),
        TEST(whose_phone_rings_is_told_by_text),
        TEST(the_call_scripts_are_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
