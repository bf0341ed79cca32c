/* source/editing.h - an edit of a roster that the database holds, on its way into force.
 *
 * It names the version from which it was made: when another one has come into force meanwhile
 * nothing is kept, so that nobody's edit is lost unseen.
 * Owns: nothing; all texts live until `done` is called.
 * Threads: editing_check on the storage thread, the rest on the loop thread.
 */
#ifndef SOURCE_EDITING_H
#define SOURCE_EDITING_H

#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "config/mistakes.h"
#include "model/roster.h"
#include "river/book.h"
#include "source/feeds.h"
#include "source/source_options.h"
#include "store/store.h"

struct rosters_document;

/* What a document would be as a roster of the tenant. */
struct editing_trial {
    const struct roster *roster;     /* NULL: it has mistakes */
    const struct mistakes *mistakes; /* of the document, and of what others have already */
    struct rosters_document *document;
    struct arena *arena; /* holds all that; the caller closes it */
};

struct editing {
    struct editing *next;
    int32_t tenant;  /* 0: a new one, that the document names */
    int64_t version; /* from which it was made; 0 for a new tenant */
    struct span document;
    struct span by, note;       /* for the record; may be empty */
    struct editing_trial trial; /* of this document, just now; goes over with the edit. Or empty */
    void (*done)(struct editing *edit);
    void *user;
    /* What came of it. ERR_CONFLICT: another version was in force; else it was not stored. */
    enum err err;
    int32_t tenant_now;
    int64_t version_now;
    struct arena *stored; /* ERR_CONFLICT of editing_check: holds the document of version_now */
    struct span document_now;
};

/* Whether what the store has in force is still what the edit was made from: ERR_CONFLICT if not,
 * and then what the store has is put into the edit; whoever handles that closes `stored`. */
MUST_USE enum err editing_check(struct editing *edit, struct store *store);

struct editing_trial editing_try(const struct source_options *options, const struct feeds *feeds,
                                 const struct book *book, int32_t tenant, struct span document);

#endif
