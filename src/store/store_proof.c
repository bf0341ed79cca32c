#include "store/store_proof.h"

#include <stdio.h>
#include <string.h>

#include "codec/digest.h"
#include "journal/journal_check.h"
#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "sql/sql.h"
#include "sql/sql_texts.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

enum { ROWS_A_PAGE = 2000 };

struct proof {
    struct arena *arena;
    const struct store_proof_ask *ask;
    struct sql *sql;
    struct digest_hash *hash;
    struct store_proof *out;
    char *why;
};

static enum err outcome(const struct proof *p)
{
    if (sql_err(p->sql))
        snprintf(p->why, STORE_WHY_SIZE, "%s", sql_why(p->sql));
    return sql_err(p->sql);
}

static int64_t ask_number(struct proof *p, const char *text)
{
    struct sql_query *q = sql_prepare(p->sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : 0;

    sql_drop(&q);
    return number;
}

/* ---- the file ---- */

/* One row "ok", or one for each thing that is wrong. */
static enum err look_at_pages(struct proof *p)
{
    enum err e = ERR_NONE;

    sql_begin(p->sql, SQL_READ);
    struct sql_query *q = sql_prepare(p->sql, "PRAGMA integrity_check(1)");
    const struct span said = sql_next(q) ? sql_get_span(q) : (struct span){NULL, 0};
    if (!sql_err(p->sql) && !span_is_text(said, "ok")) {
        snprintf(p->why, STORE_WHY_SIZE, "%s is damaged: %.*s; use another backup", p->ask->address,
                 (int)(said.size < 120 ? said.size : 120), said.data);
        e = ERR_BROKEN;
    }
    sql_drop(&q);
    (void)sql_end(p->sql); /* the error sticks, and is asked for */
    return e ? e : outcome(p);
}

/* ---- the logs ---- */

static enum err list_logs(struct proof *p)
{
    sql_begin(p->sql, SQL_READ);
    const size_t most = (size_t)ask_number(p, "SELECT count(*) FROM tenant") + 1;
    p->out->logs = ARENA_NEW_N(p->arena, struct store_proof_log, most);
    p->out->sealed = (size_t)ask_number(p, "SELECT count(*) FROM tenant_secret");
    p->out->count = 1; /* tenant 0 */
    struct sql_query *q = sql_prepare(p->sql, "SELECT id, slug FROM tenant ORDER BY id");
    while (sql_next(q) && p->out->count < most) {
        struct store_proof_log *log = &p->out->logs[p->out->count++];
        log->tenant = (int32_t)sql_get(q);
        SQL_GET_TEXT(q, log->slug);
    }
    sql_done(q);
    sql_drop(&q);
    (void)sql_end(p->sql); /* the error sticks, and is asked for */
    return outcome(p);
}

/* Rows that went with their time leave the hash of the last of them. */
static bool head_before(struct proof *p, int32_t tenant, int64_t id, int64_t *out_id,
                        uint8_t chain[JOURNAL_HASH_BYTES])
{
    struct sql_query *q =
        sql_prepare(p->sql, "SELECT event_id, chain FROM log_head WHERE tenant = ?1"
                            " AND event_id < ?2 ORDER BY event_id DESC LIMIT 1");
    bool has_one = false;

    sql_put(q, tenant);
    sql_put(q, id);
    if (sql_next(q)) {
        *out_id = sql_get(q);
        const struct span found = sql_get_span(q);
        has_one = found.size == JOURNAL_HASH_BYTES;
        if (has_one)
            memcpy(chain, found.data, JOURNAL_HASH_BYTES);
    }
    sql_drop(&q);
    return has_one;
}

/* The row that stands there, and its hash; its spans live as long as it does. */
static struct span read_row(struct sql_query *q, struct journal_row *row)
{
    row->id = sql_get(q);
    row->kind = sql_get_span(q);
    row->at_ms = sql_get(q);
    row->thread = sql_get(q);
    row->subject = sql_get(q);
    row->operator_id = sql_get_span(q);
    row->detail = sql_get_span(q);
    row->alarm = sql_get(q) != 0;
    row->salt = sql_get_span(q);
    return sql_get_span(q);
}

static int prove_page(struct proof *p, struct journal_check *check)
{
    struct sql_query *q = sql_prepare(
        p->sql, "SELECT id, kind, created_at, thread_id, subject_id, operator, detail, is_alarm,"
                " salt, chain FROM event WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3");
    struct journal_row row = {.tenant = check->tenant};
    int rows = 0;

    sql_put(q, check->tenant);
    sql_put(q, check->last_id);
    sql_put(q, ROWS_A_PAGE);
    for (; sql_next(q); rows++) {
        const struct span chain = read_row(q, &row);
        journal_check_row(check, &row,
                          chain.size == JOURNAL_HASH_BYTES ? (const uint8_t *)chain.data : NULL);
    }
    sql_drop(&q);
    return rows;
}

static int64_t first_row(struct proof *p, int32_t tenant)
{
    struct sql_query *q =
        sql_prepare(p->sql, "SELECT id FROM event WHERE tenant = ?1 ORDER BY id LIMIT 1");

    sql_put(q, tenant);
    const int64_t id = sql_next(q) ? sql_get(q) : 0;
    sql_done(q);
    sql_drop(&q);
    return id;
}

static void keep(struct store_proof_log *log, const struct journal_check *check)
{
    log->rows = check->count;
    log->has_chain = check->is_chained;
    memcpy(log->chain, check->chain, sizeof log->chain);
    if (check->count)
        log->last = check->last_id;
}

static enum err prove_log(struct proof *p, struct store_proof_log *log)
{
    uint8_t chain[JOURNAL_HASH_BYTES];
    int rows = ROWS_A_PAGE;

    sql_begin(p->sql, SQL_READ);
    const int64_t first = first_row(p, log->tenant);
    const bool has_head = head_before(p, log->tenant, first ? first : INT64_MAX, &log->last, chain);
    struct journal_check check = journal_check_begin(log->tenant, has_head ? chain : NULL);
    check.hash = p->hash;
    while (rows == ROWS_A_PAGE && !sql_err(p->sql)) {
        rows = prove_page(p, &check);
        p->out->rows += rows;
        if (p->ask->progress)
            p->ask->progress(p->ask->ctx, p->out->rows);
    }
    (void)sql_end(p->sql); /* the error sticks, and is asked for */
    keep(log, &check);
    if (check.last_ms > p->out->written_ms)
        p->out->written_ms = check.last_ms;
    if (!check.why)
        return outcome(p);
    snprintf(p->why, STORE_WHY_SIZE, "the log of tenant %s is not whole at event %lld: %s",
             log->slug[0] ? log->slug : "0", (long long)check.broken_id, check.why);
    return ERR_BROKEN;
}

/* ---- all of it ---- */

static enum err open_it(struct proof *p)
{
    const char *address = p->ask->address;

    if (postgres_sql_is_address(address))
        return postgres_sql_open(address, sql_texts, SQL_TEXTS, &p->sql, p->why);
    return p->ask->is_still ? sqlite_sql_open_still(address, NULL, 0, &p->sql, p->why)
                            : sqlite_sql_open_reader(address, NULL, 0, &p->sql, p->why);
}

static enum err look_at_schema(struct proof *p)
{
    sql_begin(p->sql, SQL_READ);
    p->out->schema = postgres_sql_is_address(p->ask->address) ? postgres_schema_version(p->sql)
                                                              : sqlite_schema_version(p->sql);
    if (!sql_err(p->sql) && p->out->schema == 0)
        sql_fail(p->sql, ERR_BAD_INPUT, "%s holds nothing of nextring's", sql_path(p->sql));
    if (!sql_err(p->sql) && p->out->schema != STORE_SCHEMA)
        sql_fail(p->sql, ERR_CONFLICT,
                 "%s has schema %d, and this program proves %d: use the program that made it, or"
                 " restore it with that and run nextring migrate",
                 sql_path(p->sql), p->out->schema, (int)STORE_SCHEMA);
    (void)sql_end(p->sql); /* the error sticks, and is asked for */
    return outcome(p);
}

static enum err prove(struct proof *p)
{
    enum err e = look_at_schema(p);

    if (!e && !postgres_sql_is_address(p->ask->address))
        e = look_at_pages(p);
    if (!e)
        e = list_logs(p);
    for (size_t i = 0; i < p->out->count && !e; i++)
        e = prove_log(p, &p->out->logs[i]);
    return e;
}

enum err store_proof(struct arena *arena, const struct store_proof_ask *ask,
                     struct store_proof *out, char why[STORE_WHY_SIZE])
{
    struct store_proof found = {0};
    struct proof p = {.arena = arena, .ask = ask, .out = &found, .why = why};

    enum err e = open_it(&p);
    if (e)
        return e;
    p.hash = digest_hash_open();
    e = prove(&p);
    digest_hash_close(&p.hash);
    sql_close(&p.sql);
    if (!e)
        *out = found;
    return e;
}
