/* api/listing.h - the API's lists and single rows, rendered from the store's views by the names
 * of their columns.
 *
 * A list answers {"items": [...], "next": CURSOR or null}; ?limit=, ?after=, ?state=, ?thread=,
 * ?job=, ?sid=, ?operator=, ?line=, ?kind=, ?since= and ?until= narrow it, each where it can be.
 * Threads: loop thread only.
 */
#ifndef API_LISTING_H
#define API_LISTING_H

#include "visit/visit.h"

visit_fn listing_many;   /* the route's view */
visit_fn listing_one;    /* the row of the route's view whose id is in the path */
visit_fn listing_thread; /* the route's view of the thread in the path */
visit_fn listing_job;    /* the route's view of the job in the path; 404 for a job unknown */

/* Jobs, by their job_id in the path: one, and its timeline. */
void listing_jobs(struct visit *v); /* the list, with `counts` by state */
void listing_one_job(struct visit *v);
void listing_job_log(struct visit *v);
/* Answers with the job of that row id. */
void listing_job_by_id(struct visit *v, int64_t id, int status);

#endif
