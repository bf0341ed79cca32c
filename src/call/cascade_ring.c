#include "call/cascade_ring.h"

#include "call/alert.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "rules/ring.h"

enum { VOICEMAIL_END_MS = 300 * 1000 }; /* greeting, two minutes of speech, and some */

/* Lets the phones of one step ring, those whose people are still on the roster; false without. */
static bool ring_group(const struct context *c, struct cascade *k, int from, int ring_s)
{
    bool rings = false;

    k->state = CASCADE_RINGING;
    k->attempt = (uint8_t)from;
    k->ring_s = (uint16_t)ring_s;
    k->round = 0;
    k->rang_ms = c->facts->now_ms;
    if (overlap_is_on(k))
        return overlap_begin(c, k);
    for (int i = from; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        if (context_operator(c, r->operator_id) < 0) {
            r->state = RUNG_FAILED;
            continue;
        }
        r->state = RUNG_TOLD;
        if (r->wish != WISH_AGAIN) /* he knows of it */
            alert_operator(c, k, r, false);
        cascade_row_note(c, k, "attempt", i, "");
        context_log(c, "call.ringing", k->thread, k->id, r->operator_id, "");
        rings = true;
    }
    return rings;
}

void cascade_ring_voicemail(const struct context *c, struct cascade *k)
{
    k->state = CASCADE_VOICEMAIL;
    cascade_row_end(c, k, c->facts->now_ms + VOICEMAIL_END_MS);
}

bool cascade_ring_from(const struct context *c, struct cascade *k, int from)
{
    for (int at = from, ring_s = 0;; at = cascade_row_group_end(k)) {
        const int64_t waited_ms = c->facts->now_ms - cascade_row_waits_ms(k);
        at = ring_next(k->plan, at, waited_ms, c->roster->wait_s, &ring_s);
        if (at < 0)
            break;
        if (ring_group(c, k, at, ring_s))
            return true;
    }
    cascade_ring_voicemail(c, k);
    return false;
}

bool cascade_ring_rest(const struct context *c, struct cascade *k)
{
    const int64_t rang_s = (c->facts->now_ms - k->rang_ms) / 1000;
    bool picked = false;
    int waiting = 0;

    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        const enum rung_state state = k->plan->rungs[i].state;
        picked = picked || state == RUNG_REACHED || state == RUNG_PASSED;
        waiting += state == RUNG_TOLD;
    }
    if (!picked || waiting == 0 || k->ring_s - rang_s < RING_LEAST_S || k->round == UINT8_MAX)
        return false;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (k->plan->rungs[i].state == RUNG_REACHED)
            k->plan->rungs[i].state = RUNG_MISSED;
    k->ring_s = (uint16_t)(k->ring_s - rang_s);
    k->rang_ms = c->facts->now_ms;
    k->round++;
    cascade_row_note(c, k, "attempt", k->attempt, "the others once more");
    return true;
}
