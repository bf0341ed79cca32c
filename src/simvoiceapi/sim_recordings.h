/* simvoiceapi/sim_recordings.h - REST: recordings, under way and over, and their sound.
 *
 * Threads: loop thread only.
 * Source: section 5.8 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_RECORDINGS_H
#define SIMVOICEAPI_SIM_RECORDINGS_H

#include "simapi/sim_api.h"

extern const struct sim_api_kind sim_recordings_kind;
/* Ends with a NULL path. */
extern const struct sim_api_route sim_recordings_routes[];

#endif
