/* call/call_update.h - ends a call at the carrier, or has it ask for its document anew.
 *
 * An outbox row each, urgent and under no rate. Both are safe to repeat, so a row whose answer was
 * lost is sent again until it expires; a carrier that refuses it says that the call is over, which
 * is as good. A move is only quicker than the caller's own next request: his state decides.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: section 5.4 of the carrier's reference; docs/adr/0014-overlap.md.
 */
#ifndef CALL_CALL_UPDATE_H
#define CALL_CALL_UPDATE_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* Ends the call with that id, a leg of the cascade, after `wait_ms`, whatever it does then. */
void call_update_end(const struct context *c, const struct cascade *k, const char *sid,
                     int64_t wait_ms);
/* Whether that leg may still live. */
bool call_update_wants_end(const struct cascade *k, const char *sid);

/* Has the caller's call ask for its document after `wait_ms`, at the address of that attempt:
 * k->attempt once somebody has accepted, so that the caller comes to him; the one behind it when
 * their talk is over, or when all whom it rings have passed it on. */
void call_update_move(const struct context *c, const struct cascade *k, int attempt,
                      int64_t wait_ms);
/* Whether such a row is of any use still. */
bool call_update_wants_move(const struct cascade *k, int attempt);

/* EVENT_SENT of such a row, which is `o`. */
MUST_USE enum err call_update_sent(const struct context *c, struct outbox *o);

#endif
