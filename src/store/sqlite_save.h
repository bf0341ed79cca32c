/* store/sqlite_save.h - writes what a batch changed.
 *
 * Runs inside the caller's transaction; errors stick to the connection (store/sql.h).
 */
#ifndef STORE_SQLITE_SAVE_H
#define STORE_SQLITE_SAVE_H

#include <stdbool.h>

#include "model/facts.h"
#include "store/sql.h"
#include "store/sqlite_log.h"

/* False when a batch changed nothing, so that it needs no transaction. */
bool sqlite_save_is_needed(const struct facts *facts);
/* Plans are rendered into `scratch`, which must live until the transaction's end. */
void sqlite_save(struct sql *sql, struct sqlite_log *log, const struct facts *facts,
                 struct arena *scratch);

#endif
