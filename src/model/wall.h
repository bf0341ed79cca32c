/* model/wall.h - between instants and what the clocks of a zone show.
 *
 * A time on the wall is milliseconds since the clocks' own 1970-01-01.
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 */
#ifndef MODEL_WALL_H
#define MODEL_WALL_H

#include <stdint.h>

#include "model/zone.h"

enum wall_pass { WALL_FIRST, WALL_LAST };

/* What the zone's clocks show at an instant. */
int64_t wall_time(const struct zone *zone, int64_t at_ms);
/* The instant at which they show `local_ms`; of a time that the autumn change repeats the
 * first or the last one, of one that the spring change skips the instant of the change. */
int64_t wall_instant(const struct zone *zone, int64_t local_ms, enum wall_pass pass);
/* Whole days since 1970-01-01 on the clocks, rounded down. */
int64_t wall_day(int64_t local_ms);

#endif
