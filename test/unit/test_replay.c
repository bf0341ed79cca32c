#include "core/replay.h"

#include "base/id.h"
#include "core/offline.h"
#include "core_world.h"

enum { KEPT_MAX = 32 };

static struct world *const w = &world_shared;
static struct event kept[KEPT_MAX]; /* the spool */
static int kept_count;
static struct answer told;
static int64_t cascade;

static int set_up(void **state)
{
    kept_count = 0;
    cascade = id_floor(WORLD_START) + 1;
    return world_set_up(state);
}

/* It comes while the store is not there. */
static void come(struct event e)
{
    const struct offline_ask ask = {.roster = &w->roster, .now_ms = w->now_ms, .arena = w->arena};

    offline_answer(&ask, &e, &told);
    kept[kept_count++] = e;
}

static struct event call(int attempt, const char *dial_status)
{
    return (struct event){
        .kind = EVENT_CALL,
        .account = SPAN("AC1"),
        .sid = SPAN("CA1"),
        .from = SPAN(ANNA),
        .to = SPAN(LINE),
        .call_status = attempt > 0 ? SPAN("in-progress") : SPAN("ringing"),
        .dial_status = span_of(dial_status),
        .attempt = attempt,
        .alone = attempt > 0,
        .cascade = cascade,
    };
}

static struct event leg(enum event_kind kind, const char *phone, int attempt, const char *digits)
{
    return (struct event){
        .kind = kind,
        .account = SPAN("AC1"),
        .sid = SPAN("CAleg"),
        .leg_sid = SPAN("CAleg"),
        .from = SPAN(ANNA),
        .to = span_of(phone),
        .digits = span_of(digits),
        .attempt = attempt,
        .cascade = cascade,
    };
}

static void bring_in(void)
{
    for (int i = 0; i < kept_count; i++) {
        struct event e = kept[i];
        assert_int_equal(world_do(w, e), ERR_NONE);
    }
}

/* The rows of twilio_call_events, "kind:attempt", in order. */
static const char *record(void)
{
    char *all = arena_printf(w->arena, "%s", "");

    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_CALL_EVENT)
            all = arena_printf(w->arena, "%s%s%s:%d", all, *all ? " " : "", a->call_event.kind,
                               a->call_event.attempt);
    return all;
}

static void overlap(void)
{
    strcpy(w->roster.tenant, "acme");
    w->chains[0].steps[0].operators[1] = AT_BACKUP;
    w->chains[0].steps[0].operator_count = 2;
    w->chains[0].steps[0].how = RING_OVERLAP;
    world_call(w, ANNA);
    cascade = world_cascade(w)->id;
}

static void come_joined(struct event e)
{
    const struct offline_ask ask = {
        .roster = &w->roster, .now_ms = w->now_ms, .arena = w->arena, .taken = true, .joins = true};

    offline_answer(&ask, &e, &told);
    kept[kept_count++] = e;
}

static void a_talk_by_conference_is_on_record(void **unused)
{
    (void)unused;
    overlap();
    struct event press = leg(EVENT_PRESS, PRIMARY, 0, "1");
    press.apart = true;
    come(press);
    assert_int_equal(told.kind, ANSWER_CONFERENCE);
    w->now_ms += 2 * S;
    struct event turn = call(0, NULL);
    turn.sid = arena_copy(w->arena, span_of(w->call));
    come_joined(turn);
    assert_int_equal(told.kind, ANSWER_CONFERENCE);
    w->now_ms += 30 * S;
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_ACCEPTED);
    assert_string_equal(k->accepted_by, world_id(AT_PRIMARY));
    assert_true(k->conference && k->turn_ms);
    assert_int_equal(k->watch_ms, 0);
    world_dialled(w, 0, "answered"); /* with the store again */
    assert_int_equal(k->outcome, OUTCOME_ANSWERED);
}

static void phones_that_rang_apart_ring_one_by_one_from_then_on(void **unused)
{
    (void)unused;
    overlap();
    w->now_ms += 4 * S;
    struct event next = call(2, "no-answer");
    next.sid = arena_copy(w->arena, span_of(w->call));
    come(next);
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->attempt, 2);
    for (int i = 0; i < k->plan->count; i++)
        assert_false(k->plan->rungs[i].overlaps);
    assert_int_equal(k->watch_ms, 0);
}

static struct outbox *row_of(enum outbox_kind kind, const char *to)
{
    struct outbox *o = NULL;

    for (size_t at = 0; (o = world_row(w, FACT_OUTBOX, at)); at++)
        if (o->kind == kind && !o->gone && strcmp(o->to, to) == 0)
            return o;
    return NULL;
}

static void a_caller_who_leaves_without_the_store_leaves_no_phone_ringing(void **unused)
{
    (void)unused;
    overlap();
    const struct message own = {.tenant = WORLD_TENANT, .id = row_of(OUTBOX_CALL, PRIMARY)->id};
    world_sent(w, &own, SENT_ACCEPTED);
    struct event over = call(0, NULL);
    over.sid = arena_copy(w->arena, span_of(w->call));
    over.call_status = SPAN("completed");
    come(over);
    bring_in();
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
    assert_non_null(row_of(OUTBOX_UPDATE, world_cascade(w)->plan->rungs[0].leg));
}

static void a_call_taken_by_the_second_is_answered(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 15 * S;
    come(call(1, "no-answer"));
    w->now_ms += 4 * S;
    come(leg(EVENT_SCREEN, BACKUP, 1, NULL));
    w->now_ms += 2 * S;
    come(leg(EVENT_PRESS, BACKUP, 1, "1"));
    assert_int_equal(told.kind, ANSWER_CONNECT);
    w->now_ms += MIN;
    struct event over = call(2, "completed");
    over.bridged = true;
    come(over);
    w->now_ms += 10 * MIN;
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_true(k->id == cascade && k->started_ms == WORLD_START);
    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, OUTCOME_ANSWERED);
    assert_string_equal(k->accepted_by, world_id(AT_BACKUP));
    assert_true(k->accepted_ms == WORLD_START + 21 * S);
    assert_true(k->ended_ms == WORLD_START + 81 * S);
    assert_string_equal(k->call_sid, "CA1");
    assert_string_equal(record(), "inbound:-1 attempt:0 dialled:0 attempt:1 picked up:1 forward:1 "
                                  "outcome:-1");
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_count(w, FACT_OUTBOX), 0); /* no pre-alert of a ring long over */
    assert_int_equal(k->due_ms, 0);
}

static void a_second_replay_changes_nothing(void **unused)
{
    (void)unused;
    a_call_taken_by_the_second_is_answered(unused);
    const char *const before = record();
    bring_in();
    assert_string_equal(record(), before);
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
}

static void a_call_that_nobody_took_becomes_a_relay_whose_clock_begins_now(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 15 * S;
    come(call(1, "busy"));
    w->now_ms += 5 * S;
    come(call(2, "failed"));
    w->now_ms += 20 * S;
    come(call(3, "no-answer"));
    assert_int_equal(told.kind, ANSWER_VOICEMAIL);
    w->now_ms += 20 * MIN; /* longer than a step's time to acknowledge */
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_VOICEMAIL);
    assert_int_equal(k->plan->rungs[0].state, RUNG_BUSY);
    assert_int_equal(k->plan->rungs[1].state, RUNG_FAILED);
    assert_int_equal(k->plan->rungs[2].state, RUNG_MISSED);
    const struct relay *r = world_relay(w);
    assert_int_equal(r->kind, RELAY_MISSED_CALL);
    assert_int_equal(r->state, RELAY_OPEN);
    assert_true(r->due_ms >= w->now_ms + 15 * MIN);
    SAYS(world_last_to(w, PRIMARY), "Missed call from " ANNA);
    SAYS(world_last_to(w, ANNA), "we missed your call");
    world_wait(w, 0); /* its hard end is long past */
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_MISSED);
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

static void the_caller_hung_up_meanwhile(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 5 * S;
    struct event over = call(1, "canceled");
    over.call_status = SPAN("completed");
    come(over);
    w->now_ms += MIN;
    bring_in();
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ABANDONED);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    assert_int_equal(world_noted(w, "attempt"), 1);
}

static void nobody_was_on_duty(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    come(call(-1, NULL));
    w->now_ms += MIN;
    bring_in();
    assert_int_equal(world_cascade(w)->state, CASCADE_CLOSED);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
}

/* The first ring was the store's; then it was gone. */
static void begun_with_the_store(void)
{
    world_call(w, ANNA);
    cascade = world_cascade(w)->id;
}

static struct event same_call(int attempt, const char *dial_status)
{
    struct event e = call(attempt, dial_status);

    e.sid = arena_copy(w->arena, span_of(w->call));
    e.alone = false;
    return e;
}

static void a_call_begun_with_the_store_goes_on_from_where_it_was(void **unused)
{
    (void)unused;
    begun_with_the_store();
    w->now_ms += 15 * S;
    come(same_call(1, "no-answer"));
    w->now_ms += 4 * S;
    come(leg(EVENT_SCREEN, BACKUP, 1, NULL));
    come(leg(EVENT_PRESS, BACKUP, 1, "2"));
    w->now_ms += 1 * S;
    struct event next = same_call(2, "completed");
    next.alone = true;
    come(next);
    assert_int_equal(told.attempt, 2);
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(world_count(w, FACT_CASCADE), 1);
    assert_int_equal(k->state, CASCADE_RINGING);
    assert_int_equal(k->attempt, 2);
    assert_int_equal(k->plan->rungs[1].state, RUNG_PASSED);
    assert_int_equal(world_noted(w, "attempt"), 3);
    world_leg(w, 2, "CAleg2", "1"); /* and the store goes on from there */
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
    assert_int_equal(world_cascade(w)->state, CASCADE_ACCEPTED);
}

static void what_the_store_knows_better_stays(void **unused)
{
    (void)unused;
    begun_with_the_store();
    come(same_call(-1, NULL)); /* its answer was lost: the carrier asked again */
    bring_in();
    assert_int_equal(world_noted(w, "attempt"), 1);
    world_leg(w, 0, "CAleg0", "1");
    assert_int_equal(world_cascade(w)->state, CASCADE_ACCEPTED);
    kept_count = 0;
    w->now_ms += MIN;
    struct event over = same_call(1, "completed");
    over.bridged = true;
    come(over);
    bring_in();
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
    assert_string_equal(world_cascade(w)->accepted_by, world_id(AT_PRIMARY));
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void somebody_whom_the_store_had_left_out_is_on_record(void **unused)
{
    (void)unused;
    world_off(w, AT_BACKUP);
    begun_with_the_store();
    assert_int_equal(world_cascade(w)->plan->count, 2);
    world_on(w, AT_BACKUP); /* a new roster */
    w->now_ms += 15 * S;
    come(same_call(1, "no-answer")); /* by the roster alone he is there */
    come(leg(EVENT_PRESS, BACKUP, 1, "1"));
    assert_int_equal(told.kind, ANSWER_CONNECT);
    bring_in();
    assert_int_equal(world_cascade(w)->plan->count, 3);
    assert_int_equal(world_cascade(w)->attempt, 2);
    assert_int_equal(world_cascade(w)->state, CASCADE_ACCEPTED);
    assert_string_equal(world_cascade(w)->accepted_by, world_id(AT_BACKUP));
}

static void a_connection_alone_tells_that_it_was_taken(void **unused)
{
    struct event over;

    (void)unused;
    come(call(-1, NULL));
    w->now_ms += MIN; /* the key went to another node, which is gone */
    over = call(1, "completed");
    over.bridged = true;
    come(over);
    bring_in();
    assert_int_equal(world_cascade(w)->outcome, OUTCOME_ANSWERED);
    assert_string_equal(world_cascade(w)->accepted_by, world_id(AT_PRIMARY));
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void a_voicemail_left_meanwhile_joins_its_relay(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 60 * S;
    come(call(3, "no-answer"));
    w->now_ms += 30 * S;
    struct event spoken = {.kind = EVENT_RECORDED,
                           .sid = SPAN("CA1"),
                           .cascade = cascade,
                           .recording = SPAN("https://api.example.test/RE1"),
                           .seconds = 12};
    come(spoken);
    w->now_ms += MIN;
    bring_in();
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_relay(w)->kind, RELAY_VOICEMAIL);
    assert_int_equal(world_cascade(w)->recording_s, 12);
}

static struct event choice(const char *digits)
{
    struct event e = call(-1, NULL);

    e.kind = EVENT_CHOICE;
    e.call_status = SPAN("in-progress");
    e.digits = span_of(digits);
    return e;
}

static void who_chose_a_text_is_texted(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 15 * S;
    come(call(1, "no-answer"));
    w->now_ms += 3 * S;
    come(choice("2"));
    w->now_ms += MIN;
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, OUTCOME_MISSED);
    assert_true(k->ended_ms == WORLD_START + 18 * S);
    assert_int_equal(k->plan->rungs[1].state, RUNG_MISSED);
    SAYS(world_last_to(w, ANNA), "we missed your call");
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    bring_in(); /* once more */
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void who_chose_to_speak_may(void **unused)
{
    (void)unused;
    come(call(-1, NULL));
    w->now_ms += 15 * S;
    come(call(1, "no-answer"));
    w->now_ms += 3 * S;
    come(choice("7")); /* none of them: it rings on */
    assert_int_equal(told.kind, ANSWER_RING);
    w->now_ms += 3 * S;
    come(choice("1"));
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_VOICEMAIL);
    assert_int_equal(k->plan->rungs[1].state, RUNG_MISSED);
    assert_string_equal(record(), "inbound:-1 attempt:0 dialled:0 attempt:1");
}

static void who_was_asked_at_the_door_is_let_in_on_record(void **unused)
{
    (void)unused;
    w->roster.screening = SCREENING_VOICEMAIL;
    strcpy(w->call, "CA1");
    struct event e = call(-1, NULL);
    e.cascade = 0;
    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(world_cascade(w)->state, CASCADE_ASKED);
    cascade = world_cascade(w)->id;
    world_wait(w, 8 * S);
    e = call(-1, NULL);
    e.kind = EVENT_KEY;
    e.digits = SPAN("1");
    come(e);
    assert_int_equal(told.kind, ANSWER_RING);
    world_wait(w, 15 * S);
    come(call(1, "no-answer"));
    world_wait(w, 60 * S);
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_RINGING);
    assert_int_equal(k->attempt, 1);
    assert_int_equal(k->plan->rungs[0].state, RUNG_MISSED);
    assert_int_equal(k->waits_ms, WORLD_START + 8 * S);
}

static void a_key_of_a_call_that_is_not_known_changes_nothing(void **unused)
{
    (void)unused;
    come(choice("2"));
    bring_in();
    assert_int_equal(world_count(w, FACT_CASCADE), 0);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void who_was_not_let_in_is_on_record(void **unused)
{
    static const struct blocked blocked[] = {{ANNA}};

    (void)unused;
    w->roster.blocked = blocked;
    w->roster.blocked_count = 1;
    come(call(-1, NULL));
    assert_int_equal(told.kind, ANSWER_REJECT);
    bring_in();
    bring_in();
    const struct cascade *k = world_cascade(w);
    assert_int_equal(k->state, CASCADE_OVER);
    assert_int_equal(k->outcome, OUTCOME_REFUSED);
    assert_true(k->ended_ms == WORLD_START);
    assert_string_equal(record(), "inbound:-1 outcome:-1");
    assert_int_equal(world_logged(w, "call.refused"), 1);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(w->timer_count, 0);
}

static void who_hides_his_number_has_left_a_message(void **unused)
{
    struct event e = call(-1, NULL);

    (void)unused;
    w->roster.anonymous = ANONYMOUS_VOICEMAIL;
    e.from = SPAN("anonymous");
    come(e);
    bring_in();
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    assert_int_equal(world_logged(w, "call.not-rung"), 1);
    assert_int_equal(world_relay(w)->kind, RELAY_MISSED_CALL);
    assert_int_equal(world_noted(w, "attempt"), 0);
}

/* The engine has sent it from memory, and kept its id. */
static int64_t come_with_alert(struct event e)
{
    come(e);
    kept[kept_count - 1].message = id_next(&w->ids, w->now_ms);
    return kept[kept_count - 1].message;
}

static void a_pre_alert_that_left_meanwhile_is_on_record_and_settled(void **unused)
{
    (void)unused;
    const int64_t id = come_with_alert(call(-1, NULL));
    w->now_ms += MIN;
    bring_in();
    const struct message *m = world_to(w, PRIMARY, 0);
    assert_true(m->id == id && m->at_ms == WORLD_START);
    assert_int_equal(m->kind, MESSAGE_PREALERT);
    assert_int_equal(m->delivery, DELIVERY_UNSURE);
    const struct outbox *o = world_outbox(w, id);
    assert_int_equal(o->state, OUTBOX_UNSURE);
    assert_false(o->again); /* never sent a second time */
    world_do(w, (struct event){.kind = EVENT_SENT, .message = id, .sid = SPAN("SM1")});
    assert_int_equal(world_to(w, PRIMARY, 0)->delivery, DELIVERY_ACCEPTED);
    assert_string_equal(world_to(w, PRIMARY, 0)->sid, "SM1");
    assert_true(world_outbox(w, id)->gone);
    bring_in();
    assert_int_equal(world_count_to(w, PRIMARY), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_call_taken_by_the_second_is_answered),
        TEST(a_talk_by_conference_is_on_record),
        TEST(phones_that_rang_apart_ring_one_by_one_from_then_on),
        TEST(a_caller_who_leaves_without_the_store_leaves_no_phone_ringing),
        TEST(a_second_replay_changes_nothing),
        TEST(a_call_that_nobody_took_becomes_a_relay_whose_clock_begins_now),
        TEST(the_caller_hung_up_meanwhile),
        TEST(nobody_was_on_duty),
        TEST(a_call_begun_with_the_store_goes_on_from_where_it_was),
        TEST(what_the_store_knows_better_stays),
        TEST(somebody_whom_the_store_had_left_out_is_on_record),
        TEST(a_connection_alone_tells_that_it_was_taken),
        TEST(a_voicemail_left_meanwhile_joins_its_relay),
        TEST(who_chose_a_text_is_texted),
        TEST(who_chose_to_speak_may),
        TEST(who_was_asked_at_the_door_is_let_in_on_record),
        TEST(a_key_of_a_call_that_is_not_known_changes_nothing),
        TEST(who_was_not_let_in_is_on_record),
        TEST(who_hides_his_number_has_left_a_message),
        TEST(a_pre_alert_that_left_meanwhile_is_on_record_and_settled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
