/* config/nearest.h - the known name that a misspelt one most likely means.
 *
 * Threads: any.
 */
#ifndef CONFIG_NEAREST_H
#define CONFIG_NEAREST_H

#include "base/span.h"

enum { NEAREST_NAME_MAX = 64 }; /* bytes of a name that is compared at all */

/* Number of letters to add, drop, change or swap with their neighbour, without regard to
 * case; large when either is longer than NEAREST_NAME_MAX. */
unsigned nearest_distance(struct span a, struct span b);

/* Whether `known` is close enough to be meant: at most 2 off, and less in short names. */
bool nearest_is(struct span text, struct span known);

/* Keeps the best of the names it was shown. */
struct nearest {
    struct span text, best; /* best: NULL data while nothing is close */
    unsigned distance;
};

struct nearest nearest_to(struct span text);
void nearest_show(struct nearest *nearest, struct span known);

#endif
