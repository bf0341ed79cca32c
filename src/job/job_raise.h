/* job/job_raise.h - something went wrong with a job: a relay goes down the chain.
 *
 * It joins the thread of the job's customer where there is one, else that of its crew.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_RAISE_H
#define JOB_JOB_RAISE_H

#include "model/job.h"
#include "rules/context.h"

/* Gathers what raising one may need; facts->short_of tells whether it is there. */
void job_raise_gather(const struct context *c, const struct job *job);
/* Notes the exception in the job, which is marked as changed, and raises the relay. `who` may be
 * empty. Gathered before. */
void job_raise(const struct context *c, struct job *job, enum job_exception exception,
               struct span who);

#endif
