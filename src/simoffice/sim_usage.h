/* simoffice/sim_usage.h - Usage records: counted from what is in the world, with prices.
 *
 * Threads: loop thread only.
 * Source: section 5.7 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_USAGE_H
#define SIMOFFICE_SIM_USAGE_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_usage_routes[];

#endif
