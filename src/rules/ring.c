#include "rules/ring.h"

static int least(int a, int b)
{
    return a < b ? a : b;
}

int ring_next(const struct plan *plan, int from, int64_t waited_ms, int wait_s, int *out_s)
{
    const int left_s = wait_s - (int)((waited_ms + 999) / 1000);

    for (int i = from; i < plan->count; i++) {
        const int own_s = plan->rungs[i].ring_s;
        if (i == plan->count - 1) {
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
