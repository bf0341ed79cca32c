#include "store/store.h"

#include "base/check.h"
#include "postgres/postgres_store.h"
#include "postgres/postgres_wire.h"
#include "sqlite/sqlite_store.h"

void store_use_password(const char *password)
{
    postgres_wire_use_password(password);
}

enum err store_open(const char *path, struct store **out, char why[STORE_WHY_SIZE])
{
    return postgres_store_is_address(path) ? postgres_store_open(path, out, why)
                                           : sqlite_store_open(path, out, why);
}

enum err store_open_reader(const struct store *store, struct store **out, char why[STORE_WHY_SIZE])
{
    return store->ops->open_reader(store, out, why);
}

void store_allow(struct store *reader, int64_t ms)
{
    reader->ops->allow(reader, ms);
}

void store_close(struct store **store)
{
    if (!*store)
        return;
    (*store)->ops->close(*store);
    *store = NULL;
}

const char *store_why(const struct store *store)
{
    return store->ops->why(store);
}

enum err store_hold(struct store *store, const int32_t *tenants, size_t count, int64_t now_ms)
{
    return store->ops->hold(store, tenants, count, now_ms);
}

void store_drop(struct store *store)
{
    store->ops->drop(store);
}

bool store_is_again(const struct store *store)
{
    return store->ops->is_again(store);
}

enum err store_load(struct store *store, struct facts *facts)
{
    return store->ops->load(store, facts);
}

enum err store_save(struct store *store, const struct facts *facts)
{
    const enum err e = store->ops->save(store, facts);

    if (!e && store->watch)
        store->watch(store->watch_ctx, facts);
    return e;
}

void store_watch(struct store *store, store_watch_fn *fn, void *ctx)
{
    store->watch = fn;
    store->watch_ctx = ctx;
}

enum err store_due(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                   size_t *out_count, int64_t *out_next_ms)
{
    return store->ops->due(store, now_ms, max, out, out_count, out_next_ms);
}

enum err store_due_others(struct store *store, const struct store_due_ask *ask, struct timer *out,
                          size_t *out_count, int64_t *out_up_to_ms)
{
    CHECK(ask->but_count <= STORE_BUT_MAX);
    return store->ops->due_others(store, ask, out, out_count, out_up_to_ms);
}

enum err store_senders(struct store *store,
                       void (*fn)(void *ctx, const struct store_sender *sender), void *ctx)
{
    return store->ops->senders(store, fn, ctx);
}

enum err store_ready(struct store *store, struct facts *facts, const struct store_sender *sender,
                     int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                     int64_t *out_next_ms)
{
    return store->ops->ready(store, facts, sender, now_ms, max, out, out_count, out_next_ms);
}

enum err store_unsure(struct store *store, struct facts *facts, int64_t now_ms, size_t max,
                      struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    return store->ops->unsure(store, facts, now_ms, max, out, out_count, out_next_ms);
}

enum err store_spent(struct store *store, int32_t since_day,
                     void (*fn)(void *ctx, const struct spent *row), void *ctx)
{
    return store->ops->spent(store, since_day, fn, ctx);
}

enum err store_orphans(struct store *store, int64_t now_ms, struct id_maker *ids, size_t *out_count)
{
    return store->ops->orphans(store, now_ms, ids, out_count);
}

enum err store_tenant(struct store *store, struct span slug, struct span name, struct span account,
                      int64_t now_ms, int32_t *out)
{
    return store->ops->tenant(store, slug, name, account, now_ms, out);
}

enum err store_roster_put(struct store *store, int32_t tenant, bool good, struct span digest,
                          struct span document, struct span mistakes, int64_t now_ms,
                          int64_t *out_version)
{
    return store->ops->roster_put(store, tenant, good, digest, document, mistakes, now_ms,
                                  out_version);
}

enum err store_rosters_put(struct store *store, struct store_roster *rosters, size_t count,
                           int64_t now_ms)
{
    return store->ops->rosters_put(store, rosters, count, now_ms);
}

enum err store_line_since(struct store *store, int32_t tenant, struct span line,
                          int64_t *out_since_ms)
{
    return store->ops->line_since(store, tenant, line, out_since_ms);
}

enum err store_line_live(struct store *store, int32_t tenant, struct span line, int64_t now_ms)
{
    return store->ops->line_live(store, tenant, line, now_ms);
}

enum err store_line_leave(struct store *store, int32_t tenant, struct span line)
{
    return store->ops->line_leave(store, tenant, line);
}

enum err store_line_prune(struct store *store, store_is_line_fn *is_line, const void *ctx)
{
    return store->ops->line_prune(store, is_line, ctx);
}

enum err store_searched(struct store *store, struct span account, int64_t *out_ms)
{
    return store->ops->searched(store, account, out_ms);
}

enum err store_searched_put(struct store *store, struct span account, int64_t ms)
{
    return store->ops->searched_put(store, account, ms);
}

enum err store_roster_last(struct store *store, int32_t tenant, struct arena *arena,
                           struct span *out_document, int64_t *out_version)
{
    return store->ops->roster_last(store, tenant, arena, out_document, out_version);
}

enum err store_last_id(struct store *store, int64_t *out)
{
    return store->ops->last_id(store, out);
}

enum err store_token_add(struct store *store, const struct token *token)
{
    return store->ops->token_add(store, token);
}

enum err store_token_find(struct store *store, const uint8_t hash[32], int64_t now_ms,
                          struct token *out)
{
    return store->ops->token_find(store, hash, now_ms, out);
}

enum err store_token_revoke(struct store *store, int32_t tenant, int64_t id, int64_t now_ms)
{
    return store->ops->token_revoke(store, tenant, id, now_ms);
}

enum err store_user_add(struct store *store, const struct user *user)
{
    return store->ops->user_add(store, user);
}

enum err store_user_get(struct store *store, int64_t id, struct user *out)
{
    return store->ops->user_get(store, id, out);
}

enum err store_user_find(struct store *store, struct span login, struct user *out)
{
    return store->ops->user_find(store, login, out);
}

enum err store_user_by_setup(struct store *store, const uint8_t hash[32], struct user *out)
{
    return store->ops->user_by_setup(store, hash, out);
}

enum err store_user_put(struct store *store, const struct user *user, int64_t was,
                        const uint8_t *keep)
{
    return store->ops->user_put(store, user, was, keep);
}

enum err store_user_drop(struct store *store, int64_t id, int64_t was)
{
    return store->ops->user_drop(store, id, was);
}

enum err store_session_add(struct store *store, const struct session *session)
{
    return store->ops->session_add(store, session);
}

enum err store_session_find(struct store *store, const uint8_t hash[32], int64_t now_ms,
                            struct session *out_session, struct user *out_user)
{
    return store->ops->session_find(store, hash, now_ms, out_session, out_user);
}

enum err store_session_drop(struct store *store, const uint8_t hash[32])
{
    return store->ops->session_drop(store, hash);
}

enum err store_sweep(struct store *store, const struct store_sweep_ask *ask,
                     struct store_sweep_place *place, size_t *out_gone)
{
    return store->ops->sweep(store, ask, place, out_gone);
}

enum err store_report(struct store *store, const struct store_report_ask *ask,
                      const struct store_report_reader *reader)
{
    return store->ops->report(store, ask, reader);
}

enum err store_view(struct store *store, enum view view, const struct view_filter *filter,
                    view_row_fn *fn, void *ctx)
{
    return store->ops->view(store, &(struct view_ask){view, *filter, fn, ctx}, 1);
}

enum err store_views(struct store *store, const struct view_ask *asks, size_t count)
{
    return store->ops->view(store, asks, count);
}

enum err store_log_place(struct store *store, int32_t tenant, int64_t after, int max,
                         struct store_log_place *out)
{
    return store->ops->log_place(store, tenant, after, max, out);
}

enum err store_probe(struct store *store, int64_t now_ms)
{
    return store->ops->probe(store, now_ms);
}
