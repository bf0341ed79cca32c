/* job/job_crew.h - texts and calls of a job's crew.
 *
 * Which of his jobs somebody writes or calls about, what a word of his does, and that he can no
 * longer be texted. What is no word goes the way of any text, marked with the job.
 * Whoever is an operator, or one of our own lines, is no crew here.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef JOB_JOB_CREW_H
#define JOB_JOB_CREW_H

#include "job/job_text.h"
#include "rules/context.h"

struct job_crew_ask {
    struct job_text text;
    struct job *jobs[JOB_LIST]; /* his active ones; else the one that was his last */
    size_t count;
    struct job *job; /* the one meant; NULL: none is named, and there are several */
};

/* The job_id that a text or a call of this sender is about when it names none: empty when he is
 * on no crew, or it is not known yet (short_of). */
struct span job_crew_about(const struct context *c);

/* Whether the text is a word of a crew member, and what it needs; facts->short_of tells whether
 * that is there. */
bool job_crew_read(const struct context *c, struct job_crew_ask *out);
/* Acts, and answers him in his thread. It has been read, and all is there. */
void job_crew_act(const struct context *c, const struct job_crew_ask *ask, const struct thread *t);

/* He says STOP: gathers what that may need. */
void job_crew_stop_gather(const struct context *c);
/* Each job that needs him has lost him: exceptions. False when there is none. */
bool job_crew_stop(const struct context *c);

#endif
