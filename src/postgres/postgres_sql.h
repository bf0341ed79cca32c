/* postgres/postgres_sql.h - a PostgreSQL database as sql.h has it.
 *
 * The address may name several hosts; what leads is found by target_session_attrs. A connection
 * that broke is made anew where the next unit of work begins. What a server does not answer in
 * time is given up, so that no call here lasts longer than ANSWER_MS and a connect.
 * Statements go out as `?` texts have them; their values and rows travel in binary form.
 * Errors: as sql.h; the words name hosts and database, never a user's password or a value.
 * Source: https://www.postgresql.org/docs/15/libpq.html, .../errcodes-appendix.html
 */
#ifndef POSTGRES_POSTGRES_SQL_H
#define POSTGRES_POSTGRES_SQL_H

#include <stdbool.h>

#include "sql/sql.h"

/* postgres://... or postgresql://... */
bool postgres_sql_is_address(const char *address);

/* `texts` are the statements of sql_use; they must outlive the connection. Nothing is connected
 * before the first unit of work begins, which fails with ERR_BUSY when nobody answers there.
 * ERR_BAD_INPUT: the address makes no sense. */
MUST_USE enum err postgres_sql_open(const char *address, const char *const *texts, int count,
                                    struct sql **out, char why[SQL_WHY_SIZE]);
/* The same for reading alone; `of` tells where. */
MUST_USE enum err postgres_sql_open_reader(const struct sql *of, struct sql **out,
                                           char why[SQL_WHY_SIZE]);
/* Another connection that writes, to the same. */
MUST_USE enum err postgres_sql_open_beside(const struct sql *of, struct sql **out,
                                           char why[SQL_WHY_SIZE]);

/* Called whenever a connection has been made, before anything else is asked of it; what it asks is
 * no unit of work. After an error of its the connection is closed again. */
typedef void postgres_sql_greet_fn(struct sql *sql, void *ctx);
void postgres_sql_greet(struct sql *sql, postgres_sql_greet_fn *fn, void *ctx);

#endif
