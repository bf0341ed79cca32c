/* simrest/sim_routes.h - the one table of what the REST API has, and what of the carrier's is not
 * simulated. docs/simulator.md is printed from it.
 *
 * Threads: any; the tables are constant.
 * Source: section 5 of the carrier's reference.
 */
#ifndef SIMREST_SIM_ROUTES_H
#define SIMREST_SIM_ROUTES_H

#include "simapi/sim_api.h"

/* A family of resources: a title for the page, and its rows, which end with a NULL path. */
struct sim_routes_family {
    const char *title;
    const struct sim_api_route *rows;
};

/* What is known and left out. `path` is the beginning of a path, as in the route table; a host
 * that is not simulated at all has none. */
struct sim_routes_absent {
    const char *host, *path, *why;
};

size_t sim_routes_absents(void);
const struct sim_routes_absent *sim_routes_absent(size_t index);

/* Finds the row for a->rq by method, path, suffix and host, and fills in a->route, a->part and
 * *out_account (empty when the path names none). False when there is none; then *out_known
 * tells that the path exists with other methods, and *out_account is there all the same. */
bool sim_routes_find(struct sim_api *a, struct span *out_account, bool *out_known);
/* Whether this is the API at all: by its path, or by a host of the carrier's. */
bool sim_routes_is_api(const struct sim_api *a);
/* Why a path is not simulated; NULL when nothing is known of it. */
const char *sim_routes_why_absent(const struct sim_api *a);
/* Both tables as Markdown. */
void sim_routes_print(struct buf *out);

#endif
