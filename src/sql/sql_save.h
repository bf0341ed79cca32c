/* sql/sql_save.h - writes what a batch changed.
 *
 * Runs inside the caller's transaction; errors stick to the connection (sql/sql.h).
 */
#ifndef SQL_SQL_SAVE_H
#define SQL_SQL_SAVE_H

#include <stdbool.h>

#include "model/facts.h"
#include "sql/sql.h"
#include "sql/sql_log.h"

/* False when a batch changed nothing, so that it needs no transaction. */
bool sql_save_is_needed(const struct facts *facts);
/* Plans are rendered into `scratch`, which must live until the transaction's end. */
void sql_save(struct sql *sql, struct sql_log *log, const struct facts *facts,
              struct arena *scratch);

#endif
