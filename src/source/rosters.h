/* source/rosters.h - reads the roster documents: a file, or a folder with one file per tenant.
 *
 * Threads: one at a time.
 */
#ifndef SOURCE_ROSTERS_H
#define SOURCE_ROSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "config/mistakes.h"
#include "model/roster.h"
#include "source/feeds.h"
#include "source/source_options.h"

/* One document as it was read. */
struct rosters_document {
    struct rosters_document *next;
    struct arena *arena; /* holds the rest; goes to the book with a good roster */
    const char *path;
    struct span text;
    const struct roster *roster; /* NULL: refused */
    const struct mistakes *list; /* what is wrong with it */
    struct span mistakes;        /* one line each */
    size_t mistake_count;
    bool is_kept;     /* the database's, in place of a file */
    int32_t tenant;   /* ... whose it is; 0: not known */
    uint8_t mark[32]; /* of a refused one: of its path and its text without what we publish */
    bool is_told;     /* refused, as it was the last time: no alarm again */
};

/* Reads with the texts of `feeds` (may be NULL). All documents of `options->roster`; ERR_NOT_FOUND
 * when there is no such file or folder. The caller closes each document's arena. */
MUST_USE enum err rosters_read(const struct source_options *options, const struct feeds *feeds,
                               struct rosters_document **out);
/* Parses one document's text, that came from `path`. */
struct rosters_document *rosters_parse(const struct source_options *options,
                                       const struct feeds *feeds, const char *path,
                                       struct span text);
/* The same of what the store has kept: it was good once, so that calendars which cannot be had
 * are passed over. */
struct rosters_document *rosters_parse_kept(const struct source_options *options,
                                            const struct feeds *feeds, struct span text);
/* The same of what somebody edits by the API: it names no files of this machine. */
struct rosters_document *rosters_parse_edit(const struct source_options *options,
                                            const struct feeds *feeds, struct span text);
/* A number that changes when a file changes: from names, sizes and times. */
uint64_t rosters_mark(const char *path);

#endif
