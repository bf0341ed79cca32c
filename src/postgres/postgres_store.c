#include "postgres/postgres_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "postgres/postgres_batch.h"
#include "postgres/postgres_months.h"
#include "postgres/postgres_nodes.h"
#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "sql/sql_store.h"
#include "sql/sql_sweep.h"
#include "sql/sql_table.h"
#include "sql/sql_tenants.h"
#include "sql/sql_texts.h"

enum { LIST_MOST = 1 << 20 };

struct postgres {
    struct sql_store base; /* first */
    enum err (*sweep_rows)(struct store *, const struct store_sweep_ask *,
                           struct store_sweep_place *, size_t *);
    struct postgres_batch *batch;
    struct postgres_months months;
};

static struct postgres_batch *batch_of(struct store *store)
{
    return ((struct postgres *)store)->batch;
}

static void close_it(struct store *store)
{
    struct postgres *s = (struct postgres *)store;

    sql_store_done(&s->base);
    if (s->batch)
        postgres_batch_close(&s->batch);
    free(s);
}

static enum err hold(struct store *store, const int32_t *tenants, size_t count, int64_t now_ms)
{
    (void)now_ms;
    return postgres_batch_hold(batch_of(store), tenants, count);
}

static void drop(struct store *store)
{
    postgres_batch_drop(batch_of(store));
}

static enum err load(struct store *store, struct facts *facts)
{
    return postgres_batch_load(batch_of(store), facts);
}

static enum err save(struct store *store, const struct facts *facts)
{
    return postgres_batch_save(batch_of(store), facts);
}

static enum err due(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                    size_t *out_count, int64_t *out_next_ms)
{
    return postgres_batch_due(batch_of(store), now_ms, max, out, out_count, out_next_ms);
}

static enum err due_others(struct store *store, const struct store_due_ask *ask, struct timer *out,
                           size_t *out_count, int64_t *out_up_to_ms)
{
    return postgres_batch_due_others(batch_of(store), ask, out, out_count, out_up_to_ms);
}

static enum err senders(struct store *store, void (*fn)(void *, const struct store_sender *),
                        void *ctx)
{
    return postgres_batch_senders(batch_of(store), fn, ctx);
}

static enum err ready(struct store *store, struct facts *facts, const struct store_sender *sender,
                      int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                      int64_t *out_next_ms)
{
    return postgres_batch_ready(batch_of(store), facts, sender, now_ms, max, out, out_count,
                                out_next_ms);
}

static enum err unsure(struct store *store, struct facts *facts, int64_t now_ms, size_t max,
                       struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    return postgres_batch_unsure(batch_of(store), facts, now_ms, max, out, out_count, out_next_ms);
}

static enum err orphans(struct store *store, int64_t now_ms, struct id_maker *ids,
                        size_t *out_count)
{
    struct postgres *s = (struct postgres *)store;

    /* Before anybody waits for the first row of the month. */
    postgres_months_need(&s->months, sql_store_read(store), id_floor(now_ms));
    const enum err e = sql_end(s->base.sql);
    return e ? e : postgres_batch_orphans(s->batch, now_ms, ids, out_count);
}

static enum err open_reader(const struct store *store, struct store **out, char why[STORE_WHY_SIZE])
{
    const struct postgres *of = (const struct postgres *)store;
    struct postgres *s = arena_must_alloc(sizeof *s);

    sql_store_init(&s->base);
    s->base.ops = of->base.ops;
    s->base.store.is_shared = true;
    s->batch = postgres_batch_open(&s->base, &s->months);
    const enum err e = postgres_sql_open_reader(of->base.sql, &s->base.sql, why);
    if (e) {
        close_it(&s->base.store);
        return e;
    }
    *out = &s->base.store;
    return ERR_NONE;
}

/* ---- retention: whole months first ---- */

enum {
    HEADS_A_TURN = 50,  /* tenants */
    RETIRE_TRIES = 240, /* a quarter of a second apart: then the rows go one by one */
};

/* Kept in a place of the sweep while it stands before the history's rows. */
struct months_place {
    int32_t month;  /* whose heads are being kept; POSTGRES_MONTHS: all have gone that could */
    int32_t tenant; /* whose were kept last; -1: nobody's */
    int32_t tries;
};

static int32_t tenant_after(struct sql *sql, int32_t tenant)
{
    if (tenant < 0)
        return 0; /* what is on no roster */
    struct sql_query *q = sql_use(sql, TEXT_TENANT_NEXT);
    sql_put(q, tenant);
    const int32_t next = sql_next(q) ? (int32_t)sql_get(q) : 0;
    sql_done(q);
    return next ? next : INT32_MAX;
}

static int64_t last_of(struct sql *sql, int32_t tenant, int64_t from, int64_t to)
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT max(id) FROM event WHERE tenant = ?1 AND id >= ?2 AND id < ?3");

    sql_put(q, tenant);
    sql_put(q, from);
    sql_put(q, to);
    const int64_t last = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return last;
}

static void keep_heads(struct sql_store_unit *u, struct months_place *p)
{
    int64_t from, to;

    postgres_months_range(p->month, &from, &to);
    for (int i = 0; i < HEADS_A_TURN && p->tenant < INT32_MAX && !sql_err(u->sql); i++) {
        p->tenant = tenant_after(u->sql, p->tenant);
        const int64_t last = p->tenant < INT32_MAX ? last_of(u->sql, p->tenant, from, to) : 0;
        if (!last)
            continue;
        sql_store_hold_one(u->of, p->tenant);
        sql_log_keep_head(u->sql, p->tenant, last);
    }
}

static void retire(struct postgres *s, struct months_place *p, int64_t before)
{
    if (postgres_months_retire(&s->months, s->base.sql, p->month)) {
        struct sql *sql = sql_store_read(&s->base.store);
        const int month = postgres_months_oldest(sql, before);
        *p = (struct months_place){sql_end(sql) ? POSTGRES_MONTHS : month, -1, 0};
    } else if (++p->tries == RETIRE_TRIES) {
        p->month = POSTGRES_MONTHS;
    }
}

static enum err sweep_months(struct postgres *s, int64_t before, struct months_place *p)
{
    struct sql_store_unit u = sql_store_write(&s->base.store);
    struct months_place next = *p;

    if (p->tenant == INT32_MAX && p->month < POSTGRES_MONTHS) {
        retire(s, p, before);
        return ERR_NONE;
    }
    while (sql_store_goes(&u)) {
        next = *p;
        if (next.month < 0)
            next.month = postgres_months_oldest(u.sql, before);
        if (next.month < POSTGRES_MONTHS)
            keep_heads(&u, &next);
    }
    if (!u.err)
        *p = next;
    return u.err;
}

static enum err sweep(struct store *store, const struct store_sweep_ask *ask,
                      struct store_sweep_place *place, size_t *out_gone)
{
    struct postgres *s = (struct postgres *)store;
    struct months_place p = {-1, -1, 0};

    _Static_assert(sizeof p <= sizeof place->key, "it finds room there");
    if (s->months.is_whole || place->step != SQL_SWEEP_HISTORY || place->tenant != 0 ||
        ask->metadata_ms <= 0)
        return s->sweep_rows(store, ask, place, out_gone);
    if (place->key_bytes == sizeof p)
        memcpy(&p, place->key, sizeof p);
    if (p.month == POSTGRES_MONTHS)
        return s->sweep_rows(store, ask, place, out_gone);
    const enum err err = sweep_months(s, id_floor(ask->metadata_ms), &p);
    if (err)
        return err;
    memcpy(place->key, &p, sizeof p);
    place->key_bytes = sizeof p;
    *out_gone = 0;
    return ERR_NONE;
}

static void fill(struct store_ops *ops)
{
    ops->open_reader = open_reader;
    ops->close = close_it;
    ops->hold = hold;
    ops->drop = drop;
    ops->load = load;
    ops->save = save;
    ops->due = due;
    ops->due_others = due_others;
    ops->senders = senders;
    ops->ready = ready;
    ops->unsure = unsure;
    ops->orphans = orphans;
    postgres_nodes(ops);
}

static void put_list(struct sql_query *q, struct span list)
{
    sql_put_span(q, list);
    sql_run(q);
    sql_drop(&q);
}

/* In the unit that has begun; a tenant that nobody has held before gets his row first. */
static void hold_in(struct sql_store *s, const int32_t *tenants, size_t count)
{
    struct buf list = buf_in(s->scratch, LIST_MOST);

    buf_add_char(&list, '{');
    for (size_t i = 0; i < count; i++)
        buf_printf(&list, "%s%d", i ? "," : "", (int)tenants[i]);
    buf_add_char(&list, '}');
    put_list(sql_prepare(s->sql, "INSERT INTO hold (tenant) SELECT DISTINCT t FROM"
                                 " unnest(CAST(?1 AS integer[])) AS t ORDER BY t"
                                 " ON CONFLICT (tenant) DO NOTHING"),
             buf_span(&list));
    put_list(sql_prepare(s->sql, "SELECT tenant FROM hold WHERE tenant = ANY"
                                 " (CAST(?1 AS integer[])) ORDER BY tenant FOR UPDATE"),
             buf_span(&list));
}

static void greet(struct sql *sql, void *ctx)
{
    struct postgres_months *months = ctx;
    const struct postgres_schema there = postgres_schema_greet(sql);

    months->is_whole = there.is_distributed;
    if (!sql_err(sql))
        postgres_months_read(months, sql);
}

bool postgres_store_is_address(const char *address)
{
    return postgres_sql_is_address(address);
}

/* What cannot be reached now is waited for; what would never do is said at once. */
static enum err try_it(struct sql *sql, char why[STORE_WHY_SIZE])
{
    sql_begin(sql, SQL_READ);
    const enum err e = sql_end(sql);
    memcpy(why, sql_why(sql), STORE_WHY_SIZE);
    return e == ERR_BUSY ? ERR_NONE : e;
}

enum err postgres_store_open(const char *address, struct store **out, char why[STORE_WHY_SIZE])
{
    _Static_assert((int)STORE_WHY_SIZE == (int)SQL_WHY_SIZE, "the same words");
    struct postgres *s = arena_must_alloc(sizeof *s);

    sql_store_init(&s->base);
    sql_table_fill(&s->base.ops);
    sql_tenants(&s->base.ops);
    fill(&s->base.ops);
    s->sweep_rows = s->base.ops.sweep;
    s->base.ops.sweep = sweep;
    s->base.store.is_shared = true;
    s->base.hold_in = hold_in;
    enum err e = postgres_sql_open(address, sql_texts, SQL_TEXTS, &s->base.sql, why);
    if (!e) {
        postgres_sql_greet(s->base.sql, greet, &s->months);
        s->batch = postgres_batch_open(&s->base, &s->months);
        e = try_it(s->base.sql, why);
    }
    if (e) {
        close_it(&s->base.store);
        return e;
    }
    *out = &s->base.store;
    return ERR_NONE;
}
