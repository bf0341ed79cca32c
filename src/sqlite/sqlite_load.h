/* sqlite/sqlite_load.h - reads rows into the working set of a batch.
 *
 * Errors stick to the connection (sql/sql.h). Rows live in the facts' arena.
 */
#ifndef SQLITE_SQLITE_LOAD_H
#define SQLITE_SQLITE_LOAD_H

#include "model/facts.h"
#include "sql/sql.h"
#include "sql/sql_desks.h"

/* Fills every wanted fact. With a thread comes its latest relay, with a relay or a cascade its
 * thread, with the list of idle relays these, since whoever asks for the one decides over both. */
void sqlite_load(struct sql *sql, struct facts *facts, struct sql_desks *desks);

#endif
