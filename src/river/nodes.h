/* river/nodes.h - when this node beats, and when it looks at what the others have left and done.
 *
 * All by real time, in a rehearsal too. Beside the beat: timers that nobody fires and senders that
 * nobody sends for, what others have spent of a tenant's budgets, what they have changed that is
 * kept in memory here, and what they have committed that is shown as it happens. What was spent is
 * asked of a thousand tenants a second, so it is known 3 s late, and a second more for each further
 * thousand: 12 s for ten thousand. Who lives alone only beats, and who has a database of his own
 * does nothing.
 * Owns: its readings, which must not be under way when it is closed.
 * Threads: loop thread only, but for the readings.
 * Source: docs/adr/0029-leases-and-chores.md.
 */
#ifndef RIVER_NODES_H
#define RIVER_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "river/apply.h"
#include "river/work.h"

struct nodes;

struct nodes_options {
    struct clock *clock;
    struct apply *apply; /* its member has joined, or joins when the database is there */
    const struct intake *intake;
    /* Others have changed what is kept in memory of this topic. On the loop thread. */
    void (*topic)(void *ctx, enum store_topic topic);
    store_change_fn *changed; /* another node has committed this; on the storage thread */
    void *ctx;
};

/* At start, before anything else goes by the clock: the first beat. ERR_BUSY: the database is away.
 */
MUST_USE enum err nodes_begin(struct clock *clock, struct apply *apply);
/* `options` is copied. */
struct nodes *nodes_open(const struct nodes_options *options);
/* Accepts a pointer to NULL and leaves NULL. */
void nodes_close(struct nodes **nodes);

/* Starts what is due. `is_free`: the storage thread has no batch, and the apply may be touched.
 * Returns the real milliseconds until it wants to be called again; *out_batch: a batch shall look
 * at what is due in the store now. */
int64_t nodes_turn(struct nodes *nodes, bool is_free, bool *out_batch);
/* The next beats say that this node ends. */
void nodes_drain(struct nodes *nodes);

/* What is known of all of them, as of the last beat; lives until the next turn. */
const struct store_pulse *nodes_pulse(const struct nodes *nodes);
/* How many have died in the last day and are not back. */
int nodes_lost(const struct store_pulse *pulse);

#endif
