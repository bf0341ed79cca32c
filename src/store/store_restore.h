/* store/store_restore.h - what a database that comes back from a backup must know of itself.
 *
 * Between the backup and the end of its work the lost database may have sent what the backup still
 * holds as waiting. So every text and call that waits, or was on its way, becomes unsure: it is
 * looked for at the carrier (design section 7, G4), bound when it is found there, and else sent and
 * marked as what may arrive twice. The end of the lost one's work is kept, so that what the daemon
 * makes of causes older than that (a timer long due, a text found in the carrier's log) is looked
 * for first, too.
 * Each tenant's log gets an alarm that tells of it.
 * Errors: as sql.h; `why` names cause and mend. Nothing was changed then.
 * Threads: one; no daemon may run.
 * Source: docs/adr/0033-backup.md.
 */
#ifndef STORE_STORE_RESTORE_H
#define STORE_STORE_RESTORE_H

#include <stdint.h>

#include "store/store.h"

struct store_restored {
    int64_t unsure; /* texts and calls that may have gone out */
    int64_t tenants;
};

struct store_restore_ask {
    const char *address; /* a file or postgres:// */
    int64_t made_ms;     /* of the backup */
    int64_t lost_ms;     /* when the lost database ended its work */
    int64_t now_ms;
};
MUST_USE enum err store_restore_mark(const struct store_restore_ask *ask,
                                     struct store_restored *out, char why[STORE_WHY_SIZE]);
/* While *out_lock, a descriptor, is open no daemon can open the file `path`, which need not be
 * there. ERR_BUSY: one has. */
MUST_USE enum err store_restore_lock(const char *path, int *out_lock, char why[STORE_WHY_SIZE]);
/* When the database whose place this one took ended its work; 0: it took none's. */
MUST_USE enum err store_restore_last(struct store *store, int64_t *out_ms);

#endif
