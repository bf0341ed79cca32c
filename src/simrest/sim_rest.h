/* simrest/sim_rest.h - the REST API's door: who asks, which route, what is refused and why.
 *
 * Threads: loop thread only.
 * Source: sections 5.1 to 5.3 and 8.1 of the carrier's reference.
 */
#ifndef SIMREST_SIM_REST_H
#define SIMREST_SIM_REST_H

#include "net/http_server.h"
#include "simworld/sim_world.h"

/* Answers a request of any of the carrier's hosts. */
void sim_rest_handle(struct sim_world *world, struct http_request *rq);

#endif
