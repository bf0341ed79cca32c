#include "relay/relay_tell.h"

#include <string.h>

#include "model/segments.h"
#include "relay/outgoing.h"
#include "relay/tell.h"
#include "rules/party.h"
#include "rules/words.h"

enum {
    CLOSED_TEXT_EVERY_MS = 12 * 3600 * 1000, /* how often a customer hears that nobody is there */
    LINK_LIVES_MS = 3 * 24 * 3600 * 1000,
};

typedef struct span words_fn(struct arena *arena, const struct words_about *about);

/* Notes that he is told of the thread now. */
static struct tag mark(const struct context *c, const struct thread *t, struct rung *r)
{
    const struct tag tag = tell_mark(c, t, r->operator_id);

    memcpy(r->tag, tag.tag, TAG_SIZE);
    return tag;
}

static void notice(const struct context *c, const struct relay *r, const struct thread *t,
                   const struct tag *tag, enum outbox_class class, struct span words)
{
    const struct tell tell = {
        .kind = MESSAGE_NOTICE,
        .class = class,
        .operator_id = tag->operator_id,
        .thread = t,
        .line = tag->line,
        .words = words,
        .relay = r->id,
    };
    tell_operator(c, &tell);
}

/* The customer's words give way to ours: they are whole on the link's page. */
static struct span fitted(const struct context *c, struct words_about *a, struct span body,
                          words_fn *words)
{
    a->body = (struct span){0};
    const struct span ours = words(c->facts->arena, a);
    a->body = segments_cut(body, ours, OUTGOING_SEGMENTS);
    if (a->body.size < body.size) {
        const struct span more = span_of(arena_printf(c->facts->arena, " ...%.*s", SPAN_ARG(ours)));
        a->body = segments_cut(body, more, OUTGOING_SEGMENTS);
        a->body = span_of(arena_printf(c->facts->arena, "%.*s ...", SPAN_ARG(a->body)));
    }
    return words(c->facts->arena, a);
}

/* With the link that takes it. */
static struct span full_words(const struct context *c, const struct relay *r,
                              const struct thread *t, const struct tag *tag, words_fn *words)
{
    struct words_about a = tell_about(c, t, tag);

    a.business = span_of(c->roster->name);
    a.link = outgoing_link(c, LINK_ACKNOWLEDGE, r->id, tag->operator_id,
                           c->facts->now_ms + LINK_LIVES_MS);
    return fitted(c, &a, r->body, words);
}

static words_fn *const forwards[RELAY_KINDS] = {
    [RELAY_TEXT] = words_forward_text,
    [RELAY_MISSED_CALL] = words_forward_call,
    [RELAY_VOICEMAIL] = words_forward_call,
    [RELAY_JOB] = words_forward_job,
};

static void send(const struct context *c, const struct relay_forward *f, const struct tag *tag,
                 struct span words)
{
    const struct tell tell = {
        .kind = MESSAGE_FORWARD,
        .class = OUTBOX_NORMAL,
        .operator_id = tag->operator_id,
        .thread = f->thread,
        .line = tag->line,
        .words = words,
        .relay = f->relay->id,
        .wait_ms = f->wait_ms,
        .expires_ms = f->expires_ms,
        .again = f->again,
        .photos_of = f->message,
        .photos = f->photos,
    };
    tell_operator(c, &tell);
}

void relay_tell_forward(const struct context *c, const struct relay_forward *f, struct rung *rung)
{
    const struct relay *r = f->relay;
    const struct tag tag = mark(c, f->thread, rung);

    send(c, f, &tag, full_words(c, r, f->thread, &tag, forwards[r->kind]));
    rung->state = RUNG_TOLD;
    context_log(c, "relay.forwarded", f->thread->id, r->id, rung->operator_id, rung->tag);
}

/* The relay's own link plays the latest recording alone, and who hears of it may have none. */
static struct span joined_words(const struct context *c, const struct relay_forward *f,
                                const struct tag *tag, struct span body)
{
    struct words_about a = tell_about(c, f->thread, tag);

    if (f->recording)
        a.link = outgoing_link(c, LINK_RECORDING, f->recording, tag->operator_id,
                               c->facts->now_ms + LINK_LIVES_MS);
    return fitted(c, &a, body, words_joined);
}

void relay_tell_joined(const struct context *c, const struct relay_forward *f, struct rung *rung,
                       struct span body)
{
    const struct tag tag = mark(c, f->thread, rung);

    send(c, f, &tag, joined_words(c, f, &tag, body));
}

void relay_tell_passed_on(const struct context *c, const struct relay *r, const struct thread *t,
                          struct rung *rung, struct span name)
{
    const struct tag tag = mark(c, t, rung);
    struct words_about a = tell_about(c, t, &tag);

    a.name = name;
    notice(c, r, t, &tag, OUTBOX_BULK, words_passed_on(c->facts->arena, &a));
}

static void shout(const struct context *c, const struct relay *r, const struct thread *t,
                  struct rung *rung)
{
    if (rung->reason == REASON_CALLER || rung->reason == REASON_EARLIER ||
        context_operator(c, rung->operator_id) < 0)
        return;
    const struct tag tag = mark(c, t, rung);
    notice(c, r, t, &tag, OUTBOX_NORMAL, full_words(c, r, t, &tag, words_exhausted));
}

void relay_tell_exhausted(const struct context *c, struct relay *r, const struct thread *t)
{
    for (int i = 0; i < r->plan->count; i++)
        shout(c, r, t, &r->plan->rungs[i]);
    for (int i = 0; i < r->plan->out_count; i++)
        shout(c, r, t, &r->plan->out[i]);
}

/* Where the plan has him, taken or left out. */
static struct rung *place_of(struct plan *plan, const char *operator_id)
{
    const int at = plan_find(plan, span_of(operator_id));

    for (int i = 0; at < 0 && i < plan->out_count; i++)
        if (plan->out[i].reason != REASON_EARLIER &&
            strcmp(plan->out[i].operator_id, operator_id) == 0)
            return &plan->out[i];
    return at >= 0 ? &plan->rungs[at] : NULL;
}

static void tell_last_resort(const struct context *c, const struct relay *r, const struct thread *t)
{
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct roster_operator *o = &c->roster->operators[i];
        if (!o->last_resort)
            continue;
        const struct tag tag = tell_mark(c, t, o->id);
        struct rung *place = place_of(r->plan, o->id);
        if (place) /* he hears who takes it */
            memcpy(place->tag, tag.tag, TAG_SIZE);
        notice(c, r, t, &tag, OUTBOX_NORMAL, full_words(c, r, t, &tag, words_idle));
    }
}

static void tell_customer(const struct context *c, const struct relay *r, struct thread *t)
{
    const int64_t now_ms = c->facts->now_ms;

    if (r->kind != RELAY_TEXT || !party_is_number(span_of(t->customer)) ||
        (t->closed_text_ms && now_ms - t->closed_text_ms < CLOSED_TEXT_EVERY_MS))
        return;
    const struct words_about a = {.business = span_of(c->roster->name)};
    const struct outgoing text = {
        .kind = MESSAGE_CUSTOMER,
        .class = OUTBOX_BULK,
        .line = t->line,
        .to = t->customer,
        .body = words_closed_text(c->facts->arena, &a),
        .origin = ORIGIN_SYSTEM,
        .thread = t->id,
        .relay = r->id,
        .customer = t->customer,
        .job = t->job,
    };
    outgoing_text(c, &text);
    t->closed_text_ms = now_ms;
}

void relay_tell_idle(const struct context *c, struct relay *r, struct thread *t)
{
    tell_customer(c, r, t);
    tell_last_resort(c, r, t);
}

void relay_tell_nobody(const struct context *c, struct relay *r, struct thread *t)
{
    tell_customer(c, r, t);
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct roster_operator *o = &c->roster->operators[i];
        if (!o->last_resort || place_of(r->plan, o->id))
            continue;
        const struct tag tag = tell_mark(c, t, o->id);
        notice(c, r, t, &tag, OUTBOX_NORMAL, full_words(c, r, t, &tag, words_exhausted));
    }
}

void relay_tell_idle_joined(const struct context *c, const struct relay_forward *f,
                            struct span body)
{
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct roster_operator *o = &c->roster->operators[i];
        if (!o->last_resort)
            continue;
        const struct tag tag = tell_mark(c, f->thread, o->id);
        notice(c, f->relay, f->thread, &tag, OUTBOX_NORMAL, joined_words(c, f, &tag, body));
    }
}

void relay_tell_unseen(const struct context *c, const struct relay *r, const struct thread *t,
                       const char *operator_id)
{
    const struct rung *place = place_of(r->plan, operator_id);
    const struct relay_forward f = {
        .relay = r, .thread = t, .recording = r->kind == RELAY_VOICEMAIL ? r->cascade : 0};

    if (r->state != RELAY_IDLE || (place && place->tag[0]))
        return;
    const struct tag tag = tell_mark(c, t, operator_id);
    notice(c, r, t, &tag, OUTBOX_NORMAL, joined_words(c, &f, &tag, r->body));
}

static void announce(const struct context *c, const struct relay *r, const struct thread *t,
                     struct rung *rung, int taker)
{
    if (!rung->tag[0] || rung->reason == REASON_EARLIER)
        return;
    if (taker >= 0 && strcmp(rung->operator_id, c->roster->operators[taker].id) == 0) {
        rung->state = RUNG_ACCEPTED;
        return;
    }
    const struct tag tag = mark(c, t, rung);
    struct words_about a = tell_about(c, t, &tag);
    a.name = taker >= 0 ? span_of(c->roster->operators[taker].name) : context_office(c);
    notice(c, r, t, &tag, OUTBOX_BULK, words_taken(c->facts->arena, &a));
}

void relay_tell_taken(const struct context *c, struct relay *r, const struct thread *t, int taker)
{
    for (int i = 0; i < r->plan->count; i++)
        announce(c, r, t, &r->plan->rungs[i], taker);
    for (int i = 0; i < r->plan->out_count; i++)
        announce(c, r, t, &r->plan->out[i], taker);
}
