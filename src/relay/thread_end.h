/* relay/thread_end.h - when a thread closes: by `done`, or a day after its last message once it
 * has been acknowledged.
 *
 * A thread that is closed has no owner; the customer's next text goes to the chain and opens it.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef RELAY_THREAD_END_H
#define RELAY_THREAD_END_H

#include "base/err.h"
#include "rules/context.h"

/* Sets the clock that closes it, unless it runs. The thread is touched. */
void thread_end_watch(const struct context *c, struct thread *t);
/* Closes it now; `operator_id` is who says so, NULL for the clock and the office. `why` is for the
 * log. */
void thread_end_close(const struct context *c, struct thread *t, const char *operator_id,
                      const char *why);

MUST_USE enum err thread_end_timer(const struct context *c); /* EVENT_TIMER of TIMER_THREAD */

#endif
