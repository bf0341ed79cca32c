/* simtextapi/sim_services.h - Messaging Services: made, listed, changed, deleted; and their pools
 * of numbers, short codes and alphanumeric senders.
 *
 * A short code that no setup knows is one all the same: it gets six digits.
 * Threads: loop thread only.
 * Source: section 5.11 of the carrier's reference.
 */
#ifndef SIMTEXTAPI_SIM_SERVICES_H
#define SIMTEXTAPI_SIM_SERVICES_H

#include "simapi/sim_api.h"

extern const struct sim_api_kind sim_services_kind;
/* Ends with a NULL path. */
extern const struct sim_api_route sim_services_routes[];

#endif
