/* job/job_move.h - what the moves of a job's table do to its row, its clocks, and whom they tell.
 *
 * Whoever may move a job first gathers; after that a move is made in one go.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0020-jobs.md; rules/job_states.h has the table.
 */
#ifndef JOB_JOB_MOVE_H
#define JOB_JOB_MOVE_H

#include "rules/context.h"
#include "rules/job_states.h"

struct job_act {
    enum job_cause cause;
    enum job_way way;
    struct span by;   /* an operator's id, a crew member's phone, or words; empty: a clock */
    struct span to;   /* JOB_HAND_OVER: to whom: a crew member's phone, or an operator's id */
    struct span note; /* his words, into the timeline */
};

/* Gathers what any move of the job may need; facts->short_of tells whether it is there. */
void job_move_gather(const struct context *c, const struct job *job);
/* Why the act is not possible now, as "field: words" for people; NULL when it is. */
const char *job_move_hindrance(const struct context *c, const struct job *job,
                               const struct job_act *act);
/* Makes the move, which must be possible: the row, the timeline, the texts, the exceptions.
 * JOB_KEEP: it was so already, and nothing has changed. */
enum job_move job_move_make(const struct context *c, struct job *job, const struct job_act *act);
/* A job that has just been added begins: its timeline, and its crew if it is assigned. */
void job_move_begin(const struct context *c, struct job *job, const struct job_act *act);
/* A text to him was not delivered, or he said STOP: an exception, once, unless somebody else has
 * the job. `phone`: his, or an operator's id. */
void job_move_lost(const struct context *c, struct job *job, struct span phone);
/* Takes over what a draft says; a holder who is on the job no more holds it no more. */
void job_move_take(const struct context *c, struct job *job, const struct job_draft *draft);
/* Those who came to the crew of a job that is assigned or in progress are told, and those who
 * left it; `before` is the job as it was. */
void job_move_tell_crew(const struct context *c, struct job *job, const struct job *before);
/* Sets its clock anew, after its seconds may have changed. */
void job_move_clock(const struct context *c, struct job *job);

#endif
