/* core/offline.h - what a request of the carrier is answered while the store is not there.
 *
 * The roster, the address and the time are all that it needs, so any node can go on with a call
 * that another began: the address names the attempt, and the cascade by an id that tells when the
 * call came. One phone rings at a time. What was answered is noted in the event, so that
 * core/replay.h can put it on record when the store is back.
 * Pure. Threads: any.
 * Source: design sections 7 (G5) and 10.
 */
#ifndef CORE_OFFLINE_H
#define CORE_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/event.h"
#include "model/roster.h"

struct offline_ask {
    const struct roster *roster; /* NULL for an event on no roster */
    int64_t now_ms;
    bool taken;           /* this node has answered the accept of a leg of the call */
    bool taken_elsewhere; /* ... and it was another leg than the one that asks now */
    struct arena *arena;  /* the answer's and the event's new spans are put here */
};

/* Fills *out, and in the event `offline`, `at_ms`, `plan`, `rung`, `ring_s`, `operator_id`. The
 * event of a call names its cascade. */
void offline_answer(const struct offline_ask *ask, struct event *event, struct answer *out);

#endif
