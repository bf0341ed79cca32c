/* simvoiceapi/sim_call_events.h - REST: what was asked of a customer's server about a call, and
 * what it answered.
 *
 * Read from the timeline: what has left it is not told any more.
 * Threads: loop thread only.
 * Source: section 5.5 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_CALL_EVENTS_H
#define SIMVOICEAPI_SIM_CALL_EVENTS_H

#include "simapi/sim_api.h"

extern const struct sim_api_route sim_call_events_routes[];

#endif
