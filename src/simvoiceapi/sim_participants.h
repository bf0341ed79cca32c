/* simvoiceapi/sim_participants.h - REST: who is in a conference.
 *
 * A participant is listed once its call has entered; one that is asked for here is called
 * first, and enters when it answers.
 * Threads: loop thread only.
 * Source: section 5.8 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_PARTICIPANTS_H
#define SIMVOICEAPI_SIM_PARTICIPANTS_H

#include "simapi/sim_api.h"

extern const struct sim_api_route sim_participants_routes[];

#endif
