/* store/store_tenants.h - the tenants of a database (sql/store_tenant.h): their terms and secrets,
 * and all that is theirs.
 *
 * Errors: as store/store.h.
 * Threads: as store/store.h.
 * Source: docs/adr/0031-tenants-and-their-secrets.md.
 */
#ifndef STORE_STORE_TENANTS_H
#define STORE_STORE_TENANTS_H

#include "base/err.h"
#include "sql/store_tenant.h"
#include "store/store.h"

/* All of them, and all their secrets, as of one instant. */
MUST_USE enum err store_tenants_read(struct store *store, const struct store_tenants *reader);
/* Gives it its number; ERR_CONFLICT: its slug is taken. */
MUST_USE enum err store_tenants_add(struct store *store, struct tenant *tenant, int64_t now_ms);
/* By the row as it is then, so that two who change different things at two nodes do not undo one
 * another. ERR_NOT_FOUND: there is no such tenant. */
MUST_USE enum err store_tenants_change(struct store *store, int32_t tenant,
                                       const struct store_tenant_change *change, int64_t now_ms);
/* Each in place of what was there; one of size 0 takes it away. */
MUST_USE enum err store_tenants_secrets(struct store *store, const struct tenant_sealed *rows,
                                        size_t count, int64_t now_ms);
/* The same secrets, sealed by another key; one that was given anew since changed_ms stays. */
MUST_USE enum err store_tenants_reseal(struct store *store, const struct tenant_sealed *rows,
                                       size_t count);

/* Puts the line into report-only mode in place of what there was of it, or, with until_ms 0, ends
 * that; rows that are over are taken away. ERR_NOT_FOUND: there is no such tenant.
 * ERR_BAD_INPUT: it would last longer than a day. */
MUST_USE enum err store_tenants_report_only(struct store *store, const struct report_only *row);

/* The name of table ask->table; NULL beyond the last. *out_is_secret: nothing of it is listed. */
const char *store_tenants_table(int table, bool *out_is_secret);
/* A page of it: ids, instants and bools go by their columns' names as in store_view.
 * ERR_BAD_INPUT: the cursor is none of ours. */
MUST_USE enum err store_tenants_list(struct store *store, struct store_belongings *ask,
                                     view_row_fn *fn, void *ctx);
/* Brings it about that recordings of his are erased at the carrier, as if they were old: of the
 * next page of his calls. */
MUST_USE enum err store_tenants_recordings(struct store *store, struct store_recordings *look,
                                           int64_t now_ms);
/* Deletes at most `max` rows of his, from table *at on, 0 to begin; all are gone when
 * store_tenants_table(*at) is NULL. */
MUST_USE enum err store_tenants_drop(struct store *store, int32_t tenant, int max, int *at,
                                     int64_t *out_gone);
/* Looks through every table that the database has. */
MUST_USE enum err store_tenants_scan(struct store *store, const struct tenant *tenant,
                                     store_trace_fn *fn, void *ctx);

#endif
