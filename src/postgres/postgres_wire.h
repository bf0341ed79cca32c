/* postgres/postgres_wire.h - one connection to a PostgreSQL server, by libpq: what is sent, what is
 * heard, and what becomes of it when it breaks.
 *
 * A connection is in pipeline mode as long as it lives, since a statement, its BEGIN and its
 * preparation then take one round trip. What was sent stands in a line until its answer was heard,
 * so that each answer finds whose it is. Errors stick to the struct sql that it serves; after one
 * nothing is sent any more.
 * Owns: the connection and the line; answers are the caller's to drop.
 * Threads: one at a time.
 * Source: https://www.postgresql.org/docs/15/libpq-pipeline-mode.html, docs/adr/0030-postgresql.md
 */
#ifndef POSTGRES_POSTGRES_WIRE_H
#define POSTGRES_POSTGRES_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "sql/sql.h"

struct postgres_answer;    /* rows, or that there are none; NULL for a connection that broke */
struct postgres_wire_slot; /* what an answer is waited for */

enum { POSTGRES_WIRE_VALUES = 64 };
struct postgres_wire_statement {
    const char *text;                       /* with $1 and so on */
    const char *name;                       /* under which it is prepared; NULL: asked once */
    unsigned *prepared;                     /* on which connection; 0: on none */
    int count;                              /* of values */
    const char *data[POSTGRES_WIRE_VALUES]; /* NULL: null */
    int sizes[POSTGRES_WIRE_VALUES];
    int formats[POSTGRES_WIRE_VALUES]; /* 0 text, 1 binary */
    uint32_t types[POSTGRES_WIRE_VALUES];
};

struct postgres_wire {
    struct sql *sql; /* whom it serves */
    void *options;   /* the address, in its parts */
    void *conn;      /* NULL: none */
    unsigned serial; /* of the connection; 0: there was none yet */
    bool is_reader, is_greeting;
    void (*greet)(struct sql *, void *); /* NULL: nobody hears of new connections */
    void *greet_ctx;
    struct postgres_wire_slot *slots; /* those from `first` on are waited for */
    size_t first, last, room;
    bool is_streaming;
    const char *begin; /* to be sent with the unit's first statement */
    enum sql_unit unit;
    bool is_in; /* BEGIN was sent */
    bool is_commit_sent, is_doubtful, is_unproven;
    int64_t until_ns; /* of sql_allow, on clock_mono_ns; 0: for ever */
    int64_t wait_ms;  /* for an answer */
    int64_t again_ns; /* not to be connected before */
};

/* The password where the address has none, in place of PGPASSWORD, for every connection of the
 * process; borrowed. Before there is a second thread. NULL: libpq looks for it itself. */
void postgres_wire_use_password(const char *password);
/* False: the address makes no sense. What libpq says of it may hold the password, and is not
 * given. */
bool postgres_wire_set(struct postgres_wire *w, const char *address);
void postgres_wire_done(struct postgres_wire *w);
/* Hosts and database alone, for words; the caller frees it. */
char *postgres_wire_shown(const struct postgres_wire *w);

/* Begins anew: no error, nothing under way, connected; after a commit in doubt, proven. */
void postgres_wire_fresh(struct postgres_wire *w);
/* Connects where that was not done yet, and sends the unit's BEGIN; false after an error. */
bool postgres_wire_ready(struct postgres_wire *w);

/* `is_piped`: somebody will hear it by that word; others pass over it. */
void postgres_wire_send(struct postgres_wire *w, const struct postgres_wire_statement *s,
                        bool is_piped);
/* BEGIN, COMMIT and the like. */
void postgres_wire_control(struct postgres_wire *w, const char *text, bool is_piped);
/* Several statements in one text, each heard. */
void postgres_wire_exec(struct postgres_wire *w, const char *text);

/* The next answer of the asked kind; NULL when none is waited for. */
struct postgres_answer *postgres_wire_hear(struct postgres_wire *w, bool is_piped);
/* The statement sent last gives its rows one by one; false: all at once, by postgres_wire_hear. */
bool postgres_wire_stream(struct postgres_wire *w);
/* Its next row; NULL behind the last. */
struct postgres_answer *postgres_wire_next(struct postgres_wire *w);
/* Hears all that is left, and keeps the first error alone. */
void postgres_wire_finish(struct postgres_wire *w);
/* ... and rolls back what is open. */
void postgres_wire_undo(struct postgres_wire *w);

/* Of an answer; rows and columns from 0. */
void postgres_wire_drop(struct postgres_answer *a);
int postgres_wire_rows(const struct postgres_answer *a);
int64_t postgres_wire_changes(const struct postgres_answer *a);
int postgres_wire_columns(const struct postgres_answer *a);
const char *postgres_wire_name(const struct postgres_answer *a, int column);
uint32_t postgres_wire_type(const struct postgres_answer *a, int column);
bool postgres_wire_is_null(const struct postgres_answer *a, int row, int column);
struct span postgres_wire_value(const struct postgres_answer *a, int row, int column);

#endif
