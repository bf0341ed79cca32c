/* simapi/sim_list.h - the API's lists: newest first, in pages, in the frame of their host.
 *
 * PageSize (50, at most 1000: 20007), Page, PageToken ("PA" and the SID of the row before the
 * page: 21481 for another). The filters are repeated in each address.
 * Threads: loop thread only.
 * Source: section 5.2 of the carrier's reference.
 */
#ifndef SIMAPI_SIM_LIST_H
#define SIMAPI_SIM_LIST_H

#include "simapi/sim_api.h"

/* The handler of every list: writes the page of a->route->kind that the form asks for. */
void sim_list_answer(struct sim_api *a);
/* The row of that SID among those that are here; NULL when there is none. */
void *sim_list_find(const struct sim_api *a, const struct sim_api_kind *kind, struct span sid);

#endif
