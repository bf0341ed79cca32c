#include "sqlite/sqlite_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "sql/sql_desks.h"
#include "sql/sql_log.h"
#include "sql/sql_people.h"
#include "sql/sql_report.h"
#include "sql/sql_save.h"
#include "sql/sql_sweep.h"
#include "sql/sql_texts.h"
#include "sql/sql_users.h"
#include "sql/sql_view.h"
#include "sqlite/sqlite_load.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_queue.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

enum { SCRATCH_BYTES = 16 << 10, TOKEN_USE_MS = 60000 /* of a session too */ };

struct sqlite {
    struct store store;
    struct sql *sql;
    struct arena *scratch; /* of one call */
    struct sql_desks *desks;
    struct sql_log *log;
    int lock; /* descriptor, or -1 in memory */
};

/* Begins a unit of work: reads, too, take their lock once and not for each row. */
static struct sql *begin(struct store *store, enum sql_unit unit)
{
    struct sqlite *s = (struct sqlite *)store;

    arena_reset(s->scratch);
    sql_begin(s->sql, unit);
    return s->sql;
}

static struct sql *begin_read(struct store *store)
{
    return begin(store, SQL_READ);
}

static struct sql *begin_write(struct store *store)
{
    return begin(store, SQL_WRITE);
}

static void close_it(struct store *store)
{
    struct sqlite *s = (struct sqlite *)store;

    sql_close(&s->sql);
    arena_close(&s->scratch);
    sql_desks_close(&s->desks);
    sql_log_close(&s->log);
    if (s->lock >= 0)
        close(s->lock);
    free(s);
}

static void allow(struct store *store, int64_t ms)
{
    sql_allow(((struct sqlite *)store)->sql, ms);
}

static const char *why(const struct store *store)
{
    return sql_why(((const struct sqlite *)store)->sql);
}

static enum err load(struct store *store, struct facts *facts)
{
    struct sql *sql = begin_read(store);

    sqlite_load(sql, facts, ((struct sqlite *)store)->desks);
    return sql_end(sql);
}

static enum err save(struct store *store, const struct facts *facts)
{
    if (!sql_save_is_needed(facts))
        return ERR_NONE;
    struct sqlite *s = (struct sqlite *)store;
    struct sql *sql = begin_write(store);
    sql_save(sql, s->log, facts, s->scratch);
    const enum err e = sql_end(sql);
    if (e) {
        sql_desks_forget(s->desks);
        sql_log_forget(s->log);
    } else {
        sql_desks_note(s->desks, facts);
    }
    return e;
}

static enum err due(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                    size_t *out_count, int64_t *out_next_ms)
{
    struct sql *sql = begin_read(store);

    sqlite_queue_due(sql, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err senders(struct store *store, void (*fn)(void *, const struct store_sender *),
                        void *ctx)
{
    struct sql *sql = begin_read(store);

    sqlite_queue_senders(sql, fn, ctx);
    return sql_end(sql);
}

static enum err ready(struct store *store, struct facts *facts, const struct store_sender *sender,
                      int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                      int64_t *out_next_ms)
{
    struct sql *sql = begin_read(store);

    sqlite_queue_ready(sql, facts, sender, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err unsure(struct store *store, struct facts *facts, int64_t now_ms, size_t max,
                       struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    struct sql *sql = begin_read(store);

    sqlite_queue_unsure(sql, facts, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err spent(struct store *store, int32_t since_day,
                      void (*fn)(void *, const struct spent *), void *ctx)
{
    struct sql *sql = begin_read(store);

    sql_sweep_spent(sql, since_day, fn, ctx);
    return sql_end(sql);
}

static enum err orphans(struct store *store, int64_t now_ms, struct id_maker *ids,
                        size_t *out_count)
{
    struct sqlite *s = (struct sqlite *)store;
    struct sql *sql = begin_write(store);
    size_t count = 0;

    sqlite_queue_orphans(sql, s->log, now_ms, ids, s->scratch, &count);
    const enum err e = sql_end(sql);
    if (e)
        sql_log_forget(s->log);
    if (!e)
        *out_count = count;
    return e;
}

static enum err tenant(struct store *store, struct span slug, struct span name, struct span account,
                       int64_t now_ms, int32_t *out)
{
    struct sql *sql = begin_write(store);
    int32_t number = 0;

    sql_people_tenant(sql, slug, name, account, now_ms, &number);
    const enum err e = sql_end(sql);
    if (!e)
        *out = number;
    return e;
}

static enum err roster_put(struct store *store, int32_t tenant, bool good, struct span digest,
                           struct span document, struct span mistakes, int64_t now_ms,
                           int64_t *out_version)
{
    const struct sql_roster roster = {tenant, good, digest, document, mistakes};
    struct sql *sql = begin_write(store);
    int64_t version = 0;

    sql_people_roster_put(sql, &roster, now_ms, &version);
    const enum err e = sql_end(sql);
    if (!e)
        *out_version = version;
    return e;
}

static enum err rosters_put(struct store *store, struct store_roster *rosters, size_t count,
                            int64_t now_ms)
{
    struct sql *sql = begin_write(store);

    for (size_t i = 0; i < count && !sql_err(sql); i++)
        sql_people_roster_keep(sql, &rosters[i], now_ms);
    return sql_end(sql);
}

static enum err line_since(struct store *store, int32_t tenant, struct span line, int64_t now_ms,
                           int64_t *out_since_ms)
{
    struct sql *sql = begin_read(store);
    int64_t since_ms = now_ms;
    const bool found = sql_people_line_since(sql, tenant, line, &since_ms);
    enum err e = sql_end(sql);

    if (!e && !found) {
        sql = begin_write(store);
        sql_people_line_add(sql, tenant, line, now_ms);
        e = sql_end(sql);
    }
    if (!e)
        *out_since_ms = since_ms;
    return e;
}

static enum err line_prune(struct store *store, store_is_line_fn *is_line, const void *ctx)
{
    struct sql *sql = begin_write(store);

    sql_people_line_prune(sql, is_line, ctx, ((struct sqlite *)store)->scratch);
    return sql_end(sql);
}

static enum err searched(struct store *store, struct span account, int64_t *out_ms)
{
    struct sql *sql = begin_read(store);
    const int64_t ms = sql_people_searched(sql, account);
    const enum err e = sql_end(sql);

    if (!e)
        *out_ms = ms;
    return e;
}

static enum err searched_put(struct store *store, struct span account, int64_t ms)
{
    struct sql *sql = begin_write(store);

    sql_people_searched_put(sql, account, ms);
    return sql_end(sql);
}

static enum err roster_last(struct store *store, int32_t tenant, struct arena *arena,
                            struct span *out_document, int64_t *out_version)
{
    struct sql *sql = begin_read(store);

    sql_people_roster_last(sql, tenant, arena, out_document, out_version);
    return sql_end(sql);
}

/* The highest id of a table whose key is (tenant, id): one look a tenant. */
static int64_t highest(struct sql *sql, const char *table)
{
    char text[512];

    snprintf(text, sizeof text,
             "WITH RECURSIVE t (n) AS (SELECT min(tenant) FROM %s UNION ALL"
             " SELECT (SELECT min(tenant) FROM %s WHERE tenant > t.n) FROM t WHERE n NOTNULL)"
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
    struct sql *sql = begin_read(store);
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
    struct sql *sql = begin_write(store);

    sql_people_token_add(sql, token);
    return sql_end(sql);
}

static enum err token_find(struct store *store, const uint8_t *hash, int64_t now_ms,
                           struct token *out)
{
    struct sql *sql = begin_read(store);
    struct token token;
    const bool found = sql_people_token_find(sql, hash, &token);
    enum err e = sql_end(sql);

    if (e)
        return e;
    if (!found)
        return ERR_NOT_FOUND;
    if (now_ms - token.used_ms >= TOKEN_USE_MS) {
        sql = begin_write(store);
        sql_people_token_used(sql, token.id, now_ms);
        e = sql_end(sql);
        token.used_ms = now_ms;
    }
    if (!e)
        *out = token;
    return e;
}

static enum err token_revoke(struct store *store, int32_t tenant, int64_t id, int64_t now_ms)
{
    struct sql *sql = begin_write(store);

    if (!sql_people_token_revoke(sql, tenant, id, now_ms))
        sql_fail(sql, ERR_NOT_FOUND, "there is no such token that is valid");
    return sql_end(sql);
}

static enum err user_add(struct store *store, const struct user *user)
{
    struct sql *sql = begin_write(store);

    sql_users_add(sql, user);
    return sql_end(sql);
}

static enum err user_get(struct store *store, int64_t id, struct user *out)
{
    struct sql *sql = begin_read(store);

    sql_users_get(sql, id, out);
    return sql_end(sql);
}

static enum err user_find(struct store *store, struct span login, struct user *out)
{
    struct sql *sql = begin_read(store);

    sql_users_find(sql, login, out);
    return sql_end(sql);
}

static enum err user_by_setup(struct store *store, const uint8_t *hash, struct user *out)
{
    struct sql *sql = begin_read(store);

    sql_users_by_setup(sql, hash, out);
    return sql_end(sql);
}

static enum err user_put(struct store *store, const struct user *user, int64_t was,
                         const uint8_t *keep)
{
    struct sql *sql = begin_write(store);

    sql_users_put(sql, user, was, keep);
    return sql_end(sql);
}

static enum err user_drop(struct store *store, int64_t id, int64_t was)
{
    struct sql *sql = begin_write(store);

    sql_users_drop(sql, id, was);
    return sql_end(sql);
}

static enum err session_add(struct store *store, const struct session *session)
{
    struct sql *sql = begin_write(store);

    sql_users_session_add(sql, session);
    return sql_end(sql);
}

static enum err session_find(struct store *store, const uint8_t *hash, int64_t now_ms,
                             struct session *out_session, struct user *out_user)
{
    struct sql *sql = begin_read(store);
    struct session session;
    struct user user;

    sql_users_session_find(sql, hash, now_ms, &session, &user);
    enum err e = sql_end(sql);
    if (!e && now_ms - session.used_ms >= TOKEN_USE_MS) {
        sql = begin_write(store);
        sql_users_session_used(sql, hash, user.id, now_ms);
        e = sql_end(sql);
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
    struct sql *sql = begin_write(store);

    sql_users_session_drop(sql, hash);
    return sql_end(sql);
}

static enum err sweep(struct store *store, const struct store_sweep_ask *ask,
                      struct store_sweep_place *place, size_t *out_gone)
{
    struct store_sweep_place next = *place;
    struct sql *sql = begin_write(store);
    size_t gone = 0;

    sql_sweep(sql, ask, &next, &gone);
    const enum err e = sql_end(sql);
    if (!e) {
        *place = next;
        *out_gone = gone;
    }
    return e;
}

static enum err report(struct store *store, const struct store_report_ask *ask,
                       const struct store_report_reader *reader)
{
    struct sql *sql = begin_read(store);

    sql_report(sql, ask, reader);
    return sql_end(sql);
}

static enum err view(struct store *store, const struct view_ask *asks, size_t count)
{
    struct sql *sql = begin_read(store);

    for (size_t i = 0; i < count; i++)
        sql_view(sql, &asks[i]);
    return sql_end(sql);
}

static enum err log_place(struct store *store, int32_t tenant, int64_t after, int max,
                          struct store_log_place *out)
{
    struct store_log_place place;
    struct sql *sql = begin_read(store);

    sql_log_place(sql, tenant, after, max, &place);
    const enum err e = sql_end(sql);
    if (!e)
        *out = place;
    return e;
}

static enum err probe(struct store *store, int64_t now_ms)
{
    struct sql *sql = begin_write(store);
    struct sql_query *q = sql_use(sql, TEXT_PROBE);

    sql_put(q, now_ms);
    sql_run(q);
    return sql_end(sql);
}

static struct sqlite *make(const struct store_ops *ops)
{
    struct sqlite *s = arena_must_alloc(sizeof *s);

    s->store.ops = ops;
    s->scratch = arena_open(SCRATCH_BYTES);
    s->desks = sql_desks_open();
    s->log = sql_log_open();
    s->lock = -1;
    return s;
}

static enum err open_reader(const struct store *store, struct store **out, char why[STORE_WHY_SIZE])
{
    const struct sqlite *of = (const struct sqlite *)store;
    struct sqlite *s = make(store->ops);

    const enum err e = sqlite_sql_open_reader(of->lock < 0 ? "" : sql_path(of->sql), sql_texts,
                                              SQL_TEXTS, &s->sql, why);
    if (e) {
        close_it(&s->store);
        return e;
    }
    *out = &s->store;
    return ERR_NONE;
}

static const struct store_ops ops = {
    .open_reader = open_reader,
    .close = close_it,
    .allow = allow,
    .why = why,
    .load = load,
    .save = save,
    .due = due,
    .senders = senders,
    .ready = ready,
    .unsure = unsure,
    .spent = spent,
    .orphans = orphans,
    .tenant = tenant,
    .roster_put = roster_put,
    .rosters_put = rosters_put,
    .line_since = line_since,
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

enum err sqlite_store_open(const char *path, struct store **out, char why[STORE_WHY_SIZE])
{
    _Static_assert((int)STORE_WHY_SIZE == (int)SQL_WHY_SIZE, "the same words");
    struct sqlite *s = make(&ops);

    enum err e = *path ? sqlite_lock_take(path, &s->lock, why, STORE_WHY_SIZE) : ERR_NONE;
    if (!e && *path)
        sqlite_lock_make_private(path);
    if (!e)
        e = sqlite_sql_open(path, sql_texts, SQL_TEXTS, &s->sql, why);
    if (!e) {
        sqlite_schema_raise(s->sql, STORE_SCHEMA);
        e = sql_err(s->sql);
        if (e)
            memcpy(why, sql_why(s->sql), STORE_WHY_SIZE);
    }
    if (e) {
        close_it(&s->store);
        return e;
    }
    *out = &s->store;
    return ERR_NONE;
}
