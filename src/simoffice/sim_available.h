/* simoffice/sim_available.h - AvailablePhoneNumbers: what can be bought, the same for the same
 * seed.
 *
 * Numbers are those kept for stories: 555 01XX in a few area codes. Those from 0190 on are
 * mobile ones. The seed decides their order.
 * Threads: loop thread only.
 * Source: section 5.6 of the carrier's reference.
 */
#ifndef SIMOFFICE_SIM_AVAILABLE_H
#define SIMOFFICE_SIM_AVAILABLE_H

#include "simapi/sim_api.h"

/* Whether nobody has the number: no account, and no phone outside. */
bool sim_available_is_free(const struct sim_world *world, const char *number);
/* A free local number of that area code; false when there is none. */
bool sim_available_in_area(const struct sim_world *world, struct span area, char out[17]);
/* "local", "toll-free" or "mobile". */
const char *sim_available_type(const char *number);
/* Ends with a NULL path. */
extern const struct sim_api_route sim_available_routes[];

#endif
