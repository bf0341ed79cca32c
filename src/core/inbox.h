/* core/inbox.h - what an inbound text does: a customer's goes to the chain, an operator's is a
 * reply, an acknowledgement or a "next", for the right thread or for none.
 *
 * Each function answers in context->answer and returns ERR_BUSY when facts must be loaded first
 * (nothing has been changed then).
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err inbox_text(const struct context *c);  /* EVENT_TEXT */
MUST_USE enum err inbox_stray(const struct context *c); /* EVENT_STRAY */

#endif
