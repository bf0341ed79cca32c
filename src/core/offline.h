/* core/offline.h - what a request of the carrier is answered while the store is not there.
 *
 * The roster, the address and the time are enough, so any node can go on with a call that
 * another began: the address names the attempt, and the cascade by an id that tells when the
 * call came. What this node remembers of the call makes the words better. One phone rings at a
 * time. What was answered is noted in the event, so that core/replay.h can put it on record when
 * the store is back.
 * Pure. Threads: any.
 * Source: design sections 7 (G5) and 10; docs/adr/0013-without-the-store.md.
 */
#ifndef CORE_OFFLINE_H
#define CORE_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/event.h"
#include "model/roster.h"
#include "model/rows.h"

struct offline_ask {
    const struct roster *roster; /* NULL for an event on no roster */
    int64_t now_ms;
    bool taken;           /* this node has answered the accept of a leg of the call */
    bool may_go_round;    /* this node knows of another call of the same number: show the line's */
    bool taken_elsewhere; /* ... and it was another leg than the one that asks now */
    bool joins;           /* ... by a call of its own, which waits in a conference */
    int rung;             /* it rang last, as far as this node knows; 0 without */
    struct span caller, line, job; /* of the call, for its legs and keys; empty: not known */
    struct arena *arena;           /* the answer's and the event's new spans are put here */
};

/* Fills *out, and in the event `offline`, `at_ms`, `plan`, `rung`, `ring_s`, `operator_id`, and
 * in `body` the words of a pre-alert that is to leave. The event of a call names its cascade. */
void offline_answer(const struct offline_ask *ask, struct event *event, struct answer *out);

/* The pre-alert of a ring that has been kept, as a row that is being sent: `event->message` is
 * its id. It has no claim, so its fence is 0. */
struct outbox offline_alert(const struct roster *roster, const struct event *event);

#endif
