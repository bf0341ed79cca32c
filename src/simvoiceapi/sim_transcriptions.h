/* simvoiceapi/sim_transcriptions.h - REST: what was said in recordings, as text.
 *
 * Threads: loop thread only.
 * Source: section 5.8 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_TRANSCRIPTIONS_H
#define SIMVOICEAPI_SIM_TRANSCRIPTIONS_H

#include "simapi/sim_api.h"

extern const struct sim_api_route sim_transcriptions_routes[];

#endif
