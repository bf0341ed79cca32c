#include "call/call_update.h"

#include <string.h>

#include "relay/settle.h"
#include "rules/retry.h"
#include "rules/ring.h"

enum { END_BY_MS = 60 * 1000, MOVE_BY_MS = 15 * 1000 };

static struct outbox row_of(const struct context *c, const struct cascade *k, const char *sid,
                            int64_t wait_ms)
{
    struct outbox o = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = k->tenant,
        .kind = OUTBOX_UPDATE,
        .class = OUTBOX_URGENT,
        .cascade = k->id,
        .due_ms = c->facts->now_ms + wait_ms,
        .expires_ms = c->facts->now_ms + wait_ms + END_BY_MS,
    };

    CONTEXT_SET(o.account, span_of(k->account));
    CONTEXT_SET(o.from, span_of(k->line));
    CONTEXT_SET(o.to, span_of(sid));
    return o;
}

void call_update_end(const struct context *c, const struct cascade *k, const char *sid,
                     int64_t wait_ms)
{
    const struct outbox o = row_of(c, k, sid, wait_ms);

    facts_add_outbox(c->facts, &o);
}

bool call_update_wants_end(const struct cascade *k, const char *sid)
{
    bool is_rungs = false;

    for (int i = 0; i < k->plan->count; i++) {
        if (strcmp(k->plan->rungs[i].leg, sid) == 0)
            return true;
        is_rungs = is_rungs || (k->plan->rungs[i].overlaps && strcmp(k->leg_sid, sid) == 0 &&
                                k->plan->rungs[i].state == RUNG_ACCEPTED);
    }
    return !is_rungs; /* of a rung that has lost it: it has ended */
}

void call_update_move(const struct context *c, const struct cascade *k, int attempt,
                      int64_t wait_ms)
{
    struct outbox o = row_of(c, k, k->call_sid, wait_ms);

    o.has_rung = true;
    o.rung = (uint8_t)attempt;
    o.body = arena_copy(c->facts->arena, span_of(k->job));
    o.expires_ms = o.due_ms + MOVE_BY_MS;
    facts_add_outbox(c->facts, &o);
}

/* None of those whom the caller's own dial rings wants it. */
static bool is_passed_by_all(const struct cascade *k)
{
    if (k->attempt >= k->plan->count || k->plan->rungs[k->attempt].overlaps)
        return false;
    for (int i = k->attempt; i < k->attempt + ring_together(k->plan, k->attempt); i++)
        if (ring_is_on(&k->plan->rungs[i]))
            return false;
    return true;
}

bool call_update_wants_move(const struct cascade *k, int attempt)
{
    if (k->state == CASCADE_RINGING)
        return attempt == k->attempt + 1 && is_passed_by_all(k);
    if (k->state != CASCADE_ACCEPTED || attempt < k->attempt)
        return false;
    return attempt > k->attempt || !k->turn_ms; /* he may have come by himself */
}

/* Its answer says that it is done, or that there is nothing to be done; else it is tried again. */
enum err call_update_sent(const struct context *c, struct outbox *o)
{
    const enum sent sent = c->event->sent;
    const int64_t again_ms = c->facts->now_ms + retry_wait_ms(o->attempt, c->dice);

    if (!event_is_of_claim(c->event, o) || o->state != OUTBOX_SENDING)
        return ERR_NONE; /* of an earlier claim */
    if (sent == SENT_ACCEPTED || sent == SENT_REFUSED || again_ms >= o->expires_ms) {
        settle_outbox(c, o);
        return ERR_NONE;
    }
    o->state = OUTBOX_QUEUED;
    o->due_ms = again_ms;
    facts_touch(c->facts, FACT_OUTBOX, o);
    return ERR_NONE;
}
