/* calls_engine.h - turns the clock of a story of calls: what reaches us is decided in batches,
 * timers fire, and sometimes all of it dies at once.
 */
#ifndef CALLS_ENGINE_H
#define CALLS_ENGINE_H

#include "calls_world.h"

/* Until nothing is left that could happen; false when that never ends. */
bool calls_engine_run(struct world *w);

#endif
