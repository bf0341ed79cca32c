#include "rules/route.h"

#include <string.h>

#include "rules/schedule.h"

static void put(struct plan *plan, const struct roster_operator *o, const struct step *step,
                enum reason reason, int step_number)
{
    const bool taken = reason_is_taken(reason);
    uint8_t *count = taken ? &plan->count : &plan->out_count;

    if (*count == LIMIT_RUNGS)
        return;
    struct rung *r = taken ? &plan->rungs[*count] : &plan->out[*count];
    (*count)++;
    *r = (struct rung){.reason = reason, .step = (uint8_t)step_number, .ack_s = step->ack_s};
    r->ring_s = o->ring_s ? o->ring_s : step->ring_s;
    memcpy(r->operator_id, o->id, sizeof r->operator_id);
}

enum reason route_reason(const struct roster *roster, const struct duties *duties,
                         int operator_index, int64_t now_ms)
{
    const struct schedule_ask ask = {roster, duties, operator_index, -1};

    return operator_index < 0 ? REASON_OFF_DUTY : schedule_reason(&ask, now_ms);
}

/* A member of a rotation whose turn it is not, or who swapped, may have another place later. */
static bool is_left_out(const struct plan *plan, const char *operator_id)
{
    for (int i = 0; i < plan->out_count; i++)
        if (plan->out[i].reason != REASON_NOT_TURN && plan->out[i].reason != REASON_SWAPPED &&
            strcmp(plan->out[i].operator_id, operator_id) == 0)
            return true;
    return false;
}

static enum reason judge(const struct roster *roster, const struct route_ask *ask,
                         const struct plan *plan, int operator_index, int rotation, int64_t now_ms)
{
    const struct schedule_ask of = {roster, ask->duties, operator_index, rotation};
    const struct roster_operator *o = &roster->operators[operator_index];

    if (span_is_text(ask->caller, o->phone))
        return REASON_CALLER;
    if (plan_find(plan, span_of(o->id)) >= 0 || is_left_out(plan, o->id))
        return REASON_EARLIER;
    return schedule_reason(&of, now_ms);
}

/* Somebody who goes before the chain, when he is on duty; with the first step's seconds. */
static int put_first(const struct roster *roster, const struct route_ask *ask, int operator_index,
                     enum reason as, int64_t now_ms, struct plan *plan, int step)
{
    if (operator_index < 0)
        return step;
    const struct chain *chain = &roster->chains[ask->line->chain];
    enum reason reason = judge(roster, ask, plan, operator_index, -1, now_ms);
    if (reason_is_taken(reason))
        reason = as;
    put(plan, &roster->operators[operator_index], &chain->steps[0], reason, step);
    return reason == as ? step + 1 : step;
}

/* Those whom the roster names for the job: who has fewest open threads first. */
static int put_routed(const struct roster *roster, const struct route_ask *ask, int64_t now_ms,
                      struct plan *plan, int step)
{
    const struct job_route *route = roster_job_route(roster, ask->job);
    bool is_put[LIMIT_STEP_OPERATORS] = {false};

    for (int n = 0; route && n < route->operator_count; n++) {
        int next = -1;
        for (int i = 0; i < route->operator_count; i++)
            if (!is_put[i] && (next < 0 || (ask->burdens && ask->burdens[i] < ask->burdens[next])))
                next = i;
        is_put[next] = true;
        step =
            put_first(roster, ask, route->operators[next],
                      route->operator_count > 1 ? REASON_JOB_LOAD : REASON_JOB, now_ms, plan, step);
    }
    return step;
}

/* One place of a step: he who has it, or who stands in for him. */
static void put_place(const struct roster *roster, const struct route_ask *ask,
                      const struct step *step, int place, int64_t now_ms, struct plan *plan,
                      int step_number)
{
    const int rotation = (int)step->turns[place] - 1;
    const int o = step->operators[place];
    const struct schedule_ask of = {roster, ask->duties, o, rotation};
    const int other = schedule_taker(&of, now_ms);

    if (other < 0) {
        put(plan, &roster->operators[o], step, judge(roster, ask, plan, o, rotation, now_ms),
            step_number);
        return;
    }
    put(plan, &roster->operators[o], step, REASON_SWAPPED, step_number);
    const enum reason why = judge(roster, ask, plan, other, rotation, now_ms);
    if (why != REASON_EARLIER)
        put(plan, &roster->operators[other], step, why, step_number);
}

void route_plan(const struct roster *roster, const struct route_ask *ask, int64_t now_ms,
                struct plan *out)
{
    const struct chain *chain = &roster->chains[ask->line->chain];
    int step = 0;

    memset(out, 0, sizeof *out);
    if (ask->owner.size)
        step = put_first(roster, ask, roster_operator_by_id(roster, ask->owner), REASON_OWNER,
                         now_ms, out, step);
    if (ask->job_operator.size)
        step = put_first(roster, ask, roster_operator_by_id(roster, ask->job_operator), REASON_JOB,
                         now_ms, out, step);
    if (ask->job.size)
        step = put_routed(roster, ask, now_ms, out, step);
    for (int s = 0; s < chain->step_count; s++) {
        const int before = out->count;
        const bool one_by_one = ask->for_call && chain->steps[s].how == RING_STRICT;
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const int taken = out->count;
            put_place(roster, ask, &chain->steps[s], i, now_ms, out, step);
            if (one_by_one)
                step += out->count - taken;
        }
        if (!one_by_one && out->count > before)
            step++;
        for (int i = before; i < out->count; i++) /* alone he rings as any */
            out->rungs[i].overlaps =
                ask->for_call && chain->steps[s].how == RING_OVERLAP && out->count - before > 1;
    }
}

/* The first instant at which he who has the place comes on, or somebody who stands in for him. */
static int64_t place_next_on(const struct roster *roster, const struct duties *duties,
                             const struct step *step, int place, int64_t now_ms)
{
    struct schedule_ask ask = {roster, duties, step->operators[place], (int)step->turns[place] - 1};
    int64_t next = schedule_next_on(&ask, now_ms);

    for (int i = 0; i < roster->override_count; i++)
        if (roster->overrides[i].instead_of == step->operators[place]) {
            ask.operator_index = roster->overrides[i].operator_index;
            const int64_t on_ms = schedule_next_on(&ask, now_ms);
            next = on_ms < next ? on_ms : next;
        }
    return next;
}

int64_t route_next_on(const struct roster *roster, const struct line *line,
                      const struct duties *duties, int64_t now_ms)
{
    const struct chain *chain = &roster->chains[line->chain];
    int64_t next = INT64_MAX;

    for (int s = 0; s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const int64_t on = place_next_on(roster, duties, &chain->steps[s], i, now_ms);
            if (on < next)
                next = on;
        }
    return next;
}

/* The latest instant until which somebody of the places that are on duty stays so; `now_ms`
 * when nobody is. */
static int64_t held_until(const struct roster *roster, const struct line *line,
                          const struct duties *duties, int64_t now_ms)
{
    const struct chain *chain = &roster->chains[line->chain];
    int64_t until = now_ms;

    for (int s = 0; s < chain->step_count && until != INT64_MAX; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            struct schedule_ask ask = {roster, duties, chain->steps[s].operators[i],
                                       (int)chain->steps[s].turns[i] - 1};
            const int taker = schedule_taker(&ask, now_ms);
            if (taker >= 0)
                ask.operator_index = taker;
            const int64_t end =
                schedule_on(&ask, now_ms) ? schedule_next_change(&ask, now_ms) : now_ms;
            until = end > until ? end : until;
        }
    return until;
}

bool route_gap(const struct roster *roster, const struct line *line, const struct duties *duties,
               int64_t from_ms, int64_t to_ms, struct stretch *out)
{
    int64_t at_ms = from_ms;

    while (at_ms < to_ms) {
        const int64_t until = held_until(roster, line, duties, at_ms);
        if (until == at_ms) {
            *out = (struct stretch){at_ms, route_next_on(roster, line, duties, at_ms)};
            return true;
        }
        at_ms = until;
    }
    return false;
}
