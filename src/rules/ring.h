/* rules/ring.h - which rung rings next, and for how long, within the caller's total wait.
 *
 * Rings are cut to what is left of the cap; the last rung still gets 10 s; a rung that would
 * have less than 5 s is passed over; nothing rings beyond the hard end, 30 s after the cap.
 * Pure. Threads: any. Units: seconds and milliseconds as named.
 */
#ifndef RULES_RING_H
#define RULES_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "model/plan.h"

enum { RING_HARD_END_S = 30, RING_LAST_S = 10, RING_LEAST_S = 5 };
enum {
    RING_STILL_MS = 8 * 1000
}; /* "we still try" and the wait for a key, before the phones ring */

enum { RING_AGAIN_S = 30 }; /* of who takes a call by link, and is rung out of his turn */

/* How many rungs, from that one on, ring together: those of one step; who
 * is rung again rings alone, unless the step overlaps. */
int ring_together(const struct plan *plan, int from);

/* Returns the index of the first rung at or after `from` that rings when the caller has waited
 * `waited_ms`, and its seconds in *out_s; -1 when none does any more. */
int ring_next(const struct plan *plan, int from, int64_t waited_ms, int wait_s, int *out_s);

/* The operator's rung that counts while those at `attempt` ring: the one that rings, else the one
 * by which he is rung again, else one still to come, else his last. -1: he is not in the plan. */
int ring_own(const struct plan *plan, int attempt, const char *operator_id);
/* He is rung, or being asked. */
bool ring_is_on(const struct rung *r);
/* His wish stands: by another press nothing would change. */
bool ring_is_wished(const struct rung *r);
/* Has the operator of the rung `of` rung at the place `at`, of the step before: moved there when
 * his turn was to come, else as one rung more. False when the plan has no room. */
bool ring_again(struct plan *plan, int of, int at, bool overlaps);

#endif
