/* source/loading.h - rosters on their way into force: read, kept by the store, made a book.
 *
 * A document with a mistake is refused and kept with its mistakes; the tenants that it may be of
 * keep the version they had.
 * Owns: its documents until loading_book takes the good ones over.
 * Threads: loading_keep on the storage thread (or before it runs), the rest on the loop thread.
 */
#ifndef SOURCE_LOADING_H
#define SOURCE_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "river/book.h"
#include "river/work.h"
#include "source/editing.h"
#include "source/feeds.h"
#include "source/source_options.h"

enum { LOADING_WHY_SIZE = 512, LOADING_TENANTS = 5000 };

struct loading {
    struct reading reading; /* for the way through the storage thread */
    void *user;
    struct loading *next; /* the reload's list of those under way */
    int32_t tenant;       /* of a refused document; 0: not known */
    bool is_again;        /* read anew for its calendars: no new version, and of one tenant alone */
    struct editing *edit; /* made here, of one tenant alone; NULL: read from its source */
    struct rosters_document *documents;
    struct book_entry *entries; /* filled by loading_keep */
    size_t count;
    const struct rosters_document *next_document; /* to be kept */
    bool is_kept;                                 /* all are: loading_keep has done its last step */
    size_t refused;                               /* documents */
    char unreachable[LOADING_WHY_SIZE];           /* why the source could not be asked; or empty */
    int64_t version;                              /* of the first tenant */
};

/* Reads the files. ERR_BAD_INPUT: at least one document is refused (*out is made all the same,
 * so that the refusal is kept), or nothing could be read (*out stays NULL). `why`: one line. */
MUST_USE enum err loading_open(const struct source_options *options, const struct feeds *feeds,
                               struct loading **out, char why[LOADING_WHY_SIZE]);
/* The same of one document's text, that came from `path`. */
MUST_USE enum err loading_of(const struct source_options *options, const struct feeds *feeds,
                             const char *path, struct span text, struct loading **out,
                             char why[LOADING_WHY_SIZE]);
/* The same of what is in force of a tenant, with its calendars as they are now. */
MUST_USE enum err loading_again(const struct source_options *options, const struct feeds *feeds,
                                const struct book_entry *entry, struct loading **out,
                                char why[LOADING_WHY_SIZE]);
/* What the store has of some tenants, where that is later than what `book` has: kept already. */
struct loading *loading_kept(const struct source_options *options, const struct feeds *feeds,
                             const struct book *book, const struct book_entry *kept, size_t count);
/* What somebody has made of a tenant's; ERR_BAD_INPUT: it has mistakes, and *out stays NULL. */
MUST_USE enum err loading_edit(const struct source_options *options, const struct feeds *feeds,
                               const struct book *book, struct editing *edit, struct loading **out);
/* An alarm alone: nothing comes into force. */
struct loading *loading_alarm(const char *why);
/* At start: the files, or what stands at the address, whose entity tag goes to `*out_etag` (in
 * the arena); where one cannot be used, the last good version that the store has of each
 * tenant whom no file brings. */
MUST_USE enum err loading_first(const struct source_options *options, const struct feeds *feeds,
                                struct store *store, struct arena *arena, struct span *out_etag,
                                struct loading **out, char why[LOADING_WHY_SIZE]);
/* Accepts a pointer to NULL and leaves NULL. */
void loading_close(struct loading **loading);

/* One step: some documents, the good ones of them in one transaction. To be called until `is_kept`
 * is set or it fails; a tenant's version is kept whole or not at all, wherever it ends. */
MUST_USE enum err loading_keep(struct loading *loading, struct store *store, struct id_maker *ids,
                               int64_t now_ms);
/* Refused documents that are not told of yet. */
size_t loading_news(const struct loading *loading);
/* The new book; `old` (may be NULL) gives up the rosters that stay in force. */
struct book *loading_book(const struct source_options *options, struct loading *loading,
                          struct book *old);

#endif
