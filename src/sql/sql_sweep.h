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

/* One turn of store_sweep. */
void sql_sweep(struct sql *sql, const struct store_sweep_ask *ask, struct store_sweep_place *place,
               size_t *out_gone);

#endif
