/* base/span.h - borrowed text: a pointer and a length, owned by somebody else.
 *
 * Threads: any. A span with size 0 may have a NULL pointer.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const char *data;
    size_t size; /* bytes */
};

#define SPAN(literal) ((struct span){("" literal), sizeof(literal) - 1})
/* For printf: "%.*s". */
#define SPAN_ARG(s) ((int)(s).size), ((s).data ? (s).data : "")

/* Returns a view of the C string `text`; NULL gives the empty span. */
struct span span_of(const char *text);

bool span_is(struct span a, struct span b);
bool span_is_text(struct span a, const char *text);
/* Compares ASCII letters without regard to case. */
bool span_is_nocase(struct span a, struct span b);
bool span_starts(struct span a, struct span prefix);
/* Byte order, as memcmp over the common part, then the shorter first. */
int span_compare(struct span a, struct span b);

/* Returns `a` without its first `n` bytes (all of them when n is larger). */
struct span span_skip(struct span a, size_t n);
/* Returns `a` without ASCII white space at both ends. */
struct span span_trim(struct span a);
/* Returns the part before the first `c` and leaves the part after it in `*rest`; without a
 * `c`, all of it, and `*rest` becomes empty. */
struct span span_cut(struct span a, char c, struct span *rest);

/* Whole-span decimal number within [min, max]; false otherwise, *out untouched. */
bool span_number(struct span a, int64_t min, int64_t max, int64_t *out);

#endif
