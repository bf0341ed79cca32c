/* metric/metric_set.h - the figures of one instant, to be given in whatever form.
 *
 * A figure that nobody has put is not given at all: better none than an old one.
 * Owns: nothing; histograms and texts are borrowed until it has been given.
 * Threads: one at a time.
 */
#ifndef METRIC_METRIC_SET_H
#define METRIC_METRIC_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "metric/metric_table.h"

struct metric_cell {
    bool is_there;
    int64_t value; /* seconds: microseconds */
    const struct metric_histogram *histogram;
    const char *text; /* of METRIC_INFO: its label's value */
};

struct metric_set {
    struct metric_cell cells[METRICS][METRIC_LABELS_MAX];
};

void metric_set_put(struct metric_set *set, enum metric metric, int64_t value);
/* `label`: which of the row's values. */
void metric_set_put_at(struct metric_set *set, enum metric metric, size_t label, int64_t value);
void metric_set_put_times(struct metric_set *set, enum metric metric, size_t label,
                          const struct metric_histogram *histogram);
void metric_set_put_text(struct metric_set *set, enum metric metric, const char *text);

#endif
