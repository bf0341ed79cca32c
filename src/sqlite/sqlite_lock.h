/* sqlite/sqlite_lock.h - one program a database: a lock on the file PATH.lock, held while open.
 *
 * The system lets go of it when the process ends, however it ends; the file stays.
 */
#ifndef SQLITE_SQLITE_LOCK_H
#define SQLITE_SQLITE_LOCK_H

#include <stddef.h>

#include "base/err.h"

/* *out is the descriptor that holds the lock; close it to let go. ERR_BUSY: somebody else holds
 * it; ERR_BROKEN: the folder is not there or cannot be written; ERR_FULL: the disk is full.
 * `why` then names cause and mend. */
MUST_USE enum err sqlite_lock_take(const char *path, int *out, char *why, size_t why_size);
/* Makes the database file, when it is not there, readable by its owner alone: it holds what
 * customers wrote. Its log gets the same rights. */
void sqlite_lock_make_private(const char *path);

#endif
