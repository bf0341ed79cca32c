/* rules/job_right.h - what one of a job's people may do with it now, and why not.
 *
 * A person is named by his phone (crew) or by his id (an operator). A job that was handed over
 * or claimed is with one person; the others' links tell who that is.
 * Pure. Threads: any.
 * Source: docs/adr/0020-jobs.md.
 */
#ifndef RULES_JOB_RIGHT_H
#define RULES_JOB_RIGHT_H

#include <stdbool.h>

#include "model/job.h"
#include "model/roster.h"

/* How long a link still tells what became of it, after the job ended or went to somebody else. */
#define JOB_RIGHT_TOLD_MS (INT64_C(7) * 24 * 3600 * 1000)

enum job_right {
    JOB_RIGHT_ACTS,    /* the job is his to act on, as far as its state allows */
    JOB_RIGHT_OVER,    /* the job has ended */
    JOB_RIGHT_HANDED,  /* it was handed over to somebody else */
    JOB_RIGHT_CLAIMED, /* somebody else has claimed it */
    JOB_RIGHT_NONE,    /* he is on the job no more */
    JOB_RIGHT_EXPIRED, /* ... and that has been told for long enough */
    JOB_RIGHTS
};

/* `roster` may be NULL: then nobody is an operator. */
enum job_right job_right_of(const struct job *job, const struct roster *roster, const char *who,
                            int64_t now_ms);
/* NULL: who has JOB_RIGHT_ACTS may do it now; "": it has been done; else why not, a sentence. */
const char *job_right_hindrance(const struct job *job, const char *who, enum job_cause cause);
/* His name for people. */
struct span job_right_name(const struct job *job, const struct roster *roster, const char *who);

#endif
