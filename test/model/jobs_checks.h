/* test/model/jobs_checks.h - what must be true of every job after each decision, after each
 * commit, and in the end.
 */
#ifndef JOBS_CHECKS_H
#define JOBS_CHECKS_H

#include "jobs_world.h"

/* After one decision, not stored yet. `from` and `added`: the last fact and the end of what was
 * added before it; `from` NULL: none. */
void jobs_checks_event(struct world *w, const struct event *e, const struct answer *answer,
                       struct facts *f, const struct fact *from, struct appended *added);
/* The jobs are as the store has them. */
void jobs_checks_commit(struct world *w);
void jobs_checks_end(struct world *w);

#endif
