/* call/recording_end.h - a recording is kept for so many days, then it is no more.
 *
 * A timer row ends it: our row forgets the carrier's address, and the carrier is asked to delete
 * the sound. That request is safe to repeat, so one whose answer was lost is sent again; that the
 * carrier does not have it is as good. `recording_s` stays: it tells that there was one.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 11; docs/adr/0018-what-is-kept-and-spent.md.
 */
#ifndef CALL_RECORDING_END_H
#define CALL_RECORDING_END_H

#include "base/err.h"
#include "rules/context.h"

/* Sets the timer of a recording that has come in just now; none when it is kept for ever. */
void recording_end_set(const struct context *c, const struct cascade *k);
MUST_USE enum err recording_end_timer(const struct context *c);
/* EVENT_SENT of the request, which is `o`. */
MUST_USE enum err recording_end_sent(const struct context *c, struct outbox *o);

#endif
