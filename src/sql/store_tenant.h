/* sql/store_tenant.h - the tenants of a database: their terms and secrets, and all that is theirs,
 * listed, taken out, and proven to be gone.
 */
#ifndef SQL_STORE_TENANT_H
#define SQL_STORE_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "model/report_only.h"
#include "model/tenant.h"

/* Given each tenant by slug, then each secret by tenant, then each line that is in report-only mode
 * or was, by tenant and number (may be NULL). */
struct store_tenants {
    void (*tenant)(void *ctx, const struct tenant *tenant);
    void (*secret)(void *ctx, const struct tenant_sealed *row);
    void *ctx;
    void (*line)(void *ctx, const struct report_only *row);
};

/* What the host changes of a tenant: whatever is not given stays as it is in the database then. */
struct store_tenant_change {
    const char *name, *account;     /* NULL: stays */
    const enum tenant_state *state; /* likewise, as the following */
    const int32_t *weight;
    const int32_t *texts_a_day, *calls_a_day; /* of 0: without bound from now on */
};

/* A page of one table's rows. */
enum { STORE_CURSOR_SIZE = 512 };
struct store_belongings {
    int32_t tenant;
    int table;                      /* from 0 */
    char cursor[STORE_CURSOR_SIZE]; /* "" to begin; filled with where the next page does */
    int max;
    bool is_more; /* filled: there is a next page */
};

/* A look through a tenant's calls, some of them with each unit of work, for recordings that are at
 * the carrier yet. */
struct store_recordings {
    int32_t tenant;
    int page;         /* calls that are looked at in one unit */
    int max;          /* so many erasures are begun in all */
    int begun;        /* filled, from 0 on, as what follows */
    int64_t after_id; /* the last call that was looked at */
    int64_t left;     /* those that are not erased yet */
    bool is_done;     /* all calls are looked at */
};

/* What a table still has of a tenant. */
enum store_trace_how {
    STORE_TRACE_BY_TENANT,  /* a column names him */
    STORE_TRACE_BY_ACCOUNT, /* ... his account, which nobody else has */
    STORE_TRACE_BY_USER,    /* ... a user that is no more */
    STORE_TRACE_NONE,       /* it never holds anything of a tenant */
    STORE_TRACE_UNKNOWN,    /* nobody knows what it holds: as bad as a row that is left */
};
struct store_trace {
    const char *table; /* valid during the call */
    enum store_trace_how how;
    int64_t left;
};
typedef void store_trace_fn(void *ctx, const struct store_trace *trace);

#endif
