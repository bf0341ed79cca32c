/* sqlite/sqlite_schema.h - the tables, and how an older file becomes a newer one.
 *
 * Threads: the connection's.
 */
#ifndef SQLITE_SQLITE_SCHEMA_H
#define SQLITE_SQLITE_SCHEMA_H

#include "sql/sql.h"

/* Brings the database up to version `wanted`, 1 to STORE_SCHEMA, one transaction a version. sql_err
 * afterwards: ERR_CONFLICT when it is newer than STORE_SCHEMA, ERR_BAD_INPUT when it is another
 * program's. */
void sqlite_schema_raise(struct sql *sql, int wanted);
/* Its version, 0 for an empty one, as it is; errors as above. */
int sqlite_schema_version(struct sql *sql);
/* The statements that bring it from version - 1 to `version`. */
const char *sqlite_schema_text(int version);
/* What it held is in another database from now on: opening it is ERR_CONFLICT. */
void sqlite_schema_mark_moved(struct sql *sql);

#endif
