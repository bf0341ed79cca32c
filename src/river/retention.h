/* river/retention.h - erases words and deletes records that have been kept long enough.
 *
 * One small reading at a time on the storage thread, with a pause behind it, so that no call and
 * no text waits for it; when all has been looked at it rests for an hour. After a restart it
 * goes on where it was. Of several nodes one does it.
 * Owns: its reading, which must not be under way when it is closed.
 * Threads: loop thread only, but for the reading.
 * Source: design section 11; docs/adr/0018-what-is-kept-and-spent.md.
 */
#ifndef RIVER_RETENTION_H
#define RIVER_RETENTION_H

#include <stdint.h>

#include "base/clock.h"
#include "river/work.h"

struct retention;

/* Days of 0: for ever. */
struct retention *retention_open(const struct clock *clock, const struct intake *intake,
                                 int bodies_days, int metadata_days);
/* Accepts a pointer to NULL and leaves NULL. */
void retention_close(struct retention **retention);

/* Does what is due; returns when it is due again. */
int64_t retention_turn(struct retention *retention);

#endif
