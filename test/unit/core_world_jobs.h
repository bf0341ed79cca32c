/* core_world_jobs.h - jobs in the world of the core's tests: one with a crew of two and a
 * stakeholder, made and moved as by the API. */
#ifndef CORE_WORLD_JOBS_H
#define CORE_WORLD_JOBS_H

#include "core_world.h"

#define CREW "+13125550141"
#define CREW_2 "+13125550142" /* is told in German */
#define BOSS "+13125550145"   /* the stakeholder; in French */

struct job_draft world_job_draft(const char *id, enum job_state state);
/* The row of the job made. */
struct job *world_job_from(struct world *w, const struct job_draft *draft);
struct job *world_job(struct world *w, const char *id, enum job_state state);
void world_job_move(struct world *w, const char *id, enum job_cause cause, const char *by,
                    const char *to);

#endif
