/* store/store_copy.h - a copy of a SQLite database as it is, made beside its work.
 *
 * The store that writes copies itself into a file, some pages at a step, between its batches; what
 * batches write meanwhile goes there as well. When the last page is there the copy is what the
 * database is at that instant, to the last commit. Whoever asks for steps sets the pace.
 * Owns: the copy under way; closing the store gives it up.
 * Errors: ERR_NOT_FOUND, the database is a server, or in memory, or no copy is under way;
 * ERR_CONFLICT, one is; ERR_FULL, there is no room for it; ERR_BROKEN. `why` names cause and mend.
 * Threads: as store/store.h.
 * Source: https://www.sqlite.org/backup.html; docs/adr/0033-backup.md.
 */
#ifndef STORE_STORE_COPY_H
#define STORE_STORE_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

struct store_copied {
    int64_t done, total; /* pages */
    bool is_whole;
};

/* Into a new file `path`, readable by its owner alone, in place of one that was there. */
MUST_USE enum err store_copy_begin(struct store *store, const char *path, char why[STORE_WHY_SIZE]);
/* The next `pages`. After an error the copy is given up. */
MUST_USE enum err store_copy_step(struct store *store, int pages, struct store_copied *out,
                                  char why[STORE_WHY_SIZE]);

/* The same at once, of a file that no program has open; `progress` (NULL: nobody) is told. */
MUST_USE enum err store_copy_file(const char *from, const char *to,
                                  void (*progress)(void *ctx, int64_t done, int64_t total),
                                  void *ctx, char why[STORE_WHY_SIZE]);

/* When the latest good backup of the state folder was made, as whoever made it has noted; 0: none
 * is known. */
int64_t store_copy_last(const char *folder);
MUST_USE enum err store_copy_note(const char *folder, int64_t at_ms, char why[STORE_WHY_SIZE]);

#endif
