/* call/overlap.h - a step that adds one phone after the other, and lets those before ring on.
 *
 * Each phone is a call of its own, made by REST (a leg); the caller's document is a loop, each
 * turn of which is answered from stored state (call/cascade_answer.h). A rung begins when the ring
 * seconds of the one before it are over, cut as the step is, or at once when a leg ends early. The
 * step ends when the last one has had his seconds; that is decided at a turn of the caller. Whoever
 * accepts waits for the caller in a conference, to which the caller's next turn leads him.
 * A leg is made once: what may have been made counts as ringing, and its first callback or request
 * tells its id. A leg that nobody wants any more is ended as soon as its id is known.
 * TIMER_OVERLAP adds the next phone in time, and sees when the caller has stopped asking.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0014-overlap.md.
 */
#ifndef CALL_OVERLAP_H
#define CALL_OVERLAP_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* The rungs at k->attempt are of such a step. */
bool overlap_is_on(const struct cascade *k);
/* Somebody has accepted, and the caller has not come to him yet. */
bool overlap_is_unmet(const struct cascade *k);
/* None of the step is left, or its time is over; who is being asked may finish. */
bool overlap_is_over(const struct context *c, const struct cascade *k);
/* The caller has asked for nothing for too long: he is gone. */
bool overlap_is_alone(const struct context *c, const struct cascade *k);
/* Whether that leg, not made yet, shall ring. */
bool overlap_wants_leg(const struct cascade *k, int rung, int64_t now_ms);

/* Loads what adding a phone needs; false when that is not there yet. */
bool overlap_gather(const struct context *c, const struct cascade *k);
/* The step at k->attempt begins, at a turn of the caller; false when nobody can be rung. */
bool overlap_begin(const struct context *c, struct cascade *k);
/* Adds whoever is due, and winds the timer. */
void overlap_go_on(const struct context *c, struct cascade *k);
/* The operator of that rung, who is not rung now, is rung at once, in the step. False when the plan
 * has no room. */
bool overlap_again(const struct context *c, struct cascade *k, int of);
/* A leg has ended, or its owner does not want the call: the next one rings now. */
void overlap_next(const struct context *c, struct cascade *k);
/* The caller asks for his document. */
void overlap_turn(const struct context *c, struct cascade *k);
/* Ends the legs that ring, and whatever the step has still to do. */
void overlap_stop(const struct context *c, struct cascade *k);
/* A leg has taken the call: the others stop, and the caller is sent for. */
void overlap_take(const struct context *c, struct cascade *k);
/* The talk is over, or cannot be: whoever accepted is not left alone. */
void overlap_part(const struct context *c, const struct cascade *k);

/* A request of a leg names its call. False when it is none of the step's. */
bool overlap_know(const struct context *c, struct cascade *k, int rung, struct span leg);
/* EVENT_CALL_STATUS of a leg. *out_gone: whoever accepted has left before the caller came. */
MUST_USE enum err overlap_status(const struct context *c, struct cascade *k, bool *out_gone);
/* EVENT_SENT of a leg's row, which is `o`. */
MUST_USE enum err overlap_sent(const struct context *c, struct outbox *o);

#endif
