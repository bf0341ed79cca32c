/* test/model/jobs_engine.h - turns the clock of a story of jobs: events are decided in batches,
 * timers fire, texts leave and meet their fate, and sometimes all of it dies at once.
 */
#ifndef JOBS_ENGINE_H
#define JOBS_ENGINE_H

#include "jobs_world.h"

/* With what comes next, or at once when the batch is full. */
void jobs_engine_submit(struct world *w, const struct event *e);
/* Decides what was handed in, and what is due. */
void jobs_engine_flush(struct world *w);
void jobs_engine_run(struct world *w, int64_t to_ms);
/* Until nothing is left that could happen; false when that never ends. */
bool jobs_engine_settle(struct world *w);

#endif
