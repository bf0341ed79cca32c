/* sql/sql_desks.h - the fullest desks, kept in memory between batches.
 *
 * A desk has a tag for each customer whom its operator was told of, and whoever forwards one
 * text needs it whole: read from the database, a thousand tags cost more than all else that a
 * text costs. Where this program alone writes, what is kept is what is stored; where others write
 * too, the back end finds out and forgets.
 * Owns: the copies; at most some megabytes.
 * Threads: one at a time.
 */
#ifndef SQL_SQL_DESKS_H
#define SQL_SQL_DESKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/facts.h"

struct sql_desks;

struct sql_desks *sql_desks_open(void);
void sql_desks_close(struct sql_desks **desks);

/* Fills `desk`, whose operator is set, with a copy in `arena`; false: it is not kept. */
bool sql_desks_get(const struct sql_desks *desks, int32_t tenant, struct arena *arena,
                   struct desk *desk);
bool sql_desks_has(const struct sql_desks *desks, int32_t tenant, struct span operator_id);
/* A desk as it was just read, latest sent first. */
void sql_desks_put(struct sql_desks *desks, int32_t tenant, const struct desk *desk);
/* What has been committed. */
void sql_desks_note(struct sql_desks *desks, const struct facts *facts);
/* Somebody else has written what is the tenant's. */
void sql_desks_forget_tenant(struct sql_desks *desks, int32_t tenant);
/* A commit failed: nothing is known any more. */
void sql_desks_forget(struct sql_desks *desks);

#endif
