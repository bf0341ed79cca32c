/* simrest/sim_magic.h - creates with test credentials: magic numbers decide, nothing is sent.
 *
 * Numbers that are bought have their rows in simoffice.
 * Threads: loop thread only.
 * Source: section 8.1 of the carrier's reference.
 */
#ifndef SIMREST_SIM_MAGIC_H
#define SIMREST_SIM_MAGIC_H

#include "simapi/sim_api.h"

/* True when the request was a create of a message or a call with test credentials: a row that
 * leads nowhere, or an error, is left in `a`. */
bool sim_magic_answers(struct sim_api *a);

#endif
