/* rules/reach.h - steps of chains that a call never reaches, as the rings before them use up the
 * caller's whole wait when nobody answers.
 *
 * Pure. Threads: any.
 */
#ifndef RULES_REACH_H
#define RULES_REACH_H

#include <stddef.h>

#include "model/roster.h"

struct reach_step {
    int chain, step; /* indexes */
};

/* Returns how many there are; at most `max` are put into `out`. */
size_t reach_find(const struct roster *roster, struct reach_step *out, size_t max);

#endif
