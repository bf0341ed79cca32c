/* core/once.h - a request that may come again acts once.
 *
 * Whoever asks by the API may send a key with it. The first time what was done and answered is
 * claimed by that key, in the same transaction; the same key and the same request are answered so
 * again, and the key with another request is refused. What was refused has done nothing, and is
 * decided anew. A claim is kept as long as any: the retention of metadata.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_ONCE_H
#define CORE_ONCE_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

typedef enum err decide_fn(const struct context *c);

/* True when the event is a request of the API's with a key. */
bool once_is_asked(const struct event *event);
/* Decides by `decider`, or answers as before. Errors as the decider's; ERR_BUSY: facts must be
 * loaded first. */
MUST_USE enum err once_decide(const struct context *c, decide_fn *decider);

#endif
