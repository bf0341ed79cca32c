#include "job/job_move.h"

#include <string.h>

#include "base/check.h"
#include "job/job_raise.h"
#include "job/job_tell.h"

void job_move_gather(const struct context *c, const struct job *job)
{
    job_tell_gather(c, job);
    job_raise_gather(c, job);
}

/* Its name for people: a crew member's, an operator's, or the words themselves. */
static struct span name_of(const struct context *c, const struct job *job, struct span who)
{
    char id[LIMIT_SLUG_SIZE];

    CONTEXT_SET(id, who);
    const struct span crew = job_crew_name(job, id);
    if (crew.size)
        return crew;
    return roster_operator_by_id(c->roster, who) >= 0 ? span_of(context_name(c, id)) : who;
}

static void stop_clock(const struct context *c, struct job *job)
{
    if (!job->due_ms)
        return;
    const struct timer gone = {job->due_ms, job->tenant, TIMER_JOB, job->id, true};
    facts_put_timer(c->facts, &gone);
    job->due_ms = 0;
}

void job_move_clock(const struct context *c, struct job *job)
{
    int64_t due_ms = 0;

    if (job->state == JOB_ASSIGNED && !job->claimed_by[0] && job->claim_s)
        due_ms = (job->handed_ms > job->assigned_ms ? job->handed_ms : job->assigned_ms) +
                 (int64_t)job->claim_s * 1000;
    else if (job->state == JOB_IN_PROGRESS && job->progress_s)
        due_ms = job->started_ms + (int64_t)job->progress_s * 1000;
    if (due_ms && due_ms <= c->facts->now_ms) /* told already; else at once, its time being over */
        due_ms = job->due_ms > c->facts->now_ms ? c->facts->now_ms : job->due_ms;
    if (due_ms == job->due_ms)
        return;
    stop_clock(c, job);
    if (!due_ms)
        return;
    job->due_ms = due_ms;
    const struct timer timer = {due_ms, job->tenant, TIMER_JOB, job->id, false};
    facts_put_timer(c->facts, &timer);
}

static const char *const logged[JOB_CAUSES] = {
    "job.assigned",   "job.claimed",   "job.started",  "job.handed-over", "job.completed",
    "job.given-back", "job.cancelled", "job.reopened", "job.clock-claim", "job.clock-progress"};

/* "by text: Ben to Mara: his words". */
static void note(const struct context *c, const struct job *job, const struct job_act *act)
{
    struct arena *arena = c->facts->arena;
    const struct span by = name_of(c, job, act->by), to = name_of(c, job, act->to);
    const char *detail = arena_printf(arena, "by %s: %.*s", job_way_name(act->way), SPAN_ARG(by));
    char id[LIMIT_SLUG_SIZE];

    CONTEXT_SET(id, roster_operator_by_id(c->roster, act->by) >= 0 ? act->by : (struct span){0});
    if (to.size)
        detail = arena_printf(arena, "%s to %.*s", detail, SPAN_ARG(to));
    if (act->note.size)
        detail = arena_printf(arena, "%s: %.*s", detail, SPAN_ARG(act->note));
    context_log(c, logged[act->cause], 0, job->id, id, detail);
}

static const char *holder_of(const struct job *job)
{
    return job->claimed_by[0] ? job->claimed_by : job->handed_to;
}

static const char *why_not_his(const struct context *c, const struct job *job,
                               const struct job_act *act)
{
    const char *holder = holder_of(job);

    if (!holder[0] || span_is_text(act->by, holder))
        return NULL;
    return arena_printf(c->facts->arena, "job: is with %.*s",
                        SPAN_ARG(name_of(c, job, span_of(holder))));
}

/* Who holds a job is a crew member or an operator. */
static bool is_person(const struct context *c, const struct job *job, struct span who)
{
    return job_crew_find(job, who) >= 0 || roster_operator_by_id(c->roster, who) >= 0;
}

static const char *hindrance_of_person(const struct context *c, const struct job *job,
                                       const struct job_act *act)
{
    const bool is_known = is_person(c, job, act->by);

    if (act->cause == JOB_CLAIM && !is_known)
        return "by: nobody of the crew has this number, and no operator this id";
    if (act->cause == JOB_CLAIM || (act->cause == JOB_START && is_known))
        return why_not_his(c, job, act);
    if (act->cause == JOB_HAND_OVER && !is_person(c, job, act->to))
        return "to: nobody of the crew has this number, and no operator this id";
    if (act->cause == JOB_ASSIGN && job->crew_count == 0)
        return "crew: there is nobody to assign it to";
    return NULL;
}

const char *job_move_hindrance(const struct context *c, const struct job *job,
                               const struct job_act *act)
{
    if (job_states_move(job->state, act->cause) == JOB_REFUSE)
        return arena_printf(c->facts->arena, "job: %s",
                            job_states_refusal(c->facts->arena, job->state));
    return hindrance_of_person(c, job, act);
}

static void forget_holder(struct job *job)
{
    job->claimed_by[0] = job->handed_by[0] = job->handed_to[0] = 0;
    job->claimed_ms = job->handed_ms = 0;
}

static void assign(const struct context *c, struct job *job)
{
    const int out = job_tell_refused(c, job);

    job->state = JOB_ASSIGNED;
    job->assigned_ms = c->facts->now_ms;
    job->exception = JOB_FINE;
    forget_holder(job);
    job_tell_crew(c, job, JOB_NEWS_ASSIGNED, (struct span){0});
    if (out >= 0)
        job_raise(c, job, JOB_CREW_UNREACHABLE, span_of(job->crew[out].name));
}

static void claim(const struct context *c, struct job *job, const struct job_act *act)
{
    CONTEXT_SET(job->claimed_by, act->by);
    job->claimed_ms = c->facts->now_ms;
    job->exception = JOB_FINE;
    if (job->state != JOB_PENDING)
        return;
    job->state = JOB_ASSIGNED;
    job->assigned_ms = c->facts->now_ms;
}

static void start(const struct context *c, struct job *job, const struct job_act *act)
{
    if (!job->claimed_by[0] && is_person(c, job, act->by))
        claim(c, job, act);
    if (!job->assigned_ms)
        job->assigned_ms = c->facts->now_ms;
    job->state = JOB_IN_PROGRESS;
    job->started_ms = c->facts->now_ms;
    job->exception = JOB_FINE;
}

static void hand_over(const struct context *c, struct job *job, const struct job_act *act)
{
    CONTEXT_SET(job->handed_by, span_of(holder_of(job)));
    CONTEXT_SET(job->handed_to, act->to);
    job->handed_ms = c->facts->now_ms;
    job->claimed_by[0] = 0;
    job->claimed_ms = 0;
    job->state = JOB_ASSIGNED;
    job->exception = JOB_FINE;
    if (!job->assigned_ms)
        job->assigned_ms = c->facts->now_ms;
    job_tell_crew(c, job, JOB_NEWS_HANDED_OVER, act->to);
    if (job->handed_by[0] && strcmp(job->handed_by, job->handed_to) != 0)
        job_tell_crew(c, job, JOB_NEWS_TAKEN_AWAY, span_of(job->handed_by));
    if (job_tell_is_refused(c, job, act->to))
        job_raise(c, job, JOB_CREW_UNREACHABLE, name_of(c, job, act->to));
}

static void cancel(const struct context *c, struct job *job, struct span by)
{
    const enum job_state was = job->state;

    job->state = JOB_CANCELLED;
    job->cancelled_ms = c->facts->now_ms;
    if (was != JOB_PENDING)
        job_tell_crew(c, job, JOB_NEWS_CANCELLED, (struct span){0});
    if (roster_operator_by_id(c->roster, span_of(holder_of(job))) >= 0)
        job_tell_crew(c, job, JOB_NEWS_CANCELLED, span_of(holder_of(job)));
    if (was != JOB_IN_PROGRESS)
        return;
    job_tell_stakeholders(c, job, JOB_NEWS_STOPPED);
    job_raise(c, job, JOB_CANCELLED_AT_WORK, by);
}

static void finish(const struct context *c, struct job *job)
{
    job->state = JOB_COMPLETED;
    job->completed_ms = c->facts->now_ms;
    job->exception = JOB_FINE;
    job_tell_stakeholders(c, job, JOB_NEWS_COMPLETED);
}

static void to_pending(struct job *job)
{
    job->state = JOB_PENDING;
    job->exception = JOB_FINE;
    job->assigned_ms = job->started_ms = job->completed_ms = job->cancelled_ms = 0;
    forget_holder(job);
}

static void raise_late(const struct context *c, struct job *job, const struct job_act *act)
{
    const struct span name = name_of(c, job, span_of(holder_of(job)));

    job_raise(c, job, act->cause == JOB_NOT_CLAIMED ? JOB_WAS_NOT_CLAIMED : JOB_WITHOUT_PROGRESS,
              name);
}

static void do_move(const struct context *c, struct job *job, enum job_move move,
                    const struct job_act *act)
{
    const struct span name = name_of(c, job, act->by);

    switch (move) {
    case JOB_DO_ASSIGN:
        assign(c, job);
        return;
    case JOB_DO_CLAIM:
        claim(c, job, act);
        return;
    case JOB_DO_START:
        start(c, job, act);
        return;
    case JOB_DO_HAND:
        hand_over(c, job, act);
        return;
    case JOB_DO_FINISH:
        finish(c, job);
        return;
    case JOB_DO_RETURN:
        to_pending(job);
        job_raise(c, job, JOB_WAS_GIVEN_BACK, name);
        return;
    case JOB_DO_CANCEL:
        cancel(c, job, name);
        return;
    case JOB_DO_REOPEN:
        to_pending(job);
        return;
    case JOB_DO_ALARM:
        raise_late(c, job, act);
        return;
    case JOB_KEEP:
    case JOB_REFUSE:
    case JOB_BROKEN:
    case JOB_MOVES:
        return;
    }
}

/* Claimed by himself before. */
static bool is_repeat(const struct job *job, const struct job_act *act)
{
    return (act->cause == JOB_CLAIM && job->claimed_by[0] &&
            span_is_text(act->by, job->claimed_by)) ||
           (act->cause == JOB_HAND_OVER && job->handed_to[0] && !job->claimed_by[0] &&
            span_is_text(act->to, job->handed_to));
}

enum job_move job_move_make(const struct context *c, struct job *job, const struct job_act *act)
{
    const enum job_move move = job_states_move(job->state, act->cause);

    CHECK(move != JOB_BROKEN && move != JOB_REFUSE);
    if (move == JOB_KEEP || is_repeat(job, act))
        return JOB_KEEP;
    job->changed_ms = c->facts->now_ms;
    job->version++;
    facts_touch(c->facts, FACT_JOB, job);
    if (act->way != JOB_BY_CLOCK)
        note(c, job, act);
    do_move(c, job, move, act);
    job_move_clock(c, job);
    return move;
}

void job_move_begin(const struct context *c, struct job *job, const struct job_act *act)
{
    const struct span by = name_of(c, job, act->by);

    context_log(c, "job.created", 0, job->id, NULL,
                arena_printf(c->facts->arena, "by %s: %.*s", job_way_name(act->way), SPAN_ARG(by)));
    if (job->state == JOB_ASSIGNED) {
        assign(c, job);
        note(c, job, act);
    }
    job_move_clock(c, job);
}

void job_move_lost(const struct context *c, struct job *job, struct span phone)
{
    const char *holder = holder_of(job);

    if (job_is_over(job) || job->exception == JOB_CREW_UNREACHABLE ||
        (holder[0] && !span_is_text(phone, holder)))
        return;
    job->version++;
    job->changed_ms = c->facts->now_ms;
    job_raise(c, job, JOB_CREW_UNREACHABLE, name_of(c, job, phone));
}

void job_move_take(const struct context *c, struct job *job, const struct job_draft *draft)
{
    job_take(job, draft);
    if ((job->claimed_by[0] && !is_person(c, job, span_of(job->claimed_by))) ||
        (job->handed_to[0] && !is_person(c, job, span_of(job->handed_to))))
        forget_holder(job);
}

void job_move_tell_crew(const struct context *c, struct job *job, const struct job *before)
{
    const bool is_open = !job->claimed_by[0] && !job->handed_to[0];

    if (job->state != JOB_ASSIGNED && job->state != JOB_IN_PROGRESS)
        return;
    for (int i = 0; is_open && i < job->crew_count; i++)
        if (job_crew_find(before, span_of(job->crew[i].phone)) < 0)
            job_tell_crew(c, job, JOB_NEWS_ASSIGNED, span_of(job->crew[i].phone));
    for (int i = 0; job->crew_count && i < before->crew_count; i++)
        if (job_crew_find(job, span_of(before->crew[i].phone)) < 0)
            job_tell_person(c, job, JOB_NEWS_TAKEN_AWAY, &before->crew[i]);
    for (int i = 0; is_open && i < job->crew_count; i++) {
        const struct span phone = span_of(job->crew[i].phone);
        if (job_crew_find(before, phone) >= 0 || !job_tell_is_refused(c, job, phone))
            continue;
        job_raise(c, job, JOB_CREW_UNREACHABLE, span_of(job->crew[i].name));
        return;
    }
}
