/* visit/standing.h - how nextring stands now, and since when; for the API, the board and its
 * stream.
 *
 * Owns: what it remembers of each part's state, until standing_close.
 * Threads: loop thread only.
 */
#ifndef VISIT_STANDING_H
#define VISIT_STANDING_H

#include "visit/site.h"
#include "visit/visit.h"

struct standing *standing_open(void);
void standing_close(struct standing **standing);

/* Looks again, and writes {state, words, since, items, version, started_at} as a member `key`, for
 * one tenant (0: for the host): that the host has suspended it counts before all else, as a part
 * "host". A line in report-only mode is a part "report-only". */
void standing_out_tenant(struct site *site, struct json_out *json, const char *key, int32_t tenant);
/* Looks again. The number grows when the state of a part has changed, or a tenant is suspended or
 * no more. */
uint64_t standing_mark(struct site *site);

#endif
