/* call/leg.h - one operator's phone in a call that goes down a chain: who picks up is asked, and
 * only his own accept takes the call.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CALL_LEG_H
#define CALL_LEG_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err leg_event(const struct context *c); /* EVENT_SCREEN, EVENT_PRESS */

/* An operator who has called himself, by that call, takes one that rings: the one atomic accept,
 * after which both come to the conference of `k`. */
void leg_take_over(const struct context *c, struct cascade *k, const char *operator_id,
                   struct span call);

/* Of phones that ring together each one's own status tells what became of it. The caller has
 * seen that the event is not repeated. */
void leg_status(const struct context *c, struct cascade *k);

#endif
