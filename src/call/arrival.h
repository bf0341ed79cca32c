/* call/arrival.h - a call that is not known yet: it is judged at the door, gets its plan and its
 * row, and begins to ring, to be asked, or to hear why not.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CALL_ARRIVAL_H
#define CALL_ARRIVAL_H

#include "base/err.h"
#include "call/menu.h"
#include "relay/relay.h"
#include "rules/context.h"

/* EVENT_CALL of a call without a row; answers. */
MUST_USE enum err arrival_call(const struct context *c);

/* Asks for what is needed to tell whoever may be rung of it. */
void arrival_gather(const struct context *c, const struct plan *plan);
/* The phones from that rung on begin to ring, if anybody is on duty. */
void arrival_ring(const struct context *c, struct cascade *k, int from, struct relay_news *news);
/* The document of stored state; `menu` of an operator's own call, which has been gathered. */
void arrival_answer(const struct context *c, const struct cascade *k, const struct menu *menu);

#endif
