/* sim/sim_rest.h - the REST API's door: who asks, which route, the answer's headers, pages.
 *
 * Threads: loop thread only.
 * Source: sections 5.1 to 5.3 of the carrier's reference.
 */
#ifndef SIM_SIM_REST_H
#define SIM_SIM_REST_H

#include "net/http_server.h"
#include "sim/sim_world.h"

/* Answers a request below /2010-04-01. */
void sim_rest_handle(struct sim_world *world, struct http_request *rq);

/* True when the request bears the credentials of one of the accounts, whichever. */
bool sim_rest_lets_in(const struct sim_world *world, const struct http_request *rq);

#endif
