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

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "rules/context.h"

/* For an event whose `offline` is set. */
MUST_USE enum err replay_event(const struct context *c);
/* The same of one that has been answered just now: its pre-alert is to be sent. */
MUST_USE enum err replay_now(const struct context *c);

/* Who has taken a call that has no row yet. */
struct replay_taker {
    struct span operator_id, leg_sid;
    bool is_apart;
};
/* False: nobody. Asks for facts: facts->short_of. */
bool replay_who_took(const struct context *c, int64_t cascade, struct replay_taker *out);

#endif
