/* test/model/model_checks.h - what must be true after every decision, after every commit, and in
 * the end.
 */
#ifndef MODEL_CHECKS_H
#define MODEL_CHECKS_H

#include "model_world.h"

/* After one decision, not stored yet. `from`: the last fact before it, NULL without. */
void checks_event(struct world *w, const struct event *e, struct facts *f, struct fact *from);
void checks_commit(struct world *w);
/* Nobody does anything any more: until when each relay must have ended. */
void checks_quiet(struct world *w);
void checks_end(struct world *w);

/* The text of an event; NULL. */
struct text *checks_text(struct world *w, const struct event *e);

#endif
