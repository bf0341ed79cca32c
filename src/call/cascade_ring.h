/* call/cascade_ring.h - lets the next phones of a call ring, within the caller's total wait.
 *
 * Whoever may be rung is told of it: the callers have gathered what that needs.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0012-phones-that-ring-together.md.
 */
#ifndef CALL_CASCADE_RING_H
#define CALL_CASCADE_RING_H

#include <stdbool.h>

#include "rules/context.h"

/* Rings whoever may at or after `from`, or goes to voicemail. Returns false in the latter case:
 * the caller then raises the relay. */
bool cascade_ring_from(const struct context *c, struct cascade *k, int from);

/* One of several phones was picked up, nobody accepted, and that ended the dial: the others
 * have the rest of the step's time. False when nobody or no time is left. */
bool cascade_ring_rest(const struct context *c, struct cascade *k);

void cascade_ring_voicemail(const struct context *c, struct cascade *k);

#endif
