/* sim/sim_lookup.h - the carrier's lookups: who a number is and what kind of connection it has.
 *
 * A phone's `caller_name`, `line_type` and `landline` are what is known; of a number that is no
 * phone there is no name, and it is a mobile one.
 * Threads: loop thread only.
 * Source: section 5.10 of the carrier's reference (Lookup v2).
 */
#ifndef SIM_SIM_LOOKUP_H
#define SIM_SIM_LOOKUP_H

#include "net/http_server.h"
#include "sim/sim_world.h"

/* True for a path that is ours. */
bool sim_lookup_is(struct span path);
void sim_lookup_handle(struct sim_world *world, struct http_request *rq);

#endif
