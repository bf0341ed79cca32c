/* rules/ring.h - which rung rings next, and for how long, within the caller's total wait.
 *
 * Rings are cut to what is left of the cap; the last rung still gets 10 s; a rung that would
 * have less than 5 s is passed over; nothing rings beyond the hard end, 30 s after the cap.
 * Pure. Threads: any. Units: seconds and milliseconds as named.
 */
#ifndef RULES_RING_H
#define RULES_RING_H

#include <stdint.h>

#include "model/plan.h"

enum { RING_HARD_END_S = 30, RING_LAST_S = 10, RING_LEAST_S = 5 };

/* How many rungs, from that one on, ring together: those of one step. */
int ring_together(const struct plan *plan, int from);

/* Returns the index of the first rung at or after `from` that rings when the caller has waited
 * `waited_ms`, and its seconds in *out_s; -1 when none does any more. */
int ring_next(const struct plan *plan, int from, int64_t waited_ms, int wait_s, int *out_s);

#endif
