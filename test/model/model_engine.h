/* test/model/model_engine.h - turns the world's clock: events are decided in batches, rows leave,
 * lost answers are looked for, timers fire, and sometimes all of it dies at once.
 */
#ifndef MODEL_ENGINE_H
#define MODEL_ENGINE_H

#include "model_world.h"

/* Hands it in now: it is decided at once, or with what comes next. */
void engine_submit(struct world *w, const struct event *e);
/* Everything that is to happen until then. */
void engine_run(struct world *w, int64_t to_ms);
/* Until nothing is left that could happen; false when that never ends. */
bool engine_settle(struct world *w);

#endif
