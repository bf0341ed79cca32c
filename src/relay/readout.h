/* relay/readout.h - a forward that cannot be delivered is read out to its operator by a call.
 *
 * One call to each operator of a step, however many texts are lost there. It is pointless when
 * the step has ended.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 3.2.
 */
#ifndef RELAY_READOUT_H
#define RELAY_READOUT_H

#include <stdbool.h>

#include "rules/context.h"

/* Asks for what readout_call may need. */
void readout_gather(const struct context *c, const struct relay *r, const struct message *lost);
/* Decides that the operator of a lost forward is called. False when he cannot be. */
bool readout_call(const struct context *c, const struct relay *r, const struct message *lost);

/* The rung of the operator whom the message is for; NULL when the plan has none. */
struct rung *readout_rung(struct relay *r, const struct message *m);
/* True when the message is for somebody of the step whose clock runs. */
bool readout_holds(const struct relay *r, const struct rung *rung);
/* Nobody of the step can be reached any more. */
bool readout_step_is_lost(const struct relay *r);

#endif
