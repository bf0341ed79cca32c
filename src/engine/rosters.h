/* engine/rosters.h - reads the roster documents: a file, or a folder with one file per tenant.
 *
 * Threads: one at a time.
 */
#ifndef ENGINE_ROSTERS_H
#define ENGINE_ROSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/mistakes.h"
#include "engine/engine_options.h"
#include "model/roster.h"

/* One document as it was read. */
struct rosters_document {
    struct rosters_document *next;
    struct arena *arena; /* holds the rest; goes to the book with a good roster */
    const char *path;
    struct span text;
    const struct roster *roster; /* NULL: refused */
    struct span mistakes;        /* one line each */
    size_t mistake_count;
};

/* All documents of `options->roster`; ERR_NOT_FOUND when there is no such file or folder. The
 * caller closes each document's arena. */
MUST_USE enum err rosters_read(const struct engine_options *options, struct rosters_document **out);
/* Parses what the store has kept. NULL when it is refused. */
struct rosters_document *rosters_parse(const struct engine_options *options, const char *path,
                                       struct span text);
/* A number that changes when a file changes: from names, sizes and times. */
uint64_t rosters_mark(const char *path);

#endif
