#include "rules/ring.h"

#include <string.h>

static int least(int a, int b)
{
    return a < b ? a : b;
}

static bool is_alone(const struct rung *r)
{
    return r->wish == WISH_AGAIN && !r->overlaps;
}

int ring_together(const struct plan *plan, int from)
{
    int n = from < plan->count;

    if (n && is_alone(&plan->rungs[from]))
        return n;
    while (from + n < plan->count && plan->rungs[from + n].step == plan->rungs[from].step &&
           !is_alone(&plan->rungs[from + n]))
        n++;
    return n;
}

/* Together they ring for the longest; one after the other, for all. */
static int step_s(const struct plan *plan, int from, int count)
{
    int s = 0;

    for (int i = from; i < from + count; i++)
        if (plan->rungs[i].overlaps)
            s += plan->rungs[i].ring_s;
        else if (plan->rungs[i].ring_s > s)
            s = plan->rungs[i].ring_s;
    return s;
}

int ring_next(const struct plan *plan, int from, int64_t waited_ms, int wait_s, int *out_s)
{
    const int left_s = wait_s - (int)((waited_ms + 999) / 1000);

    for (int i = from, together; i < plan->count; i += together) {
        together = ring_together(plan, i);
        const int own_s = step_s(plan, i, together);
        if (is_alone(&plan->rungs[i])) { /* beyond the cap, too, but for the last one's seconds */
            const int last_s = i + 1 < plan->count ? RING_LAST_S : 0;
            *out_s = least(own_s, left_s + RING_HARD_END_S - last_s);
            if (*out_s >= RING_LEAST_S)
                return i;
            continue;
        }
        if (i + together == plan->count) {
            const int cut_s = least(own_s, left_s);
            const int s = cut_s < RING_LAST_S ? RING_LAST_S : cut_s;
            if (s > left_s + RING_HARD_END_S)
                return -1;
            *out_s = s;
            return i;
        }
        if (left_s - RING_LAST_S >= RING_LEAST_S) {
            *out_s = least(own_s, left_s - RING_LAST_S);
            return i;
        }
    }
    return -1;
}

bool ring_is_on(const struct rung *r)
{
    return r->state == RUNG_TOLD || r->state == RUNG_REACHED;
}

bool ring_is_wished(const struct rung *r)
{
    return r->wish == WISH_AGAIN || (r->wish == WISH_KEPT && ring_is_on(r));
}

int ring_own(const struct plan *plan, int attempt, const char *operator_id)
{
    const int end = attempt + ring_together(plan, attempt);
    int own = -1, best = -1;

    for (int i = 0; i < plan->count; i++) {
        const struct rung *r = &plan->rungs[i];
        const bool rings = i >= attempt && i < end && ring_is_on(r);
        const int rank = rings                                      ? 3
                         : r->wish == WISH_AGAIN                    ? 2
                         : i >= attempt && r->state == RUNG_WAITING ? 1
                                                                    : 0;
        if (strcmp(r->operator_id, operator_id) != 0 || rank < best)
            continue;
        own = i;
        best = rank;
    }
    return own;
}

bool ring_again(struct plan *plan, int of, int at, bool overlaps)
{
    struct rung again = plan->rungs[of];
    const bool moves = of >= at && again.state == RUNG_WAITING;
    const int from = moves ? of : plan->count;

    if (from == LIMIT_RUNGS)
        return false;
    plan->rungs[of].wish = WISH_NONE;
    memmove(&plan->rungs[at + 1], &plan->rungs[at], (size_t)(from - at) * sizeof again);
    plan->count = (uint8_t)(plan->count + !moves);
    again.state = RUNG_WAITING;
    again.wish = WISH_AGAIN;
    again.ring_s = RING_AGAIN_S;
    again.overlaps = overlaps;
    again.leg[0] = 0;
    if (at > 0)
        again.step = plan->rungs[at - 1].step;
    plan->rungs[at] = again;
    return true;
}
