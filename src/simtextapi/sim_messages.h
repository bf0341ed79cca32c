/* simtextapi/sim_messages.h - Messages: created, listed, emptied, canceled, deleted.
 *
 * Threads: loop thread only.
 * Source: sections 5.4 and 7.2 of the carrier's reference.
 */
#ifndef SIMTEXTAPI_SIM_MESSAGES_H
#define SIMTEXTAPI_SIM_MESSAGES_H

#include "simapi/sim_api.h"

extern const struct sim_api_kind sim_messages_kind;
/* Ends with a NULL path. */
extern const struct sim_api_route sim_messages_routes[];

#endif
