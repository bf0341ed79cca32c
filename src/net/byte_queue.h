/* net/byte_queue.h - bytes that wait for a slow reader, up to a cap.
 *
 * Owns: its memory, until byte_queue_done.
 * Threads: one at a time.
 */
#ifndef NET_BYTE_QUEUE_H
#define NET_BYTE_QUEUE_H

#include <stddef.h>

#include "base/err.h"
#include "base/span.h"

/* Zeroed: empty. */
struct byte_queue {
    char *data;
    size_t from, to, room; /* data[from..to) waits */
};

/* Adds a copy; ERR_FULL, nothing added, when more than `max` would wait. */
MUST_USE enum err byte_queue_add(struct byte_queue *queue, struct span bytes, size_t max);
/* Takes the oldest, at most `max`; returns how many. */
size_t byte_queue_take(struct byte_queue *queue, char *out, size_t max);
void byte_queue_done(struct byte_queue *queue);

#endif
