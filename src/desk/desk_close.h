/* desk/desk_close.h - a thread is closed by somebody, or opened again.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef DESK_DESK_CLOSE_H
#define DESK_DESK_CLOSE_H

#include <stdbool.h>

#include "rules/context.h"

/* Gathers what closing needs; `relay` is the thread's latest and may be NULL. False when something
 * must be loaded first. */
bool desk_close_gather(const struct context *c, const struct thread *thread,
                       const struct relay *relay);
/* Closes it: what waits is acknowledged, and whoever had it hears of it. `operator_index` is who
 * says so, -1 the office. */
void desk_close(const struct context *c, struct thread *thread, struct relay *relay,
                int operator_index);
/* Opens a closed one: it is whoever's had it, if he is still there, or else `operator_index`'s who
 * asks for it, -1 nobody's; a quiet day closes it. */
void desk_close_undo(const struct context *c, struct thread *thread, const struct relay *relay,
                     int operator_index);

#endif
