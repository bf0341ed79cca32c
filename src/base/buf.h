/* base/buf.h - text that grows inside an arena up to a cap it is born with.
 *
 * Going over the cap sets `full` and drops what does not fit; the writer asks once at the
 * end instead of after every call.
 * Owns: nothing; its bytes live in the arena.
 * Threads: any, one at a time.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

struct buf {
    struct arena *arena;
    char *data; /* always ends in a NUL that `size` does not count, once written */
    size_t size, room, max;
    bool full;
};

/* Returns an empty buffer that may hold up to `max` bytes. */
struct buf buf_in(struct arena *arena, size_t max);

void buf_add(struct buf *b, struct span text);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_add_number(struct buf *b, int64_t n);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

struct span buf_span(const struct buf *b);

#endif
