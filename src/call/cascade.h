/* call/cascade.h - what the moves of the cascade's table do: ring, screen, take, give up.
 *
 * Each function answers in context->answer and returns ERR_BUSY when facts must be loaded
 * first (nothing has been changed then).
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CALL_CASCADE_H
#define CALL_CASCADE_H

#include "base/err.h"
#include "rules/context.h"

MUST_USE enum err cascade_call(const struct context *c);     /* EVENT_CALL */
MUST_USE enum err cascade_key(const struct context *c);      /* EVENT_KEY */
MUST_USE enum err cascade_choice(const struct context *c);   /* EVENT_CHOICE */
MUST_USE enum err cascade_recorded(const struct context *c); /* EVENT_RECORDED */
MUST_USE enum err cascade_status(const struct context *c);   /* EVENT_CALL_STATUS */
MUST_USE enum err cascade_timer(const struct context *c);    /* EVENT_TIMER of a cascade */

#endif
