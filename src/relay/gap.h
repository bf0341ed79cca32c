/* relay/gap.h - times within the next day at which nobody on a line's chain is on duty.
 *
 * Looked for when a roster comes into force and once an hour by a timer of the tenant's, which is
 * put anew each time. Each gap is one alarm: it is known by its line, beginning and end; one that
 * is under way, by its end; one without a known end is told once a day.
 * Threads: one at a time (the storage thread).
 * Source: docs/adr/0019-who-is-on-duty.md.
 */
#ifndef RELAY_GAP_H
#define RELAY_GAP_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* Asks for what gap_look needs; false: facts must be loaded first. */
bool gap_gather(const struct context *c);
/* Raises the alarms, and sees that the timer stands. */
void gap_look(const struct context *c);

MUST_USE enum err gap_timer(const struct context *c); /* EVENT_TIMER of TIMER_GAPS */

#endif
