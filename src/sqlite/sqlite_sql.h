/* sqlite/sqlite_sql.h - a SQLite file as sql.h has it.
 *
 * `texts` are the statements that sql_use prepares when first used; they must outlive the
 * connection.
 * Source: https://www.sqlite.org/wal.html, https://www.sqlite.org/rescode.html
 */
#ifndef SQLITE_SQLITE_SQL_H
#define SQLITE_SQLITE_SQL_H

#include "sql/sql.h"

/* Opens or creates `path`, "" in memory, for writing. */
MUST_USE enum err sqlite_sql_open(const char *path, const char *const *texts, int count,
                                  struct sql **out, char why[SQL_WHY_SIZE]);
/* The same for reading alone, of a database that is open for writing and stays so for longer; it
 * sees what has been committed and never moves the log into the database. ERR_NOT_FOUND for "". */
MUST_USE enum err sqlite_sql_open_reader(const char *path, const char *const *texts, int count,
                                         struct sql **out, char why[SQL_WHY_SIZE]);

#endif
