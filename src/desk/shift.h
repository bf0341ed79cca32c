/* desk/shift.h - tells whoever comes on duty that his shift begins, and has him confirm it.
 *
 * A shift is a time for which somebody has a place of a chain, after at least an hour without
 * one, by the roster; it is told unless he has said that he is off duty. One that began less than
 * a quarter of an hour ago is told too, so that none is lost by a restart. What was told is in
 * his duty row: once for each beginning.
 * Threads: one at a time (the storage thread).
 * Source: docs/adr/0019-who-is-on-duty.md.
 */
#ifndef DESK_SHIFT_H
#define DESK_SHIFT_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* Sees that the timer of the next beginning stands. */
void shift_watch(const struct context *c);

MUST_USE enum err shift_timer(const struct context *c);         /* TIMER_SHIFT */
MUST_USE enum err shift_confirm_timer(const struct context *c); /* TIMER_CONFIRM */

/* The line by which an operator is texted of what is about no thread; the roster's first for who
 * only stands in. The roster has a line. */
const struct line *shift_line(const struct context *c, int operator_index);

/* True when he was asked to confirm, and has time for it. */
bool shift_is_asked(const struct context *c, int operator_index);
/* He confirms; tells him so by that line. */
void shift_confirm(const struct context *c, int operator_index, struct span line);
/* EVENT_LINK of a LINK_SHIFT. Answers. */
MUST_USE enum err shift_link(const struct context *c, struct link *link);

#endif
