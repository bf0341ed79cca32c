/* simvoiceapi/sim_calls.h - Calls: placed, listed, sent elsewhere, ended, deleted.
 *
 * Threads: loop thread only.
 * Source: sections 5.5 and 7.3 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_CALLS_H
#define SIMVOICEAPI_SIM_CALLS_H

#include "simapi/sim_api.h"

extern const struct sim_api_kind sim_calls_kind;
/* Ends with a NULL path. */
extern const struct sim_api_route sim_calls_routes[];

#endif
