#include "store/sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"

enum {
    BUSY_MS = 200,
    STEPS_A_LOOK = 4000, /* of SQLite's machine between two looks at the time: well below 1 ms */
};

/* FULL: a commit is on disk before it is answered. The log keeps its size and is written over
 * from its start. A checkpoint every 500 pages of it: the commit that makes one pauses for about
 * 2 ms instead of 17 with 8000 pages, for 4 % more processor time (docs/performance.md). The
 * cache is bounded by what an idle process may have. */
static const char settings[] = "PRAGMA page_size = 4096;"
                               "PRAGMA journal_mode = WAL;"
                               "PRAGMA synchronous = FULL;"
                               "PRAGMA wal_autocheckpoint = 500;"
                               "PRAGMA journal_size_limit = -1;"
                               "PRAGMA cache_size = -8000;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA temp_store = MEMORY;"
                               "PRAGMA foreign_keys = OFF;"
                               "PRAGMA trusted_schema = OFF;";

/* It never checkpoints: two connections that do have a race in the packaged version. What it may
 * remember is small, as most of what is read is read once. */
static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA cache_size = -2000;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA trusted_schema = OFF;";

struct sql_query {
    struct sql *sql;
    sqlite3_stmt *statement; /* NULL after a failure: every call then does nothing */
    int in, out;             /* values bound and columns read so far */
};

struct sql {
    sqlite3 *db;
    char *path;
    const char *const *texts;
    struct sql_query *queries;
    int count;
    int64_t until_ns; /* on clock_mono_ns; 0: for ever */
    enum err err;
    char why[SQL_WHY_SIZE];
};

static bool means_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/* Only ENOSPC comes as SQLITE_FULL. What the system said otherwise stands with the connection, or,
 * for a commit that failed, with the file that could not be written. */
static bool disk_is_full(sqlite3 *db, int code)
{
    sqlite3_file *log = NULL;
    int of_file = 0, of_log = 0;

    if ((code & 0xff) == SQLITE_FULL)
        return true;
    if ((code & 0xff) != SQLITE_IOERR)
        return false;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &of_file);
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log &&
        log->pMethods)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    return means_full(sqlite3_system_errno(db)) || means_full(of_file) || means_full(of_log);
}

static void note(struct sql *sql, int code)
{
    const char *path = sql->path;
    const char *said = sql->db ? sqlite3_errmsg(sql->db) : sqlite3_errstr(code);

    if (sql->db && disk_is_full(sql->db, code)) {
        sql_fail(sql, ERR_FULL, "the disk is full: free some space where %s is", path);
        return;
    }
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        sql_fail(sql, ERR_BUSY, "another program holds %s: stop it, or wait until it is done",
                 path);
        break;
    case SQLITE_INTERRUPT:
        sql_fail(sql, ERR_BUSY, "reading %s took too long: ask for less at once", path);
        break;
    case SQLITE_CONSTRAINT:
        sql_fail(sql, ERR_CONFLICT, "a row that must be new is there already: %s", said);
        break;
    case SQLITE_TOOBIG:
        sql_fail(sql, ERR_FULL, "a value is too large for %s", path);
        break;
    case SQLITE_NOTADB:
        sql_fail(sql, ERR_BAD_INPUT,
                 "%s is not a database: restore it from a backup, or move it away to start empty",
                 path);
        break;
    case SQLITE_CORRUPT:
        sql_fail(sql, ERR_BROKEN,
                 "%s is damaged: restore it from a backup, or move it away to start empty", path);
        break;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        sql_fail(sql, ERR_BROKEN,
                 "%s cannot be written: make its folder, and let this user write there", path);
        break;
    default:
        sql_fail(sql, ERR_BROKEN, "%s failed: %s", path, said);
    }
}

void sql_fail(struct sql *sql, enum err e, const char *format, ...)
{
    va_list args;

    if (sql->err)
        return;
    sql->err = e;
    va_start(args, format);
    vsnprintf(sql->why, sizeof sql->why, format, args);
    va_end(args);
}

static bool connect(struct sql *sql, const char *path, int flags)
{
    const int code = sqlite3_open_v2(*path ? path : ":memory:", &sql->db,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (code != SQLITE_OK) {
        note(sql, code);
        return false;
    }
    sqlite3_busy_timeout(sql->db, BUSY_MS);
    return true;
}

static void set_up(struct sql *sql, const char *path)
{
    if (!connect(sql, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE))
        return;
    if (sqlite3_db_readonly(sql->db, "main"))
        note(sql, SQLITE_READONLY);
    sql_exec(sql, settings);
}

static int is_late(void *ctx)
{
    const struct sql *sql = ctx;

    return sql->until_ns && clock_mono_ns() > sql->until_ns;
}

static void set_up_reader(struct sql *sql, const char *path)
{
    if (!connect(sql, path, SQLITE_OPEN_READONLY))
        return;
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_progress_handler(sql->db, STEPS_A_LOOK, is_late, sql);
    sql_exec(sql, reader_settings);
}

void sql_allow(struct sql *sql, int64_t ms)
{
    sql->until_ns = ms ? clock_mono_ns() + ms * 1000000 : 0;
}

static enum err open_with(void (*set_up_fn)(struct sql *, const char *), const char *path,
                          const char *const *texts, int count, struct sql **out, char *why)
{
    /* One thread uses a connection, and nobody asks SQLite how much memory it has; both
     * counted locks are on the path of each small allocation. Refused, harmlessly, when a
     * connection is open already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

    struct sql *sql = arena_must_alloc(sizeof *sql);
    const char *shown = *path ? path : "memory";
    sql->path = arena_must_alloc(strlen(shown) + 1);
    strcpy(sql->path, shown);
    sql->texts = texts;
    sql->count = count;
    sql->queries = arena_must_alloc((size_t)count * sizeof *sql->queries);
    for (int i = 0; i < count; i++)
        sql->queries[i].sql = sql;
    set_up_fn(sql, path);

    const enum err e = sql->err;
    if (e) {
        memcpy(why, sql->why, SQL_WHY_SIZE);
        sql_close(&sql);
        return e;
    }
    *out = sql;
    return ERR_NONE;
}

enum err sql_open(const char *path, const char *const *texts, int count, struct sql **out,
                  char why[SQL_WHY_SIZE])
{
    return open_with(set_up, path, texts, count, out, why);
}

enum err sql_open_reader(const char *path, const char *const *texts, int count, struct sql **out,
                         char why[SQL_WHY_SIZE])
{
    if (!*path) {
        snprintf(why, SQL_WHY_SIZE, "what is in memory has one connection alone");
        return ERR_NOT_FOUND;
    }
    return open_with(set_up_reader, path, texts, count, out, why);
}

void sql_close(struct sql **sql)
{
    struct sql *s = *sql;

    if (!s)
        return;
    for (int i = 0; i < s->count; i++)
        sqlite3_finalize(s->queries[i].statement);
    sqlite3_close(s->db);
    free(s->queries);
    free(s->path);
    free(s);
    *sql = NULL;
}

enum err sql_err(const struct sql *sql)
{
    return sql->err;
}

const char *sql_why(const struct sql *sql)
{
    return sql->why;
}

const char *sql_path(const struct sql *sql)
{
    return sql->path;
}

void sql_begin(struct sql *sql)
{
    sql->err = ERR_NONE;
}

void sql_exec(struct sql *sql, const char *text)
{
    if (sql->err)
        return;
    const int code = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        note(sql, code);
}

enum err sql_end(struct sql *sql)
{
    sql_exec(sql, "COMMIT");
    /* Some errors undo the transaction by themselves. */
    if (sql->err && !sqlite3_get_autocommit(sql->db))
        (void)sqlite3_exec(sql->db, "ROLLBACK", NULL, NULL, NULL);
    return sql->err;
}

int64_t sql_changes(const struct sql *sql)
{
    return sqlite3_changes64(sql->db);
}

static void prepare(struct sql_query *q, const char *text, unsigned flags)
{
    const int code = sqlite3_prepare_v3(q->sql->db, text, -1, flags, &q->statement, NULL);

    if (code != SQLITE_OK)
        note(q->sql, code);
}

struct sql_query *sql_use(struct sql *sql, int index)
{
    CHECK(index >= 0 && index < sql->count);
    struct sql_query *q = &sql->queries[index];
    if (!q->statement && !sql->err)
        prepare(q, sql->texts[index], SQLITE_PREPARE_PERSISTENT);
    q->in = q->out = 0;
    return q;
}

struct sql_query *sql_prepare(struct sql *sql, const char *text)
{
    struct sql_query *q = arena_must_alloc(sizeof *q);

    q->sql = sql;
    if (!sql->err)
        prepare(q, text, 0);
    return q;
}

void sql_drop(struct sql_query **query)
{
    if (!*query)
        return;
    sqlite3_finalize((*query)->statement);
    free(*query);
    *query = NULL;
}

static bool is_dead(const struct sql_query *q)
{
    return q->sql->err || !q->statement;
}

static void bound(struct sql_query *q, int code)
{
    if (code != SQLITE_OK)
        note(q->sql, code);
}

void sql_put(struct sql_query *q, int64_t number)
{
    if (!is_dead(q))
        bound(q, sqlite3_bind_int64(q->statement, ++q->in, number));
}

static void put_null(struct sql_query *q)
{
    if (!is_dead(q))
        bound(q, sqlite3_bind_null(q->statement, ++q->in));
}

void sql_put_maybe(struct sql_query *q, int64_t number)
{
    if (number)
        sql_put(q, number);
    else
        put_null(q);
}

void sql_put_span(struct sql_query *q, struct span text)
{
    if (!is_dead(q))
        bound(q, sqlite3_bind_text64(q->statement, ++q->in, text.size ? text.data : "", text.size,
                                     SQLITE_STATIC, SQLITE_UTF8));
}

void sql_put_maybe_span(struct sql_query *q, struct span text)
{
    if (text.size)
        sql_put_span(q, text);
    else
        put_null(q);
}

void sql_put_text(struct sql_query *q, const char *text)
{
    sql_put_span(q, span_of(text));
}

void sql_put_maybe_text(struct sql_query *q, const char *text)
{
    sql_put_maybe_span(q, span_of(text));
}

void sql_put_blob(struct sql_query *q, const void *data, size_t size)
{
    if (!is_dead(q))
        bound(q, sqlite3_bind_blob64(q->statement, ++q->in, size ? data : "", size, SQLITE_STATIC));
}

void sql_run(struct sql_query *q)
{
    while (sql_next(q))
        q->out = 0;
}

bool sql_next(struct sql_query *q)
{
    if (!is_dead(q)) {
        const int code = sqlite3_step(q->statement);
        q->out = 0;
        if (code == SQLITE_ROW)
            return true;
        if (code != SQLITE_DONE)
            note(q->sql, code);
    }
    sql_done(q);
    return false;
}

void sql_done(struct sql_query *q)
{
    if (q->statement)
        sqlite3_reset(q->statement);
}

int64_t sql_get(struct sql_query *q)
{
    return sqlite3_column_int64(q->statement, q->out++);
}

struct span sql_get_span(struct sql_query *q)
{
    const int at = q->out++;
    const char *data = (const char *)sqlite3_column_text(q->statement, at);

    return (struct span){data, (size_t)sqlite3_column_bytes(q->statement, at)};
}

struct span sql_get_copy(struct sql_query *q, struct arena *arena)
{
    const struct span text = sql_get_span(q);

    return text.size ? arena_copy(arena, text) : (struct span){0};
}

void sql_get_text(struct sql_query *q, char *out, size_t size)
{
    const struct span text = sql_get_span(q);

    if (text.size >= size) {
        sql_bad_column(q);
        return;
    }
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
}

void sql_get_blob(struct sql_query *q, void *out, size_t size)
{
    const int at = q->out++;
    const void *data = sqlite3_column_blob(q->statement, at);

    if ((size_t)sqlite3_column_bytes(q->statement, at) != size)
        sql_bad_column(q);
    else
        memcpy(out, data, size);
}

void sql_bad_column(struct sql_query *q)
{
    const int at = q->out - 1;

    sql_fail(q->sql, ERR_BROKEN,
             "%s holds a row whose %s is damaged or of a later version: restore a backup",
             q->sql->path, sqlite3_column_name(q->statement, at));
}

int sql_columns(const struct sql_query *q)
{
    return q->statement ? sqlite3_column_count(q->statement) : 0;
}

int sql_values(const struct sql_query *q)
{
    return q->statement ? sqlite3_bind_parameter_count(q->statement) : 0;
}

const char *sql_column_name(const struct sql_query *q, int at)
{
    return sqlite3_column_name(q->statement, at);
}

enum sql_type sql_column_type(const struct sql_query *q, int at)
{
    switch (sqlite3_column_type(q->statement, at)) {
    case SQLITE_NULL:
        return SQL_NULL;
    case SQLITE_INTEGER:
        return SQL_NUMBER;
    default:
        return SQL_TEXT;
    }
}
