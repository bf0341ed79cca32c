/* job/job_link.h - what a button on the page of a job's link does.
 *
 * Each form acts once: the mark of its page view is claimed in the commit that acts. A move is
 * the same as by any other way (job_event.h), by the person whose link it is.
 * All return ERR_BUSY when facts must be loaded first: nothing has been changed then.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_LINK_H
#define JOB_JOB_LINK_H

#include "base/err.h"
#include "rules/context.h"

/* Whether the link may act now on its job, *out_job. ERR_CONFLICT: it may not, or this very form
 * has acted before, and that has been answered. */
MUST_USE enum err job_link_open(const struct context *c, const struct link *l,
                                struct job **out_job);
/* LINK_MOVE and LINK_WRITE. Answers. */
MUST_USE enum err job_link_act(const struct context *c, const struct link *l, struct job *job);
/* Answers that his phone rings, in his language. */
void job_link_rings(const struct context *c, const struct link *l, const struct job *job);
/* The form has acted, whatever it was. */
void job_link_claim(const struct context *c, const struct job *job);

#endif
