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
/* The same of a file that nobody writes, a copy: no file is made beside it. */
MUST_USE enum err sqlite_sql_open_still(const char *path, const char *const *texts, int count,
                                        struct sql **out, char why[SQL_WHY_SIZE]);

/* ---- a copy of the whole ----
 *
 * The connection that writes copies the database into a file, some pages at a time and between its
 * units of work. What it writes meanwhile goes there as well, so that the copy is what the database
 * is at the last step; nothing waits for a reader, and the log does not grow. */

struct sqlite_sql_copied {
    int64_t done, total; /* pages */
    bool is_whole;       /* the copy is closed; its bytes may still be in the system's cache */
};
bool sqlite_sql_is_copying(const struct sql *sql);
/* `path` is there and empty; none is under way. */
MUST_USE enum err sqlite_sql_copy_begin(struct sql *sql, const char *path, char why[SQL_WHY_SIZE]);
/* After an error the copy is closed, and nothing. ERR_NOT_FOUND: none is under way. */
MUST_USE enum err sqlite_sql_copy_step(struct sql *sql, int pages, struct sqlite_sql_copied *out,
                                       char why[SQL_WHY_SIZE]);

#endif
