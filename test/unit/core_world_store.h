/* test/unit/core_world_store.h - the small store in memory behind test/unit/core_world.h.
 *
 * world_commit, which saves, is declared there.
 */
#ifndef CORE_WORLD_STORE_H
#define CORE_WORLD_STORE_H

#include "core_world.h"

/* By id, or by key when that is 0; NULL without. */
struct world_row *world_store_find(const struct world *w, enum fact_kind kind, int32_t tenant,
                                   int64_t id, struct span key);
struct desk *world_store_desk(struct world *w, int32_t tenant, struct span operator_id);
/* Fills what the working set wants. */
void world_store_load(struct world *w);
/* Tells whether a row has changed. */
uint64_t world_store_print(enum fact_kind kind, const void *row);

#endif
