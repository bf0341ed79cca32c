/* config/mistakes.h - what is wrong with what people wrote: every place at once, each with its
 * mend.
 *
 * Owns: nothing; the texts live in the arena given to mistakes_init.
 * Threads: one at a time.
 */
#ifndef CONFIG_MISTAKES_H
#define CONFIG_MISTAKES_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/limits.h"

struct mistake {
    const char *file;  /* NULL when it is in no file */
    int line, column;  /* from 1; 0 when not known */
    const char *where; /* the path of a value, or the name of a setting; may be NULL */
    const char *words; /* what is wrong, and the mend */
};

struct mistakes {
    struct arena *arena;
    struct mistake list[LIMIT_MISTAKES];
    size_t count;
    size_t more; /* found beyond the limit, not listed */
};

void mistakes_init(struct mistakes *mistakes, struct arena *arena);
/* Adds one; `file` and `where` are copied, may be NULL; a long `where` is cut. */
__attribute__((format(printf, 6, 7))) void mistakes_add(struct mistakes *mistakes, const char *file,
                                                        int line, int column, const char *where,
                                                        const char *format, ...);
/* One line for people, without a line end: "roster.json:12:5: lines[0].chain: ...". Control
 * characters become '?'. */
struct span mistakes_line(struct arena *arena, const struct mistake *mistake);

#endif
