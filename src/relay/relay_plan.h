/* relay/relay_plan.h - the plan of a relay that goes on when somebody else is on duty by now.
 *
 * Both ask for the job's row (facts->short_of): relay_gather has done so.
 * Threads: one at a time (the storage thread).
 * Source: docs/adr/0019-who-is-on-duty.md.
 */
#ifndef RELAY_RELAY_PLAN_H
#define RELAY_RELAY_PLAN_H

#include "rules/context.h"

/* All of it, by who is on duty now. Without the line it stays as it is. */
void relay_plan_again(const struct context *c, const struct thread *t, struct plan *plan);
/* The steps that have not been told: whoever came on is in, whoever left is out. Who was told
 * stays, and is not asked twice. */
void relay_plan_rest(const struct context *c, const struct thread *t, const struct relay *r,
                     struct plan *plan);

#endif
