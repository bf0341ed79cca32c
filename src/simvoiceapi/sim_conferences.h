/* simvoiceapi/sim_conferences.h - REST: conferences and their participants.
 *
 * Threads: loop thread only.
 * Source: section 5.8 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_CONFERENCES_H
#define SIMVOICEAPI_SIM_CONFERENCES_H

#include "simapi/sim_api.h"

extern const struct sim_api_kind sim_conferences_kind;
extern const struct sim_api_route sim_conferences_routes[];

#endif
