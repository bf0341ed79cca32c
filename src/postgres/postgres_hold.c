#include "postgres/postgres_hold.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "postgres/postgres_pipe.h"

enum { SCRATCH_BYTES = 64 << 10 };

static const char begin_text[] = "BEGIN";
static const char commit_text[] = "COMMIT";
static const char lock_text[] =
    "SELECT tenant FROM hold WHERE tenant = ANY ($1::integer[]) ORDER BY tenant FOR UPDATE";
static const char more_text[] = "SELECT tenant FROM hold WHERE tenant = ANY ($1::integer[])"
                                " ORDER BY tenant FOR UPDATE SKIP LOCKED";
static const char make_text[] = "INSERT INTO hold (tenant) SELECT * FROM unnest($1::integer[])"
                                " ON CONFLICT (tenant) DO NOTHING";
static const char fence_text[] = "SELECT 1 FROM node WHERE node = $1::integer"
                                 " AND incarnation = $2::bigint AND gone_at IS NULL";
static const char ends_text[] =
    "SELECT k.tenant, coalesce(e.id, h.event_id, 0), CASE WHEN e.id IS NULL THEN h.chain"
    " ELSE e.chain END FROM unnest($1::integer[]) AS k (tenant) LEFT JOIN LATERAL"
    " (SELECT id, chain FROM event WHERE event.tenant = k.tenant ORDER BY id DESC LIMIT 1) e"
    " ON true LEFT JOIN LATERAL (SELECT event_id, chain FROM log_head"
    " WHERE log_head.tenant = k.tenant AND e.id IS NULL ORDER BY event_id DESC LIMIT 1) h"
    " ON true";

void postgres_hold_list_add(struct postgres_hold_list *l, int32_t tenant)
{
    size_t from = 0, to = l->count;

    if (to > 0 && l->list[to - 1] <= tenant) /* most often */
        from = l->list[to - 1] < tenant ? to : to - 1;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (l->list[middle] < tenant)
            from = middle + 1;
        else
            to = middle;
    }
    if (from < l->count && l->list[from] == tenant)
        return;
    memmove(l->list + from + 1, l->list + from, (l->count - from) * sizeof *l->list);
    l->list[from] = tenant;
    l->count++;
}

void postgres_hold_init(struct postgres_hold *h, struct sql_store *of)
{
    *h = (struct postgres_hold){.of = of, .scratch = arena_open(SCRATCH_BYTES)};
}

void postgres_hold_done(struct postgres_hold *h)
{
    free(h->tenants);
    free(h->asked);
    arena_close(&h->scratch);
    postgres_column_done(&h->column);
}

static void copy_in(int32_t **to, size_t *count, size_t *room, const int32_t *tenants, size_t n)
{
    if (n > *room) {
        *room = 2 * n;
        *to = arena_must_grow(*to, *room * sizeof **to);
    }
    if (n)
        memcpy(*to, tenants, n * sizeof **to);
    *count = n;
}

static struct postgres_value list_of(struct postgres_hold *h, const int32_t *tenants, size_t count)
{
    postgres_column_begin(&h->column, POSTGRES_COLUMN_INT4);
    for (size_t i = 0; i < count; i++)
        postgres_column_number(&h->column, tenants[i]);
    return postgres_column_value(&h->column);
}

void postgres_hold_ask(struct postgres_hold *h, const int32_t *tenants, size_t count)
{
    CHECK(h->state == HOLD_NONE);
    arena_reset(h->scratch);
    if (sql_log_trim(h->of->log))
        sql_desks_forget(h->of->desks);
    for (size_t i = 1; i < count; i++)
        CHECK(tenants[i - 1] < tenants[i]);
    copy_in(&h->tenants, &h->count, &h->room, tenants, count);
    copy_in(&h->asked, &h->asked_count, &h->asked_room, tenants, count);
    h->of->sql->err = ERR_NONE; /* what came before is forgotten, as sql_begin does it */
    h->of->sql->is_again = false;
    h->serial++;
    h->state = HOLD_ASKED;
}

/* A node whose lease is over, and that does not know it yet, writes nothing. */
static void send_fence(struct postgres_hold *h)
{
    const struct store *store = &h->of->store;
    char node[4], incarnation[8];

    h->is_fenced = store->incarnation != 0;
    if (h->is_fenced) {
        const struct postgres_value values[] = {
            postgres_column_int4(store->node, node),
            postgres_column_int8(store->incarnation, incarnation)};
        postgres_pipe_send(h->of->sql, fence_text, values, 2);
    }
}

static void take_fence(const struct postgres_hold *h)
{
    struct sql *sql = h->of->sql;

    if (!h->is_fenced)
        return;
    struct sql_query *q = postgres_pipe_take(sql);
    if (!sql_next(q))
        sql_fail(sql, ERR_BUSY, "the lease of this node is over: others have taken its work");
    sql_done(q);
}

static void send_ends(struct postgres_hold *h)
{
    const struct postgres_value list = list_of(h, h->asked, h->asked_count);

    postgres_pipe_send(h->of->sql, ends_text, &list, 1);
}

static void take_ends(struct postgres_hold *h)
{
    struct sql_query *q = postgres_pipe_take(h->of->sql);

    while (sql_next(q)) {
        const int32_t tenant = (int32_t)sql_get(q);
        const int64_t last = sql_get(q);
        if (!postgres_hold_has(h, tenant)) /* was not free: its log may go on at any moment */
            continue;
        if (!sql_log_know(h->of->log, tenant, last, sql_get_span(q)))
            sql_desks_forget_tenant(h->of->desks, tenant);
    }
}

void postgres_hold_send(struct postgres_hold *h)
{
    struct sql *sql = h->of->sql;

    if (h->state != HOLD_ASKED)
        return;
    h->state = HOLD_SENT;
    postgres_pipe_fresh(sql);
    postgres_pipe_send(sql, begin_text, NULL, 0);
    if (h->asked_count) {
        const struct postgres_value list = list_of(h, h->asked, h->asked_count);
        postgres_pipe_send(sql, lock_text, &list, 1);
    }
    send_fence(h);
    if (h->asked_count)
        send_ends(h);
}

/* Keeps of `asked` those that were locked; returns how many that are. */
static size_t take_locks(struct postgres_hold *h, int32_t *got)
{
    struct sql_query *q = postgres_pipe_take(h->of->sql);
    size_t count = 0;

    while (sql_next(q)) {
        CHECK(count < h->asked_count);
        got[count++] = (int32_t)sql_get(q);
    }
    return count;
}

/* A tenant is made with its row, so this mends what was put there by hand. */
static void make_rows(struct postgres_hold *h)
{
    struct sql *sql = h->of->sql;
    const struct postgres_value list = list_of(h, h->asked, h->asked_count);

    postgres_pipe_undo(sql);
    postgres_pipe_fresh(sql);
    postgres_pipe_send(sql, make_text, &list, 1);
    postgres_pipe_take_all(sql);
    sql_fail(sql, ERR_BUSY, "a tenant was not known to the table of holds");
    sql->is_again = sql->err == ERR_BUSY;
}

void postgres_hold_take(struct postgres_hold *h)
{
    struct sql *sql = h->of->sql;

    if (h->state != HOLD_SENT)
        return;
    sql_done(postgres_pipe_take(sql)); /* BEGIN */
    if (h->asked_count) {
        int32_t *got = ARENA_NEW_N(h->scratch, int32_t, h->asked_count);
        const size_t count = take_locks(h, got);
        if (!sql_err(sql) && count != h->asked_count)
            make_rows(h);
    }
    take_fence(h);
    if (h->asked_count)
        take_ends(h);
    h->asked_count = 0;
    h->state = sql_err(sql) ? HOLD_LOST : HOLD_HELD;
}

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

bool postgres_hold_has(const struct postgres_hold *h, int32_t tenant)
{
    return h->count > 0 &&
           bsearch(&tenant, h->tenants, h->count, sizeof *h->tenants, by_number) != NULL;
}

void postgres_hold_more(struct postgres_hold *h, const int32_t *tenants, size_t count)
{
    CHECK(h->state == HOLD_HELD || h->state == HOLD_LOST);
    copy_in(&h->asked, &h->asked_count, &h->asked_room, tenants, count);
    const struct postgres_value list = list_of(h, h->asked, h->asked_count);
    postgres_pipe_send(h->of->sql, more_text, &list, 1);
    send_ends(h);
}

void postgres_hold_more_take(struct postgres_hold *h)
{
    int32_t *got = ARENA_NEW_N(h->scratch, int32_t, h->asked_count + 1);
    const size_t count = take_locks(h, got);
    const size_t all = h->count + count;

    if (all > h->room) {
        h->room = 2 * all;
        h->tenants = arena_must_grow(h->tenants, h->room * sizeof *h->tenants);
    }
    if (count)
        memcpy(h->tenants + h->count, got, count * sizeof *got);
    h->count = all;
    if (all)
        qsort(h->tenants, all, sizeof *h->tenants, by_number);
    take_ends(h);
    h->asked_count = 0;
}

void postgres_hold_commit(struct postgres_hold *h)
{
    postgres_pipe_send(h->of->sql, commit_text, NULL, 0);
    postgres_pipe_take_all(h->of->sql);
    if (sql_err(h->of->sql))
        postgres_pipe_undo(h->of->sql);
    h->state = HOLD_NONE;
}

void postgres_hold_undo(struct postgres_hold *h)
{
    if (h->state != HOLD_NONE && h->state != HOLD_ASKED)
        postgres_pipe_undo(h->of->sql);
    h->state = HOLD_NONE;
}
