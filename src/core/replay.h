/* core/replay.h - puts on record what a call was answered while the store was not there.
 *
 * Nothing is decided again: the event says what was done (core/offline.h), and the cascade's row
 * follows it. What the row knows already, or has gone beyond, changes nothing. A call that nobody
 * took becomes a missed-call relay now.
 * Threads: one at a time.
 * Source: design section 7, G2 and G5.
 */
#ifndef CORE_REPLAY_H
#define CORE_REPLAY_H

#include "base/err.h"
#include "rules/context.h"

/* For an event whose `offline` is set. */
MUST_USE enum err replay_event(const struct context *c);

#endif
