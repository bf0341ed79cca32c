/* base/dice.h - randomness as a value: drawn from the system once, used by pure code.
 *
 * A decision is handed a seeded generator and fresh secret bytes, so that it stays pure and a
 * test can repeat it.
 * Threads: any.
 */
#ifndef BASE_DICE_H
#define BASE_DICE_H

#include <stddef.h>
#include <stdint.h>

/* Fills `out` from the system's generator; aborts when there is none. */
void dice_fill(void *out, size_t size);
/* For a rehearsal that must come out the same each time: from now on dice_fill gives each
 * thread a row of its own that follows from `seed` (not 0) and from which thread asked first,
 * second, and so on. Call it before there is a second thread. No secret is safe then. */
void dice_rehearse(uint64_t seed);

/* A small generator (xorshift128+) seeded by dice_fill or by a test; good for tags and
 * spreading, never for secrets: those are dice_fill's. */
struct dice {
    uint64_t a, b;
};

struct dice dice_seed(void);
struct dice dice_from(uint64_t seed);
/* Returns a number in [0, sides), sides above 0. */
uint32_t dice_throw(struct dice *dice, uint32_t sides);

#endif
