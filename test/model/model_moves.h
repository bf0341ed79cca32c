/* test/model/model_moves.h - why a relay may move: each step has its time, and only its clock, a
 * failure of all its people, or somebody who may ends it before.
 */
#ifndef MODEL_MOVES_H
#define MODEL_MOVES_H

#include "model_world.h"

/* A relay as a decision leaves it. */
void moves_check(struct world *w, const struct event *e, struct facts *f, const struct relay *now);

#endif
