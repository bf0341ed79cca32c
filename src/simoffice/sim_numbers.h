/* simoffice/sim_numbers.h - IncomingPhoneNumbers: bought, listed, set up, handed over, given up.
 *
 * Threads: loop thread only.
 * Source: section 5.6 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_NUMBERS_H
#define SIMOFFICE_SIM_NUMBERS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_numbers_routes[];

#endif
