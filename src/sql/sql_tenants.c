#include "sql/sql_tenants.h"

#include <string.h>

#include "sql/sql_belongings.h"
#include "sql/sql_columns.h"
#include "sql/sql_nodes.h"
#include "sql/sql_report_only.h"

/* ---- terms and secrets ---- */

static void read_tenant(struct sql_query *q, struct tenant *out)
{
    *out = (struct tenant){.id = (int32_t)sql_get(q)};
    SQL_GET_TEXT(q, out->slug);
    SQL_GET_TEXT(q, out->name);
    SQL_GET_TEXT(q, out->account);
    SQL_GET_NAME(q, tenant_state, out->terms.state);
    out->terms.weight = (int32_t)sql_get(q);
    out->terms.texts_a_day = (int32_t)sql_get(q);
    out->terms.calls_a_day = (int32_t)sql_get(q);
    out->created_ms = sql_get(q);
    out->changed_ms = sql_get(q);
}

/* False: one that only a newer program knows. */
static bool read_secret(struct sql_query *q, struct tenant_sealed *out)
{
    *out = (struct tenant_sealed){.tenant = (int32_t)sql_get(q)};
    const bool is_known = tenant_secret_parse(sql_get_span(q), &out->name);
    const struct span sealed = sql_get_span(q);
    if (sealed.size <= sizeof out->bytes) { /* a longer one does not open */
        memcpy(out->bytes, sealed.data, sealed.size);
        out->size = (uint16_t)sealed.size;
    }
    if (is_known) {
        SQL_GET_TEXT(q, out->key_id);
        out->changed_ms = sql_get(q);
    }
    return is_known;
}

static enum err tenants(struct store *store, const struct store_tenants *reader)
{
    struct sql *sql = sql_store_read(store);
    struct sql_query *q = sql_prepare(
        sql, "SELECT id, slug, name, account, state, weight, texts_a_day, calls_a_day, created_at,"
             " changed_at FROM tenant ORDER BY slug");

    while (sql_next(q)) {
        struct tenant t;
        read_tenant(q, &t);
        if (!sql_err(sql))
            reader->tenant(reader->ctx, &t);
    }
    sql_drop(&q);
    q = sql_prepare(sql, "SELECT tenant, name, sealed, key_id, changed_at FROM tenant_secret"
                         " ORDER BY tenant, name");
    while (sql_next(q)) {
        struct tenant_sealed row;
        if (read_secret(q, &row) && !sql_err(sql))
            reader->secret(reader->ctx, &row);
    }
    sql_drop(&q);
    sql_report_only_read(sql, reader);
    return sql_end(sql);
}

static bool has_slug(struct sql *sql, const char *slug)
{
    struct sql_query *q = sql_prepare(sql, "SELECT id FROM tenant WHERE slug = ?1");

    sql_put_text(q, slug);
    const bool is_there = sql_next(q);
    sql_drop(&q);
    return is_there;
}

static void add(struct sql *sql, struct tenant *t, int64_t now_ms)
{
    struct sql_query *q = sql_prepare(
        sql, "INSERT INTO tenant (id, name, account, state, weight, texts_a_day, calls_a_day, slug,"
             " created_at, changed_at) VALUES (" SQL_COLUMNS_NEXT_TENANT
             ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) RETURNING id");

    sql_put_text(q, t->name);
    sql_put_text(q, t->account);
    sql_put_text(q, tenant_state_name(t->terms.state));
    sql_put(q, t->terms.weight);
    sql_put_maybe(q, t->terms.texts_a_day);
    sql_put_maybe(q, t->terms.calls_a_day);
    sql_put_text(q, t->slug);
    sql_put(q, now_ms);
    if (sql_next(q))
        t->id = (int32_t)sql_get(q);
    sql_drop(&q);
}

static enum err tenant_add(struct store *store, struct tenant *tenant, int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);
    struct tenant made = *tenant;
    bool is_taken = false;

    u.is_new_row = true;
    while (sql_store_goes(&u)) {
        made = *tenant;
        is_taken = has_slug(u.sql, made.slug);
        if (!is_taken)
            add(u.sql, &made, now_ms);
        sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    if (!u.err && is_taken)
        return ERR_CONFLICT;
    if (!u.err)
        *tenant = made;
    return u.err;
}

/* NULL: it stays. */
static void put_given(struct sql_query *q, const int32_t *number)
{
    if (number)
        sql_put(q, *number);
    else
        sql_put_maybe(q, 0);
}

/* One statement, which sees the row as whoever came before has left it: 0 is no bound. */
static void change(struct sql *sql, int32_t tenant, const struct store_tenant_change *c,
                   int64_t now_ms)
{
    struct sql_query *q = sql_prepare(
        sql, "UPDATE tenant SET name = coalesce(?1, name), account = coalesce(?2, account),"
             " state = coalesce(?3, state), weight = coalesce(?4, weight),"
             " texts_a_day = nullif(coalesce(?5, texts_a_day, 0), 0),"
             " calls_a_day = nullif(coalesce(?6, calls_a_day, 0), 0),"
             " changed_at = ?8 WHERE id = ?7 RETURNING id");

    sql_put_maybe_text(q, c->name);
    sql_put_maybe_text(q, c->account);
    sql_put_maybe_text(q, c->state ? tenant_state_name(*c->state) : NULL);
    put_given(q, c->weight);
    put_given(q, c->texts_a_day);
    put_given(q, c->calls_a_day);
    sql_put(q, tenant);
    sql_put(q, now_ms);
    if (!sql_next(q))
        sql_fail(sql, ERR_NOT_FOUND, "there is no such tenant");
    sql_drop(&q);
}

static enum err tenant_change(struct store *store, int32_t tenant,
                              const struct store_tenant_change *c, int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        change(u.sql, tenant, c, now_ms);
        sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    return u.err;
}

static void touch(struct sql *sql, int32_t tenant, int64_t now_ms)
{
    struct sql_query *q =
        sql_prepare(sql, "UPDATE tenant SET changed_at = ?2 WHERE id = ?1 RETURNING id");

    sql_put(q, tenant);
    sql_put(q, now_ms);
    if (!sql_next(q))
        sql_fail(sql, ERR_NOT_FOUND, "there is no such tenant");
    sql_drop(&q);
}

static void put_secret(struct sql *sql, const struct tenant_sealed *row, int64_t now_ms)
{
    struct sql_query *q =
        sql_prepare(sql, "INSERT INTO tenant_secret (tenant, name, sealed, key_id, changed_at)"
                         " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant, name) DO UPDATE SET"
                         " sealed = excluded.sealed, key_id = excluded.key_id,"
                         " changed_at = excluded.changed_at");

    sql_put(q, row->tenant);
    sql_put_text(q, tenant_secret_name(row->name));
    sql_put_blob(q, row->bytes, row->size);
    sql_put_text(q, row->key_id);
    sql_put(q, now_ms);
    sql_run(q);
    sql_drop(&q);
}

static void drop_secret(struct sql *sql, const struct tenant_sealed *row)
{
    struct sql_query *q =
        sql_prepare(sql, "DELETE FROM tenant_secret WHERE tenant = ?1 AND name = ?2");

    sql_put(q, row->tenant);
    sql_put_text(q, tenant_secret_name(row->name));
    sql_run(q);
    sql_drop(&q);
}

static enum err secrets_put(struct store *store, const struct tenant_sealed *rows, size_t count,
                            int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        for (size_t i = 0; i < count && !sql_err(u.sql); i++) {
            touch(u.sql, rows[i].tenant, now_ms);
            if (rows[i].size)
                put_secret(u.sql, &rows[i], now_ms);
            else
                drop_secret(u.sql, &rows[i]);
        }
        sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    return u.err;
}

/* The same secret, sealed by another key: only if nobody has given another one meanwhile. */
static void reseal(struct sql *sql, const struct tenant_sealed *row)
{
    struct sql_query *q = sql_prepare(
        sql, "UPDATE tenant_secret SET sealed = ?3, key_id = ?4 WHERE tenant = ?1 AND name = ?2"
             " AND changed_at = ?5");

    sql_put(q, row->tenant);
    sql_put_text(q, tenant_secret_name(row->name));
    sql_put_blob(q, row->bytes, row->size);
    sql_put_text(q, row->key_id);
    sql_put(q, row->changed_ms);
    sql_run(q);
    sql_drop(&q);
}

static enum err secrets_reseal(struct store *store, const struct tenant_sealed *rows, size_t count)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        for (size_t i = 0; i < count && !sql_err(u.sql); i++)
            reseal(u.sql, &rows[i]);
        sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    return u.err;
}

/* ---- all that is a tenant's ---- */

static enum err belongings(struct store *store, struct store_belongings *ask, view_row_fn *fn,
                           void *ctx)
{
    struct sql *sql = sql_store_read(store);

    sql_belongings_list(sql, ask, fn, ctx, ((struct sql_store *)store)->scratch);
    return sql_end(sql);
}

static enum err belongings_drop(struct store *store, int32_t tenant, int max, int *at,
                                int64_t *out_gone)
{
    struct sql_store_unit u = sql_store_write(store);
    int64_t gone = 0;
    int next = *at;

    while (sql_store_goes(&u)) {
        next = *at;
        sql_store_hold_one(u.of, tenant);
        gone = sql_belongings_drop(u.sql, tenant, max, &next, u.of->scratch);
        if (!sql_belongings_at(next))
            sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    sql_desks_forget(u.of->desks);
    sql_log_forget(u.of->log);
    if (u.err)
        return u.err;
    *at = next;
    *out_gone = gone;
    return ERR_NONE;
}

static int64_t ask_one(struct sql *sql, const char *text, int32_t tenant)
{
    struct sql_query *q = sql_prepare(sql, text);

    sql_put(q, tenant);
    const int64_t number = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return number;
}

/* Moves the look on by a page; returns the id of its last call, which may be far behind. */
static int64_t look_at_page(struct sql *sql, struct store_recordings *look)
{
    int64_t last = look->after_id;
    struct sql_query *q =
        sql_prepare(sql, "SELECT max(id), count(*), count(recording) FROM (SELECT id, recording"
                         " FROM cascade WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3) AS c");

    sql_put(q, look->tenant);
    sql_put(q, look->after_id);
    sql_put(q, look->page);
    if (sql_next(q)) {
        const int64_t id = sql_get(q), count = sql_get(q);
        last = count ? id : last;
        look->is_done = count < look->page;
        look->left += sql_get(q);
    }
    sql_drop(&q);
    return last;
}

/* Their timers are due at once, as if they had been kept long enough. */
static void hurry(struct sql *sql, struct store_recordings *look, int64_t last_id, int64_t now_ms)
{
    struct sql_query *q = sql_prepare(
        sql, "INSERT INTO timer (due_at, tenant, kind, subject_id) SELECT ?2, tenant, 'recording',"
             " id FROM cascade WHERE tenant = ?1 AND id > ?3 AND id <= ?4"
             " AND recording IS NOT NULL AND id NOT IN (SELECT subject_id FROM timer"
             " WHERE timer.tenant = ?1 AND timer.kind = 'recording' AND timer.due_at <= ?2)"
             " ORDER BY id LIMIT ?5"
             " ON CONFLICT DO NOTHING RETURNING subject_id");

    sql_put(q, look->tenant);
    sql_put(q, now_ms);
    sql_put(q, look->after_id);
    sql_put(q, last_id);
    sql_put(q, look->max - look->begun);
    while (sql_next(q))
        look->begun++;
    sql_drop(&q);
}

static enum err recordings_end(struct store *store, struct store_recordings *look, int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);
    struct store_recordings next = *look;

    while (sql_store_goes(&u)) {
        next = *look;
        sql_store_hold_one(u.of, next.tenant);
        const int64_t last_id = look_at_page(u.sql, &next);
        if (next.left > look->left && next.begun < next.max)
            hurry(u.sql, &next, last_id, now_ms);
        next.after_id = last_id;
        if (next.is_done) /* those that are on their way there */
            next.left += ask_one(u.sql,
                                 "SELECT count(*) FROM outbox WHERE tenant = ?1"
                                 " AND kind = 'erase'",
                                 next.tenant);
    }
    if (!u.err)
        *look = next;
    return u.err;
}

static enum err scan(struct store *store, const struct tenant *tenant, store_trace_fn *fn,
                     void *ctx)
{
    struct sql *sql = sql_store_read(store);

    sql_belongings_scan(sql, tenant, fn, ctx, ((struct sql_store *)store)->scratch);
    return sql_end(sql);
}

void sql_tenants(struct store_ops *ops)
{
    ops->tenants = tenants;
    ops->tenant_add = tenant_add;
    ops->tenant_change = tenant_change;
    ops->secrets_put = secrets_put;
    ops->secrets_reseal = secrets_reseal;
    ops->report_only = sql_report_only_put;
    ops->belongings = belongings;
    ops->belongings_drop = belongings_drop;
    ops->recordings_end = recordings_end;
    ops->scan = scan;
}
