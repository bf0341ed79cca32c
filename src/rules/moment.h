/* rules/moment.h - an instant in words, as a zone's clocks show it.
 *
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 */
#ifndef RULES_MOMENT_H
#define RULES_MOMENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/zone.h"

/* "07:00" on the day of `now_ms`, "Tue 07:00" within six days, else "Tue 07:00 in 8 days". `zone`
 * may be NULL: UTC. */
struct span moment_words(struct arena *arena, const struct zone *zone, int64_t at_ms,
                         int64_t now_ms);

#endif
