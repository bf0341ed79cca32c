#include "sql/sql_nodes.h"

#include <string.h>

static const char *const topic_names[STORE_TOPICS] = {
    [STORE_TOPIC_ROSTERS] = "rosters",
    [STORE_TOPIC_TENANTS] = "tenants",
    [STORE_TOPIC_RIGHTS] = "rights",
};

const char *sql_nodes_topic_name(enum store_topic topic)
{
    return topic_names[topic];
}

void sql_nodes_mark(struct sql_store *s, enum store_topic topic)
{
    if (!s->store.is_shared)
        return;
    struct sql_query *q = sql_prepare(s->sql, "INSERT INTO topic (name, count) VALUES (?1, 1)"
                                              " ON CONFLICT (name) DO UPDATE"
                                              " SET count = topic.count + 1");
    sql_put_text(q, topic_names[topic]);
    sql_run(q);
    sql_drop(&q);
}

static enum err join(struct store *store, const struct store_self *self)
{
    struct sql_store *s = (struct sql_store *)store;

    s->self = *self;
    store->node = 0;
    store->incarnation = 1;
    return ERR_NONE;
}

static enum err beat(struct store *store, const struct store_beat *beat, struct store_pulse *out)
{
    const struct sql_store *s = (const struct sql_store *)store;
    struct store_node self = {
        .incarnation = store->incarnation,
        .schema = STORE_SCHEMA,
        .is_draining = beat->is_draining,
    };

    memcpy(self.name, s->self.name, sizeof self.name);
    memcpy(self.version, s->self.version, sizeof self.version);
    memset(out, 0, sizeof *out);
    out->until_ns = INT64_MAX;
    out->nodes[0] = self;
    out->count = out->living = 1;
    return ERR_NONE;
}

static enum err leave(struct store *store)
{
    (void)store;
    return ERR_NONE;
}

static enum err chore(struct store *store, struct span name, int64_t now_ms, int64_t until_ms,
                      bool *out_is_mine)
{
    (void)store, (void)name, (void)now_ms, (void)until_ms;
    *out_is_mine = true;
    return ERR_NONE;
}

static enum err shared(struct store *store, const char *name, uint8_t *key)
{
    (void)store, (void)name, (void)key;
    return ERR_NONE;
}

static enum err topics(struct store *store, int64_t *out)
{
    (void)store;
    memset(out, 0, STORE_TOPICS * sizeof *out);
    return ERR_NONE;
}

static enum err totals(struct store *store, struct store_totals *look,
                       void (*fn)(void *, const struct spent *), void *ctx)
{
    (void)store, (void)fn, (void)ctx;
    look->is_done = true;
    return ERR_NONE;
}

static enum err versions(struct store *store, store_version_fn *fn, void *ctx)
{
    (void)store, (void)fn, (void)ctx;
    return ERR_NONE;
}

static enum err changes(struct store *store, const struct store_pulse *pulse,
                        struct store_heard *heard, store_change_fn *fn, void *ctx)
{
    (void)store, (void)pulse, (void)heard, (void)fn, (void)ctx;
    return ERR_NONE;
}

void sql_nodes_alone(struct store_ops *ops)
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
