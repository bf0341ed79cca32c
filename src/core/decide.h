/* core/decide.h - the one decision: an event and the facts in, changed facts and an answer out.
 *
 * decide_want names what an event of its kind needs as a rule, so that one load serves a whole
 * batch; decide may want more (ERR_BUSY with facts->short_of): load and decide again.
 * Any other error: the event is refused and nothing was changed.
 * Pure but for the facts it changes. Threads: one at a time (the storage thread).
 */
#ifndef CORE_DECIDE_H
#define CORE_DECIDE_H

#include "base/err.h"
#include "rules/context.h"

void decide_want(struct facts *facts, const struct event *event);
MUST_USE enum err decide(const struct context *context);

#endif
