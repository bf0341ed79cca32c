/* rules/rotation.h - who holds a rotation at an instant, by the clocks of its zone.
 *
 * Turns are counted on the clocks: across a change of the clocks a turn is an hour shorter or
 * longer. A hand-over in the hour that the spring change skips is at the change, one in the hour
 * that the autumn change repeats is at its first pass.
 * Pure. Threads: any. Units: instants are UTC milliseconds.
 */
#ifndef RULES_ROTATION_H
#define RULES_ROTATION_H

#include <stdint.h>

#include "model/roster.h"

/* Index of the operator who holds it. */
int rotation_holder(const struct rotation *rotation, int64_t at_ms);
/* The first hand-over after `at_ms`. */
int64_t rotation_hand_over(const struct rotation *rotation, int64_t at_ms);

#endif
