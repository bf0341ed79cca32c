#include "sqlite/sqlite_sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/clock.h"

enum {
    BUSY_MS = 200,
    STEPS_A_LOOK = 4000, /* of SQLite's machine between two looks at the time: well below 1 ms */
    LOG_HEAD_BYTES = 32, /* with salts of this round: https://www.sqlite.org/walformat.html */
    FRAME_BYTES = 24 + 4096,
    ZEROS_BYTES = 64 << 10,
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
                               "PRAGMA secure_delete = ON;" /* who is forgotten is */
                               "PRAGMA foreign_keys = OFF;"
                               "PRAGMA trusted_schema = OFF;";

/* A copy that is broken off is thrown away; whoever keeps one makes it safe. */
static const char copy_settings[] = "PRAGMA journal_mode = OFF;"
                                    "PRAGMA synchronous = OFF;"
                                    "PRAGMA locking_mode = EXCLUSIVE;"
                                    "PRAGMA cache_size = -2000;";

/* It never checkpoints: two connections that do have a race in the packaged version. What it may
 * remember is small, as most of what is read is read once. */
static const char reader_settings[] = "PRAGMA query_only = ON;"
                                      "PRAGMA wal_autocheckpoint = 0;"
                                      "PRAGMA cache_size = -2000;"
                                      "PRAGMA mmap_size = 0;"
                                      "PRAGMA temp_store = MEMORY;"
                                      "PRAGMA trusted_schema = OFF;";

struct query {
    struct sql_query sql;
    sqlite3_stmt *statement; /* NULL after a failure */
};

struct connection {
    struct sql sql;
    sqlite3 *db;
    const char *const *texts;
    struct query *queries;
    int count;
    int64_t until_ns; /* on clock_mono_ns; 0: for ever */
    bool is_wiping;   /* what stands in the log of the round that begins like this is to go */
    char wiping[LOG_HEAD_BYTES];
    sqlite3 *copy_db; /* where the whole is being copied to; NULL: nowhere */
    sqlite3_backup *copy;
};

static sqlite3 *db_of(const struct sql *sql)
{
    return ((const struct connection *)sql)->db;
}

static sqlite3_stmt *statement_of(const struct sql_query *q)
{
    return ((const struct query *)q)->statement;
}

/* NULL: there is none. */
static sqlite3_file *log_of(sqlite3 *db)
{
    sqlite3_file *log = NULL;
    const int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);

    return code == SQLITE_OK && log && log->pMethods ? log : NULL;
}

static bool means_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

/* Only ENOSPC comes as SQLITE_FULL. What the system said otherwise stands with the connection, or,
 * for a commit that failed, with the file that could not be written. */
static bool disk_is_full(sqlite3 *db, int code)
{
    sqlite3_file *log = log_of(db);
    int of_file = 0, of_log = 0;

    if ((code & 0xff) == SQLITE_FULL)
        return true;
    if ((code & 0xff) != SQLITE_IOERR)
        return false;
    (void)sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &of_file);
    if (log)
        (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &of_log);
    return means_full(sqlite3_system_errno(db)) || means_full(of_file) || means_full(of_log);
}

static void note(struct sql *sql, int code)
{
    const char *path = sql->path;
    sqlite3 *db = db_of(sql);
    const char *said = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);

    if (db && disk_is_full(db, code)) {
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

static void exec(struct sql *sql, const char *text)
{
    const int code = sqlite3_exec(db_of(sql), text, NULL, NULL, NULL);

    if (code != SQLITE_OK)
        note(sql, code);
}

/* encode(bytes, 'hex'), as PostgreSQL has it. */
static void encode(sqlite3_context *ctx, int count, sqlite3_value **values)
{
    const unsigned char *bytes = sqlite3_value_blob(values[0]);
    const int size = sqlite3_value_bytes(values[0]);
    char *out = sqlite3_malloc64((sqlite3_uint64)size * 2 + 1);

    (void)count;
    if (!out) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    for (int i = 0; i < size; i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    sqlite3_result_text(ctx, out, size * 2, sqlite3_free);
}

static bool connect(struct connection *c, const char *path, int flags)
{
    const int code = sqlite3_open_v2(*path ? path : ":memory:", &c->db,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (code != SQLITE_OK) {
        note(&c->sql, code);
        return false;
    }
    sqlite3_busy_timeout(c->db, BUSY_MS);
    (void)sqlite3_create_function(c->db, "encode", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                  encode, NULL, NULL);
    return true;
}

static void set_up(struct connection *c, const char *path)
{
    if (!connect(c, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE))
        return;
    if (sqlite3_db_readonly(c->db, "main"))
        note(&c->sql, SQLITE_READONLY);
    sql_exec(&c->sql, settings);
}

static int is_late(void *ctx)
{
    const struct connection *c = ctx;

    return c->until_ns && clock_mono_ns() > c->until_ns;
}

static void set_up_reader(struct connection *c, const char *path)
{
    if (!connect(c, path, SQLITE_OPEN_READONLY))
        return;
    (void)sqlite3_db_config(c->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_progress_handler(c->db, STEPS_A_LOOK, is_late, c);
    sql_exec(&c->sql, reader_settings);
}

/* All of it is read once, so it is looked at where the system has it. */
static void set_up_still(struct connection *c, const char *path)
{
    char *uri = sqlite3_mprintf("file:%s?immutable=1", path);

    if (strpbrk(path, "%?#"))
        sql_fail(&c->sql, ERR_BAD_INPUT, "%s: a name with %%, ? or # cannot be read: rename it",
                 path);
    else if (!uri)
        sql_fail(&c->sql, ERR_BROKEN, "no memory to open %s", path);
    else if (connect(c, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI))
        sql_exec(&c->sql, "PRAGMA query_only = ON; PRAGMA mmap_size = 2147418112;"
                          "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;");
    sqlite3_free(uri);
}

static void allow(struct sql *sql, int64_t ms)
{
    ((struct connection *)sql)->until_ns = ms ? clock_mono_ns() + ms * 1000000 : 0;
}

static void close_copy(struct connection *c)
{
    (void)sqlite3_backup_finish(c->copy);
    sqlite3_close(c->copy_db);
    c->copy = NULL;
    c->copy_db = NULL;
}

static void close_it(struct sql *sql)
{
    struct connection *c = (struct connection *)sql;

    close_copy(c);
    for (int i = 0; i < c->count; i++)
        sqlite3_finalize(c->queries[i].statement);
    sqlite3_close(c->db);
    free(c->queries);
    free(c->sql.path);
    free(c);
}

/* Frames of this round, and how it begins; -1: there is no log, or it is not to be known now. What
 * is in the database, too, need not be in the log: the next commit begins a round, unless somebody
 * reads in this one. */
static int end_round(struct connection *c, char head[LOG_HEAD_BYTES])
{
    sqlite3_file *log = log_of(c->db);
    int frames = -1;
    const int code =
        sqlite3_wal_checkpoint_v2(c->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, NULL);

    memset(head, 0, LOG_HEAD_BYTES);
    if (code != SQLITE_OK || frames < 0 || !log)
        return -1;
    (void)log->pMethods->xRead(log, head, LOG_HEAD_BYTES, 0); /* zeros before the first commit */
    return frames;
}

static void wipe(struct sql *sql)
{
    struct connection *c = (struct connection *)sql;

    c->is_wiping = end_round(c, c->wiping) >= 0;
}

/* Behind the frames of this round stand those of rounds before. Their salts are others, so that
 * nobody reads them, not after a crash either: zeros may reach the disk in any order. What the disk
 * refuses is tried again in the next round. */
static void wipe_log(struct connection *c)
{
    static char zeros[ZEROS_BYTES];
    char head[LOG_HEAD_BYTES];
    const int frames = end_round(c, head);
    sqlite3_file *log = log_of(c->db);
    sqlite3_int64 size = 0, at = LOG_HEAD_BYTES + (sqlite3_int64)frames * FRAME_BYTES;

    if (frames < 0 || memcmp(head, c->wiping, sizeof head) == 0)
        return;
    int code = log->pMethods->xFileSize(log, &size);
    for (int n; code == SQLITE_OK && at < size; at += n) {
        n = size - at < ZEROS_BYTES ? (int)(size - at) : ZEROS_BYTES;
        code = log->pMethods->xWrite(log, zeros, n, at);
    }
    if (code == SQLITE_OK)
        code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    c->is_wiping = code != SQLITE_OK;
    memcpy(c->wiping, head, sizeof head);
}

/* A unit that reads, too, takes its lock once and not for each row. */
static void begin(struct sql *sql, enum sql_unit unit)
{
    sql_exec(sql, unit == SQL_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

static void end(struct sql *sql)
{
    sql_exec(sql, "COMMIT");
    /* Some errors undo the transaction by themselves. */
    if (sql->err && !sqlite3_get_autocommit(db_of(sql)))
        (void)sqlite3_exec(db_of(sql), "ROLLBACK", NULL, NULL, NULL);
    if (((struct connection *)sql)->is_wiping)
        wipe_log((struct connection *)sql);
}

static int64_t changes(const struct sql *sql)
{
    return sqlite3_changes64(db_of(sql));
}

static void prepare_as(struct query *q, const char *text, unsigned flags)
{
    const int code = sqlite3_prepare_v3(db_of(q->sql.sql), text, -1, flags, &q->statement, NULL);

    if (code != SQLITE_OK)
        note(q->sql.sql, code);
    q->sql.is_dead = !q->statement;
}

static struct sql_query *use(struct sql *sql, int index)
{
    struct connection *c = (struct connection *)sql;

    CHECK(index >= 0 && index < c->count);
    struct query *q = &c->queries[index];
    if (!q->statement && !sql->err)
        prepare_as(q, c->texts[index], SQLITE_PREPARE_PERSISTENT);
    return &q->sql;
}

static struct sql_query *prepare(struct sql *sql, const char *text)
{
    struct query *q = arena_must_alloc(sizeof *q);

    q->sql.sql = sql;
    q->sql.is_dead = true;
    if (!sql->err)
        prepare_as(q, text, 0);
    return &q->sql;
}

static void drop(struct sql_query *query)
{
    sqlite3_finalize(statement_of(query));
    free(query);
}

static void bound(struct sql_query *q, int code)
{
    if (code != SQLITE_OK)
        note(q->sql, code);
}

static void put_null(struct sql_query *q, int at)
{
    bound(q, sqlite3_bind_null(statement_of(q), at + 1));
}

static void put_number(struct sql_query *q, int at, int64_t number)
{
    bound(q, sqlite3_bind_int64(statement_of(q), at + 1, number));
}

static void put_text(struct sql_query *q, int at, struct span text)
{
    bound(q, sqlite3_bind_text64(statement_of(q), at + 1, text.data, text.size, SQLITE_STATIC,
                                 SQLITE_UTF8));
}

static void put_blob(struct sql_query *q, int at, struct span bytes)
{
    bound(q, sqlite3_bind_blob64(statement_of(q), at + 1, bytes.data, bytes.size, SQLITE_STATIC));
}

static bool next(struct sql_query *q)
{
    const int code = sqlite3_step(statement_of(q));

    if (code != SQLITE_ROW && code != SQLITE_DONE)
        note(q->sql, code);
    return code == SQLITE_ROW;
}

static void done(struct sql_query *q)
{
    if (statement_of(q))
        sqlite3_reset(statement_of(q));
}

static void run(struct sql_query *q, bool must_change)
{
    while (next(q))
        continue;
    done(q);
    if (must_change && !q->sql->err && changes(q->sql) == 0)
        sql_fail(q->sql, ERR_BROKEN, SQL_GONE);
}

static int64_t get_number(struct sql_query *q, int at)
{
    return sqlite3_column_int64(statement_of(q), at);
}

static struct span get_bytes(struct sql_query *q, int at)
{
    const char *data = sqlite3_column_type(statement_of(q), at) == SQLITE_BLOB
                           ? sqlite3_column_blob(statement_of(q), at)
                           : (const char *)sqlite3_column_text(statement_of(q), at);

    return (struct span){data, (size_t)sqlite3_column_bytes(statement_of(q), at)};
}

static int columns(const struct sql_query *q)
{
    return sqlite3_column_count(statement_of(q));
}

static int values(const struct sql_query *q)
{
    return sqlite3_bind_parameter_count(statement_of(q));
}

static const char *column_name(const struct sql_query *q, int at)
{
    return sqlite3_column_name(statement_of(q), at);
}

static enum sql_type column_type(const struct sql_query *q, int at)
{
    switch (sqlite3_column_type(statement_of(q), at)) {
    case SQLITE_NULL:
        return SQL_NULL;
    case SQLITE_INTEGER:
        return SQL_NUMBER;
    default:
        return SQL_TEXT;
    }
}

static const struct sql_ops ops = {
    .close = close_it,
    .allow = allow,
    .wipe = wipe,
    .begin = begin,
    .end = end,
    .exec = exec,
    .changes = changes,
    .use = use,
    .prepare = prepare,
    .drop = drop,
    .put_null = put_null,
    .put_number = put_number,
    .put_text = put_text,
    .put_blob = put_blob,
    .run = run,
    .next = next,
    .done = done,
    .get_number = get_number,
    .get_bytes = get_bytes,
    .columns = columns,
    .values = values,
    .column_name = column_name,
    .column_type = column_type,
    .catalogue = "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c"
                 " WHERE m.type = 'table' ORDER BY m.name, c.cid",
};

static enum err open_with(void (*set_up_fn)(struct connection *, const char *), const char *path,
                          const char *const *texts, int count, struct sql **out, char *why)
{
    /* One thread uses a connection, and nobody asks SQLite how much memory it has; both
     * counted locks are on the path of each small allocation. Refused, harmlessly, when a
     * connection is open already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);

    struct connection *c = arena_must_alloc(sizeof *c);
    const char *shown = *path ? path : "memory";
    c->sql.ops = &ops;
    c->sql.path = arena_must_alloc(strlen(shown) + 1);
    strcpy(c->sql.path, shown);
    c->texts = texts;
    c->count = count;
    c->queries = arena_must_alloc((size_t)count * sizeof *c->queries);
    for (int i = 0; i < count; i++)
        c->queries[i].sql = (struct sql_query){.sql = &c->sql, .is_dead = true};
    set_up_fn(c, path);

    const enum err e = c->sql.err;
    if (e) {
        memcpy(why, c->sql.why, SQL_WHY_SIZE);
        close_it(&c->sql);
        return e;
    }
    *out = &c->sql;
    return ERR_NONE;
}

enum err sqlite_sql_open(const char *path, const char *const *texts, int count, struct sql **out,
                         char why[SQL_WHY_SIZE])
{
    return open_with(set_up, path, texts, count, out, why);
}

enum err sqlite_sql_open_reader(const char *path, const char *const *texts, int count,
                                struct sql **out, char why[SQL_WHY_SIZE])
{
    if (!*path) {
        snprintf(why, SQL_WHY_SIZE, "what is in memory has one connection alone");
        return ERR_NOT_FOUND;
    }
    return open_with(set_up_reader, path, texts, count, out, why);
}

enum err sqlite_sql_open_still(const char *path, const char *const *texts, int count,
                               struct sql **out, char why[SQL_WHY_SIZE])
{
    return open_with(set_up_still, path, texts, count, out, why);
}

/* ---- a copy of the whole ---- */

static enum err explain_copy(struct connection *c, int code, char *why)
{
    const bool is_full = c->copy_db && disk_is_full(c->copy_db, code);

    if (is_full)
        snprintf(why, SQL_WHY_SIZE, "the disk is full: a copy of %s needs as much room as it has",
                 c->sql.path);
    else
        snprintf(why, SQL_WHY_SIZE, "the copy of %s failed: %s", c->sql.path,
                 c->copy_db ? sqlite3_errmsg(c->copy_db) : sqlite3_errstr(code));
    close_copy(c);
    return is_full ? ERR_FULL : ERR_BROKEN;
}

bool sqlite_sql_is_copying(const struct sql *sql)
{
    return ((const struct connection *)sql)->copy != NULL;
}

enum err sqlite_sql_copy_begin(struct sql *sql, const char *path, char why[SQL_WHY_SIZE])
{
    struct connection *c = (struct connection *)sql;

    CHECK(!c->copy);
    int code =
        sqlite3_open_v2(path, &c->copy_db,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(c->copy_db, copy_settings, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        c->copy = sqlite3_backup_init(c->copy_db, "main", c->db, "main");
    if (!c->copy)
        return explain_copy(c, code, why);
    return ERR_NONE;
}

enum err sqlite_sql_copy_step(struct sql *sql, int pages, struct sqlite_sql_copied *out,
                              char why[SQL_WHY_SIZE])
{
    struct connection *c = (struct connection *)sql;

    if (!c->copy) {
        snprintf(why, SQL_WHY_SIZE, "no backup is under way");
        return ERR_NOT_FOUND;
    }
    const int code = sqlite3_backup_step(c->copy, pages);
    if (code != SQLITE_OK && code != SQLITE_DONE)
        return explain_copy(c, code, why);
    const int64_t total = sqlite3_backup_pagecount(c->copy);
    *out = (struct sqlite_sql_copied){
        .done = total - sqlite3_backup_remaining(c->copy),
        .total = total,
        .is_whole = code == SQLITE_DONE,
    };
    if (code == SQLITE_DONE)
        close_copy(c);
    return ERR_NONE;
}
