#include "call/call_back_ask.h"

#include <string.h>

#include "call/call_back.h"
#include "relay/known.h"
#include "relay/outgoing.h"
#include "rules/party.h"
#include "rules/restraint.h"
#include "rules/words.h"

enum {
    WINDOW_MS = 10 * 60 * 1000,
    CALLS_A_WINDOW = 3,       /* of one thread */
    RINGS_BY_MS = 120 * 1000, /* he pressed the button now: later he does not expect it */
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

static void refused(const struct context *c, enum err err, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = err;
    c->answer->words = words;
}

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
            if (m && !call_back_is_over(m))
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
    if (!call_back_may_call(c, ask->thread->customer, ask->phone))
        return SPAN("There is no number that can be called.");
    if (restraint_of(c, span_of(ask->thread->line), span_of(ask->thread->customer)))
        return span_of(call_back_restrained);
    if (ask->cascade && ask->cascade->state != CASCADE_OVER &&
        ask->cascade->state != CASCADE_CLOSED)
        return SPAN("The customer's own call is still going on.");
    if (ask->is_under_way)
        return SPAN("A call back is under way already.");
    if (!ask->place)
        return too_many(c);
    return (struct span){0};
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

/* For the log. */
static const char *asked_how(const struct context *c, const struct message *m)
{
    const char *by = context_by(c);

    return by[0] ? by : origin_name(m->origin);
}

/* Never sent again while it is unsure: a phone that rings twice would call the customer twice. */
static void begin(const struct context *c, const struct ask *ask)
{
    const struct message m = message_of(c, ask);

    facts_claim(c->facts, m.tenant,
                claim_of(c, ask->thread, c->facts->now_ms / WINDOW_MS, ask->place), m.id);
    outgoing_call(c, &m, c->facts->now_ms + RINGS_BY_MS, false);
    context_log(c, "call-back.asked", m.thread, m.id, m.operator_id, asked_how(c, &m));
    call_back_note(c, &m, "asked");
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

enum err call_back_ask_request(const struct context *c)
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

enum err call_back_ask_link(const struct context *c, const struct link *l)
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

enum err call_back_ask_crew(const struct context *c, const struct call_back_ask_crew *crew)
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
    if (!roster_line(c->roster, crew->line) || !call_back_may_call(c, job->customer, phone)) {
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

enum err call_back_ask_own(const struct context *c, int operator_index, struct thread *thread,
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
    call_back_note(c, &m, "asked");
    call_back_connect(c, &m);
    *out_message = m.id;
    return ERR_NONE;
}
