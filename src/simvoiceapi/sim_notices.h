/* simvoiceapi/sim_notices.h - REST: notifications about calls, and the monitor's alerts.
 *
 * Both show the notices of the world: a notification is one about a call, an alert is any.
 * Threads: loop thread only.
 * Source: section 5.9 of the carrier's reference.
 */
#ifndef SIMVOICEAPI_SIM_NOTICES_H
#define SIMVOICEAPI_SIM_NOTICES_H

#include "simapi/sim_api.h"

extern const struct sim_api_route sim_notices_routes[];

#endif
