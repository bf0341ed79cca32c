#include "rules/reach.h"

#include "model/plan.h"
#include "rules/ring.h"

/* Everybody on a chain, as a call would ring them; the step of each is put beside him. */
static void plan_all(const struct roster *roster, const struct chain *chain, struct plan *out,
                     int steps[LIMIT_RUNGS])
{
    uint8_t number = 0;

    for (int s = 0; s < chain->step_count; s++, number++)
        for (int i = 0; i < chain->steps[s].operator_count && out->count < LIMIT_RUNGS; i++) {
            const struct roster_operator *o = &roster->operators[chain->steps[s].operators[i]];
            struct rung *r = &out->rungs[out->count];
            const uint8_t turn = chain->steps[s].turns[i];
            if (turn && i > 0 && chain->steps[s].turns[i - 1] == turn)
                continue; /* one of a rotation's members rings */
            if (i > 0 && chain->steps[s].how == RING_STRICT)
                number++;
            r->step = number;
            r->ring_s = o->ring_s ? o->ring_s : chain->steps[s].ring_s;
            r->overlaps = chain->steps[s].how == RING_OVERLAP;
            steps[out->count++] = s;
        }
}

size_t reach_find(const struct roster *roster, struct reach_step *out, size_t max)
{
    size_t found = 0;

    for (int c = 0; c < roster->chain_count; c++) {
        struct plan plan = {0};
        int steps[LIMIT_RUNGS], ring_s = 0, next = 0;
        int64_t waited_ms = 0;
        plan_all(roster, &roster->chains[c], &plan, steps);
        for (int at = 0; (at = ring_next(&plan, at, waited_ms, roster->wait_s, &ring_s)) >= 0;) {
            for (; next < at; next++, found++)
                if (found < max)
                    out[found] = (struct reach_step){c, steps[next]};
            waited_ms += (int64_t)ring_s * 1000;
            at += ring_together(&plan, at);
            next = at;
        }
    }
    return found;
}
