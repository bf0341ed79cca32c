/* core/call_back.h - an operator calls a customer back as the business.
 *
 * Asked for by the link in a text or by the API, his own phone rings first, from the line; key 1
 * connects him to the customer, who sees the line's number. A mailbox presses nothing, so it is
 * never connected. Only when the customer has answered the thread's relay is acknowledged by
 * him, and the thread is his. A customer who is busy or does not answer changes nothing but the
 * record.
 * A thread has one call back under way, and a few in ten minutes. Who is called must have called
 * or written to that very line: his number is the thread's, complete, no line of ours, and none
 * that costs extra.
 * All return ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts they change. Threads: one at a time.
 * Source: design section 3.3.
 */
#ifndef CORE_CALL_BACK_H
#define CORE_CALL_BACK_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err call_back_request(const struct context *c); /* EVENT_CALL_BACK */
/* EVENT_LINK with LINK_RING; the link has been found. */
MUST_USE enum err call_back_link(const struct context *c, const struct link *l);
/* Of a message of that kind. */
MUST_USE enum err call_back_heard(const struct context *c);  /* EVENT_HEARD */
MUST_USE enum err call_back_called(const struct context *c); /* EVENT_CALLED */
MUST_USE enum err call_back_status(const struct context *c); /* EVENT_CALL_STATUS */

#endif
