#include "rules/job_states.h"

#include "base/buf.h"

/* Every cell is written out: one forgotten would read JOB_BROKEN, and a test walks them all. */
/* clang-format off */
#define KEEP JOB_KEEP
#define NO JOB_REFUSE
#define ASSIGN JOB_DO_ASSIGN
#define CLAIM JOB_DO_CLAIM
#define START JOB_DO_START
#define HAND JOB_DO_HAND
#define FINISH JOB_DO_FINISH
#define RETURN JOB_DO_RETURN
#define CANCEL JOB_DO_CANCEL
#define REOPEN JOB_DO_REOPEN
#define ALARM JOB_DO_ALARM
static const enum job_move moves[JOB_STATES][JOB_CAUSES] = {
    /*                   assign  claim  start  hand  complete  give back  cancel  reopen  not claimed  no progress */
    [JOB_PENDING]     = {ASSIGN, CLAIM, START, HAND, FINISH,   NO,        CANCEL, KEEP,   KEEP,        KEEP},
    [JOB_ASSIGNED]    = {KEEP,   CLAIM, START, HAND, FINISH,   RETURN,    CANCEL, REOPEN, ALARM,       KEEP},
    [JOB_IN_PROGRESS] = {NO,     CLAIM, KEEP,  HAND, FINISH,   RETURN,    CANCEL, NO,     KEEP,        ALARM},
    [JOB_COMPLETED]   = {NO,     NO,    NO,    NO,   KEEP,     NO,        NO,     REOPEN, KEEP,        KEEP},
    [JOB_CANCELLED]   = {NO,     NO,    NO,    NO,   NO,       NO,        KEEP,   REOPEN, KEEP,        KEEP},
};
#undef KEEP
#undef NO
#undef ASSIGN
#undef CLAIM
#undef START
#undef HAND
#undef FINISH
#undef RETURN
#undef CANCEL
#undef REOPEN
#undef ALARM

static const char *const words[JOB_MOVES] = {
    "cannot be", "-", "refuse", "assign", "claim", "start", "hand over", "finish", "give back",
    "cancel", "reopen", "alarm"};

/* By which cause one state becomes another, when a program names the state that it wants. */
static const enum job_cause ways[JOB_STATES][JOB_STATES] = {
    /*                   pending        assigned    in-progress completed     cancelled */
    [JOB_PENDING]     = {JOB_CAUSES,    JOB_ASSIGN, JOB_START,  JOB_COMPLETE, JOB_CANCEL},
    [JOB_ASSIGNED]    = {JOB_REOPEN,    JOB_CAUSES, JOB_START,  JOB_COMPLETE, JOB_CANCEL},
    [JOB_IN_PROGRESS] = {JOB_GIVE_BACK, JOB_ASSIGN, JOB_CAUSES, JOB_COMPLETE, JOB_CANCEL},
    [JOB_COMPLETED]   = {JOB_REOPEN,    JOB_ASSIGN, JOB_START,  JOB_CAUSES,   JOB_CANCEL},
    [JOB_CANCELLED]   = {JOB_REOPEN,    JOB_ASSIGN, JOB_START,  JOB_COMPLETE, JOB_CAUSES},
};
/* clang-format on */

enum job_move job_states_move(enum job_state state, enum job_cause cause)
{
    return moves[state][cause];
}

const char *job_states_move_name(enum job_move move)
{
    return words[move];
}

enum job_cause job_states_way_to(enum job_state state, enum job_state wanted)
{
    return ways[state][wanted];
}

const char *job_states_refusal(struct arena *arena, enum job_state state)
{
    struct buf out = buf_in(arena, 512);
    const char *between = "; possible: ";

    buf_printf(&out, "is %s", job_state_name(state));
    for (int cause = 0; cause < JOB_NOT_CLAIMED; cause++) {
        const enum job_move move = moves[state][cause];
        if (move == JOB_KEEP || move == JOB_REFUSE)
            continue;
        buf_printf(&out, "%s%s", between, job_cause_name((enum job_cause)cause));
        between = ", ";
    }
    return arena_text(arena, buf_span(&out));
}
