#include "core/replay.h"

#include <string.h>

#include "core/cascade_row.h"
#include "relay/missed.h"
#include "relay/relay.h"
#include "rules/party.h"
#include "rules/ring.h"

enum {
    TALK_END_MS = (4 * 3600 + 300) * 1000, /* the carrier ends a Dial after four hours */
    VOICEMAIL_END_MS = 300 * 1000,
    CLOSED_END_MS = 120 * 1000,
};

/* A call and what may have to be told of it. */
struct replayed {
    const struct context *c;
    struct cascade *k;
    struct relay_news news;
    int64_t now_ms; /* of the replay; the facts' is that of the event meanwhile */
};

/* People hear of it now, and their clocks begin now. */
static void raise_missed(struct replayed *r)
{
    struct facts *f = r->c->facts;
    const int64_t at_ms = f->now_ms;

    f->now_ms = r->now_ms;
    missed_raise(r->c, r->k, &r->news);
    f->now_ms = at_ms;
}

static void end(struct replayed *r, enum outcome outcome)
{
    struct cascade *k = r->k;

    k->state = CASCADE_OVER;
    k->outcome = outcome;
    k->ended_ms = r->c->facts->now_ms;
    cascade_row_end(r->c, k, 0);
    cascade_row_note(r->c, k, "outcome", -1, outcome_name(outcome));
    context_log(r->c, "call.ended", k->thread, k->id, k->accepted_by, outcome_name(outcome));
}

/* The rung of that operator in the stored plan, which may be another than the one that was made
 * without the store; he is added to it if need be. */
static int rung_of(struct plan *plan, const struct rung *made)
{
    const int at = plan_find(plan, span_of(made->operator_id));

    if (at >= 0 || plan->count == LIMIT_RUNGS)
        return at;
    plan->rungs[plan->count] = *made;
    plan->rungs[plan->count].state = RUNG_WAITING;
    return plan->count++;
}

/* ---- the caller's side ---- */

static void judge(struct replayed *r)
{
    struct cascade *k = r->k;
    const struct span status = r->c->event->dial_status;
    struct rung *rung = &k->plan->rungs[k->attempt];

    if (r->c->event->attempt <= 0 || !cascade_row_is_on(rung))
        return;
    if (span_is_text(status, "busy"))
        rung->state = RUNG_BUSY;
    else if (span_is_text(status, "failed"))
        rung->state = RUNG_FAILED;
    else
        rung->state = RUNG_MISSED;
    cascade_row_note(r->c, k, "dialled", k->attempt, rung_state_name(rung->state));
}

static void put_ring(struct replayed *r, const struct plan *made, bool is_new)
{
    const struct event *e = r->c->event;
    struct cascade *k = r->k;
    const int at = e->rung < made->count ? rung_of(k->plan, &made->rungs[e->rung]) : -1;

    if (at < 0 || k->state != CASCADE_RINGING || (!is_new && at <= k->attempt))
        return;
    judge(r);
    for (int i = 0; i < k->plan->count; i++) /* from here on one phone rings at a time */
        k->plan->rungs[i].step = (uint8_t)i;
    k->attempt = (uint8_t)at;
    k->ring_s = (uint8_t)e->ring_s;
    k->round = 0;
    k->rang_ms = r->c->facts->now_ms;
    k->plan->rungs[at].state = RUNG_TOLD;
    cascade_row_note(r->c, k, "attempt", at, "without the store");
    context_log(r->c, "call.ringing", k->thread, k->id, k->plan->rungs[at].operator_id, "");
}

static void put_end_of_chain(struct replayed *r, enum cascade_state state, int64_t lasts_ms)
{
    struct cascade *k = r->k;

    if (k->state != CASCADE_RINGING)
        return;
    judge(r);
    k->state = state;
    cascade_row_end(r->c, k, r->c->facts->now_ms + lasts_ms);
    raise_missed(r);
}

static void put_accept(struct replayed *r, int rung)
{
    struct cascade *k = r->k;

    k->state = CASCADE_ACCEPTED;
    k->accepted_ms = r->c->facts->now_ms;
    k->attempt = (uint8_t)rung;
    CONTEXT_SET(k->accepted_by, span_of(k->plan->rungs[rung].operator_id));
    CONTEXT_SET(k->leg_sid, r->c->event->leg_sid);
    k->plan->rungs[rung].state = RUNG_ACCEPTED;
    cascade_row_end(r->c, k, r->c->facts->now_ms + TALK_END_MS);
    cascade_row_note(r->c, k, "forward", rung, "accepted");
    context_log(r->c, "call.accepted", k->thread, k->id, k->accepted_by, "");
}

static void put_over(struct replayed *r)
{
    struct cascade *k = r->k;
    struct rung *rung = &k->plan->rungs[k->attempt];

    if (k->state == CASCADE_OVER)
        return;
    if (k->state == CASCADE_RINGING && r->c->event->bridged && k->plan->count > 0)
        put_accept(r, k->attempt); /* his key was answered by another node */
    if (k->state == CASCADE_RINGING) {
        if (k->plan->count > 0 && cascade_row_is_on(rung))
            rung->state = RUNG_MISSED;
        end(r, OUTCOME_ABANDONED);
        raise_missed(r);
    } else {
        end(r, k->state == CASCADE_ACCEPTED ? OUTCOME_ANSWERED
               : k->recording.size          ? OUTCOME_VOICEMAIL
                                            : OUTCOME_MISSED);
    }
}

static void begin(struct replayed *r, struct thread *t, const struct plan *made)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade fresh = {
        .id = e->cascade,
        .tenant = e->tenant,
        .state = CASCADE_RINGING,
        .started_ms = id_at_ms(e->cascade),
        .plan = ARENA_NEW(c->facts->arena, struct plan),
    };

    *fresh.plan = *made;
    CONTEXT_SET(fresh.account, e->account);
    CONTEXT_SET(fresh.call_sid, e->sid);
    CONTEXT_SET(fresh.line, e->to);
    CONTEXT_SET(fresh.caller, e->from);
    CONTEXT_SET(fresh.job, e->job);
    r->news.thread = context_thread(c, t, e->to, e->from, e->job);
    r->news.cascade = fresh.id;
    fresh.thread = r->news.thread->id;
    r->k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, r->k, "inbound", -1, "");
    context_log(c, "call.arrived", r->k->thread, r->k->id, NULL, "without the store");
    cascade_row_end(c, r->k,
                    fresh.started_ms + (int64_t)(c->roster->wait_s + RING_HARD_END_S) * 1000);
}

/* Gathers the call's row, its thread and whatever a relay may need. False: more is to be
 * loaded. */
static bool gather(struct replayed *r, struct thread **out_thread)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade unknown = {.id = e->cascade};

    r->k = facts_cascade_by_call(c->facts, e->tenant, e->sid);
    *out_thread = r->k ? facts_thread_by_id(c->facts, r->k->tenant, r->k->thread)
                       : facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    if (c->facts->short_of)
        return false;
    CONTEXT_SET(unknown.line, e->to);
    CONTEXT_SET(unknown.caller, e->from);
    CONTEXT_SET(unknown.job, e->job);
    r->news = missed_news(c, r->k ? r->k : &unknown, *out_thread);
    if (!r->k) { /* its spans must not be those of a row that is gone */
        r->news.customer = e->from;
        r->news.job = e->job;
    }
    return !r->news.line || relay_prepare(c, &r->news);
}

static enum err replay_call(struct replayed *r)
{
    const struct event *e = r->c->event;
    struct plan *made = ARENA_NEW(r->c->facts->arena, struct plan);
    struct thread *t = NULL;

    if (e->plan.size > 0 && plan_parse(e->plan, made))
        return ERR_BAD_INPUT;
    if (!gather(r, &t))
        return ERR_BUSY;
    const bool is_new = !r->k;
    if (is_new)
        begin(r, t, made);
    if (e->offline == OFFLINE_RANG)
        put_ring(r, made, is_new);
    else if (e->offline == OFFLINE_VOICEMAIL)
        put_end_of_chain(r, CASCADE_VOICEMAIL, VOICEMAIL_END_MS);
    else if (e->offline == OFFLINE_CLOSED)
        put_end_of_chain(r, CASCADE_CLOSED, CLOSED_END_MS);
    else
        put_over(r);
    facts_touch(r->c->facts, FACT_CASCADE, r->k);
    return ERR_NONE;
}

/* ---- an operator's phone ---- */

static enum err replay_leg(struct replayed *r)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);

    if (c->facts->short_of)
        return ERR_BUSY;
    const int at = k ? plan_find(k->plan, e->operator_id) : -1;
    if (at < 0 || k->state != CASCADE_RINGING)
        return ERR_NONE;
    r->k = k;
    struct rung *rung = &k->plan->rungs[at];
    if (e->offline == OFFLINE_TAKEN) {
        put_accept(r, at);
    } else if (e->offline == OFFLINE_PASSED) {
        rung->state = RUNG_PASSED;
        context_log(c, "call.passed-on", k->thread, k->id, rung->operator_id, "");
    } else if (e->offline == OFFLINE_SCREENED && rung->state == RUNG_TOLD) {
        rung->state = RUNG_REACHED;
        cascade_row_note(c, k, "picked up", at, "");
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    return ERR_NONE;
}

enum err replay_event(const struct context *c)
{
    struct facts *f = c->facts;
    struct replayed r = {.c = c, .now_ms = f->now_ms};

    /* The record tells when it was, not when it was written down. */
    if (c->event->at_ms && c->event->at_ms < f->now_ms)
        f->now_ms = c->event->at_ms;
    const enum err err = c->event->kind == EVENT_CALL ? replay_call(&r) : replay_leg(&r);
    f->now_ms = r.now_ms;
    return err;
}
