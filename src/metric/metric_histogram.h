/* metric/metric_histogram.h - how long something took, counted by steps.
 *
 * Pure. Zero-initialised is empty.
 * Threads: one at a time.
 * Units: microseconds.
 */
#ifndef METRIC_METRIC_HISTOGRAM_H
#define METRIC_METRIC_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum { METRIC_STEPS = 15 };

/* Whose steps: from a millisecond to half a minute, or from seconds to a day. */
enum metric_scale { METRIC_QUICK, METRIC_PATIENT, METRIC_SCALES };

struct metric_histogram {
    uint64_t counts[METRIC_STEPS + 1]; /* each beyond the one before; the last: above all steps */
    int64_t sum_us;
};

/* The upper ends of the steps, ascending. */
const int64_t *metric_histogram_steps(enum metric_scale scale);
/* Below 0 is 0: clocks of two machines differ. */
void metric_histogram_add(struct metric_histogram *h, enum metric_scale scale, int64_t us);
uint64_t metric_histogram_count(const struct metric_histogram *h);
/* What was added after `before`, an earlier state of the same. */
struct metric_histogram metric_histogram_since(const struct metric_histogram *h,
                                               const struct metric_histogram *before);
/* The end of the step within which the given share (0 to 100) of all lie; the last step's where
 * they go beyond it; 0 of an empty one. */
int64_t metric_histogram_share_us(const struct metric_histogram *h, enum metric_scale scale,
                                  int percent);

#endif
