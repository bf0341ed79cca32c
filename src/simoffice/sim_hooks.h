/* simoffice/sim_hooks.h - what the carrier refuses of a set of addresses.
 *
 * Threads: loop thread only.
 * Source: section 4.1 of the carrier's reference (21405, 21406).
 */
#ifndef SIMOFFICE_SIM_HOOKS_H
#define SIMOFFICE_SIM_HOOKS_H

#include "simapi/sim_api.h"

/* Leaves an error when a fallback address has no address before it. With `elsewhere` an
 * application has the addresses, and these may be anything. */
void sim_hooks_judge(struct sim_api *a, const struct sim_hooks *hooks, bool elsewhere);

#endif
