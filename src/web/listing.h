/* web/listing.h - the API's lists and single rows, rendered from the store's views by the names
 * of their columns.
 *
 * A list answers {"items": [...], "next": CURSOR or null}; ?limit=, ?after=, ?state=, ?thread=,
 * ?job= and ?sid= narrow it.
 * Threads: loop thread only.
 */
#ifndef WEB_LISTING_H
#define WEB_LISTING_H

#include "web/visit.h"

visit_fn listing_many;   /* the route's view */
visit_fn listing_one;    /* the row of the route's view whose id is in the path */
visit_fn listing_thread; /* the route's view of the thread in the path */
visit_fn listing_job;    /* the route's view of the job in the path; 404 for a job unknown */

#endif
