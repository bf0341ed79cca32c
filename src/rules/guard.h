/* rules/guard.h - how many relays a line and a tenant may begin in a minute.
 *
 * A flood of texts from many numbers shall not drown the real ones, and nothing is lost: what
 * is too much begins later, one after the other, at the pace that is allowed.
 * Kept in memory only: after a restart the count begins anew.
 * Owns: itself, until guard_close.
 * Threads: one at a time (the storage thread).
 */
#ifndef RULES_GUARD_H
#define RULES_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct guard;

struct guard *guard_open(void);
void guard_close(struct guard **guard);

/* Takes a place for something of `who` (a line's number; empty for the tenant as a whole) that
 * happens at `now_ms`; returns how long it must wait, 0: it may go at once. `a_minute` 0: as
 * much as there is. */
int64_t guard_wait_ms(struct guard *guard, int32_t tenant, struct span who, int a_minute,
                      int64_t now_ms);

/* Notes something of `who`, named otherwise than what is counted, that holds until `until_ms`, or
 * no longer. Without a guard nothing is ever noted. */
void guard_note(struct guard *guard, int32_t tenant, struct span who, int64_t until_ms);
void guard_forget(struct guard *guard, int32_t tenant, struct span who);
/* From here on what is taken and noted can be undone, up to the next of these. */
void guard_begin(struct guard *guard);
void guard_undo(struct guard *guard);
bool guard_is_noted(struct guard *guard, int32_t tenant, struct span who, int64_t now_ms);

#endif
