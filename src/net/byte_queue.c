#include "net/byte_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What a queue keeps while it is empty: a thousand streams that once had much to write shall not
 * hold that room for ever. */
enum { FIRST_BYTES = 4096, KEPT_BYTES = 8192 };

/* Moves what waits to the front, and grows when that is not enough. */
static void make_room(struct byte_queue *q, size_t more)
{
    const size_t waits = q->to - q->from;

    if (q->from) {
        memmove(q->data, q->data + q->from, waits);
        q->from = 0;
        q->to = waits;
    }
    if (more <= q->room - waits)
        return;
    size_t room = q->room ? q->room : FIRST_BYTES;
    while (room < waits + more)
        room *= 2;
    q->data = arena_must_grow(q->data, room);
    q->room = room;
}

enum err byte_queue_add(struct byte_queue *q, struct span bytes, size_t max)
{
    const size_t waits = q->to - q->from;

    if (waits > max || bytes.size > max - waits)
        return ERR_FULL;
    if (bytes.size == 0)
        return ERR_NONE;
    if (bytes.size > q->room - q->to)
        make_room(q, bytes.size);
    memcpy(q->data + q->to, bytes.data, bytes.size);
    q->to += bytes.size;
    return ERR_NONE;
}

size_t byte_queue_take(struct byte_queue *q, char *out, size_t max)
{
    const size_t waits = q->to - q->from, size = waits < max ? waits : max;

    if (size == 0)
        return 0;
    memcpy(out, q->data + q->from, size);
    q->from += size;
    if (q->from == q->to)
        q->from = q->to = 0;
    if (q->to == 0 && q->room > KEPT_BYTES)
        byte_queue_done(q);
    return size;
}

void byte_queue_done(struct byte_queue *q)
{
    free(q->data);
    *q = (struct byte_queue){0};
}
