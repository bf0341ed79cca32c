/* engine/queues.h - whether what waits in the outbox moves.
 *
 * Each sender has a queue. A long one that its rate explains is no trouble: row after row leaves.
 * One whose first row stands there look after look is: nothing leaves, for whatever reason. Of a
 * sender the first row of its most urgent class counts, since the others wait for that. Whoever
 * sends it, this node or another, it is the store that shows it.
 * Owns: what it has seen at the last look; one that looks rarely learns late, and never too early.
 * Threads: one at a time.
 * Units: instants are UTC milliseconds.
 */
#ifndef ENGINE_QUEUES_H
#define ENGINE_QUEUES_H

#include <stdint.h>

#include "base/err.h"
#include "store/store.h"

enum { QUEUES_MAX = 1000 }; /* classes of senders looked at: those that are due first */

struct queues;

struct queues *queues_open(void);
/* Accepts a pointer to NULL and leaves NULL. */
void queues_close(struct queues **queues);

struct queues_sight {
    int64_t due_ms;     /* the oldest row of all could have left then; 0: nothing waits */
    int64_t stalled_ms; /* the longest time for which a first row that is due has stood still */
};

/* Looks; as it is called from a reading, the store's time is not the loop's. */
MUST_USE enum err queues_look(struct queues *queues, struct store *store, int64_t now_ms,
                              struct queues_sight *out);

#endif
