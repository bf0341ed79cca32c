/* source/reload.h - the rosters in force: taken from the files or the store, and taken again when
 * a file changes.
 *
 * A book that is no longer in force waits, closed by nobody, until no event refers to it.
 * Owns: the books and the documents on their way.
 * Threads: loop thread, while the storage thread has no batch; reload_first before it runs.
 */
#ifndef SOURCE_RELOAD_H
#define SOURCE_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "river/apply.h"
#include "river/book.h"
#include "river/work.h"
#include "source/feeds.h"
#include "source/fetching.h"
#include "source/loading.h"
#include "source/source_options.h"

/* Filled by the owner; the rest of it is private but for `book`, `version`, `checked_ns`
 * and `refused`. */
struct reload {
    const struct source_options *options;
    struct apply *apply;
    const struct intake *intake;
    struct fetching *fetching;
    struct feeds *feeds;
    void (*taken)(void *ctx, const struct book *book); /* called for each book in force; or NULL */
    void *ctx;

    struct book *book;       /* in force */
    int64_t version;         /* of the first tenant */
    bool good;               /* the last document read was */
    struct loading *loading; /* reloads under way, the latest first */
    struct editing *edits;   /* those that wait for the one under way */
    uint64_t mark;           /* of the files */
    int64_t watched_ns;
    int64_t checked_ns;  /* when the source was last read, or found as it was */
    uint64_t refused;    /* documents */
    uint8_t (*told)[32]; /* marks of those that were refused the last time, and told of */
    size_t told_count;
    int64_t calendars_ns; /* when they are next looked at */
    size_t next_entry;    /* whose are next */
    size_t next_wake;     /* the entry whose relays are woken next */
    size_t wakes_out;     /* of the last turn, on their way */
    int64_t wake_ns;      /* none are woken before: the last ones were given up */
    int failures;         /* of getting it from its address, since the last success */
};

/* At start: the files, or what the store has in force. ERR_BAD_INPUT without any; `why` tells. */
MUST_USE enum err reload_first(struct reload *reload, int64_t now_ms, char why[LOADING_WHY_SIZE]);
/* Reads the documents again; `why` tells how it went. ERR_BAD_INPUT: at least one is bad, and its
 * last good version stays. */
MUST_USE enum err reload_start(struct reload *reload, char why[LOADING_WHY_SIZE]);
/* Brings an edit into force, as a reload would, once those before it are; its `done` tells when, or
 * why not: ERR_BAD_INPUT, the document has mistakes. It may be called at once. */
void reload_edit(struct reload *reload, struct editing *edit);
/* Brings into force what another node has kept in the store: of each tenant his version, unless a
 * later one is in force here. */
void reload_take_kept(struct reload *reload, const struct book_entry *kept, size_t count);
/* Starts a reload when the files have changed; looks at them once a second of real time. */
void reload_watch(struct reload *reload);
/* The last version read is in force, and its source can be asked. */
bool reload_is_good(const struct reload *reload);
/* The terms of tenants have changed, or some of them are no more: the vault has it already. */
void reload_terms(struct reload *reload);
/* Nothing refers to the older books any more. */
void reload_close_old(struct reload *reload);
void reload_done(struct reload *reload);

#endif
