#include "core/inbox.h"

#include <string.h>

#include "base/hash.h"
#include "core/canary_text.h"
#include "desk/desk_text.h"
#include "job/job_crew.h"
#include "relay/consent.h"
#include "relay/known.h"
#include "relay/outgoing.h"
#include "relay/relay.h"
#include "relay/tell.h"
#include "rules/party.h"
#include "rules/words.h"

enum {
    REPEAT_MS = 10 * 60 * 1000, /* the same text again in this time is a repeat */
    BURST_MS = 60 * 1000,
    BURST_MOST = 10, /* texts of one customer in that time */
};

static struct span claim_key(const struct context *c)
{
    return span_of(arena_printf(c->facts->arena, "m:%.*s", SPAN_ARG(c->event->sid)));
}

static struct message inbound(const struct context *c, enum message_kind kind, enum origin origin)
{
    const struct event *e = c->event;
    struct message m = {
        .id = e->id,
        .tenant = e->tenant,
        .direction = DIRECTION_IN,
        .origin = origin,
        .kind = kind,
        .body = e->body,
        .media = e->media,
        .at_ms = c->facts->now_ms,
        .late = e->late,
    };

    CONTEXT_SET(m.sid, e->sid);
    CONTEXT_SET(m.from, e->from);
    CONTEXT_SET(m.to, e->to);
    CONTEXT_SET(m.job, e->job);
    return m;
}

/* ---- customers ---- */

/* Of what was written and shown: a repeat has the same. Never 0. */
static int64_t print_of(const struct event *e)
{
    return (int64_t)(hash_span(hash_span(HASH_BEGIN, e->body), e->media) >> 1 | 1);
}

/* What a phone or a mailbox writes by itself when it is written to. */
static bool is_automatic(struct span body)
{
    static const char *const begins[] = {"automatic reply",
                                         "auto reply",
                                         "auto-reply",
                                         "autoreply",
                                         "auto response",
                                         "out of office",
                                         "[auto",
                                         "i'm driving with",
                                         "i\xe2\x80\x99m driving with",
                                         "i am driving with",
                                         "this is an automated",
                                         "this is an automatic"};
    const struct span text = span_trim(body);

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        const struct span b = span_of(begins[i]);
        if (text.size >= b.size && span_is_nocase((struct span){text.data, b.size}, b))
            return true;
    }
    return false;
}

static bool is_short_code(struct span from)
{
    int64_t n;

    return from.size <= 8 && span_number(from, 0, 99999999, &n);
}

/* When he wrote: what was found in the carrier's log came all at once, and was not written so. */
static int64_t written_ms(const struct context *c)
{
    const struct event *e = c->event;

    return e->late && e->at_ms ? e->at_ms : c->facts->now_ms;
}

static bool is_within(int64_t a_ms, int64_t b_ms, int64_t most_ms)
{
    return a_ms - b_ms < most_ms && b_ms - a_ms < most_ms;
}

/* Counts the texts of this minute. */
static void hear(const struct context *c, struct thread *t)
{
    const int64_t at_ms = written_ms(c);

    if (!is_within(at_ms, t->burst_ms, BURST_MS)) {
        t->burst_ms = at_ms;
        t->burst = 0;
    }
    t->burst++;
    t->heard_ms = at_ms;
    t->heard_print = print_of(c->event);
}

/* Why a customer's text goes to nobody, though it is on record; NULL when it goes on. `r` is the
 * thread's relay: a repeat of what still waits tells nobody anything. */
static const char *held_back(const struct context *c, const struct thread *t, const struct relay *r)
{
    const struct event *e = c->event;
    const int64_t at_ms = written_ms(c);
    const bool is_open = r && (r->state == RELAY_OPEN || r->state == RELAY_IDLE);
    const bool is_answer = t && !e->late && t->last_ms > t->heard_ms; /* to what we said since */

    if (is_short_code(e->from))
        return "from a short code";
    if (!t)
        return NULL;
    if (is_automatic(e->body))
        return "an automatic reply";
    if (t->heard_print == print_of(e) && !is_answer &&
        is_within(at_ms, t->heard_ms, is_open ? REPEAT_MS : BURST_MS))
        return "the same text again";
    if (is_within(at_ms, t->burst_ms, BURST_MS) && t->burst >= BURST_MOST)
        return "too many in a minute";
    return NULL;
}

static int count_photos(struct span media)
{
    int n = 0;

    while (media.size) {
        (void)span_cut(media, '\n', &media);
        n++;
    }
    return n;
}

/* Our own answer to HELP, where the line has one. */
static void help(const struct context *c, const struct thread *t, const struct line *line)
{
    if (!line->help.size || !party_is_number(span_of(t->customer)))
        return;
    const struct outgoing text = {
        .kind = MESSAGE_CUSTOMER,
        .class = OUTBOX_BULK,
        .line = t->line,
        .to = t->customer,
        .body = line->help,
        .origin = ORIGIN_SYSTEM,
        .thread = t->id,
        .customer = t->customer,
        .job = t->job,
    };
    outgoing_text(c, &text);
}

/* The customer has said STOP before; gathered. */
static bool is_out(const struct context *c)
{
    const struct event *e = c->event;
    const struct consent *row = facts_consent(c->facts, e->tenant, e->to, party_key(e->from));

    return row && row->is_out;
}

/* He can no longer be texted, and may have meant the job: people shall know. A job that loses
 * its crew by that is an exception, which says so. */
static void stop(const struct context *c, const struct relay_news *news)
{
    consent_put(c, c->event->to, party_key(c->event->from), true, NULL);
    if (!job_crew_stop(c))
        relay_notice(c, news, words_stopped);
}

static void hold(const struct context *c, const struct thread *t, const char *why)
{
    context_log(c, "text.held-back", t->id, c->event->id, NULL, why);
    if (t->burst == BURST_MOST + 1)
        context_alarm(c, "text.flood", t->id, c->event->id, "one customer, many texts");
}

static void pass_to_chain(const struct context *c, struct relay_news *news, struct message *row,
                          enum opt_out opt)
{
    row->relay = relay_raise(c, news)->id;
    if (opt == OPT_OUT_START)
        consent_put(c, c->event->to, party_key(c->event->from), false, NULL);
    if (opt == OPT_OUT_HELP)
        help(c, news->thread, news->line);
}

static enum err from_customer(const struct context *c)
{
    const struct event *e = c->event;
    const enum opt_out opt = consent_read(e);
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    const struct relay *r = t && t->relay ? facts_relay(c->facts, e->tenant, t->relay) : NULL;

    consent_gather(c, e->to, party_key(e->from));
    known_gather(c, e->from);
    if (c->facts->short_of)
        return ERR_BUSY;
    struct relay_news news = {
        .line = roster_line(c->roster, e->to),
        .thread = t,
        .kind = RELAY_TEXT,
        .customer = e->from,
        .job = e->job,
        .body = words_body(c->facts->arena, e->body, count_photos(e->media), e->late),
        .photos = e->media,
        .message = e->id,
    };
    if (opt == OPT_OUT_STOP)
        job_crew_stop_gather(c);
    if (!relay_prepare(c, &news))
        return ERR_BUSY;

    const char *why = held_back(c, t, r);
    if (opt == OPT_OUT_STOP)
        why = is_out(c) ? "said STOP before" : NULL;
    const bool stays_closed = t && t->closed && (why || opt == OPT_OUT_STOP);
    news.thread = t = context_thread(c, t, e->to, e->from, e->job);
    t->closed = stays_closed;
    hear(c, t);
    known_writes(c, e->from);
    if (!why && opt != OPT_OUT_STOP)
        known_ask(c, e->from);
    struct message m = inbound(c, why ? MESSAGE_HELD : MESSAGE_INBOUND, ORIGIN_CUSTOMER);
    m.thread = t->id;
    CONTEXT_SET(m.customer, e->from);
    CONTEXT_SET(m.job, span_of(t->job));
    struct message *row = facts_add_message(c->facts, &m);
    context_log(c, "text.received", t->id, e->id, NULL, e->late ? "late" : "");
    if (why)
        hold(c, t, why);
    else if (opt == OPT_OUT_STOP)
        stop(c, &news);
    else
        pass_to_chain(c, &news, row, opt);
    return ERR_NONE;
}

/* ---- a job's crew ---- */

/* A word alone opens no thread: nobody has to answer it. */
static void crew_word(const struct context *c, struct thread *t, const struct job_crew_ask *ask)
{
    const struct event *e = c->event;
    const bool was_closed = !t || t->closed;
    const struct span job = ask->job ? span_of(ask->job->job_id) : (struct span){0};

    t = context_thread(c, t, e->to, e->from, job);
    t->closed = was_closed;
    hear(c, t);
    struct message m = inbound(c, MESSAGE_COMMAND, ORIGIN_CUSTOMER);
    m.thread = t->id;
    CONTEXT_SET(m.customer, e->from);
    CONTEXT_SET(m.job, job);
    facts_add_message(c->facts, &m);
    if (consent_read(e) == OPT_OUT_START)
        consent_put(c, e->to, e->from, false, NULL);
    context_log(c, "text.crew", t->id, e->id, NULL, e->late ? "late" : "");
    job_crew_act(c, ask, t);
}

/* Words for people, and too many of the others, go the way of any text. */
static enum err from_outside(const struct context *c)
{
    const struct event *e = c->event;
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    struct job_crew_ask ask;
    const bool is_word = job_crew_read(c, &ask);

    if (c->facts->short_of)
        return ERR_BUSY;
    const bool many =
        t && is_within(written_ms(c), t->burst_ms, BURST_MS) && t->burst >= BURST_MOST;
    if (!is_word || many)
        return from_customer(c);
    crew_word(c, t, &ask);
    return ERR_NONE;
}

/* ---- operators ---- */

/* The carrier answers its own words itself; of the rest they are texts like any other. */
static enum err reserved_word(const struct context *c, const struct desk_text *x, enum opt_out opt)
{
    const char *id = c->roster->operators[x->operator_index].id;

    consent_gather(c, c->event->to, c->event->from);
    if (c->facts->short_of)
        return ERR_BUSY;
    struct message m = inbound(c, MESSAGE_COMMAND, ORIGIN_OPERATOR);
    CONTEXT_SET(m.operator_id, span_of(id));
    facts_add_message(c->facts, &m);
    if (opt == OPT_OUT_HELP)
        tell_plainly(c, id, x->line, words_menu());
    else
        consent_put(c, c->event->to, c->event->from, opt == OPT_OUT_STOP, id);
    return ERR_NONE;
}

static void hold_his(const struct context *c, int operator_index)
{
    const char *id = c->roster->operators[operator_index].id;
    struct message m = inbound(c, MESSAGE_HELD, ORIGIN_OPERATOR);

    CONTEXT_SET(m.operator_id, span_of(id));
    facts_add_message(c->facts, &m);
    context_log(c, "text.held-back", 0, c->event->id, id, "an automatic reply");
}

static enum err from_operator(const struct context *c, int operator_index)
{
    const struct event *e = c->event;
    const struct desk_text x = {
        .operator_index = operator_index,
        .message = e->id,
        .body = e->body,
        .media = e->media,
        .line = e->to,
    };
    const enum opt_out opt = consent_read(e);

    if (is_automatic(e->body)) { /* of his phone, not of his: it answers no customer */
        hold_his(c, operator_index);
        return ERR_NONE;
    }
    /* "Yes" is what people answer: it goes on to the customer, and lets him be texted again. */
    if (opt == OPT_OUT_NONE)
        return desk_text_take(c, &x);
    if (!span_is_nocase(span_trim(e->body), SPAN("yes")))
        return reserved_word(c, &x, opt);
    consent_gather(c, e->to, e->from);
    if (c->facts->short_of)
        return ERR_BUSY;
    const enum err err = desk_text_take(c, &x);
    if (!err)
        consent_put(c, e->to, e->from, false, c->roster->operators[operator_index].id);
    return err;
}

/* A text from one of our own lines would go round for ever: it is kept, and goes nowhere. */
static void hold_own(const struct context *c, bool is_canary)
{
    const struct message m = inbound(c, MESSAGE_HELD, ORIGIN_SYSTEM);

    facts_add_message(c->facts, &m);
    if (is_canary)
        canary_text_note(c);
    else
        context_log(c, "text.held-back", 0, c->event->id, NULL, "from one of our own lines");
}

enum err inbox_text(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = claim_key(c);
    const bool repeated = facts_is_claimed(c->facts, e->tenant, key);
    const bool is_canary = canary_text_is(c);
    enum err err = ERR_NONE;

    c->answer->kind = ANSWER_NOTHING;
    if (c->facts->short_of)
        return ERR_BUSY;
    if (repeated)
        return ERR_NONE;
    const int operator_index = roster_operator_by_phone(c->roster, e->from);
    if (roster_line(c->roster, e->from))
        hold_own(c, is_canary);
    else
        err = operator_index >= 0 ? from_operator(c, operator_index) : from_outside(c);
    if (!err)
        facts_claim(c->facts, e->tenant, key, e->id);
    return err;
}

enum err inbox_stray(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key = claim_key(c);
    const bool repeated = facts_is_claimed(c->facts, 0, key);
    const bool is_text = !e->is_call;

    c->answer->kind = is_text ? ANSWER_NOTHING : ANSWER_SAY;
    c->answer->words = SPAN("This number is not in service. Goodbye.");
    if (c->facts->short_of)
        return ERR_BUSY;
    if (repeated)
        return ERR_NONE;
    facts_claim(c->facts, 0, key, e->id);
    struct message m = inbound(c, MESSAGE_INBOUND, ORIGIN_CUSTOMER);
    m.tenant = 0;
    CONTEXT_SET(m.customer, e->from);
    if (is_text)
        facts_add_message(c->facts, &m);
    context_alarm(c, is_text ? "text.stray" : "call.stray", 0, e->id,
                  "for a number that is on no roster");
    return ERR_NONE;
}
