/* sql/sql.h - an SQL database behind a few words: open, prepare once, bind, step, read, fail once.
 *
 * Each back end fills one table of functions (struct sql_ops) and begins its connection and its
 * queries with the structs below; whoever writes statements uses the functions alone, and words
 * that both databases know: `?1` or `?` for values (all of one statement alike), numbers for
 * bools, ON CONFLICT, coalesce, CASE, IS NOT DISTINCT FROM, lower(x) LIKE lower(y).
 *
 * Errors stick: after the first one nothing is done any more, and whoever began the unit of work
 * asks sql_err at its end. Values are bound and columns read in order, from the first one on.
 * Owns: the connection and its prepared statements.
 * Errors: ERR_BAD_INPUT not a database; ERR_CONFLICT a constraint; ERR_FULL the disk; ERR_BUSY
 * held by somebody else, not allowed to go on, or away; ERR_UNSURE the commit's answer was lost;
 * ERR_BROKEN disk, damage, rights.
 * Threads: one at a time.
 */
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

enum { SQL_WHY_SIZE = 256 };

enum sql_unit { SQL_READ, SQL_WRITE };
enum sql_type { SQL_NULL, SQL_NUMBER, SQL_TEXT /* bytes, too */ };

struct sql {
    const struct sql_ops *ops;
    char *path; /* what was opened, for words; without a password */
    enum err err;
    bool is_again; /* the unit was undone for others' sake: the same may succeed at once */
    char why[SQL_WHY_SIZE];
};

struct sql_query {
    struct sql *sql;
    bool is_dead; /* after a failure: every call then does nothing */
    int in, out;  /* values bound and columns read so far */
};

/* What each of these does is told at the function of its name below. Values and columns are
 * counted from 0; put and get are called on a living query alone. */
struct sql_ops {
    const char *catalogue; /* gives each table's name with each of its columns' names */
    bool has_nodes;        /* several programs may share the database: it has their tables */
    void (*close)(struct sql *);
    void (*allow)(struct sql *, int64_t);
    void (*wipe)(struct sql *); /* NULL: not this program's */
    void (*begin)(struct sql *, enum sql_unit);
    void (*end)(struct sql *); /* commits, or undoes when there is an error */
    void (*exec)(struct sql *, const char *);
    int64_t (*changes)(const struct sql *);
    struct sql_query *(*use)(struct sql *, int);
    struct sql_query *(*prepare)(struct sql *, const char *);
    void (*drop)(struct sql_query *);
    void (*put_null)(struct sql_query *, int);
    void (*put_number)(struct sql_query *, int, int64_t);
    void (*put_text)(struct sql_query *, int, struct span);
    void (*put_blob)(struct sql_query *, int, struct span);
    void (*run)(struct sql_query *, bool must_change);
    bool (*next)(struct sql_query *);
    void (*done)(struct sql_query *);
    int64_t (*get_number)(struct sql_query *, int);
    struct span (*get_bytes)(struct sql_query *, int);
    int (*columns)(const struct sql_query *);
    int (*values)(const struct sql_query *);
    const char *(*column_name)(const struct sql_query *, int);
    enum sql_type (*column_type)(const struct sql_query *, int);
};

void sql_close(struct sql **sql);
/* What is asked from now on fails with ERR_BUSY once `ms` of real time are over; 0: never. Asking
 * costs a little for each step, so only a connection that reads has it. */
void sql_allow(struct sql *sql, int64_t ms);

/* What was erased until now is also to go from the log that the back end keeps of what it writes:
 * with the next commit, or with a later one when somebody reads what it has. Between two units of
 * work. The log of a server that others run is theirs. */
void sql_wipe(struct sql *sql);

/* The first error since sql_begin, ERR_NONE without; and words for it. */
enum err sql_err(const struct sql *sql);
const char *sql_why(const struct sql *sql);
const char *sql_path(const struct sql *sql);
/* Notes an error of the caller's, when there is none yet. */
__attribute__((format(printf, 3, 4))) void sql_fail(struct sql *sql, enum err e, const char *format,
                                                    ...);

/* Forgets the last unit's error, and begins a unit of work. */
void sql_begin(struct sql *sql, enum sql_unit unit);
/* Commits, or undoes what was done since sql_begin when there is an error; returns sql_err. */
enum err sql_end(struct sql *sql);
/* Runs statements without values. */
void sql_exec(struct sql *sql, const char *text);
/* Rows that the last sql_run changed; 1 where a back end puts it off until sql_end. */
int64_t sql_changes(const struct sql *sql);
/* Words of sql_change's error. */
#define SQL_GONE "a row to be changed is not in the database any more"

/* Statement `index` of the back end's texts, ready for its values. */
struct sql_query *sql_use(struct sql *sql, int index);
/* A statement to be used once; sql_drop releases it. */
struct sql_query *sql_prepare(struct sql *sql, const char *text);
void sql_drop(struct sql_query **query);

/* Texts and blobs are not copied: they must live until sql_run or the last sql_next. The
 * `maybe` ones store null for 0 and for empty. */
void sql_put(struct sql_query *q, int64_t number);
void sql_put_maybe(struct sql_query *q, int64_t number);
void sql_put_text(struct sql_query *q, const char *text);
void sql_put_maybe_text(struct sql_query *q, const char *text);
void sql_put_span(struct sql_query *q, struct span text);
void sql_put_maybe_span(struct sql_query *q, struct span text);
void sql_put_blob(struct sql_query *q, const void *data, size_t size);

/* Runs a statement that gives no rows. */
void sql_run(struct sql_query *q);
/* The same of one that must change a row, as a change of one that is not there would be lost
 * without a word: ERR_BROKEN then, at sql_end at the latest. */
void sql_change(struct sql_query *q);
/* True: a row is there to be read. False: no more, or an error; the statement is done. */
bool sql_next(struct sql_query *q);
/* Ends a statement before its last row. */
void sql_done(struct sql_query *q);

/* null reads as 0 and as the empty text. A span lives until the next sql_next. */
int64_t sql_get(struct sql_query *q);
struct span sql_get_span(struct sql_query *q);
struct span sql_get_copy(struct sql_query *q, struct arena *arena);
/* A text that does not fit is damage: ERR_BROKEN. */
void sql_get_text(struct sql_query *q, char *out, size_t size);
void sql_get_blob(struct sql_query *q, void *out, size_t size);
/* Notes that the column read last holds what it cannot hold. */
void sql_bad_column(struct sql_query *q);
/* A text into an array, and a name into an enum that has TYPE_parse: `type` without "enum". */
#define SQL_GET_TEXT(q, field) sql_get_text((q), (field), sizeof(field))
#define SQL_GET_NAME(q, type, field)                  \
    do {                                              \
        if (!type##_parse(sql_get_span(q), &(field))) \
            sql_bad_column(q);                        \
    } while (0)

/* For rows whose columns are known by name alone. */
int sql_columns(const struct sql_query *q);
/* The highest number of a ?N in it. */
int sql_values(const struct sql_query *q);
const char *sql_column_name(const struct sql_query *q, int at);
enum sql_type sql_column_type(const struct sql_query *q, int at);

#endif
