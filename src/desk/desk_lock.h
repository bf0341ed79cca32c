/* desk/desk_lock.h - a sender's number can be forged: whoever sends five wrong marks is locked out
 * for a quarter of an hour, and acts by link.
 *
 * Threads: one at a time.
 * Source: design section 3.4.
 */
#ifndef DESK_DESK_LOCK_H
#define DESK_DESK_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/context.h"

enum { DESK_LOCK_AFTER = 5, DESK_LOCK_MS = 15 * 60 * 1000 };

bool desk_lock_is_on(const struct context *c, int operator_index);
/* Answers a text that does not act with the link that does. */
void desk_lock_answer(const struct context *c, int operator_index, int64_t message,
                      struct span line);
/* Counts; the fifth locks, and people are told. */
void desk_lock_wrong_tag(const struct context *c, int operator_index, struct span line);
void desk_lock_right_tag(const struct context *c, int operator_index);

#endif
