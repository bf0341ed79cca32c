/* job/job_event.h - decisions on jobs: made, moved, edited, a clock of theirs, a text of theirs
 * lost.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_EVENT_H
#define JOB_JOB_EVENT_H

#include "relay/fate.h"
#include "rules/context.h"

MUST_USE enum err job_event_move(const struct context *c);   /* EVENT_JOB */
MUST_USE enum err job_event_import(const struct context *c); /* EVENT_JOB_IMPORT */
MUST_USE enum err job_event_timer(const struct context *c);  /* TIMER_JOB */

/* Whether the message is one to a job's crew; then gathers what its loss may need, facts->short_of
 * tells whether it is there. */
struct job *job_event_gather(const struct context *c, const struct message *m);
/* Applies the fate of a message, as relay/fate.h does it; a job whose crew cannot be told goes
 * wrong at once. `job` is what job_event_gather gave, NULL for other messages. */
void job_event_fate(const struct context *c, struct message *m, struct relay *r, struct job *job,
                    const struct fate *fate);

/* The active job of a customer: the highest priority, then the latest; empty without, or when it
 * is not known yet (short_of). */
struct span job_event_of_customer(const struct context *c, struct span number);

#endif
