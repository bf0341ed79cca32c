/* core/delivery_step.h - the carrier's word on a text of ours: its answer to our request, and its
 * receipts, in any order.
 *
 * A rank decides: nothing goes back from a later state. What follows is relay/fate.h's.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_DELIVERY_STEP_H
#define CORE_DELIVERY_STEP_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err delivery_step_sent(const struct context *c);    /* EVENT_SENT */
MUST_USE enum err delivery_step_receipt(const struct context *c); /* EVENT_RECEIPT */

#endif
