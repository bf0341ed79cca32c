#include "call/overlap.h"

#include <string.h>

#include "call/alert.h"
#include "call/call_update.h"
#include "call/cascade_row.h"
#include "relay/settle.h"
#include "relay/tell.h"
#include "rules/retry.h"
#include "rules/ring.h"

enum {
    GONE_MS = 30 * 1000,     /* a turn of nine seconds, fifteen for our answer, the fallback */
    GREETED_MS = 90 * 1000,  /* before the very first, a call script's greeting */
    SCREEN_MS = 12 * 1000,   /* whoever is being asked may finish */
    POINTLESS_MS = 3 * 1000, /* nobody picks up a phone within that time */
    PARTING_MS = 2 * 1000,   /* as a rule the other side ends by itself within that time */
};

/* ---- times ---- */

bool overlap_is_on(const struct cascade *k)
{
    return k->attempt < k->plan->count && k->plan->rungs[k->attempt].overlaps;
}

bool overlap_is_unmet(const struct cascade *k)
{
    return k->state == CASCADE_ACCEPTED && k->conference && !k->turn_ms;
}

static int first_waiting(const struct cascade *k)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (k->plan->rungs[i].state == RUNG_WAITING)
            return i;
    return -1;
}

static bool has_state(const struct cascade *k, enum rung_state state)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (k->plan->rungs[i].state == state)
            return true;
    return false;
}

/* How long one rung has before the next begins: its ring seconds, cut as the whole step is. */
static int64_t share_ms(const struct cascade *k, int rung)
{
    int64_t all_s = 0;

    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        all_s += k->plan->rungs[i].ring_s;
    return all_s ? (int64_t)k->plan->rungs[rung].ring_s * k->ring_s * 1000 / all_s : 0;
}

/* Rungs begin in order: the one before the first that waits began last. */
static int last_begun(const struct cascade *k)
{
    const int waiting = first_waiting(k);

    return (waiting < 0 ? cascade_row_group_end(k) : waiting) - 1;
}

static int64_t next_ms(const struct cascade *k)
{
    return first_waiting(k) < 0 ? INT64_MAX : k->added_ms + share_ms(k, last_begun(k));
}

static int64_t end_ms(const struct cascade *k)
{
    const int64_t cut_ms = k->rang_ms + (int64_t)k->ring_s * 1000;
    int64_t end = k->added_ms;

    for (int i = last_begun(k); i < cascade_row_group_end(k); i++)
        end += share_ms(k, i);
    return end < cut_ms ? end : cut_ms;
}

/* When the caller, who has not asked for anything since, is taken for gone. */
static int64_t gone_ms(const struct cascade *k)
{
    if (k->turn_ms > k->rang_ms)
        return k->turn_ms + GONE_MS;
    return k->rang_ms + (k->attempt == 0 ? GREETED_MS : GONE_MS);
}

bool overlap_is_over(const struct context *c, const struct cascade *k)
{
    const int64_t now_ms = c->facts->now_ms;
    const bool asks = has_state(k, RUNG_REACHED);

    if (!asks && !has_state(k, RUNG_TOLD) && first_waiting(k) < 0)
        return true;
    if (now_ms < end_ms(k))
        return false;
    return !asks || now_ms >= end_ms(k) + SCREEN_MS;
}

bool overlap_is_alone(const struct context *c, const struct cascade *k)
{
    if (overlap_is_unmet(k)) /* the only thing that is watched for then */
        return k->watch_ms && c->facts->now_ms >= k->watch_ms;
    return k->state == CASCADE_RINGING && c->facts->now_ms >= gone_ms(k);
}

/* ---- rungs ---- */

static bool is_of_step(const struct cascade *k, int rung)
{
    return k->state == CASCADE_RINGING && rung >= k->attempt && rung < cascade_row_group_end(k) &&
           k->plan->rungs[rung].overlaps; /* the caller's own dial may have taken its place */
}

bool overlap_wants_leg(const struct cascade *k, int rung, int64_t now_ms)
{
    return is_of_step(k, rung) && k->plan->rungs[rung].state == RUNG_TOLD &&
           now_ms + POINTLESS_MS <= end_ms(k);
}

bool overlap_gather(const struct context *c, const struct cascade *k)
{
    (void)facts_thread_by_id(c->facts, k->tenant, k->thread);
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        tell_gather(c, k->plan->rungs[i].operator_id);
    return !c->facts->short_of;
}

static void add_row(const struct context *c, const struct cascade *k, int rung, const char *phone)
{
    struct outbox o = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = k->tenant,
        .kind = OUTBOX_CALL,
        .class = OUTBOX_URGENT,
        .body = arena_copy(c->facts->arena, span_of(c->roster->tenant)),
        .cascade = k->id,
        .has_rung = true,
        .rung = (uint8_t)rung,
        .due_ms = c->facts->now_ms,
        .expires_ms = end_ms(k),
    };

    CONTEXT_SET(o.account, span_of(k->account));
    CONTEXT_SET(o.from, span_of(k->line));
    CONTEXT_SET(o.to, span_of(phone));
    facts_add_outbox(c->facts, &o);
}

/* The first of those that wait and are still on the roster; false without. */
static bool add_phone(const struct context *c, struct cascade *k)
{
    for (int i = first_waiting(k); i >= 0; i = first_waiting(k)) {
        struct rung *r = &k->plan->rungs[i];
        const int o = context_operator(c, r->operator_id);
        r->state = o < 0 ? RUNG_FAILED : RUNG_TOLD;
        if (o < 0)
            continue;
        k->added_ms = c->facts->now_ms;
        if (r->wish != WISH_AGAIN) /* he knows of it */
            alert_operator(c, k, r, false);
        add_row(c, k, i, c->roster->operators[o].phone);
        cascade_row_note(c, k, "attempt", i, "");
        context_log(c, "call.ringing", k->thread, k->id, r->operator_id, "");
        return true;
    }
    return false;
}

/* When something is to be done without anybody's asking. */
static void wind(const struct context *c, struct cascade *k)
{
    const int64_t gone = gone_ms(k), next = next_ms(k);

    cascade_row_watch(c, k, next < gone ? next : gone);
    facts_touch(c->facts, FACT_CASCADE, k);
}

bool overlap_begin(const struct context *c, struct cascade *k)
{
    k->turn_ms = 0;
    k->added_ms = c->facts->now_ms;
    const bool rings = add_phone(c, k);
    if (rings)
        wind(c, k);
    return rings;
}

void overlap_go_on(const struct context *c, struct cascade *k)
{
    if (next_ms(k) <= c->facts->now_ms)
        (void)add_phone(c, k);
    wind(c, k);
}

void overlap_next(const struct context *c, struct cascade *k)
{
    if (c->facts->now_ms < end_ms(k))
        (void)add_phone(c, k);
    wind(c, k);
}

/* The step is longer by his seconds, within the hard end. */
bool overlap_again(const struct context *c, struct cascade *k, int of)
{
    const struct rung was = k->plan->rungs[of];
    const bool was_due = was.state == RUNG_WAITING && of < cascade_row_group_end(k);
    const int more_s = RING_AGAIN_S - (was_due ? was.ring_s : 0);
    const int64_t most_s = (k->due_ms - k->rang_ms) / 1000;
    const int64_t wanted_s = k->ring_s + (more_s > 0 ? more_s : 0);

    if (!ring_again(k->plan, of, last_begun(k) + 1, true))
        return false;
    k->ring_s = (uint16_t)(wanted_s < most_s ? wanted_s : most_s);
    (void)add_phone(c, k);
    wind(c, k);
    return true;
}

void overlap_turn(const struct context *c, struct cascade *k)
{
    const bool met = k->state == CASCADE_ACCEPTED && k->conference;

    if (!met && !(k->state == CASCADE_RINGING && overlap_is_on(k)))
        return;
    k->turn_ms = c->facts->now_ms;
    if (met)
        cascade_row_watch(c, k, 0);
    facts_touch(c->facts, FACT_CASCADE, k);
}

/* ---- ends ---- */

void overlap_stop(const struct context *c, struct cascade *k)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        if (r->state == RUNG_TOLD && r->leg[0])
            call_update_end(c, k, r->leg, 0);
        if (r->state == RUNG_TOLD)
            r->state = r->leg[0] ? RUNG_MISSED : RUNG_FAILED; /* his phone may not have rung */
        else if (r->state == RUNG_REACHED)
            r->state = RUNG_MISSED; /* he hears it when he presses */
    }
    cascade_row_watch(c, k, 0);
}

void overlap_take(const struct context *c, struct cascade *k)
{
    const int64_t was_ms = gone_ms(k), soon_ms = c->facts->now_ms + GONE_MS;

    overlap_stop(c, k);
    k->conference = true;
    k->turn_ms = 0;
    cascade_row_watch(c, k, was_ms > soon_ms ? was_ms : soon_ms);
    call_update_move(c, k, k->attempt, 0);
}

void overlap_part(const struct context *c, const struct cascade *k)
{
    bool by_leg = false; /* else by a call of his own, which is no rung's */

    if (k->state != CASCADE_ACCEPTED || !k->conference)
        return;
    for (int i = 0; i < k->plan->count; i++)
        by_leg = by_leg || k->plan->rungs[i].state == RUNG_ACCEPTED;
    if (!by_leg && k->leg_sid[0])
        call_update_end(c, k, k->leg_sid, PARTING_MS);
    for (int i = 0; i < k->plan->count; i++)
        if (k->plan->rungs[i].state == RUNG_ACCEPTED && k->plan->rungs[i].leg[0])
            call_update_end(c, k, k->plan->rungs[i].leg, PARTING_MS);
}

/* ---- legs ---- */

static bool is_wanted(const struct cascade *k, int rung)
{
    const struct rung *r = &k->plan->rungs[rung];

    return (is_of_step(k, rung) && cascade_row_is_on(r)) ||
           (k->state == CASCADE_ACCEPTED && r->state == RUNG_ACCEPTED && r->overlaps);
}

bool overlap_know(const struct context *c, struct cascade *k, int rung, struct span leg)
{
    struct rung *r = &k->plan->rungs[rung];

    if (r->leg[0] || !leg.size)
        return !r->leg[0] || span_is_text(leg, r->leg);
    CONTEXT_SET(r->leg, leg);
    facts_touch(c->facts, FACT_CASCADE, k);
    return true;
}

static enum rung_state state_of(struct span status)
{
    if (span_is_text(status, "busy"))
        return RUNG_BUSY;
    return span_is_text(status, "failed") ? RUNG_FAILED : RUNG_MISSED;
}

/* His call is over. True when he had accepted, and the caller had not come yet. */
static bool leg_ended(const struct context *c, struct cascade *k, struct rung *r)
{
    const struct event *e = c->event;

    r->leg[0] = 0;
    facts_touch(c->facts, FACT_CASCADE, k);
    if (k->state == CASCADE_ACCEPTED && span_is_text(e->sid, k->leg_sid)) {
        if (!overlap_is_unmet(k))
            call_update_move(c, k, k->attempt + 1, PARTING_MS);
        return overlap_is_unmet(k);
    }
    if (!is_of_step(k, e->attempt) || !cascade_row_is_on(r))
        return false;
    r->state = state_of(e->call_status);
    if (r->wish != WISH_KEPT || !overlap_again(c, k, e->attempt))
        overlap_next(c, k);
    return false;
}

enum err overlap_status(const struct context *c, struct cascade *k, bool *out_gone)
{
    const struct event *e = c->event;
    struct rung *r = &k->plan->rungs[e->attempt];
    const bool was_known = r->leg[0] != 0;

    *out_gone = false;
    if (!overlap_gather(c, k))
        return ERR_BUSY;
    if (event_is_over(e->call_status)) {
        if (!was_known || span_is_text(e->sid, r->leg))
            *out_gone = leg_ended(c, k, r);
    } else if (overlap_know(c, k, e->attempt, e->sid) && !was_known && !is_wanted(k, e->attempt)) {
        call_update_end(c, k, r->leg, 0);
    }
    return ERR_NONE;
}

/* It cannot be made: the next one rings now. */
static void leg_failed(const struct context *c, struct cascade *k, int rung)
{
    struct rung *r = &k->plan->rungs[rung];

    if (!is_of_step(k, rung) || r->state != RUNG_TOLD)
        return;
    r->state = RUNG_FAILED;
    cascade_row_note(c, k, "refused", rung,
                     arena_printf(c->facts->arena, "%d", (int)c->event->error_code));
    overlap_next(c, k);
}

static void leg_sent(const struct context *c, struct cascade *k, int rung)
{
    struct rung *r = &k->plan->rungs[rung];
    const bool was_known = r->leg[0] != 0;

    switch (c->event->sent) {
    case SENT_ACCEPTED:
        if (overlap_know(c, k, rung, c->event->sid) && !was_known && !is_wanted(k, rung))
            call_update_end(c, k, r->leg, 0);
        return;
    case SENT_UNSURE: /* it counts as ringing: its callback or its first request tells its id */
        context_alarm(c, "call.leg-unsure", k->thread, k->id,
                      "the carrier's answer was lost: a phone rings, or does not");
        return;
    case SENT_REFUSED:
    case SENT_RETRY:
    case SENTS:
        break;
    }
    leg_failed(c, k, rung);
}

static bool try_again(const struct context *c, struct outbox *o, const struct cascade *k)
{
    const int64_t again_ms = c->facts->now_ms + retry_wait_ms(o->attempt, c->dice);

    /* Who waits on the line is not made to wait for our credentials. */
    if (c->event->sent != SENT_RETRY || c->event->is_denied ||
        !overlap_wants_leg(k, o->rung, again_ms))
        return false;
    o->state = OUTBOX_QUEUED;
    o->due_ms = again_ms;
    facts_touch(c->facts, FACT_OUTBOX, o);
    return true;
}

enum err overlap_sent(const struct context *c, struct outbox *o)
{
    struct cascade *k = facts_cascade(c->facts, o->tenant, o->cascade);

    if (c->facts->short_of || (k && !overlap_gather(c, k)))
        return ERR_BUSY;
    if (!event_is_of_claim(c->event, o) || o->state != OUTBOX_SENDING)
        return ERR_NONE; /* of an earlier claim */
    if (k && o->rung < k->plan->count) {
        if (try_again(c, o, k))
            return ERR_NONE;
        leg_sent(c, k, o->rung);
    }
    settle_outbox(c, o);
    return ERR_NONE;
}
