#include "rules/ring.h"

static int least(int a, int b)
{
    return a < b ? a : b;
}

int ring_together(const struct plan *plan, int from)
{
    int n = 0;

    while (from + n < plan->count && plan->rungs[from + n].step == plan->rungs[from].step)
        n++;
    return n;
}

static int longest_s(const struct plan *plan, int from, int count)
{
    int s = 0;

    for (int i = from; i < from + count; i++)
        if (plan->rungs[i].ring_s > s)
            s = plan->rungs[i].ring_s;
    return s;
}

int ring_next(const struct plan *plan, int from, int64_t waited_ms, int wait_s, int *out_s)
{
    const int left_s = wait_s - (int)((waited_ms + 999) / 1000);

    for (int i = from, together; i < plan->count; i += together) {
        together = ring_together(plan, i);
        const int own_s = longest_s(plan, i, together);
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
