/* api/job_api.h - jobs for programs: made, changed, moved, imported.
 *
 * What can be seen of them is api/listing.h's.
 * Threads: loop thread only.
 * Source: docs/jobs.md.
 */
#ifndef API_JOB_API_H
#define API_JOB_API_H

#include "visit/visit.h"

void job_api_add(struct visit *v);
void job_api_change(struct visit *v);
void job_api_import(struct visit *v);

#endif
