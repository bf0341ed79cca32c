#include "rules/job_right.h"

#include <string.h>

#include "rules/job_states.h"

static bool is_operator(const struct roster *roster, const char *who)
{
    return roster && roster_operator_by_id(roster, span_of(who)) >= 0;
}

static enum job_right until(int64_t since_ms, int64_t now_ms, enum job_right right)
{
    return since_ms && now_ms >= since_ms + JOB_RIGHT_TOLD_MS ? JOB_RIGHT_EXPIRED : right;
}

static int64_t ended_ms(const struct job *job)
{
    return job->state == JOB_COMPLETED ? job->completed_ms : job->cancelled_ms;
}

enum job_right job_right_of(const struct job *job, const struct roster *roster, const char *who,
                            int64_t now_ms)
{
    if (job_is_over(job))
        return until(ended_ms(job), now_ms, JOB_RIGHT_OVER);
    if (job->handed_to[0] && strcmp(job->handed_to, who) != 0)
        return until(job->handed_ms, now_ms, JOB_RIGHT_HANDED);
    if (job_crew_find(job, span_of(who)) < 0 && !is_operator(roster, who))
        return JOB_RIGHT_NONE;
    if (job->claimed_by[0] && strcmp(job->claimed_by, who) != 0)
        return JOB_RIGHT_CLAIMED;
    return JOB_RIGHT_ACTS;
}

const char *job_right_hindrance(const struct job *job, const char *who, enum job_cause cause)
{
    if (cause == JOB_CLAIM && strcmp(job->claimed_by, who) == 0)
        return "";
    switch (job_states_move(job->state, cause)) {
    case JOB_KEEP:
        return "";
    case JOB_REFUSE:
        return job->state == JOB_PENDING ? "It has been given to nobody yet."
                                         : "The job's state does not allow it now.";
    case JOB_BROKEN:
    case JOB_DO_ASSIGN:
    case JOB_DO_CLAIM:
    case JOB_DO_START:
    case JOB_DO_HAND:
    case JOB_DO_FINISH:
    case JOB_DO_RETURN:
    case JOB_DO_CANCEL:
    case JOB_DO_REOPEN:
    case JOB_DO_ALARM:
    case JOB_MOVES:
        break;
    }
    return NULL;
}

struct span job_right_name(const struct job *job, const struct roster *roster, const char *who)
{
    const struct span crew = job_crew_name(job, who);
    const int i = roster ? roster_operator_by_id(roster, span_of(who)) : -1;

    if (crew.size > 0)
        return crew;
    return span_of(i >= 0 ? roster->operators[i].name : who);
}
