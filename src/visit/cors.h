/* visit/cors.h - pages of other origins that may use the API: those on the allow-list.
 *
 * Threads: loop thread only. Source: the Fetch standard.
 */
#ifndef VISIT_CORS_H
#define VISIT_CORS_H

#include "visit/visit.h"

/* True for the paths that it is about. */
bool cors_covers(struct span path);
/* Notes the page's origin in v->origin when it is on the list. */
void cors_note(struct visit *v);
/* Answers OPTIONS; `methods` as for Allow. */
void cors_answer(struct visit *v, const char *methods);

#endif
