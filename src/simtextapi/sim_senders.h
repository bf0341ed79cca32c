/* simtextapi/sim_senders.h - the pool of a Messaging Service: numbers, short codes, names.
 *
 * Threads: loop thread only.
 * Source: section 5.11 of the carrier's reference.
 */
#ifndef SIMTEXTAPI_SIM_SENDERS_H
#define SIMTEXTAPI_SIM_SENDERS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_senders_routes[];

#endif
