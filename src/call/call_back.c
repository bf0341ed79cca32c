#include "call/call_back.h"

#include <string.h>

#include "relay/known.h"
#include "relay/outgoing.h"
#include "relay/relay.h"
#include "relay/settle.h"
#include "relay/tell.h"
#include "relay/thread_end.h"
#include "rules/party.h"
#include "rules/words.h"

enum {
    WINDOW_MS = 10 * 60 * 1000,
    CALLS_A_WINDOW = 3,       /* of one thread */
    RINGS_BY_MS = 120 * 1000, /* he pressed the button now: later he does not expect it */
    RING_S = 30,              /* at the customer's */
    TALK_S = 15,              /* below this it may have been a mailbox's greeting */
    CONFIRMED = 2,            /* the attempt of the key after a short talk */
};

/* Who shall call whom, and what the answer depends on. */
struct ask {
    int operator_index; /* -1: he is none, but one of a job's crew */
    const char *phone;  /* whose is rung */
    const char *who;    /* his id; of the crew, his phone */
    struct thread *thread;
    const struct relay *relay;     /* the thread's */
    const struct cascade *cascade; /* the call that it is about */
    enum origin origin;
    bool is_under_way;
    int place; /* in this window; 0: there is none left */
};

/* What is known of one that has been answered. */
struct talk {
    struct message *message; /* NULL: there is none such */
    struct outbox *outbox;
    struct thread *thread;
    struct relay *relay; /* the thread's */
    int operator_index;  /* who called; -1: he has left */
};

static void refused(const struct context *c, enum err err, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = words;
}

static void say(const struct context *c, enum words_spoken what, const struct message *m)
{
    const struct words_about a = {.customer = party_words(span_of(m->customer)),
                                  .customer_name = known_name(c, m->customer)};

    c->answer->kind = ANSWER_SAY;
    c->answer->words = words_spoken(c->facts->arena, what, &a);
}

static bool is_over(const struct message *m)
{
    return m->delivery >= DELIVERY_DELIVERED;
}

static bool is_wanted(const struct message *m)
{
    return m && m->kind == MESSAGE_CALL_BACK;
}

/* ---- the request ---- */

static struct span claim_of(const struct context *c, const struct thread *t, int64_t window, int n)
{
    return span_of(arena_printf(c->facts->arena, "call-back:%lld:%lld:%d", (long long)t->id,
                                (long long)window, n));
}

/* Each place in a window is claimed by the message that has it. One that is older than two
 * windows and still under way is a talk, or its end was never told. */
static void look_back(const struct context *c, struct ask *ask)
{
    const int64_t now = c->facts->now_ms / WINDOW_MS;

    for (int64_t window = now - 1; window <= now; window++)
        for (int n = CALLS_A_WINDOW; n >= 1; n--) {
            const int64_t id =
                facts_claimed_by(c->facts, c->event->tenant, claim_of(c, ask->thread, window, n));
            const struct message *m = id ? facts_message(c->facts, c->event->tenant, id) : NULL;
            if (m && !is_over(m))
                ask->is_under_way = true;
            if (!id && window == now)
                ask->place = n;
        }
}

/* False when something must be loaded first. */
static bool gather(const struct context *c, struct ask *ask)
{
    struct thread *t = ask->thread;

    if (!t)
        return !c->facts->short_of;
    if (!ask->relay && t->relay)
        ask->relay = facts_relay(c->facts, t->tenant, t->relay);
    if (!ask->cascade && ask->relay && ask->relay->cascade)
        ask->cascade = facts_cascade(c->facts, t->tenant, ask->relay->cascade);
    look_back(c, ask);
    return !c->facts->short_of;
}

static bool may_call(const struct context *c, const char *customer, const char *operator_phone)
{
    return party_is_number(span_of(customer)) && strcmp(customer, operator_phone) != 0 &&
           !roster_line(c->roster, span_of(customer)) && (!c->may_dial || c->may_dial(customer));
}

static struct span too_many(const struct context *c)
{
    const int64_t left_ms = WINDOW_MS - c->facts->now_ms % WINDOW_MS;
    const int minutes = (int)((left_ms + 59999) / 60000);

    return span_of(arena_printf(c->facts->arena,
                                "Three call backs to this customer in ten minutes are the most. "
                                "Try again in %d minute%s.",
                                minutes, minutes == 1 ? "" : "s"));
}

/* Why he cannot; empty when he can. */
static struct span hindrance(const struct context *c, const struct ask *ask)
{
    if (!roster_line(c->roster, span_of(ask->thread->line)))
        return SPAN("The line is on the roster no more.");
    if (!may_call(c, ask->thread->customer, ask->phone))
        return SPAN("There is no number that can be called.");
    if (ask->cascade && ask->cascade->state != CASCADE_OVER &&
        ask->cascade->state != CASCADE_CLOSED)
        return SPAN("The customer's own call is still going on.");
    if (ask->is_under_way)
        return SPAN("A call back is under way already.");
    if (!ask->place)
        return too_many(c);
    return (struct span){0};
}

static void note(const struct context *c, const struct message *m, const char *detail)
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

static struct span words_of(const struct context *c, const struct thread *t)
{
    const struct words_about a = {
        .business = span_of(c->roster->name),
        .customer = party_words(span_of(t->customer)),
        .customer_name = known_name_at(c, t->customer, t->job),
        .job = span_of(t->job),
        .is_crew = known_is_crew(c, t->customer, t->job),
    };

    return words_spoken(c->facts->arena, WORDS_SPOKEN_CALL_BACK, &a);
}

static struct message message_of(const struct context *c, const struct ask *ask)
{
    const struct thread *t = ask->thread;
    struct message m = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = t->tenant,
        .thread = t->id,
        .relay = t->relay,
        .cascade = ask->cascade ? ask->cascade->id : 0,
        .direction = DIRECTION_OUT,
        .origin = ask->origin,
        .kind = MESSAGE_CALL_BACK,
        .delivery = DELIVERY_QUEUED,
        .body = words_of(c, t),
        .at_ms = c->facts->now_ms,
    };

    CONTEXT_SET(m.from, span_of(t->line));
    CONTEXT_SET(m.to, span_of(ask->phone));
    CONTEXT_SET(m.customer, span_of(t->customer));
    CONTEXT_SET(m.operator_id, span_of(ask->who));
    CONTEXT_SET(m.job, span_of(t->job));
    return m;
}

/* Never sent again while it is unsure: a phone that rings twice would call the customer twice. */
static void begin(const struct context *c, const struct ask *ask)
{
    const struct message m = message_of(c, ask);

    facts_claim(c->facts, m.tenant,
                claim_of(c, ask->thread, c->facts->now_ms / WINDOW_MS, ask->place), m.id);
    outgoing_call(c, &m, c->facts->now_ms + RINGS_BY_MS, false);
    context_log(c, "call-back.asked", m.thread, m.id, m.operator_id, origin_name(m.origin));
    note(c, &m, "asked");
    c->answer->kind = ANSWER_DONE;
    c->answer->id = m.id;
    c->answer->words = SPAN("The phone rings now: press 1 to be connected.");
}

static void is_by_operator(const struct context *c, struct ask *ask)
{
    const struct roster_operator *o = &c->roster->operators[ask->operator_index];

    ask->phone = o->phone;
    ask->who = o->id;
}

static void decide_ask(const struct context *c, struct ask *ask)
{
    if (ask->operator_index >= 0)
        is_by_operator(c, ask);
    const struct span why = hindrance(c, ask);

    if (why.size)
        refused(c, ERR_CONFLICT, why);
    else
        begin(c, ask);
}

enum err call_back_request(const struct context *c)
{
    const struct event *e = c->event;
    struct ask ask = {
        .operator_index = roster_operator_by_id(c->roster, e->operator_id),
        .thread = facts_thread_by_id(c->facts, e->tenant, e->thread),
        .origin = e->origin,
    };

    if (!gather(c, &ask))
        return ERR_BUSY;
    if (!ask.thread)
        refused(c, ERR_NOT_FOUND, SPAN("thread: there is none with this id"));
    else if (ask.operator_index < 0)
        refused(c, ERR_BAD_INPUT, SPAN("operator: nobody on the roster has this id"));
    else
        decide_ask(c, &ask);
    return ERR_NONE;
}

/* What the link is about; false when it is about nobody who could be called. */
static bool find_subject(const struct context *c, const struct link *l, struct ask *ask)
{
    int64_t thread = 0;

    if (l->purpose == LINK_ACKNOWLEDGE) {
        ask->relay = facts_relay(c->facts, l->tenant, l->subject);
        thread = ask->relay ? ask->relay->thread : 0;
    } else if (l->purpose == LINK_CALL || l->purpose == LINK_RECORDING) {
        ask->cascade = facts_cascade(c->facts, l->tenant, l->subject);
        thread = ask->cascade ? ask->cascade->thread : 0;
    }
    ask->thread = thread ? facts_thread_by_id(c->facts, l->tenant, thread) : NULL;
    return ask->thread != NULL;
}

/* By a link nobody calls about what somebody else has; the API may. */
static bool is_anothers(const struct ask *ask, const char *operator_id)
{
    if (ask->relay)
        return ask->relay->state == RELAY_TAKEN && strcmp(ask->relay->acked_by, operator_id) != 0;
    return ask->cascade && ask->cascade->accepted_by[0] &&
           strcmp(ask->cascade->accepted_by, operator_id) != 0;
}

enum err call_back_link(const struct context *c, const struct link *l)
{
    struct ask ask = {
        .operator_index = context_operator(c, l->operator_id),
        .origin = ORIGIN_OPERATOR,
    };
    const bool found = find_subject(c, l, &ask);

    if (c->facts->short_of || !gather(c, &ask))
        return ERR_BUSY;
    if (c->facts->now_ms >= l->expires_ms)
        refused(c, ERR_CONFLICT, SPAN("This link has expired."));
    else if (ask.operator_index < 0)
        refused(c, ERR_DENIED, SPAN("You are no longer on the roster."));
    else if (!found)
        refused(c, ERR_CONFLICT, SPAN("There is nobody to be called."));
    else if (is_anothers(&ask, l->operator_id))
        refused(c, ERR_CONFLICT, SPAN("Somebody else has it."));
    else
        decide_ask(c, &ask);
    return ERR_NONE;
}

enum err call_back_crew(const struct context *c, const struct call_back_crew *crew)
{
    const struct job *job = crew->job;
    const int operator_index = context_operator(c, crew->who);
    struct ask ask = {
        .operator_index = operator_index,
        .phone = crew->who,
        .who = crew->who,
        .thread = facts_thread(c->facts, job->tenant, crew->line, span_of(job->customer)),
        .origin = ORIGIN_OPERATOR,
    };

    if (c->facts->short_of || !gather(c, &ask))
        return ERR_BUSY;
    const char *phone =
        operator_index >= 0 ? c->roster->operators[operator_index].phone : crew->who;
    if (!roster_line(c->roster, crew->line) || !may_call(c, job->customer, phone)) {
        refused(c, ERR_CONFLICT, SPAN("There is no number that can be called."));
        return ERR_NONE;
    }
    if (!ask.thread) { /* nothing has been said by this line yet */
        ask.thread =
            context_thread(c, NULL, crew->line, span_of(job->customer), span_of(job->job_id));
        ask.place = CALLS_A_WINDOW;
    }
    decide_ask(c, &ask);
    return ERR_NONE;
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

static void connect(const struct context *c, const struct message *m)
{
    struct answer *a = c->answer;

    a->kind = ANSWER_CALL;
    a->id = m->id;
    a->ring_s = RING_S;
    a->caller_id = arena_copy(c->facts->arena, span_of(m->from));
    a->numbers[0].number = arena_copy(c->facts->arena, span_of(m->customer));
    a->number_count = 1;
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

enum err call_back_own(const struct context *c, int operator_index, struct thread *thread,
                       struct span sid, int64_t *out_message, struct span *out_why)
{
    struct ask ask = {
        .operator_index = operator_index, .thread = thread, .origin = ORIGIN_OPERATOR};

    if (!gather(c, &ask))
        return ERR_BUSY;
    is_by_operator(c, &ask);
    *out_why = hindrance(c, &ask);
    if (out_why->size)
        return ERR_CONFLICT;
    struct message m = message_of(c, &ask);
    m.delivery = DELIVERY_SENT; /* he is on the line */
    CONTEXT_SET(m.sid, sid);
    facts_claim(c->facts, m.tenant, claim_of(c, thread, c->facts->now_ms / WINDOW_MS, ask.place),
                m.id);
    facts_add_message(c->facts, &m);
    context_log(c, "call-back.asked", m.thread, m.id, m.operator_id, "by a call of his own");
    note(c, &m, "asked");
    connect(c, &m);
    *out_message = m.id;
    return ERR_NONE;
}

bool call_back_connect_again(const struct context *c, const struct message *m)
{
    if (is_wanted(m) && !is_over(m))
        connect(c, m);
    return c->answer->kind == ANSWER_CALL;
}

void call_back_hung_up(const struct context *c, struct message *m)
{
    if (!is_wanted(m) || is_over(m))
        return;
    m->delivery = DELIVERY_UNDELIVERED;
    facts_touch(c->facts, FACT_MESSAGE, m);
    context_log(c, "call-back.ended", m->thread, m->id, m->operator_id, "hung up");
    note(c, m, "hung up");
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
    if (!may_call(c, m->customer, o_index < 0 ? m->to : c->roster->operators[o_index].phone))
        return ERR_NONE;
    if (span_is_text(e->digits, "1"))
        connect(c, m);
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
    note(c, m, detail);
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
    note(c, m, arena_text(c->facts->arena, e->call_status));
    if (is_over(m))
        context_log(c, "call-back.ended", m->thread, m->id, m->operator_id,
                    arena_text(c->facts->arena, e->call_status));
    return ERR_NONE;
}
