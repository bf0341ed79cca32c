/* job/job_tell.h - what people named on a job are told by text: rows of the outbox, in the same
 * commit as the job's change.
 *
 * Whoever has said STOP to the line is not texted; that is in the job's timeline.
 * Pure but for the facts it adds to. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_TELL_H
#define JOB_JOB_TELL_H

#include "rules/context.h"
#include "rules/job_words.h"

/* The line by which the job's people are told: its own, else the roster's first; NULL without. */
const struct line *job_tell_line(const struct context *c, const struct job *job);
/* Asks for what telling its people needs; facts->short_of tells whether it is there. */
void job_tell_gather(const struct context *c, const struct job *job);
/* Index of the first of the crew who may not be texted, -1 when all may. Gathered. */
int job_tell_refused(const struct context *c, const struct job *job);
/* Whether this one, a crew member's phone or an operator's id, may not be texted. Gathered. */
bool job_tell_is_refused(const struct context *c, const struct job *job, struct span who);
/* To all of the crew, or to the one with this phone (an operator's id too) when `only` is not
 * empty; with a link of his own where the news has one. */
void job_tell_crew(const struct context *c, const struct job *job, enum job_news news,
                   struct span only);
/* To one who stands on it no more. */
void job_tell_person(const struct context *c, const struct job *job, enum job_news news,
                     const struct job_person *person);
void job_tell_stakeholders(const struct context *c, const struct job *job, enum job_news news);

#endif
