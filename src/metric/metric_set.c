#include "metric/metric_set.h"

#include "base/check.h"

static struct metric_cell *cell(struct metric_set *set, enum metric metric, size_t label)
{
    CHECK(label < metric_table_count(metric));
    return &set->cells[metric][label];
}

void metric_set_put(struct metric_set *set, enum metric metric, int64_t value)
{
    CHECK(!metric_table[metric].label);
    metric_set_put_at(set, metric, 0, value);
}

void metric_set_put_at(struct metric_set *set, enum metric metric, size_t label, int64_t value)
{
    CHECK(metric_table[metric].kind == METRIC_COUNTER || metric_table[metric].kind == METRIC_GAUGE);
    *cell(set, metric, label) = (struct metric_cell){.is_there = true, .value = value};
}

void metric_set_put_times(struct metric_set *set, enum metric metric, size_t label,
                          const struct metric_histogram *histogram)
{
    CHECK(metric_table[metric].kind == METRIC_HISTOGRAM);
    *cell(set, metric, label) = (struct metric_cell){.is_there = true, .histogram = histogram};
}

void metric_set_put_text(struct metric_set *set, enum metric metric, const char *text)
{
    CHECK(metric_table[metric].kind == METRIC_INFO);
    *cell(set, metric, 0) = (struct metric_cell){.is_there = true, .value = 1, .text = text};
}
