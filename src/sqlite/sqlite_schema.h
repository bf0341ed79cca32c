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

#endif
