/* simhook/sim_jars.h - the jars of two numbers that text each other.
 *
 * A pair that is quiet for four hours starts anew. Only jars with something in them are kept.
 * Owns: its jars, until sim_jars_done. A zeroed list is an empty one.
 * Threads: one at a time.
 * Source: section 3.1 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_JARS_H
#define SIMHOOK_SIM_JARS_H

#include "simhook/sim_jar.h"

enum { SIM_JARS_MAX = 1000 };

struct sim_jars_row;

struct sim_jars {
    struct sim_jars_row *first; /* the last used first */
    size_t count;
};

void sim_jars_done(struct sim_jars *jars);

/* The jar of that pair, which stays good until sim_jars_release. NULL when all are in use. */
struct sim_jar *sim_jars_open(struct sim_jars *jars, struct span from, struct span to,
                              int64_t now_ms);
/* Each open is released once; NULL is accepted. */
void sim_jars_release(struct sim_jars *jars, struct sim_jar *jar, int64_t now_ms);

#endif
