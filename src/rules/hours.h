/* rules/hours.h - who is on call at an instant, by weekly hours in his own zone.
 *
 * A rule is local wall time: it begins on each of its days at `from_min` and ends at
 * `to_min`, on the next day when that is not later. Instants follow from the zone:
 *   - a time that the spring change skips means the instant of the change, so a shift that
 *     begins in the gap begins at the gap's end, and one wholly inside it does not happen;
 *   - a time that the autumn change repeats is the first pass for a beginning and the second
 *     for an end, so a shift covers both passes and a hand-over there leaves nobody out.
 * An operator without rules is always on call. The end itself is off call.
 * Pure: reads no clock, allocates nothing.
 * Threads: any.
 * Units: instants are UTC milliseconds since the epoch.
 */
#ifndef RULES_HOURS_H
#define RULES_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/roster.h"

/* A weekly shift comes round within eight days. One that a change skips whole comes later. */
enum { HOURS_AHEAD_DAYS = 9 };

bool hours_on(const struct roster_operator *operator_id, int64_t now_ms);
/* The first instant after `now_ms` at which he goes from off call to on call, not later than
 * HOURS_AHEAD_DAYS; INT64_MAX when there is none (he may be on call without a break). */
int64_t hours_next_on(const struct roster_operator *operator_id, int64_t now_ms);
/* The same for either way: from off to on or from on to off. */
int64_t hours_next_change(const struct roster_operator *operator_id, int64_t now_ms);

#endif
