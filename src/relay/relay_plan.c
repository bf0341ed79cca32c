#include "relay/relay_plan.h"

#include <string.h>

#include "rules/route.h"

/* Whoever was told already hears who takes it. */
static void keep_marks(const struct plan *before, struct rung *rungs, int count)
{
    for (int i = 0; i < count; i++)
        for (int k = 0; k < before->out_count; k++)
            if (strcmp(rungs[i].operator_id, before->out[k].operator_id) == 0 &&
                before->out[k].tag[0])
                memcpy(rungs[i].tag, before->out[k].tag, TAG_SIZE);
}

void relay_plan_again(const struct context *c, const struct thread *t, struct plan *out)
{
    const struct route_ask ask = {
        .line = roster_line(c->roster, span_of(t->line)),
        .caller = span_of(t->customer),
        .job = span_of(t->job),
        .job_operator = context_job_operator(c, span_of(t->job)),
        .burdens = context_burdens(c, span_of(t->job)),
        .owner = t->closed ? (struct span){0} : span_of(t->owner),
        .duties = context_duties(c),
    };
    const struct plan before = *out;

    if (!ask.line)
        return;
    route_plan(c->roster, &ask, c->facts->now_ms, out);
    keep_marks(&before, out->rungs, out->count);
    keep_marks(&before, out->out, out->out_count);
}

static bool is_in(const struct rung *rungs, int count, const char *operator_id)
{
    for (int i = 0; i < count; i++)
        if (strcmp(rungs[i].operator_id, operator_id) == 0)
            return true;
    return false;
}

/* Keeps whoever was told: *out_kept of them. */
static void keep_told(struct plan *plan, const struct relay *r, int *out_kept)
{
    int kept = 0;

    for (int i = 0; i < plan->count; i++)
        if (plan->rungs[i].step <= r->step && plan->rungs[i].state != RUNG_WAITING)
            plan->rungs[kept++] = plan->rungs[i];
    *out_kept = kept;
}

void relay_plan_rest(const struct context *c, const struct thread *t, const struct relay *r,
                     struct plan *plan)
{
    struct plan fresh = *plan;
    int kept = 0, step = r->step, fresh_step = -1, out = 0;

    if (!roster_line(c->roster, span_of(t->line)))
        return;
    relay_plan_again(c, t, &fresh);
    keep_told(plan, r, &kept);
    const int told = kept;
    for (int i = 0; i < fresh.count && kept < LIMIT_RUNGS; i++) {
        if (is_in(plan->rungs, told, fresh.rungs[i].operator_id))
            continue;
        if (fresh.rungs[i].step != fresh_step)
            step++;
        fresh_step = fresh.rungs[i].step;
        plan->rungs[kept] = fresh.rungs[i];
        plan->rungs[kept++].step = (uint8_t)step;
    }
    plan->count = (uint8_t)kept;
    for (int i = 0; i < fresh.out_count; i++)
        if (!is_in(plan->rungs, kept, fresh.out[i].operator_id))
            plan->out[out++] = fresh.out[i];
    plan->out_count = (uint8_t)out;
}
