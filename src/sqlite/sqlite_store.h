/* sqlite/sqlite_store.h - the back end that is a SQLite file.
 *
 * Owns, errors, threads: as store/store.h.
 */
#ifndef SQLITE_SQLITE_STORE_H
#define SQLITE_SQLITE_STORE_H

#include "sql/backend.h"

MUST_USE enum err sqlite_store_open(const char *path, struct store **out, char why[STORE_WHY_SIZE]);

#endif
