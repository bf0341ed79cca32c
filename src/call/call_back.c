#include "call/call_back.h"

#include <string.h>

#include "relay/known.h"
#include "relay/relay.h"
#include "relay/settle.h"
#include "relay/tell.h"
#include "relay/thread_end.h"
#include "rules/party.h"
#include "rules/restraint.h"
#include "rules/words.h"

enum {
    RING_S = 30,   /* at the customer's */
    TALK_S = 15,   /* below this it may have been a mailbox's greeting */
    CONFIRMED = 2, /* the attempt of the key after a short talk */
};

/* What is known of one that has been answered. */
struct talk {
    struct message *message; /* NULL: there is none such */
    struct outbox *outbox;
    struct thread *thread;
    struct relay *relay; /* the thread's */
    int operator_index;  /* who called; -1: he has left */
};

static void say(const struct context *c, enum words_spoken what, const struct message *m)
{
    const struct words_about a = {.customer = party_words(span_of(m->customer)),
                                  .customer_name = known_name(c, m->customer)};

    c->answer->kind = ANSWER_SAY;
    c->answer->words = words_spoken(c->facts->arena, what, &a);
}

static bool is_wanted(const struct message *m)
{
    return m && m->kind == MESSAGE_CALL_BACK;
}

/* ---- what the request needs too ---- */

bool call_back_is_over(const struct message *m)
{
    return m->delivery >= DELIVERY_DELIVERED;
}

bool call_back_may_call(const struct context *c, const char *customer, const char *operator_phone)
{
    return party_is_number(span_of(customer)) && strcmp(customer, operator_phone) != 0 &&
           !roster_line(c->roster, span_of(customer)) && (!c->may_dial || c->may_dial(customer));
}

void call_back_note(const struct context *c, const struct message *m, const char *detail)
{
    struct call_event row = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = m->tenant,
        .cascade = m->cascade,
        .at_ms = c->facts->now_ms,
        .kind = "call back",
        .attempt = -1,
        .detail = arena_copy(c->facts->arena, span_of(detail)),
    };

    memcpy(row.call_sid, m->sid, sizeof row.call_sid);
    CONTEXT_SET(row.line, span_of(m->from));
    CONTEXT_SET(row.caller, span_of(m->customer));
    CONTEXT_SET(row.operator_id, span_of(m->operator_id));
    facts_log_call(c->facts, &row);
}

const char call_back_restrained[] = "This line is in report-only mode: customers are not called.";

void call_back_connect(const struct context *c, const struct message *m)
{
    struct answer *a = c->answer;

    if (restraint_of(c, span_of(m->from), span_of(m->customer))) { /* since he was asked */
        a->kind = ANSWER_SAY;
        a->words = span_of(call_back_restrained);
        return;
    }
    a->kind = ANSWER_CALL;
    a->id = m->id;
    a->ring_s = RING_S;
    a->caller_id = arena_copy(c->facts->arena, span_of(m->from));
    a->numbers[0].number = arena_copy(c->facts->arena, span_of(m->customer));
    a->number_count = 1;
}

/* ---- the call to the operator ---- */

/* The call is there, and has this id, whatever became of our request's answer. */
static void settle(const struct context *c, struct message *m, struct outbox *o,
                   enum delivery delivery)
{
    if (!m->sid[0])
        settle_bind(c, m, c->event->sid);
    settle_outbox(c, o);
    if (!settle_advances(m->delivery, delivery))
        return;
    m->delivery = delivery;
    facts_touch(c->facts, FACT_MESSAGE, m);
}

static void ask_again(const struct context *c, const struct message *m)
{
    say(c, WORDS_SPOKEN_CALL_BACK_AGAIN, m);
    c->answer->kind = ANSWER_READ;
    c->answer->id = m->id;
}

/* He has talked with the customer: what waits is done, and the thread is his. Somebody else who
 * has it keeps it. */
static void take(const struct context *c, const struct talk *talk)
{
    struct thread *t = talk->thread;
    struct relay *r = talk->relay;

    if (talk->operator_index < 0 || !t)
        return;
    if (r && relay_waits(r)) {
        relay_apply(c, r, RELAY_ACKED, talk->operator_index);
    } else if (!t->closed && !t->owner[0]) {
        CONTEXT_SET(t->owner, span_of(talk->message->operator_id));
        thread_end_watch(c, t);
        facts_touch(c->facts, FACT_THREAD, t);
    }
}

/* False when something must be loaded first. */
static bool gather_talk(const struct context *c, struct talk *talk)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct thread *t = NULL;

    *talk = (struct talk){.outbox = facts_outbox(c->facts, e->tenant, e->message)};
    settle_gather(c, m, e->sid);
    if (is_wanted(m)) {
        talk->message = m;
        talk->operator_index = context_operator(c, m->operator_id);
        t = facts_thread_by_id(c->facts, m->tenant, m->thread);
    }
    talk->thread = t;
    talk->relay = t && t->relay ? facts_relay(c->facts, t->tenant, t->relay) : NULL;
    if (talk->relay && talk->operator_index >= 0)
        tell_gather(c, m->operator_id);
    return !c->facts->short_of && (!talk->relay || relay_gather(c, talk->relay, false));
}

/* His answer, after a short talk, to whether it was one. */
static enum err confirm(const struct context *c)
{
    const struct event *e = c->event;
    struct talk talk;

    if (!gather_talk(c, &talk))
        return ERR_BUSY;
    const struct relay *r = talk.relay;
    c->answer->kind = ANSWER_HANGUP;
    if (!talk.message || talk.operator_index < 0 || talk.message->delivery != DELIVERY_DELIVERED)
        return ERR_NONE;
    if (!span_is_text(e->digits, "1")) {
        say(c, WORDS_SPOKEN_GOODBYE, talk.message);
        return ERR_NONE;
    }
    if (r && !relay_waits(r) && strcmp(r->acked_by, talk.message->operator_id) != 0) {
        const struct words_about a = {.name = r->acked_by[0] ? span_of(context_name(c, r->acked_by))
                                                             : SPAN("The office")};
        c->answer->kind = ANSWER_SAY;
        c->answer->words = words_spoken(c->facts->arena, WORDS_SPOKEN_TAKEN, &a);
        return ERR_NONE;
    }
    take(c, &talk);
    say(c, WORDS_SPOKEN_SETTLED, talk.message);
    return ERR_NONE;
}

bool call_back_connect_again(const struct context *c, const struct message *m)
{
    if (is_wanted(m) && !call_back_is_over(m))
        call_back_connect(c, m);
    return c->answer->kind == ANSWER_CALL;
}

void call_back_hung_up(const struct context *c, struct message *m)
{
    if (!is_wanted(m) || call_back_is_over(m))
        return;
    m->delivery = DELIVERY_UNDELIVERED;
    facts_touch(c->facts, FACT_MESSAGE, m);
    context_log(c, "call-back.ended", m->thread, m->id, m->operator_id, "hung up");
    call_back_note(c, m, "hung up");
}

/* By a job's link: whoever was rung is known by his phone alone. */
static bool is_crew(const struct message *m)
{
    return strcmp(m->operator_id, m->to) == 0;
}

enum err call_back_heard(const struct context *c)
{
    const struct event *e = c->event;
    if (e->attempt == CONFIRMED)
        return confirm(c);
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);

    settle_gather(c, m, e->sid);
    if (c->facts->short_of)
        return ERR_BUSY;
    c->answer->kind = ANSWER_HANGUP;
    if (!is_wanted(m) || m->delivery == DELIVERY_DELIVERED || m->delivery == DELIVERY_UNDELIVERED)
        return ERR_NONE; /* over: a repeat of what he pressed */
    const int o_index = context_operator(c, m->operator_id);
    settle(c, m, o, DELIVERY_SENT);
    if (o_index < 0 && !is_crew(m))
        return ERR_NONE;
    if (!call_back_may_call(c, m->customer,
                            o_index < 0 ? m->to : c->roster->operators[o_index].phone))
        return ERR_NONE;
    if (span_is_text(e->digits, "1"))
        call_back_connect(c, m);
    else if (e->attempt < 1)
        ask_again(c, m);
    else
        say(c, WORDS_SPOKEN_GOODBYE, m);
    return ERR_NONE;
}

/* ---- the call to the customer ---- */

static bool has_answered(const struct event *e)
{
    return e->seconds > 0 &&
           (span_is_text(e->dial_status, "completed") || span_is_text(e->dial_status, "answered"));
}

static enum words_spoken words_for(struct span dial_status)
{
    if (span_is_text(dial_status, "busy"))
        return WORDS_SPOKEN_BUSY;
    return span_is_text(dial_status, "no-answer") ? WORDS_SPOKEN_NO_ANSWER : WORDS_SPOKEN_UNREACHED;
}

static void conclude(const struct context *c, struct message *m, struct outbox *o, bool answered)
{
    const struct event *e = c->event;
    const char *detail = answered
                             ? arena_printf(c->facts->arena, "connected, %d s", (int)e->seconds)
                             : arena_text(c->facts->arena, e->dial_status);

    settle(c, m, o, DELIVERY_SENT);
    m->delivery = answered ? DELIVERY_DELIVERED : DELIVERY_UNDELIVERED;
    facts_touch(c->facts, FACT_MESSAGE, m);
    context_log(c, answered ? "call-back.connected" : "call-back.not-connected", m->thread, m->id,
                m->operator_id, detail);
    call_back_note(c, m, detail);
}

/* It may have been a mailbox: he is asked, while he is on the line, and told how else he can
 * say so. */
static void ask_whether_he_talked(const struct context *c, const struct talk *talk, bool is_first)
{
    const struct message *m = talk->message;

    say(c, WORDS_SPOKEN_TALKED, m);
    c->answer->kind = ANSWER_READ;
    c->answer->id = m->id;
    c->answer->attempt = CONFIRMED;
    if (!is_first)
        return;
    const struct tag tag = tell_mark(c, talk->thread, m->operator_id);
    const struct words_about a = tell_about(c, talk->thread, &tag);
    tell_notice(c, talk->thread, &tag, words_short_talk(c->facts->arena, &a));
}

enum err call_back_called(const struct context *c)
{
    const struct event *e = c->event;
    const bool answered = has_answered(e);
    struct talk talk;

    if (!gather_talk(c, &talk))
        return ERR_BUSY;
    struct message *m = talk.message;
    c->answer->kind = ANSWER_HANGUP;
    if (!m)
        return ERR_NONE;
    if (!answered)
        say(c, words_for(e->dial_status), m);
    /* The end of his own call may have come first, and knows less. */
    const bool is_first =
        m->delivery != DELIVERY_DELIVERED && (m->delivery != DELIVERY_UNDELIVERED || answered);
    if (is_first)
        conclude(c, m, talk.outbox, answered);
    if (is_first && answered && e->seconds >= TALK_S)
        take(c, &talk);
    else if (answered && talk.operator_index >= 0 && talk.relay && relay_waits(talk.relay))
        ask_whether_he_talked(c, &talk, is_first);
    return ERR_NONE;
}

/* ---- how the call to the operator ended ---- */

/* Of a call that ended nobody has talked unless the customer's part said so before. */
static enum delivery delivery_of(struct span status)
{
    const enum delivery delivery = settle_call_status(status);

    return delivery == DELIVERY_DELIVERED ? DELIVERY_UNDELIVERED : delivery;
}

enum err call_back_status(const struct context *c)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);

    settle_gather(c, m, e->sid);
    if (c->facts->short_of)
        return ERR_BUSY;
    c->answer->kind = ANSWER_NOTHING;
    if (!is_wanted(m) || (m->sid[0] && !span_is_text(e->sid, m->sid)))
        return ERR_NONE;
    const enum delivery was = m->delivery;
    settle(c, m, o, delivery_of(e->call_status));
    if (m->delivery == was)
        return ERR_NONE;
    call_back_note(c, m, arena_text(c->facts->arena, e->call_status));
    if (call_back_is_over(m))
        context_log(c, "call-back.ended", m->thread, m->id, m->operator_id,
                    arena_text(c->facts->arena, e->call_status));
    return ERR_NONE;
}
