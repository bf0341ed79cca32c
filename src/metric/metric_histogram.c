#include "metric/metric_histogram.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

/* The carrier waits for 15 s, and we for it 27 s; people are given minutes, and an hour. */
/* clang-format off */
static const int64_t steps[METRIC_SCALES][METRIC_STEPS] = {
    [METRIC_QUICK] = {1 * MS, 2500, 5 * MS, 10 * MS, 25 * MS, 50 * MS, 100 * MS, 250 * MS,
                      500 * MS, 1 * S, 2500 * MS, 5 * S, 10 * S, 15 * S, 30 * S},
    [METRIC_PATIENT] = {5 * S, 10 * S, 15 * S, 30 * S, 60 * S, 120 * S, 300 * S, 600 * S, 900 * S,
                        1800 * S, 3600 * S, 7200 * S, 14400 * S, 43200 * S, 86400 * S},
};
/* clang-format on */

const int64_t *metric_histogram_steps(enum metric_scale scale)
{
    return steps[scale];
}

void metric_histogram_add(struct metric_histogram *h, enum metric_scale scale, int64_t us)
{
    size_t i = 0;

    if (us < 0)
        us = 0;
    while (i < METRIC_STEPS && us > steps[scale][i])
        i++;
    h->counts[i]++;
    h->sum_us += us;
}

uint64_t metric_histogram_count(const struct metric_histogram *h)
{
    uint64_t count = 0;

    for (size_t i = 0; i <= METRIC_STEPS; i++)
        count += h->counts[i];
    return count;
}

struct metric_histogram metric_histogram_since(const struct metric_histogram *h,
                                               const struct metric_histogram *before)
{
    struct metric_histogram out = {.sum_us = h->sum_us - before->sum_us};

    for (size_t i = 0; i <= METRIC_STEPS; i++)
        out.counts[i] = h->counts[i] - before->counts[i];
    return out;
}

int64_t metric_histogram_share_us(const struct metric_histogram *h, enum metric_scale scale,
                                  int percent)
{
    const uint64_t all = metric_histogram_count(h);
    uint64_t so_far = 0;

    if (!all)
        return 0;
    for (size_t i = 0; i < METRIC_STEPS; i++) {
        so_far += h->counts[i];
        if (so_far * 100 >= all * (uint64_t)percent)
            return steps[scale][i];
    }
    return steps[scale][METRIC_STEPS - 1];
}
