#include "sql/sql_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "sql/sql_nodes.h"
#include "sql/sql_people.h"
#include "sql/sql_report.h"
#include "sql/sql_store.h"
#include "sql/sql_sweep.h"
#include "sql/sql_texts.h"
#include "sql/sql_users.h"
#include "sql/sql_view.h"

enum { TOKEN_USE_MS = 60000 /* of a session too */ };

static enum err spent(struct store *store, int32_t since_day,
                      void (*fn)(void *, const struct spent *), void *ctx)
{
    struct sql *sql = sql_store_read(store);

    sql_sweep_spent(sql, since_day, fn, ctx);
    return sql_end(sql);
}

static enum err tenant(struct store *store, struct span slug, struct span name, struct span account,
                       int64_t now_ms, int32_t *out)
{
    struct sql_store_unit u = sql_store_write(store);
    int32_t number = 0;

    u.is_new_row = true;
    while (sql_store_goes(&u)) {
        sql_people_tenant(u.sql, slug, name, account, now_ms, &number);
        sql_store_hold_one(u.of, number); /* its row is there from now on */
    }
    if (!u.err)
        *out = number;
    return u.err;
}

static enum err roster_put(struct store *store, int32_t tenant, bool good, struct span digest,
                           struct span document, struct span mistakes, int64_t now_ms,
                           int64_t *out_version)
{
    const struct sql_roster roster = {tenant, good, digest, document, mistakes};
    struct sql_store_unit u = sql_store_write(store);
    int64_t version = 0;

    while (sql_store_goes(&u)) {
        sql_store_hold_one(u.of, tenant);
        sql_people_roster_put(u.sql, &roster, now_ms, &version);
        sql_nodes_mark(u.of, STORE_TOPIC_ROSTERS);
    }
    if (!u.err)
        *out_version = version;
    return u.err;
}

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

static void hold_all(struct sql_store *s, const struct store_roster *rosters, size_t count)
{
    int32_t *tenants = ARENA_NEW_N(s->scratch, int32_t, count);

    for (size_t i = 0; i < count; i++)
        tenants[i] = rosters[i].tenant;
    qsort(tenants, count, sizeof *tenants, by_number);
    if (s->hold_in && !sql_err(s->sql))
        s->hold_in(s, tenants, count);
}

static enum err rosters_put(struct store *store, struct store_roster *rosters, size_t count,
                            int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);

    u.is_new_row = true;
    while (sql_store_goes(&u)) {
        for (size_t i = 0; i < count && !sql_err(u.sql); i++)
            sql_people_tenant(u.sql, rosters[i].slug, rosters[i].name, rosters[i].account, now_ms,
                              &rosters[i].tenant);
        hold_all(u.of, rosters, count);
        for (size_t i = 0; i < count && !sql_err(u.sql); i++)
            sql_people_roster_keep(u.sql, &rosters[i], now_ms);
        sql_nodes_mark(u.of, STORE_TOPIC_ROSTERS);
    }
    return u.err;
}

static enum err line_since(struct store *store, int32_t tenant, struct span line,
                           int64_t *out_since_ms)
{
    struct sql *sql = sql_store_read(store);
    int64_t since_ms = 0;
    const bool found = sql_people_line_since(sql, tenant, line, &since_ms);
    const enum err e = sql_end(sql);

    if (!e && found)
        *out_since_ms = since_ms;
    return e || found ? e : ERR_NOT_FOUND;
}

static enum err line_live(struct store *store, int32_t tenant, struct span line, int64_t now_ms)
{
    int64_t since_ms;
    const enum err e = line_since(store, tenant, line, &since_ms);

    if (e != ERR_NOT_FOUND)
        return e;
    struct sql_store_unit u = sql_store_write(store);
    u.is_new_row = true;
    while (sql_store_goes(&u))
        if (!sql_people_line_since(u.sql, tenant, line, &since_ms))
            sql_people_line_add(u.sql, tenant, line, now_ms);
    return u.err;
}

static enum err line_leave(struct store *store, int32_t tenant, struct span line)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_people_line_drop(u.sql, tenant, line);
    return u.err;
}

static enum err line_prune(struct store *store, store_is_line_fn *is_line, const void *ctx)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_people_line_prune(u.sql, is_line, ctx, u.of->scratch);
    return u.err;
}

static enum err searched(struct store *store, struct span account, int64_t *out_ms)
{
    struct sql *sql = sql_store_read(store);
    const int64_t ms = sql_people_searched(sql, account);
    const enum err e = sql_end(sql);

    if (!e)
        *out_ms = ms;
    return e;
}

static enum err searched_put(struct store *store, struct span account, int64_t ms)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_people_searched_put(u.sql, account, ms);
    return u.err;
}

static enum err roster_last(struct store *store, int32_t tenant, struct arena *arena,
                            struct span *out_document, int64_t *out_version)
{
    struct sql *sql = sql_store_read(store);

    sql_people_roster_last(sql, tenant, arena, out_document, out_version);
    return sql_end(sql);
}

/* The highest id of a table whose key is (tenant, id): one look a tenant. */
static int64_t highest(struct sql *sql, const char *table)
{
    char text[512];

    snprintf(text, sizeof text,
             "WITH RECURSIVE t (n) AS (SELECT min(tenant) FROM %s UNION ALL"
             " SELECT (SELECT min(tenant) FROM %s WHERE tenant > t.n) FROM t WHERE n IS NOT NULL)"
             " SELECT max((SELECT max(id) FROM %s WHERE tenant = t.n)) FROM t",
             table, table, table);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t id = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return id;
}

static enum err last_id(struct store *store, int64_t *out)
{
    static const char *const tables[] = {
        "event", "thread", "message", "relay", "cascade", "twilio_call_events", "outbox", "token"};
    struct sql *sql = sql_store_read(store);
    int64_t last = 0;

    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const int64_t id = highest(sql, tables[i]);
        last = id > last ? id : last;
    }
    const enum err e = sql_end(sql);
    if (!e)
        *out = last + 1;
    return e;
}

static enum err token_add(struct store *store, const struct token *token)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_people_token_add(u.sql, token);
    return u.err;
}

static enum err token_find(struct store *store, const uint8_t *hash, int64_t now_ms,
                           struct token *out)
{
    struct sql *sql = sql_store_read(store);
    struct token token;
    const bool found = sql_people_token_find(sql, hash, &token);
    enum err e = sql_end(sql);

    if (e)
        return e;
    if (!found)
        return ERR_NOT_FOUND;
    if (now_ms - token.used_ms >= TOKEN_USE_MS) {
        struct sql_store_unit u = sql_store_write(store);
        while (sql_store_goes(&u))
            sql_people_token_used(u.sql, token.id, now_ms);
        e = u.err;
        token.used_ms = now_ms;
    }
    if (!e)
        *out = token;
    return e;
}

static enum err token_revoke(struct store *store, int32_t tenant, int64_t id, int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        if (!sql_people_token_revoke(u.sql, tenant, id, now_ms))
            sql_fail(u.sql, ERR_NOT_FOUND, "there is no such token that is valid");
        sql_nodes_mark(u.of, STORE_TOPIC_RIGHTS);
    }
    return u.err;
}

static enum err user_add(struct store *store, const struct user *user)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_users_add(u.sql, user);
    return u.err;
}

static enum err user_get(struct store *store, int64_t id, struct user *out)
{
    struct sql *sql = sql_store_read(store);

    sql_users_get(sql, id, out);
    return sql_end(sql);
}

static enum err user_find(struct store *store, struct span login, struct user *out)
{
    struct sql *sql = sql_store_read(store);

    sql_users_find(sql, login, out);
    return sql_end(sql);
}

static enum err user_by_setup(struct store *store, const uint8_t *hash, struct user *out)
{
    struct sql *sql = sql_store_read(store);

    sql_users_by_setup(sql, hash, out);
    return sql_end(sql);
}

static enum err user_put(struct store *store, const struct user *user, int64_t was,
                         const uint8_t *keep)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        sql_users_put(u.sql, user, was, keep);
        sql_nodes_mark(u.of, STORE_TOPIC_RIGHTS);
    }
    return u.err;
}

static enum err user_drop(struct store *store, int64_t id, int64_t was)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        sql_users_drop(u.sql, id, was);
        sql_nodes_mark(u.of, STORE_TOPIC_RIGHTS);
    }
    return u.err;
}

static enum err session_add(struct store *store, const struct session *session)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u))
        sql_users_session_add(u.sql, session);
    return u.err;
}

static enum err session_find(struct store *store, const uint8_t *hash, int64_t now_ms,
                             struct session *out_session, struct user *out_user)
{
    struct sql *sql = sql_store_read(store);
    struct session session;
    struct user user;

    sql_users_session_find(sql, hash, now_ms, &session, &user);
    enum err e = sql_end(sql);
    if (!e && now_ms - session.used_ms >= TOKEN_USE_MS) {
        struct sql_store_unit u = sql_store_write(store);
        while (sql_store_goes(&u))
            sql_users_session_used(u.sql, hash, user.id, now_ms);
        e = u.err;
        session.used_ms = now_ms;
        user.seen_ms = now_ms;
    }
    if (!e) {
        *out_session = session;
        *out_user = user;
    }
    return e;
}

static enum err session_drop(struct store *store, const uint8_t *hash)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        sql_users_session_drop(u.sql, hash);
        sql_nodes_mark(u.of, STORE_TOPIC_RIGHTS);
    }
    return u.err;
}

static void hold_one(void *ctx, int32_t tenant)
{
    sql_store_hold_one(ctx, tenant);
}

static enum err sweep(struct store *store, const struct store_sweep_ask *ask,
                      struct store_sweep_place *place, size_t *out_gone)
{
    struct sql_store_unit u = sql_store_write(store);
    struct store_sweep_place next = *place;
    size_t gone = 0;

    while (sql_store_goes(&u)) {
        next = *place;
        sql_sweep(u.sql, ask, hold_one, u.of, &next, &gone);
    }
    if (gone) /* marks may have been among it */
        sql_desks_forget(u.of->desks);
    if (!u.err) {
        *place = next;
        *out_gone = gone;
    }
    return u.err;
}

static enum err report(struct store *store, const struct store_report_ask *ask,
                       const struct store_report_reader *reader)
{
    struct sql *sql = sql_store_read(store);

    sql_report(sql, ask, reader);
    return sql_end(sql);
}

static enum err view(struct store *store, const struct view_ask *asks, size_t count)
{
    struct sql *sql = sql_store_read(store);

    for (size_t i = 0; i < count; i++)
        sql_view(sql, &asks[i]);
    return sql_end(sql);
}

static enum err log_place(struct store *store, int32_t tenant, int64_t after, int max,
                          struct store_log_place *out)
{
    struct store_log_place place;
    struct sql *sql = sql_store_read(store);

    sql_log_place(sql, tenant, after, max, &place);
    const enum err e = sql_end(sql);
    if (!e)
        *out = place;
    return e;
}

static enum err probe(struct store *store, int64_t now_ms)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        struct sql_query *q = sql_use(u.sql, TEXT_PROBE);
        sql_put(q, now_ms);
        sql_run(q);
    }
    return u.err;
}

static void allow(struct store *store, int64_t ms)
{
    sql_allow(((struct sql_store *)store)->sql, ms);
}

static const char *why(const struct store *store)
{
    return sql_why(((const struct sql_store *)store)->sql);
}

static bool is_again(const struct store *store)
{
    return ((const struct sql_store *)store)->sql->is_again;
}

void sql_table_fill(struct store_ops *ops)
{
    *ops = (struct store_ops){
        .allow = allow,
        .why = why,
        .is_again = is_again,
        .spent = spent,
        .tenant = tenant,
        .roster_put = roster_put,
        .rosters_put = rosters_put,
        .line_since = line_since,
        .line_live = line_live,
        .line_leave = line_leave,
        .line_prune = line_prune,
        .searched = searched,
        .searched_put = searched_put,
        .roster_last = roster_last,
        .last_id = last_id,
        .token_add = token_add,
        .token_find = token_find,
        .token_revoke = token_revoke,
        .user_add = user_add,
        .user_get = user_get,
        .user_find = user_find,
        .user_by_setup = user_by_setup,
        .user_put = user_put,
        .user_drop = user_drop,
        .session_add = session_add,
        .session_find = session_find,
        .session_drop = session_drop,
        .sweep = sweep,
        .report = report,
        .view = view,
        .log_place = log_place,
        .probe = probe,
    };
    sql_nodes_alone(ops);
}
