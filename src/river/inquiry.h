/* river/inquiry.h - asks the carrier who a number is, where the tenant pays for it.
 *
 * What a batch has marked to be asked leaves once that is committed, a few at a time; what was
 * learned, or that nothing was, comes back as an EVENT_LOOKUP. What finds no room, or is under
 * way at the end, is asked for again when the number calls the next time.
 * Owns: the errands it is given.
 * Threads: loop thread only, but for inquiry_wanted.
 * Source: docs/adr/0017-who-the-caller-is.md.
 */
#ifndef RIVER_INQUIRY_H
#define RIVER_INQUIRY_H

#include <stdint.h>

#include "river/sender.h"
#include "river/work.h"

struct inquiry;

/* What a batch that was stored asks for, as errands. Storage thread. */
struct errand *inquiry_wanted(const struct facts *facts);

/* `api` is the base of the lookups' API; what is pointed at must live as long. */
struct inquiry *inquiry_open(struct sender *sender, const struct intake *intake,
                             const struct clock *clock, struct span api);
/* After the sender is closed. */
void inquiry_close(struct inquiry **inquiry);
void inquiry_add(struct inquiry *inquiry, struct errand *errand);
/* Sends what may leave now; returns when it wants to be called again, INT64_MAX: not by itself. */
int64_t inquiry_turn(struct inquiry *inquiry);
/* Starts no more; those under way end. */
void inquiry_drain(struct inquiry *inquiry);

#endif
