/* simoffice/sim_applications.h - Applications: addresses that numbers, calls and messages share.
 *
 * Threads: loop thread only.
 * Source: section 5.7 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_APPLICATIONS_H
#define SIMOFFICE_SIM_APPLICATIONS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_applications_routes[];

#endif
