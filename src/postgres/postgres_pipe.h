/* postgres/postgres_pipe.h - many statements in one round trip.
 *
 * Whoever sends many statements puts them into the pipe one after the other, and takes their
 * answers in that order. A failure in the pipe makes the server pass over all that stand behind
 * it; it sticks to the connection as sql.h has it.
 * Owns: nothing; values are copied as they are sent.
 * Threads: the connection's.
 * Source: https://www.postgresql.org/docs/15/libpq-pipeline-mode.html
 */
#ifndef POSTGRES_POSTGRES_PIPE_H
#define POSTGRES_POSTGRES_PIPE_H

#include <stdint.h>

#include "base/span.h"
#include "sql/sql.h"

/* A value in PostgreSQL's binary form; arrays too. */
struct postgres_value {
    const void *data; /* NULL: null */
    int size;
    uint32_t type; /* its oid; 0: as the statement has it */
};

enum { POSTGRES_VALUES = 64 };
/* The oids of what is bound, as catalog/pg_type.dat has them. */
enum {
    POSTGRES_BYTES = 17,
    POSTGRES_INT8 = 20,
    POSTGRES_INT2 = 21,
    POSTGRES_INT4 = 23,
    POSTGRES_TEXT = 25,
    POSTGRES_BYTES_ARRAY = 1001,
    POSTGRES_TEXT_ARRAY = 1009,
    POSTGRES_INT8_ARRAY = 1016,
    POSTGRES_INT4_ARRAY = 1007,
};

/* Forgets the last unit's error, and connects when there is no connection. After a commit whose
 * answer was lost it first has the database prove, by a commit of its own, that what is read from
 * it will last. BEGIN is the caller's to send. */
void postgres_pipe_fresh(struct sql *sql);

/* Puts a statement, written with $1 and so on, behind those that were sent. A `text` is prepared
 * once a connection and known by its address: it must be one that lives as long. */
void postgres_pipe_send(struct sql *sql, const char *text, const struct postgres_value *values,
                        int count);
/* The answer to the oldest statement whose answer was not taken yet: its rows by sql_next and
 * sql_get, up to the last one or sql_done. Waits for it when need be. */
struct sql_query *postgres_pipe_take(struct sql *sql);
/* The rows that the statement taken last changed or gave. */
int64_t postgres_pipe_taken(const struct sql *sql);
/* Takes all answers that are left, and keeps nothing of them but the first error: ERR_UNSURE when
 * the connection broke after COMMIT was sent. Nothing is in the pipe afterwards; after an error
 * the transaction is undone. */
void postgres_pipe_take_all(struct sql *sql);
/* The same without taking a COMMIT for one, and rolls back what is open; the error that sticks, if
 * there is one, stays. */
void postgres_pipe_undo(struct sql *sql);

/* A value as sql_put had it. */
struct postgres_put {
    enum { POSTGRES_PUT_NULL, POSTGRES_PUT_NUMBER, POSTGRES_PUT_TEXT, POSTGRES_PUT_BYTES } kind;
    int64_t number;
    struct span bytes; /* lives as long as the caller's */
};
typedef void postgres_put_off_fn(void *ctx, int index, const struct postgres_put *puts, int count);
/* While `fn` is set it is called for sql_run and sql_change of the statements of sql_use, instead
 * of the server; sql_changes then says 1. NULL: no more. */
void postgres_pipe_put_off(struct sql *sql, postgres_put_off_fn *fn, void *ctx);

#endif
