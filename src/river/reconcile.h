/* river/reconcile.h - asks the carrier's own list what became of unsure rows.
 *
 * Rows of one sender to one person share a search; what is found, or that nothing could be had,
 * goes back as an EVENT_LOOKED for each. A search ends within half a minute, which the lease of
 * its rows outlasts; what it could not hand back is looked for again when the lease ends.
 * Owns: the errands it is given.
 * Threads: loop thread only.
 * Source: design section 7, G4.
 */
#ifndef RIVER_RECONCILE_H
#define RIVER_RECONCILE_H

#include "base/span.h"
#include "river/sender.h"
#include "river/work.h"

struct reconcile;

/* `api` and what `sender` and `intake` point to must live as long. */
struct reconcile *reconcile_open(struct sender *sender, const struct intake *intake,
                                 struct span api);
/* After the sender is closed. */
void reconcile_close(struct reconcile **reconcile);
void reconcile_add(struct reconcile *reconcile, struct errand *errand);
/* Begins to search for what was added, as far as there is room at the carrier. */
void reconcile_start(struct reconcile *reconcile);
/* How many rows it would take now. */
int reconcile_room(const struct reconcile *reconcile);
/* Starts no more searches; those under way end. */
void reconcile_drain(struct reconcile *reconcile);

#endif
