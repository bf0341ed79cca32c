/* simtextapi/sim_lookups.h - the carrier's lookups: who a number is, what kind of connection it
 * has.
 *
 * A phone's `caller_name`, `line_type`, `landline`, `unreachable` and `lookup` (an object with
 * whole packages) are what is known; of a number that is no phone there is no name, and it is
 * a mobile one.
 * Threads: loop thread only.
 * Source: section 5.10 of the carrier's reference (Lookup v2 and v1).
 */
#ifndef SIMTEXTAPI_SIM_LOOKUPS_H
#define SIMTEXTAPI_SIM_LOOKUPS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_lookups_routes[];

#endif
