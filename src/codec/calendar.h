/* codec/calendar.h - the events of an iCalendar feed, as stretches of time; and the system's zones,
 * as the library that reads such feeds knows them (codec/zone.h makes plain data of one).
 *
 * Recurrence (RRULE, RDATE, EXDATE) and single events that replace an occurrence
 * (RECURRENCE-ID) are followed; cancelled events are left out. An event ends when the clocks
 * show the end that was written, also when they were changed in between; a time that a change
 * repeats is its first pass, one that it skips goes by the offset before. Times without a zone
 * and whole days are by the zone that the caller gives.
 * Bounds: CALENDAR_EVENTS_MAX events and LIMIT_STRETCHES stretches in the window; a rule by the
 * second or the minute is not followed.
 * Errors: ERR_BAD_INPUT when it is no calendar, or a rule of it cannot be followed; ERR_FULL
 * beyond the bounds.
 * Threads: one at a time (libical keeps a cache of zones).
 * Source: RFC 5545, by way of libical 3.
 */
#ifndef CODEC_CALENDAR_H
#define CODEC_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/roster.h"

enum { CALENDAR_EVENTS_MAX = 5000, CALENDAR_BYTES_MAX = 1 << 20 };

/* Those that touch the window, in no order, whole; they live in the arena. */
MUST_USE enum err calendar_expand(struct arena *arena, struct span text, const struct zone *zone,
                                  const struct stretch *window, struct stretch **out,
                                  size_t *out_count);

/* A zone of the system's table by its name, "UTC" always; NULL for an unknown one. The name is put
 * behind a folder's: it must not lead out of it. It lives as long as the program. */
const struct calendar_zone *calendar_zone_find(const char *name);
/* Seconds east of UTC at that instant, in seconds since the epoch. */
int32_t calendar_zone_offset_s(const struct calendar_zone *zone, int64_t at_s);

#endif
