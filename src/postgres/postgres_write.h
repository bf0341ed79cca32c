/* postgres/postgres_write.h - what a batch writes, put off to its end: each table's rows go in one
 * statement, as columns, and all statements in one pipe.
 *
 * What sql_save.c runs row by row is kept until postgres_write_send. Where a batch writes the same
 * key twice the last one counts. A change that finds no row fails the statement by a division by
 * zero, before anything is committed.
 * Owns: its texts, which a connection may know by their address, and its columns.
 * Threads: the connection's.
 * Source: docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_WRITE_H
#define POSTGRES_POSTGRES_WRITE_H

#include "base/arena.h"
#include "sql/sql.h"

struct postgres_write;

struct postgres_write *postgres_write_open(void);
/* After the connection. */
void postgres_write_close(struct postgres_write **write);

/* From now on rows are kept, in `scratch`. */
void postgres_write_begin(struct postgres_write *w, struct sql *sql, struct arena *scratch);
/* Puts the statements of all that was kept into the connection's pipe, and ends the keeping. */
void postgres_write_send(struct postgres_write *w, struct sql *sql);

/* For tests: the text of each statement, NULL behind the last. */
const char *postgres_write_text(const struct postgres_write *w, int at);

#endif
