/* rules/job_states.h - the state machine of a job as a table.
 *
 * A cell names the move that a cause makes in a state; every cell is written and a test walks
 * them all. What a move does to rows stands in job/job_move.c.
 * Pure. Threads: any.
 * Source: docs/adr/0020-jobs.md; drawn in docs/states.md, printed from here.
 */
#ifndef RULES_JOB_STATES_H
#define RULES_JOB_STATES_H

#include "base/arena.h"
#include "model/job.h"

enum job_move {
    JOB_BROKEN, /* cannot meet: a bug */
    JOB_KEEP,   /* is so already, or no longer matters */
    JOB_REFUSE, /* not possible now: 409 */
    JOB_DO_ASSIGN,
    JOB_DO_CLAIM, /* by one person; another one's is refused */
    JOB_DO_START,
    JOB_DO_HAND, /* assigned to one person, and unclaimed */
    JOB_DO_FINISH,
    JOB_DO_RETURN, /* pending again, and whoever is on duty hears of it */
    JOB_DO_CANCEL,
    JOB_DO_REOPEN,
    JOB_DO_ALARM, /* stays what it is, and whoever is on duty hears of it */
    JOB_MOVES
};

enum job_move job_states_move(enum job_state state, enum job_cause cause);
const char *job_states_move_name(enum job_move move);
/* The cause by which a job of this state comes to be `wanted`; JOB_CAUSES: by none. */
enum job_cause job_states_way_to(enum job_state state, enum job_state wanted);
/* "is completed; possible: reopen": why a cause is refused, for people. */
const char *job_states_refusal(struct arena *arena, enum job_state state);

#endif
