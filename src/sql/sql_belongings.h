/* sql/sql_belongings.h - all tables in which a tenant has rows, and what can be done with all of
 * them alike: list, move, delete.
 *
 * A table that is not here is found by sql_belongings_scan, which goes by the database's own
 * catalogue.
 * Errors stick to the connection.
 */
#ifndef SQL_SQL_BELONGINGS_H
#define SQL_SQL_BELONGINGS_H

#include "sql/backend.h"
#include "sql/sql.h"
#include "sql/store_tenant.h"

/* In the order in which they are deleted. */
struct sql_belonging {
    const char *table;  /* as it is written in a statement */
    const char *whose;  /* the column that names the tenant; "user_id": a user of his */
    const char *keys;   /* that tell a row from the tenant's others, with commas between */
    const char *hidden; /* columns that leave in no export, with blanks around; NULL: the whole
                           table, as it holds nothing but what proves who somebody is */
};
/* NULL beyond the last. */
const struct sql_belonging *sql_belongings_at(int index);

void sql_belongings_list(struct sql *sql, struct store_belongings *ask, view_row_fn *fn, void *ctx,
                         struct arena *scratch);
/* Deletes at most `max` rows, from table *at on; *at moves on to the first that may have more.
 * Returns how many have gone. */
int64_t sql_belongings_drop(struct sql *sql, int32_t tenant, int max, int *at,
                            struct arena *scratch);
void sql_belongings_scan(struct sql *sql, const struct tenant *tenant, store_trace_fn *fn,
                         void *ctx, struct arena *scratch);

#endif
