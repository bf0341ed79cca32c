/* sql/sql_store.h - what both back ends of the store begin with, and their units of work.
 *
 * A back end's own struct begins with struct sql_store, whose table of functions it fills: by
 * sql_table_fill what is the same for both, then what is its own.
 *
 * A unit that writes is a loop, as it is done again when it was undone for others' sake:
 *   struct sql_store_unit u = sql_store_write(store);
 *   while (sql_store_goes(&u))
 *       ...;
 *   return u.err;
 * What it fills in belongs to the caller only once the loop has ended without an error.
 * Owns: what it remembers; the connection is the back end's to open, and closed by sql_store_done.
 * Errors: as store/store.h.
 * Threads: one at a time.
 */
#ifndef SQL_SQL_STORE_H
#define SQL_SQL_STORE_H

#include "sql/backend.h"
#include "sql/sql.h"
#include "sql/sql_desks.h"
#include "sql/sql_log.h"

enum { SQL_STORE_TRIES = 5 };

struct sql_store {
    struct store store; /* first */
    struct store_ops ops;
    struct sql *sql;
    struct arena *scratch; /* of one unit */
    struct sql_desks *desks;
    struct sql_log *log;
    struct store_self self; /* who has joined */
    /* Holds these tenants, which ascend, in the unit that has begun; errors stick to the
     * connection. NULL where one program alone writes. */
    void (*hold_in)(struct sql_store *, const int32_t *tenants, size_t count);
};

struct sql_store_unit {
    struct sql_store *of;
    struct sql *sql; /* where its statements go */
    enum err err;
    int tries;
    bool is_new_row; /* a row that must be new may have been made by somebody else meanwhile */
};

void sql_store_init(struct sql_store *s);
void sql_store_done(struct sql_store *s);

struct sql_store_unit sql_store_write(struct store *store);
/* Ends the turn before, if there was one; true: begin (again). */
bool sql_store_goes(struct sql_store_unit *u);
/* Begins a unit that reads; sql_end ends it. */
struct sql *sql_store_read(struct store *store);
void sql_store_hold_one(struct sql_store *s, int32_t tenant);

#endif
