/* store/sqlite_load.h - reads rows into the working set of a batch.
 *
 * Errors stick to the connection (store/sql.h). Rows live in the facts' arena.
 */
#ifndef STORE_SQLITE_LOAD_H
#define STORE_SQLITE_LOAD_H

#include "model/facts.h"
#include "store/sql.h"
#include "store/sqlite_desks.h"

/* Fills every wanted fact. With a thread comes its latest relay, with a relay or a cascade its
 * thread, with the list of idle relays these, since whoever asks for the one decides over both. */
void sqlite_load(struct sql *sql, struct facts *facts, struct sqlite_desks *desks);

/* Reads the row that `q` (the columns of an outbox row) stands at. */
struct outbox *sqlite_load_outbox(struct sql_query *q, struct arena *arena);

#endif
