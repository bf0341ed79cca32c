/* base/id.h - the ids we make: 63 bits, ordered by time, unique on one node.
 *
 * 42 bits of milliseconds since 2020, 6 bits of node, 15 bits of sequence. They ascend even
 * when the clock does not, so rows are appended where they belong. A node has two makers, which
 * never make the same: the upper half of the sequence is that of calls which begin while the
 * database is away.
 * Written as 13 characters of Crockford's base 32 (lower case), which sort like the number.
 * Threads: one maker belongs to one thread; render and parse: any.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum { ID_TEXT_SIZE = 13 };

struct id_maker {
    int64_t last; /* may be set to another node's id: the next one is above it */
    uint8_t node; /* 0 to 63 */
    bool is_aside;
};

/* Returns the next id, above `last`, with the maker's own node and half; never 0. */
int64_t id_next(struct id_maker *maker, int64_t now_ms);
/* Returns the smallest id that could have been made at `at_ms`; 0 before 2020, and from May 2159
 * on that of the last millisecond. */
int64_t id_floor(int64_t at_ms);
/* Returns the instant, UTC milliseconds, at which the id was made (never later). */
int64_t id_at_ms(int64_t id);
/* Writes the text form and a NUL. */
void id_render(int64_t id, char out[ID_TEXT_SIZE + 1]);
/* False, *out untouched, when `text` is not an id. */
bool id_parse(struct span text, int64_t *out);

#endif
