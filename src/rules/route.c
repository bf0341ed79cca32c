#include "rules/route.h"

#include <string.h>

#include "rules/hours.h"

static const int64_t horizon_ms = HOURS_AHEAD_DAYS * INT64_C(86400000);

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

const struct duty *route_duty(const struct duties *duties, const char *operator_id)
{
    for (size_t i = 0; duties && i < duties->count; i++)
        if (strcmp(duties->rows[i].operator_id, operator_id) == 0)
            return &duties->rows[i];
    return NULL;
}

/* What he said and still holds at `now_ms`; NULL leaves it to his hours. */
static const struct duty *duty_in_force(const struct duties *duties, const char *operator_id,
                                        int64_t now_ms)
{
    const struct duty *said = route_duty(duties, operator_id);

    if (!said || said->state == DUTY_HOURS || (said->until_ms && said->until_ms <= now_ms))
        return NULL;
    return said;
}

enum reason route_reason(const struct roster *roster, const struct duties *duties,
                         int operator_index, int64_t now_ms)
{
    if (operator_index < 0)
        return REASON_OFF_DUTY;
    const struct roster_operator *o = &roster->operators[operator_index];
    const struct duty *said = duty_in_force(duties, o->id, now_ms);

    switch (said ? said->state : DUTY_HOURS) {
    case DUTY_ON:
        return REASON_ON_DUTY;
    case DUTY_OFF:
        return REASON_OFF_DUTY;
    case DUTY_AWAY:
        return REASON_AWAY;
    case DUTY_HOURS:
    case DUTY_STATES:
        break;
    }
    return hours_on(o, now_ms) ? REASON_ON_DUTY : REASON_OFF_DUTY;
}

static bool is_left_out(const struct plan *plan, const char *operator_id)
{
    for (int i = 0; i < plan->out_count; i++)
        if (strcmp(plan->out[i].operator_id, operator_id) == 0)
            return true;
    return false;
}

static enum reason judge(const struct roster *roster, const struct route_ask *ask,
                         const struct plan *plan, int operator_index, int64_t now_ms)
{
    const struct roster_operator *o = &roster->operators[operator_index];

    if (span_is_text(ask->caller, o->phone))
        return REASON_CALLER;
    if (plan_find(plan, span_of(o->id)) >= 0 || is_left_out(plan, o->id))
        return REASON_EARLIER;
    return route_reason(roster, ask->duties, operator_index, now_ms);
}

/* Somebody who goes before the chain, when he is on duty; with the first step's seconds. */
static int put_first(const struct roster *roster, const struct route_ask *ask, int operator_index,
                     enum reason as, int64_t now_ms, struct plan *plan, int step)
{
    if (operator_index < 0)
        return step;
    const struct chain *chain = &roster->chains[ask->line->chain];
    enum reason reason = judge(roster, ask, plan, operator_index, now_ms);
    if (reason == REASON_ON_DUTY)
        reason = as;
    put(plan, &roster->operators[operator_index], &chain->steps[0], reason, step);
    return reason == as ? step + 1 : step;
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
    if (ask->job.size)
        step = put_first(roster, ask, roster_job_operator(roster, ask->job), REASON_JOB, now_ms,
                         out, step);
    for (int s = 0; s < chain->step_count; s++) {
        const int before = out->count;
        const bool one_by_one = ask->for_call && chain->steps[s].how == RING_STRICT;
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const int o = chain->steps[s].operators[i];
            const enum reason reason = judge(roster, ask, out, o, now_ms);
            put(out, &roster->operators[o], &chain->steps[s], reason, step);
            if (one_by_one && reason_is_taken(reason))
                step++;
        }
        if (!one_by_one && out->count > before)
            step++;
        for (int i = before; i < out->count; i++) /* alone he rings as any */
            out->rungs[i].overlaps =
                ask->for_call && chain->steps[s].how == RING_OVERLAP && out->count - before > 1;
    }
}

/* Who is on duty by his own word goes off duty first, be it only to his hours. */
static int64_t comes_on(const struct roster_operator *o, const struct duties *duties,
                        int64_t now_ms)
{
    const struct duty *said = duty_in_force(duties, o->id, now_ms);

    if (!said)
        return hours_next_on(o, now_ms);
    if (said->until_ms == 0 || said->until_ms > now_ms + horizon_ms)
        return INT64_MAX;
    if (said->state != DUTY_ON && hours_on(o, said->until_ms))
        return said->until_ms;
    return hours_next_on(o, said->until_ms);
}

int64_t route_next_on(const struct roster *roster, const struct line *line,
                      const struct duties *duties, int64_t now_ms)
{
    const struct chain *chain = &roster->chains[line->chain];
    int64_t next = INT64_MAX;

    for (int s = 0; s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const struct roster_operator *o = &roster->operators[chain->steps[s].operators[i]];
            const int64_t on = comes_on(o, duties, now_ms);
            if (on < next)
                next = on;
        }
    return next <= now_ms + horizon_ms ? next : INT64_MAX;
}
