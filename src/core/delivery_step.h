/* core/delivery_step.h - what becomes of a text: the carrier's answer to our request, and its
 * receipts, in any order.
 *
 * A rank decides: nothing goes back from a later state. A text of a relay that cannot reach its
 * operator escalates now.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_DELIVERY_STEP_H
#define CORE_DELIVERY_STEP_H

#include <stdbool.h>

#include "base/err.h"
#include "core/context.h"

MUST_USE enum err delivery_step_sent(const struct context *c);    /* EVENT_SENT */
MUST_USE enum err delivery_step_receipt(const struct context *c); /* EVENT_RECEIPT */

/* True when a receipt in `now` changes a message in `was`. */
bool delivery_step_advances(enum delivery was, enum delivery now);

#endif
