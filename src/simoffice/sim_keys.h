/* simoffice/sim_keys.h - Keys and SigningKeys, of the 2010 API and of iam.twilio.com.
 *
 * Threads: loop thread only.
 * Source: section 5.7 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_KEYS_H
#define SIMOFFICE_SIM_KEYS_H

#include "simapi/sim_api.h"

/* Ends with a NULL path. */
extern const struct sim_api_route sim_keys_routes[];

#endif
