/* river/queue.h - the works that wait for the storage thread: tenants are served in turn, by
 * weight.
 *
 * What a call waits for, and what became of a send, goes before all else (urgent); the rest always
 * gets its part of a batch too. Between tenants each lane is a round (deficit round robin, a work
 * costs one): at its turn a tenant gets as many works in as its weight says. Within a tenant and a
 * lane the order of arrival is kept.
 * The fuller the queue, the fewer places a tenant may have: one that floods is refused while
 * somebody else still finds room.
 * Every step takes the same time however many wait, but for queue_pick.
 * Owns: a record for each tenant that has ever waited; works stay their submitters'.
 * Threads: loop thread only.
 * Source: M. Shreedhar, G. Varghese, Efficient Fair Queuing using Deficit Round Robin, 1995;
 * A. Choudhury, E. Hahne, Dynamic Queue Length Thresholds, 1998; docs/scale.md.
 */
#ifndef RIVER_QUEUE_H
#define RIVER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "river/work.h"

struct queue;

enum { QUEUE_WEIGHT_MAX = 1000 };

/* Holds at most `max` works, results of sends not counted in. */
struct queue *queue_open(size_t max);
/* What waits in it is dropped (work_drop). Accepts a pointer to NULL and leaves NULL. */
void queue_close(struct queue **queue);

/* A tenant's part beside the others', 1 to QUEUE_WEIGHT_MAX; 1 unless set. */
void queue_weigh(struct queue *queue, int32_t tenant, int weight);

/* Sets the work's since_ns. ERR_BUSY: there is no place for its tenant now, and nothing was taken;
 * a send's result always has one. */
MUST_USE enum err queue_add(struct queue *queue, struct work *work, int64_t now_ns);
/* As a list, at most `max`, in the order in which they shall be decided. */
struct work *queue_take(struct queue *queue, size_t max);

/* True for a work that shall leave the queue. */
typedef bool queue_pick_fn(void *ctx, const struct work *work);
/* Takes out what `pick` says, as a list in the order in which it came. */
struct work *queue_pick(struct queue *queue, queue_pick_fn *pick, void *ctx);

size_t queue_count(const struct queue *queue);
/* When the one that has waited longest was added; INT64_MAX in an empty queue. */
int64_t queue_since_ns(const struct queue *queue);

#endif
