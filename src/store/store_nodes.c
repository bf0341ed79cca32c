#include "store/store_nodes.h"

#include "sql/backend.h"
#include "sql/sql_news.h"

bool store_nodes_are_shared(const struct store *store)
{
    return store->is_shared;
}

enum err store_nodes_join(struct store *store, const struct store_self *self)
{
    return store->ops->join(store, self);
}

enum err store_nodes_beat(struct store *store, const struct store_beat *beat,
                          struct store_pulse *out)
{
    return store->ops->beat(store, beat, out);
}

enum err store_nodes_leave(struct store *store)
{
    return store->ops->leave(store);
}

enum err store_nodes_chore(struct store *store, struct span name, int64_t now_ms, int64_t until_ms,
                           bool *out_is_mine)
{
    return store->ops->chore(store, name, now_ms, until_ms, out_is_mine);
}

enum err store_nodes_shared(struct store *store, const char *name, uint8_t key[32])
{
    return store->ops->shared(store, name, key);
}

enum err store_nodes_topics(struct store *store, int64_t *out)
{
    return store->ops->topics(store, out);
}

enum err store_nodes_totals(struct store *store, struct store_totals *look,
                            void (*fn)(void *ctx, const struct spent *row), void *ctx)
{
    return store->ops->totals(store, look, fn, ctx);
}

enum err store_nodes_versions(struct store *store, store_version_fn *fn, void *ctx)
{
    return store->ops->versions(store, fn, ctx);
}

enum err store_nodes_changes(struct store *store, const struct store_pulse *pulse,
                             struct store_heard *heard, store_change_fn *fn, void *ctx)
{
    return store->ops->changes(store, pulse, heard, fn, ctx);
}

bool store_nodes_change_of(const struct fact *fact, struct store_change *out)
{
    return sql_news_of(fact, out);
}
