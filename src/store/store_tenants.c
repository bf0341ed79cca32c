#include "store/store_tenants.h"

#include "sql/sql_belongings.h"

enum err store_tenants_read(struct store *store, const struct store_tenants *reader)
{
    return store->ops->tenants(store, reader);
}

enum err store_tenants_report_only(struct store *store, const struct report_only *row)
{
    if (row->until_ms && row->until_ms - row->since_ms > report_only_ms)
        return ERR_BAD_INPUT;
    return store->ops->report_only(store, row);
}

enum err store_tenants_add(struct store *store, struct tenant *tenant, int64_t now_ms)
{
    return store->ops->tenant_add(store, tenant, now_ms);
}

enum err store_tenants_change(struct store *store, int32_t tenant,
                              const struct store_tenant_change *change, int64_t now_ms)
{
    return store->ops->tenant_change(store, tenant, change, now_ms);
}

enum err store_tenants_secrets(struct store *store, const struct tenant_sealed *rows, size_t count,
                               int64_t now_ms)
{
    return store->ops->secrets_put(store, rows, count, now_ms);
}

enum err store_tenants_reseal(struct store *store, const struct tenant_sealed *rows, size_t count)
{
    return store->ops->secrets_reseal(store, rows, count);
}

const char *store_tenants_table(int table, bool *out_is_secret)
{
    const struct sql_belonging *t = sql_belongings_at(table);

    if (t)
        *out_is_secret = !t->hidden;
    return t ? t->table : NULL;
}

enum err store_tenants_list(struct store *store, struct store_belongings *ask, view_row_fn *fn,
                            void *ctx)
{
    return store->ops->belongings(store, ask, fn, ctx);
}

enum err store_tenants_recordings(struct store *store, struct store_recordings *look,
                                  int64_t now_ms)
{
    return store->ops->recordings_end(store, look, now_ms);
}

enum err store_tenants_drop(struct store *store, int32_t tenant, int max, int *at,
                            int64_t *out_gone)
{
    return store->ops->belongings_drop(store, tenant, max, at, out_gone);
}

enum err store_tenants_scan(struct store *store, const struct tenant *tenant, store_trace_fn *fn,
                            void *ctx)
{
    return store->ops->scan(store, tenant, fn, ctx);
}
