#include "postgres/postgres_nodes.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "sql/sql_news.h"
#include "sql/sql_nodes.h"
#include "sql/sql_rows.h"
#include "sql/sql_store.h"

enum {
    HEARD_MS = 60000,   /* a node that is gone may have told something before */
    CHANGES_MAX = 1000, /* rows, of one look */
};

/* A time that took longer to be told may be that of a server that stood still. */
static const int64_t quick_ns = 1000000000;

/* A number may be another's after that: nothing of the old one is under way any more. */
static const int64_t forgotten_ms = INT64_C(24) * 3600 * 1000;

/* ---- the server's time ---- */

/* As a value and not within the statements: a function whose answer changes has no place in those
 * of a database that is spread. */
static int64_t server_ms(struct sql *sql)
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)");
    const int64_t ms = sql_next(q) ? sql_get(q) : 0;

    sql_drop(&q);
    return ms;
}

static enum err read_time(struct store *store, struct store_pulse *out)
{
    const int64_t before_ns = clock_boot_ns();
    struct sql *sql = sql_store_read(store);

    out->at_ms = server_ms(sql);
    const enum err e = sql_end(sql);
    const int64_t after_ns = clock_boot_ns();
    out->at_ns = before_ns + (after_ns - before_ns) / 2;
    out->off_ns = (after_ns - before_ns) / 2;
    /* The server's lease begins later than this one. */
    out->until_ns = before_ns + (int64_t)STORE_LEASE_MS * 1000000;
    return e;
}

/* Whether its clock has gone on otherwise than the one here. */
static bool has_leapt(const struct store_beat *beat, const struct store_pulse *now)
{
    const int64_t theirs_ms = now->at_ms - beat->at_ms;
    const int64_t ours_ms = (now->at_ns - beat->at_ns) / 1000000;
    const int64_t apart_ms = theirs_ms > ours_ms ? theirs_ms - ours_ms : ours_ms - theirs_ms;

    return beat->at_ms && apart_ms > STORE_LEAP_MS;
}

/* ---- joining ---- */

struct seat {
    int64_t incarnation; /* that it had; 0: none */
    int number;          /* -1: none is free */
};

/* The key's own number, the lowest that nobody has, or that of the node gone longest. */
static struct seat find_seat(struct sql *sql, const char *key, int64_t now_ms)
{
    struct sql_query *q = sql_prepare(sql, "SELECT node, incarnation, coalesce(gone_at, 0),"
                                           " CASE WHEN key = ? THEN 1 ELSE 0 END"
                                           " FROM node ORDER BY node FOR UPDATE");
    struct seat own = {.number = -1}, oldest = {.number = -1};
    int64_t oldest_ms = now_ms - forgotten_ms;
    int lowest = 0;

    sql_put_text(q, key);
    while (sql_next(q)) {
        const int number = (int)sql_get(q);
        const struct seat seat = {sql_get(q), number};
        const int64_t gone_ms = sql_get(q);
        if (sql_get(q))
            own = seat;
        lowest += number == lowest;
        if (gone_ms && gone_ms < oldest_ms) {
            oldest = seat;
            oldest_ms = gone_ms;
        }
    }
    sql_drop(&q);
    if (own.number >= 0)
        return own;
    return lowest < STORE_NODES ? (struct seat){0, lowest} : oldest;
}

static void take_seat(struct sql *sql, const struct store_self *self, const struct seat *seat,
                      int64_t incarnation, int64_t now_ms)
{
    struct sql_query *q = sql_prepare(
        sql, seat->incarnation
                 ? "UPDATE node SET key = ?2, incarnation = ?3, name = ?4, version = ?5,"
                   " schema = ?6, started_at = ?7, seen_at = ?7, until_at = ?8, gone_at = NULL,"
                   " is_draining = 0 WHERE node = ?1"
                 : "INSERT INTO node (node, key, incarnation, name, version, schema, started_at,"
                   " seen_at, until_at, is_draining) VALUES (?1,?2,?3,?4,?5,?6,?7,?7,?8,0)");

    sql_put(q, seat->number);
    sql_put_text(q, self->key);
    sql_put(q, incarnation);
    sql_put_text(q, self->name);
    sql_put_text(q, self->version);
    sql_put(q, STORE_SCHEMA);
    sql_put(q, now_ms);
    sql_put(q, now_ms + STORE_LEASE_MS);
    sql_run(q);
    sql_drop(&q);
}

static enum err join(struct store *store, const struct store_self *self)
{
    struct sql_store_unit u = sql_store_write(store);
    struct sql_store *s = (struct sql_store *)store;
    struct seat seat = {.number = -1};
    int64_t incarnation = 0;

    u.is_new_row = true;
    while (sql_store_goes(&u)) {
        const int64_t now_ms = server_ms(u.sql);
        seat = find_seat(u.sql, self->key, now_ms);
        if (seat.number < 0)
            sql_fail(u.sql, ERR_FULL,
                     "all %d numbers of nodes are taken: end a program that is not"
                     " needed",
                     (int)STORE_NODES);
        /* An instant, so that none comes twice when a backup is restored. */
        incarnation = seat.incarnation < now_ms ? now_ms : seat.incarnation + 1;
        if (!sql_err(u.sql))
            take_seat(u.sql, self, &seat, incarnation, now_ms);
    }
    if (u.err)
        return u.err;
    s->self = *self;
    store->node = seat.number;
    store->incarnation = incarnation;
    return ERR_NONE;
}

/* ---- living ---- */

static bool prolong(struct sql *sql, const struct store *store, bool is_draining, int64_t now_ms)
{
    struct sql_query *q = sql_prepare(
        sql, "UPDATE node SET seen_at = ?3, until_at = ?4, is_draining = ?5"
             " WHERE node = ?1 AND incarnation = ?2 AND gone_at IS NULL RETURNING node");

    sql_put(q, store->node);
    sql_put(q, store->incarnation);
    sql_put(q, now_ms);
    sql_put(q, now_ms + STORE_LEASE_MS);
    sql_put(q, is_draining);
    const bool lives = sql_next(q);
    sql_drop(&q);
    return lives;
}

static int64_t incarnation_of(struct sql *sql, int node, const char *key)
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT incarnation FROM node WHERE node = ?1 AND key = ?2");

    sql_put(q, node);
    sql_put_text(q, key);
    const int64_t incarnation = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return incarnation;
}

/* One that is in the middle of something holds its row, and is not dead. */
static void bury(struct sql *sql, int64_t now_ms)
{
    struct sql_query *q =
        sql_prepare(sql, "UPDATE node SET gone_at = ?1 WHERE node IN (SELECT node FROM node"
                         " WHERE gone_at IS NULL AND until_at < ?1 FOR UPDATE SKIP LOCKED)");

    sql_put(q, now_ms);
    sql_run(q);
    sql_drop(&q);
}

static void forget_told(struct sql *sql, int node, int64_t told)
{
    struct sql_query *q = sql_prepare(sql, "DELETE FROM news WHERE node = ?1 AND id < ?2");

    sql_put(q, node);
    sql_put(q, told);
    sql_run(q);
    sql_drop(&q);
}

static void list(struct sql *sql, struct store_pulse *out)
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT node, incarnation, name, version, schema, started_at, seen_at,"
                         " until_at, gone_at, is_draining FROM node ORDER BY node");

    out->count = out->living = 0;
    while (out->count < STORE_NODES && sql_next(q)) {
        struct store_node *n = &out->nodes[out->count++];
        n->number = (int)sql_get(q);
        n->incarnation = sql_get(q);
        SQL_GET_TEXT(q, n->name);
        SQL_GET_TEXT(q, n->version);
        n->schema = (int)sql_get(q);
        n->started_ms = sql_get(q);
        n->seen_ms = sql_get(q);
        n->until_ms = sql_get(q);
        n->gone_ms = sql_get(q);
        n->is_draining = sql_get(q) != 0;
        out->living += n->gone_ms == 0;
    }
    sql_drop(&q);
}

static enum err beat(struct store *store, const struct store_beat *beat, struct store_pulse *out)
{
    const struct sql_store *s = (const struct sql_store *)store;
    struct sql_store_unit u = sql_store_write(store);
    int64_t theirs = 0;
    bool lives = false;

    memset(out, 0, sizeof *out);
    const enum err e = read_time(store, out);
    if (e)
        return e;
    out->has_leapt = has_leapt(beat, out);
    const bool judges = beat->judges && !out->has_leapt && 2 * out->off_ns < quick_ns;
    while (sql_store_goes(&u)) {
        lives = prolong(u.sql, store, beat->is_draining, out->at_ms);
        if (!lives)
            theirs = incarnation_of(u.sql, store->node, s->self.key);
        if (lives && judges)
            bury(u.sql, out->at_ms);
        if (lives && beat->told)
            forget_told(u.sql, store->node, beat->told);
        list(u.sql, out);
    }
    if (u.err)
        return u.err;
    store->is_heard = lives && out->living > 1;
    if (lives)
        return ERR_NONE;
    return theirs > store->incarnation ? ERR_CONFLICT : ERR_DENIED;
}

static enum err leave(struct store *store)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        const int64_t now_ms = server_ms(u.sql);
        struct sql_query *q =
            sql_prepare(u.sql, "UPDATE node SET gone_at = ?3, seen_at = ?3, is_draining = 1"
                               " WHERE node = ?1 AND incarnation = ?2 AND gone_at IS NULL");
        sql_put(q, store->node);
        sql_put(q, store->incarnation);
        sql_put(q, now_ms);
        sql_run(q);
        sql_drop(&q);
    }
    return u.err;
}

/* ---- sharing out ---- */

/* Whose node is gone has let go of it. */
static enum err chore(struct store *store, struct span name, int64_t now_ms, int64_t until_ms,
                      bool *out_is_mine)
{
    struct sql_store_unit u = sql_store_write(store);
    bool is_mine = false;

    while (sql_store_goes(&u)) {
        struct sql_query *q = sql_prepare(
            u.sql, "INSERT INTO chore (name, node, incarnation, until_at)"
                   " SELECT ?1, node, incarnation, ?5 FROM node"
                   " WHERE node = ?2 AND incarnation = ?3 AND gone_at IS NULL"
                   " ON CONFLICT (name) DO UPDATE SET node = excluded.node,"
                   " incarnation = excluded.incarnation, until_at = excluded.until_at"
                   " WHERE chore.until_at <= ?4"
                   " OR (chore.node = excluded.node AND chore.incarnation = excluded.incarnation)"
                   " OR NOT EXISTS (SELECT 1 FROM node AS n WHERE n.node = chore.node"
                   " AND n.incarnation = chore.incarnation AND n.gone_at IS NULL) RETURNING name");
        sql_put_span(q, name);
        sql_put(q, store->node);
        sql_put(q, store->incarnation);
        sql_put(q, now_ms);
        sql_put(q, until_ms);
        is_mine = sql_next(q);
        sql_drop(&q);
    }
    if (!u.err)
        *out_is_mine = is_mine;
    return u.err;
}

static enum err shared(struct store *store, const char *name, uint8_t *key)
{
    struct sql_store_unit u = sql_store_write(store);
    uint8_t found[32] = {0};

    while (sql_store_goes(&u)) {
        struct sql_query *q = sql_prepare(u.sql, "INSERT INTO shared (name, value) VALUES (?, ?)"
                                                 " ON CONFLICT (name) DO NOTHING");
        sql_put_text(q, name);
        sql_put_blob(q, key, sizeof found);
        sql_run(q);
        sql_drop(&q);
        q = sql_prepare(u.sql, "SELECT value FROM shared WHERE name = ?");
        sql_put_text(q, name);
        if (sql_next(q))
            sql_get_blob(q, found, sizeof found);
        sql_drop(&q);
    }
    if (!u.err)
        memcpy(key, found, sizeof found);
    return u.err;
}

static enum err topics(struct store *store, int64_t *out)
{
    int64_t counts[STORE_TOPICS] = {0};
    struct sql *sql = sql_store_read(store);
    struct sql_query *q = sql_prepare(sql, "SELECT name, count FROM topic");

    while (sql_next(q)) {
        const struct span name = sql_get_span(q);
        int topic = 0;
        while (topic < STORE_TOPICS &&
               !span_is_text(name, sql_nodes_topic_name((enum store_topic)topic)))
            topic++;
        const int64_t count = sql_get(q);
        if (topic < STORE_TOPICS)
            counts[topic] = count;
    }
    sql_drop(&q);
    const enum err e = sql_end(sql);
    if (!e)
        memcpy(out, counts, sizeof counts);
    return e;
}

/* By tenant, as the numbers' own counts, which are many, stand between them in the key. */
/* The last of the next tenants; 0: there are no more. */
static int32_t end_of_page(struct sql *sql, int32_t after, int max, bool *out_is_last)
{
    int64_t end = 0, count = 0;
    struct sql_query *q =
        sql_prepare(sql, "SELECT max(id), count(*) FROM (SELECT id FROM tenant WHERE id > ?1"
                         " ORDER BY id LIMIT ?2) AS t");

    sql_put(q, after);
    sql_put(q, max);
    if (sql_next(q)) {
        end = sql_get(q);
        count = sql_get(q);
    }
    sql_drop(&q);
    *out_is_last = count < max;
    return (int32_t)end;
}

static enum err totals(struct store *store, struct store_totals *look,
                       void (*fn)(void *, const struct spent *), void *ctx)
{
    struct sql *sql = sql_store_read(store);
    bool is_last = true;
    const int32_t end = end_of_page(sql, look->after, look->max, &is_last);
    struct sql_query *q =
        sql_prepare(sql, "SELECT s.tenant, s.day, s.what, s.count FROM tenant AS t"
                         " JOIN spent AS s ON s.tenant = t.id WHERE t.id > ?2 AND t.id <= ?3"
                         " AND s.day IN (?1, ?1 + 1, ?1 + 2)"
                         " AND s.what IN ('texts', 'calls', 'told')");

    sql_put(q, look->since_day);
    sql_put(q, look->after);
    sql_put(q, end);
    while (sql_next(q)) {
        const struct spent row = sql_rows_spent(q);
        if (!sql_err(sql))
            fn(ctx, &row);
    }
    sql_drop(&q);
    const enum err e = sql_end(sql);
    if (e)
        return e;
    look->is_done = is_last;
    look->after = is_last ? 0 : end;
    return ERR_NONE;
}

static enum err versions(struct store *store, store_version_fn *fn, void *ctx)
{
    struct sql *sql = sql_store_read(store);
    struct sql_query *q = sql_prepare(sql, "SELECT tenant, max(version) FROM roster_version"
                                           " WHERE is_good = 1 GROUP BY tenant ORDER BY tenant");

    while (sql_next(q)) {
        const int32_t tenant = (int32_t)sql_get(q);
        fn(ctx, tenant, sql_get(q));
    }
    sql_drop(&q);
    return sql_end(sql);
}

/* ---- hearing ---- */

static bool is_heard(const struct store *store, const struct store_pulse *pulse,
                     const struct store_node *n)
{
    return n->number != store->node && (n->gone_ms == 0 || pulse->at_ms - n->gone_ms < HEARD_MS);
}

/* Where it is, so that what follows is heard from there on. */
static void find_end(struct sql *sql, int node, struct store_heard *heard)
{
    struct sql_query *q = sql_prepare(sql, "SELECT coalesce(max(id), 1) FROM news WHERE node = ?1");

    sql_put(q, node);
    if (sql_next(q))
        heard->up_to[node] = sql_get(q);
    sql_drop(&q);
}

static void hear(struct sql *sql, const struct span text, struct store_heard *heard,
                 store_change_fn *fn, void *ctx)
{
    struct sql_query *q = sql_prepare(sql, text.data);

    while (sql_next(q)) {
        const int node = (int)sql_get(q);
        const int64_t id = sql_get(q);
        const int32_t tenant = (int32_t)sql_get(q);
        if (node >= 0 && node < STORE_NODES && id > heard->up_to[node])
            heard->up_to[node] = id;
        sql_news_read(tenant, id, sql_get_span(q), fn, ctx);
    }
    sql_drop(&q);
}

static enum err changes(struct store *store, const struct store_pulse *pulse,
                        struct store_heard *heard, store_change_fn *fn, void *ctx)
{
    struct sql *sql = sql_store_read(store);
    struct buf text = buf_in(((struct sql_store *)store)->scratch, 1 << 14);
    bool is_first = true;

    buf_add_text(&text, "SELECT node, id, tenant, changes FROM news WHERE ");
    for (size_t i = 0; i < pulse->count; i++) {
        const struct store_node *n = &pulse->nodes[i];
        if (!is_heard(store, pulse, n))
            continue;
        if (!heard->up_to[n->number]) {
            find_end(sql, n->number, heard);
            continue;
        }
        buf_printf(&text, "%s(node = %d AND id > %lld)", is_first ? "" : " OR ", n->number,
                   (long long)heard->up_to[n->number]);
        is_first = false;
    }
    buf_printf(&text, " ORDER BY id LIMIT %d", (int)CHANGES_MAX);
    if (!is_first)
        hear(sql, buf_span(&text), heard, fn, ctx);
    return sql_end(sql);
}

void postgres_nodes(struct store_ops *ops)
{
    ops->join = join;
    ops->beat = beat;
    ops->leave = leave;
    ops->chore = chore;
    ops->shared = shared;
    ops->topics = topics;
    ops->totals = totals;
    ops->versions = versions;
    ops->changes = changes;
}
