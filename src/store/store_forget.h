/* store/store_forget.h - a person is erased by his number (sql/store_forget.h), some rows at a
 * turn.
 *
 * Errors: as store/store.h.
 * Threads: as store/store.h.
 * Source: design section 11; docs/adr/0034-forgetting.md.
 */
#ifndef STORE_STORE_FORGET_H
#define STORE_STORE_FORGET_H

#include "base/err.h"
#include "sql/store_forget.h"
#include "store/store.h"

/* Changes nothing. */
MUST_USE enum err store_forget_look(struct store *store, const struct store_forget_ask *ask,
                                    struct store_forget_sight *out);
/* *place moves on, or stays while the carrier has still to be asked. */
MUST_USE enum err store_forget_turn(struct store *store, const struct store_forget_ask *ask,
                                    struct store_forget_place *place, int64_t *out_gone);
/* Notes the deed in the tenant's log. */
MUST_USE enum err store_forget_note(struct store *store, int32_t tenant, int64_t now_ms,
                                    struct span words);

#endif
