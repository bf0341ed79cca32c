/* sqlite/sqlite_schema.h - the tables, and how an older file becomes a newer one.
 *
 * Threads: the connection's.
 */
#ifndef SQLITE_SQLITE_SCHEMA_H
#define SQLITE_SQLITE_SCHEMA_H

#include <stdbool.h>

#include "sql/sql.h"

/* Brings the database up to version `wanted`, 1 to STORE_SCHEMA, one transaction a version. sql_err
 * afterwards: ERR_CONFLICT when it is newer than STORE_SCHEMA, ERR_BAD_INPUT when it is another
 * program's. */
void sqlite_schema_raise(struct sql *sql, int wanted);
/* Its version, 0 for an empty one, as it is; errors as above. */
int sqlite_schema_version(struct sql *sql);
/* The statements that bring it from version - 1 to `version`. */
const char *sqlite_schema_text(int version);
/* Whose it is, in its header. */
enum sqlite_schema_mark {
    SQLITE_SCHEMA_OURS,
    /* Another database holds all of it, too, and is about to be the one that counts: opening it is
     * ERR_CONFLICT, and moving it again goes on. */
    SQLITE_SCHEMA_MOVING,
    SQLITE_SCHEMA_MOVED, /* it was moved: opening it is ERR_CONFLICT */
    SQLITE_SCHEMA_MARKS
};
void sqlite_schema_mark(struct sql *sql, enum sqlite_schema_mark mark);
bool sqlite_schema_is_moving(struct sql *sql);

#endif
