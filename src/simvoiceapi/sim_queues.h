/* simvoiceapi/sim_queues.h - REST: queues of calls and their members.
 *
 * Threads: loop thread only.
 * Source: section 5.8 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_QUEUES_H
#define SIMVOICEAPI_SIM_QUEUES_H

#include "simapi/sim_api.h"

extern const struct sim_api_route sim_queues_routes[];

#endif
