/* simapi/sim_answer.h - answers on their way out: headers, JSON or XML, kept back, cut off.
 *
 * Twilio-Request-Duration is what passed on the carrier's clock.
 * Threads: loop thread only.
 * Source: sections 5.1 and 5.3 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_ANSWER_H
#define SIMAPI_SIM_ANSWER_H

#include "simapi/sim_api.h"
#include "simworld/sim_fault.h"

/* Answers with what the handler left: its error, its text, or its row. */
void sim_answer_send(struct sim_api *a);
/* The same when the fault lets it: later, or never. */
void sim_answer_hold(struct sim_api *a, const struct sim_fault *fault);
/* Resets the connection; `why` is for the timeline. */
void sim_answer_drop(struct sim_api *a, const char *why);

#endif
