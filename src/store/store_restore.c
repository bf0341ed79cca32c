#include "store/store_restore.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "codec/timestamp.h"
#include "postgres/postgres_months.h"
#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "sql/sql_log.h"
#include "sql/sql_store.h"
#include "sql/sql_texts.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

enum { TENANTS_A_TURN = 500 };

struct marking {
    struct sql *sql;
    const struct store_restore_ask *ask;
    struct store_restored *out;
};

/* ---- what may have been sent ---- */

/* An erasure is safe to repeat, and what ends or moves a call does nothing to one that is over. */
#define MAY_HAVE_GONE " kind IN ('text', 'call') AND state IN ('queued', 'sending', 'unsure')"

static void run_with(struct sql *sql, const char *text, int64_t a, int64_t b)
{
    struct sql_query *q = sql_prepare(sql, text);

    if (sql_values(q) > 0)
        sql_put(q, a);
    if (sql_values(q) > 1)
        sql_put(q, b);
    sql_run(q);
    sql_drop(&q);
}

/* What had not left by then is sent when it is not found; what had is judged by its own policy. */
static void doubt(struct marking *m)
{
    struct sql_query *q = sql_prepare(m->sql, "SELECT count(*) FROM outbox WHERE" MAY_HAVE_GONE);

    m->out->unsure = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    run_with(m->sql,
             "UPDATE message SET delivery = 'unsure' WHERE delivery = 'queued' AND (tenant, id) IN"
             " (SELECT tenant, id FROM outbox WHERE" MAY_HAVE_GONE ")",
             0, 0);
    run_with(m->sql,
             "UPDATE outbox SET is_again = 1, sent_at = ?1 WHERE kind IN ('text', 'call')"
             " AND state = 'queued'",
             m->ask->made_ms, 0);
    run_with(
        m->sql,
        "UPDATE outbox SET state = 'unsure', unsure_at = ?1, due_at = ?1, fence = fence + 1,"
        " node = NULL, incarnation = NULL, sent_at = coalesce(sent_at, ?2) WHERE" MAY_HAVE_GONE,
        m->ask->lost_ms, m->ask->made_ms);
}

/* ---- the marks ---- */

static void keep_instant(struct marking *m)
{
    run_with(m->sql,
             "INSERT INTO swept (tenant, what, up_to) VALUES (0, 'restored', ?1)"
             " ON CONFLICT (tenant, what) DO UPDATE SET up_to = excluded.up_to",
             m->ask->lost_ms, 0);
}

static int list_tenants(struct sql *sql, int32_t after, int32_t out[TENANTS_A_TURN])
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT id FROM tenant WHERE id > ?1 ORDER BY id LIMIT ?2");
    int count = 0;

    sql_put(q, after);
    sql_put(q, TENANTS_A_TURN);
    while (sql_next(q) && count < TENANTS_A_TURN)
        out[count++] = (int32_t)sql_get(q);
    sql_drop(&q);
    return count;
}

static void tell_logs(struct marking *m, struct sql_log *log)
{
    struct id_maker ids = {.last = 0};
    char made[TIMESTAMP_SIZE], words[160];
    int32_t tenants[TENANTS_A_TURN];
    int count = TENANTS_A_TURN;

    timestamp_render(m->ask->made_ms, made);
    snprintf(words, sizeof words,
             "from the backup of %s: what came since is looked for at the carrier, and what may"
             " have been sent since, too",
             made);
    for (int32_t after = 0; count == TENANTS_A_TURN && !sql_err(m->sql);) {
        count = list_tenants(m->sql, after, tenants);
        for (int i = 0; i < count; i++) {
            const struct event_row row = {
                .id = id_next(&ids, m->ask->now_ms),
                .tenant = tenants[i],
                .kind = "store.restored",
                .at_ms = m->ask->now_ms,
                .detail = span_of(words),
                .alarm = true,
            };
            sql_log_add(log, m->sql, &ids, &row);
            after = tenants[i];
            m->out->tenants++;
        }
    }
}

static enum err mark(struct marking *m, char why[STORE_WHY_SIZE])
{
    struct sql_log *log = sql_log_open();

    sql_begin(m->sql, SQL_WRITE);
    doubt(m);
    keep_instant(m);
    run_with(m->sql, "DELETE FROM report_only", 0, 0); /* it may have been closed since */
    tell_logs(m, log);
    const enum err e = sql_end(m->sql);
    sql_log_close(&log);
    if (e)
        snprintf(why, STORE_WHY_SIZE, "%s", sql_why(m->sql));
    return e;
}

/* ---- both kinds of database ---- */

static enum err open_file(const char *path, struct sql **out, int *lock, char *why)
{
    enum err e = sqlite_lock_take(path, lock, why, STORE_WHY_SIZE);

    if (!e)
        e = sqlite_sql_open(path, sql_texts, SQL_TEXTS, out, why);
    if (e)
        return e;
    sqlite_schema_raise(*out, STORE_SCHEMA);
    if (sql_err(*out))
        snprintf(why, STORE_WHY_SIZE, "%s", sql_why(*out));
    return sql_err(*out);
}

/* The log's rows of this month need a place. */
static enum err open_shared(const char *address, int64_t now_ms, struct sql **out, char *why)
{
    const enum err e = postgres_sql_open(address, sql_texts, SQL_TEXTS, out, why);

    if (e)
        return e;
    sql_begin(*out, SQL_READ);
    const struct postgres_schema there = postgres_schema_read(*out);
    struct postgres_months months = {.is_whole = there.is_distributed};
    if (!sql_err(*out) && there.version != STORE_SCHEMA)
        sql_fail(*out, ERR_CONFLICT, "the database has schema %d, not %d: run nextring migrate",
                 there.version, (int)STORE_SCHEMA);
    if (!sql_err(*out))
        postgres_months_read(&months, *out);
    (void)sql_end(*out); /* the error sticks */
    if (!sql_err(*out))
        postgres_months_need(&months, *out, id_floor(now_ms));
    if (sql_err(*out))
        snprintf(why, STORE_WHY_SIZE, "%s", sql_why(*out));
    return sql_err(*out);
}

enum err store_restore_mark(const struct store_restore_ask *ask, struct store_restored *out,
                            char why[STORE_WHY_SIZE])
{
    struct store_restored done = {0, 0};
    struct marking m = {.ask = ask, .out = &done};
    int lock = -1;

    enum err e = postgres_sql_is_address(ask->address)
                     ? open_shared(ask->address, ask->now_ms, &m.sql, why)
                     : open_file(ask->address, &m.sql, &lock, why);
    if (!e)
        e = mark(&m, why);
    sql_close(&m.sql);
    if (lock >= 0)
        close(lock);
    if (!e)
        *out = done;
    return e;
}

enum err store_restore_lock(const char *path, int *out_lock, char why[STORE_WHY_SIZE])
{
    return sqlite_lock_take(path, out_lock, why, STORE_WHY_SIZE);
}

enum err store_restore_last(struct store *store, int64_t *out_ms)
{
    struct sql *sql = sql_store_read(store);
    struct sql_query *q =
        sql_prepare(sql, "SELECT up_to FROM swept WHERE tenant = 0 AND what = 'restored'");
    const int64_t at_ms = sql_next(q) ? sql_get(q) : 0;

    sql_done(q);
    sql_drop(&q);
    const enum err e = sql_end(sql);
    if (!e)
        *out_ms = at_ms;
    return e;
}
