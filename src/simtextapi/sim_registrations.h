/* simtextapi/sim_registrations.h - how the registration of senders stands: the verification of
 * toll-free numbers, and the campaign (A2P 10DLC) of a messaging service.
 *
 * Only read: what a setup says of a number as its `registration` is told here, of a toll-free one
 * as its verification, of another as the campaign of the service that holds it (the first such one
 * counts). Whether texts get through does not follow from it.
 * Threads: loop thread only.
 */
#ifndef SIMTEXTAPI_SIM_REGISTRATIONS_H
#define SIMTEXTAPI_SIM_REGISTRATIONS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_registrations_routes[];

#endif
