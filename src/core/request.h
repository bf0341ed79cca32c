/* core/request.h - what people and programs ask for: a reply, an acknowledgement, a link's button.
 *
 * Each function answers in context->answer and returns ERR_BUSY when facts must be loaded first
 * (nothing has been changed then).
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_REQUEST_H
#define CORE_REQUEST_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err request_reply(const struct context *c); /* EVENT_REPLY */
MUST_USE enum err request_ack(const struct context *c);   /* EVENT_ACK */
MUST_USE enum err request_pass(const struct context *c);  /* EVENT_PASS */
MUST_USE enum err request_close(const struct context *c);
MUST_USE enum err request_reopen(const struct context *c);
MUST_USE enum err request_link(const struct context *c); /* EVENT_LINK */

#endif
