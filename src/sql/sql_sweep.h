/* sql/sql_sweep.h - what is counted by the day, and what has grown old.
 *
 * Threads: one at a time.
 */
#ifndef SQL_SQL_SWEEP_H
#define SQL_SQL_SWEEP_H

#include <stddef.h>

#include "model/rows.h"
#include "sql/backend.h"
#include "sql/sql.h"

void sql_sweep_save_spent(struct sql *sql, const struct spent *row);
void sql_sweep_spent(struct sql *sql, int32_t since_day,
                     void (*fn)(void *ctx, const struct spent *row), void *ctx);

/* The step at which the history begins to be deleted, after what is erased: a turn ends before it,
 * so that a back end can do it in another way first. */
enum { SQL_SWEEP_HISTORY = 3 };

/* Called before rows of a tenant are touched. */
typedef void sql_sweep_hold_fn(void *ctx, int32_t tenant);
/* One turn of store_sweep. */
void sql_sweep(struct sql *sql, const struct store_sweep_ask *ask, sql_sweep_hold_fn *hold,
               void *hold_ctx, struct store_sweep_place *place, size_t *out_gone);

#endif
