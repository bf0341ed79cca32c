/* simoffice/sim_caller_ids.h - OutgoingCallerIds: numbers of others that calls may show once they
 * are validated.
 *
 * Threads: loop thread only.
 * Source: section 5.7 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_CALLER_IDS_H
#define SIMOFFICE_SIM_CALLER_IDS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_caller_ids_routes[];

#endif
