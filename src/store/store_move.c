#include "store/store_move.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "postgres/postgres_months.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "postgres/postgres_text.h"
#include "sql/sql.h"
#include "sql/sql_texts.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"
#include "store/move_check.h"
#include "store/move_table.h"

enum {
    ROWS_A_COMMIT = 2000,
    BYTES_A_COMMIT = 4 << 20, /* a few long documents are as much as many short rows */
};

struct move {
    const struct store_move_ask *ask;
    struct store_move_result *result;
    struct arena *arena, *scratch; /* of the move; of one commit */
    struct sql *source, *target;
    struct postgres_months months; /* of the target */
    int lock;
    bool is_last_step; /* the file bears the mark of a move that was broken off there */
    struct move_table tables[STORE_MOVE_TABLES];
    size_t count;
    char *why;
};

/* ---- both ends ---- */

static enum err say(struct move *m, enum err e, const char *words)
{
    snprintf(m->why, STORE_WHY_SIZE, "%s", words);
    return e;
}

static enum err outcome(struct move *m, const struct sql *sql)
{
    return sql_err(sql) ? say(m, sql_err(sql), sql_why(sql)) : ERR_NONE;
}

static enum err open_source(struct move *m)
{
    if (access(m->ask->from, F_OK)) {
        snprintf(m->why, STORE_WHY_SIZE, "there is no %s: name the SQLite file by --from",
                 m->ask->from);
        return ERR_NOT_FOUND;
    }
    enum err e = sqlite_lock_take(m->ask->from, &m->lock, m->why, STORE_WHY_SIZE);
    if (!e)
        e = sqlite_sql_open(m->ask->from, NULL, 0, &m->source, m->why);
    if (e)
        return e;
    m->is_last_step = sqlite_schema_is_moving(m->source);
    if (!m->is_last_step) /* else it was raised when that move began */
        sqlite_schema_raise(m->source, STORE_SCHEMA);
    return outcome(m, m->source);
}

static int64_t ask_number(struct sql *sql, const char *text)
{
    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    (void)sql_end(sql); /* the error sticks, and is asked for */
    return number;
}

static enum err tell(struct move *m, const char *text)
{
    sql_begin(m->target, SQL_WRITE);
    sql_exec(m->target, text);
    return sql_end(m->target) ? outcome(m, m->target) : ERR_NONE;
}

static bool has_rows(struct move *m)
{
    for (size_t i = 0; i < m->count && !sql_err(m->target); i++)
        if (ask_number(m->target,
                       arena_printf(m->arena, "SELECT 1 FROM \"%s\" LIMIT 1", m->tables[i].name)))
            return true;
    return false;
}

static struct postgres_schema look(struct move *m)
{
    sql_begin(m->target, SQL_READ);
    const struct postgres_schema there = postgres_schema_read(m->target);
    m->months.is_whole = there.is_distributed;
    if (there.version)
        postgres_months_read(&m->months, m->target);
    (void)sql_end(m->target); /* the error sticks, and is asked for */
    return there;
}

/* Empty, or marked as the target of a move that was broken off: then what it left is removed. */
static enum err prepare_target(struct move *m)
{
    struct postgres_schema there = look(m);

    if (!sql_err(m->target) && there.version == 0) {
        postgres_schema_raise(m->target, STORE_SCHEMA, false);
        if (!sql_err(m->target))
            there = look(m);
    }
    if (!sql_err(m->target) && there.version != STORE_SCHEMA)
        return say(m, ERR_CONFLICT,
                   "the database has another schema: bring it up by nextring migrate");
    if (!sql_err(m->target) && !there.is_moving && has_rows(m))
        return say(m, ERR_CONFLICT,
                   m->is_last_step
                       ? "the database is in use already: if it is the one that the file was"
                         " being moved to, the move is complete, and the file is not needed"
                       : "the database is in use already: name an empty one, or another schema"
                         " in it");
    enum err e = outcome(m, m->target);
    if (!e)
        e = tell(m, "UPDATE schema SET moving_from = 'sqlite'");
    for (size_t i = 0; i < m->count && !e && there.is_moving; i++)
        e = tell(m, arena_printf(m->arena, "TRUNCATE \"%s\"", m->tables[i].name));
    return e;
}

/* ---- rows ---- */

struct slice {
    int rows;
    size_t bytes;
};

static void send_row(struct move *m, const struct move_table *t, struct sql_query *row,
                     struct slice *slice)
{
    static const uint32_t types[] = {
        [MOVE_NUMBER] = POSTGRES_INT8,
        [MOVE_TEXT] = POSTGRES_TEXT,
        [MOVE_BYTES] = POSTGRES_BYTES,
    };
    struct postgres_value values[MOVE_COLUMNS];

    for (int i = 0; i < t->count; i++) {
        struct move_value v = move_table_get(row, &t->columns[i], i);
        if (v.type != MOVE_NULL && v.type != t->columns[i].type)
            sql_fail(m->source, ERR_BROKEN, "%s: table %s holds a damaged %s: restore a backup",
                     m->ask->from, t->name, t->columns[i].name);
        if (v.type == MOVE_TEXT) {
            const struct span clean = postgres_text_clean(m->scratch, v.bytes);
            m->result->mended += clean.data != v.bytes.data;
            v.bytes = clean;
        }
        if (v.type == MOVE_NUMBER) {
            char *number = ARENA_NEW_N(m->scratch, char, 8);
            postgres_text_put(number, 8, v.number);
            v.bytes = (struct span){number, 8};
            if (i == t->id_at && t->is_by_month)
                postgres_months_need(&m->months, m->target, v.number);
        }
        values[i] = (struct postgres_value){
            .data = v.type == MOVE_NULL ? NULL
                    : v.bytes.data      ? v.bytes.data
                                        : "",
            .size = (int)v.bytes.size,
            .type = types[t->columns[i].type],
        };
        slice->bytes += v.bytes.size;
    }
    postgres_pipe_send(m->target, t->insert, values, t->count);
    slice->rows++;
}

/* The next rows in one transaction; false: there are no more, or it failed. */
static bool move_slice(struct move *m, const struct move_table *t, struct sql_query *rows)
{
    struct slice slice = {0, 0};
    bool is_more = true;

    arena_reset(m->scratch);
    postgres_pipe_fresh(m->target);
    postgres_pipe_send(m->target, "BEGIN", NULL, 0);
    while (slice.rows < ROWS_A_COMMIT && slice.bytes < BYTES_A_COMMIT && is_more) {
        is_more = sql_next(rows);
        if (is_more)
            send_row(m, t, rows, &slice);
    }
    postgres_pipe_send(m->target, "COMMIT", NULL, 0);
    postgres_pipe_take_all(m->target);
    m->result->tables[t - m->tables].rows += slice.rows;
    return is_more && !sql_err(m->target);
}

static enum err move_rows(struct move *m, size_t at)
{
    const struct move_table *t = &m->tables[at];
    struct store_move_table *told = &m->result->tables[at];

    if (m->ask->progress)
        m->ask->progress(m->ask->ctx, t->name, 0, false);
    sql_begin(m->source, SQL_READ);
    struct sql_query *rows = sql_prepare(m->source, t->select);
    while (move_slice(m, t, rows))
        if (m->ask->progress)
            m->ask->progress(m->ask->ctx, t->name, told->rows, false);
    sql_drop(&rows);
    if (sql_end(m->source))
        return outcome(m, m->source);
    m->result->rows += told->rows;
    return outcome(m, m->target);
}

/* ---- the end ---- */

static void share_key(struct move *m)
{
    if (!m->ask->shared_key)
        return;
    struct sql_query *q =
        sql_prepare(m->target, "INSERT INTO shared (name, value) VALUES (?1, ?2)"
                               " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    sql_put_text(q, m->ask->shared_name);
    sql_put_blob(q, m->ask->shared_key, 32);
    sql_run(q);
    sql_drop(&q);
}

static enum err mark_source(struct move *m, enum sqlite_schema_mark mark)
{
    sqlite_schema_mark(m->source, mark);
    return outcome(m, m->source);
}

static enum err open_target(struct move *m)
{
    sql_begin(m->target, SQL_WRITE);
    share_key(m);
    sql_exec(m->target, "INSERT INTO hold (tenant) SELECT id FROM tenant"
                        " ON CONFLICT (tenant) DO NOTHING");
    sql_exec(m->target, "UPDATE schema SET moving_from = NULL");
    return sql_end(m->target) ? outcome(m, m->target) : ERR_NONE;
}

/* The file stops being served before the database begins to be: a program that is killed in between
 * leaves none that is served, rather than two. */
static enum err finish(struct move *m)
{
    enum err e = mark_source(m, SQLITE_SCHEMA_MOVING);

    if (e)
        return e;
    e = open_target(m);
    if (!e)
        return mark_source(m, SQLITE_SCHEMA_MOVED);
    if (e != ERR_UNSURE && !m->is_last_step) /* no database can have become the one that counts */
        sqlite_schema_mark(m->source, SQLITE_SCHEMA_OURS);
    return e;
}

static enum err check(struct move *m)
{
    struct move_check c = {
        .source = m->source,
        .target = m->target,
        .arena = m->arena,
        .progress = m->ask->progress,
        .ctx = m->ask->ctx,
        .why = m->why,
    };
    enum err e = ERR_NONE;

    for (size_t i = 0; i < m->count && !e; i++)
        e = move_check_table(&c, &m->tables[i], m->result->tables[i].rows);
    for (size_t i = 0; i < m->count && !e; i++)
        if (strcmp(m->tables[i].name, "event") == 0)
            e = move_check_logs(&c, &m->tables[i]);
    m->result->logs = c.logs;
    m->result->log_rows = c.log_rows;
    return e;
}

static enum err run(struct move *m)
{
    enum err e = open_source(m);

    if (!e)
        e = postgres_sql_open(m->ask->to, sql_texts, SQL_TEXTS, &m->target, m->why);
    if (!e) {
        m->count = move_table_list(m->source, m->arena, m->tables, STORE_MOVE_TABLES);
        e = outcome(m, m->source);
    }
    if (!e)
        e = prepare_target(m);
    for (size_t i = 0; i < m->count && !e; i++) {
        snprintf(m->result->tables[i].name, STORE_MOVE_NAME_SIZE, "%s", m->tables[i].name);
        m->result->table_count = i + 1;
        e = move_rows(m, i);
    }
    if (!e)
        e = check(m);
    return e ? e : finish(m);
}

enum err store_move(const struct store_move_ask *ask, struct store_move_result *out,
                    char why[STORE_WHY_SIZE])
{
    struct move *m = arena_must_alloc(sizeof *m);

    *out = (struct store_move_result){0};
    m->ask = ask;
    m->result = out;
    m->arena = arena_open(0);
    m->scratch = arena_open(0);
    m->lock = -1;
    m->why = why;
    const enum err e = run(m);
    sql_close(&m->source);
    sql_close(&m->target);
    arena_close(&m->arena);
    arena_close(&m->scratch);
    if (m->lock >= 0)
        close(m->lock);
    free(m);
    return e;
}
