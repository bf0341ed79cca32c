#include "metric/metric_text.h"

enum { MICRO = 1000000 };

static const char *const type_names[METRIC_KINDS] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
    [METRIC_INFO] = "gauge",
};

void metric_text_seconds(struct buf *out, int64_t us)
{
    const uint64_t size = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    uint64_t rest = size % MICRO;
    int digits = 6;

    buf_printf(out, "%s%llu", us < 0 ? "-" : "", (unsigned long long)(size / MICRO));
    if (!rest)
        return;
    for (; rest % 10 == 0; rest /= 10)
        digits--;
    buf_printf(out, ".%0*llu", digits, (unsigned long long)rest);
}

static void add_value(struct buf *out, const struct metric_row *row, int64_t value)
{
    buf_add_char(out, ' ');
    if (row->unit == METRIC_SECONDS)
        metric_text_seconds(out, value);
    else
        buf_add_number(out, value);
    buf_add_char(out, '\n');
}

static void add_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n') {
            buf_add_text(out, "\\n");
            continue;
        }
        if (*text == '"' || *text == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

/* {label="value",le="0.5"}; `le` -1: it has none. */
static void add_labels(struct buf *out, const struct metric_row *row, const char *value, int le)
{
    if (!value && le < 0)
        return;
    buf_add_char(out, '{');
    if (value) {
        buf_printf(out, "%s=\"", row->label);
        add_escaped(out, value);
        buf_add_char(out, '"');
    }
    if (le >= 0) {
        buf_add_text(out, value ? ",le=\"" : "le=\"");
        if (le < METRIC_STEPS)
            metric_text_seconds(out, metric_histogram_steps(row->scale)[le]);
        else
            buf_add_text(out, "+Inf");
        buf_add_char(out, '"');
    }
    buf_add_char(out, '}');
}

static void add_times(struct buf *out, const struct metric_row *row, const char *value,
                      const struct metric_histogram *h)
{
    uint64_t so_far = 0;

    for (int i = 0; i <= METRIC_STEPS; i++) {
        so_far += h->counts[i];
        buf_printf(out, "%s_bucket", row->name);
        add_labels(out, row, value, i);
        buf_printf(out, " %llu\n", (unsigned long long)so_far);
    }
    buf_printf(out, "%s_sum", row->name);
    add_labels(out, row, value, -1);
    add_value(out, row, h->sum_us);
    buf_printf(out, "%s_count", row->name);
    add_labels(out, row, value, -1);
    buf_printf(out, " %llu\n", (unsigned long long)so_far);
}

static void add_metric(struct buf *out, enum metric metric, const struct metric_cell *cells)
{
    const struct metric_row *row = &metric_table[metric];
    bool is_begun = false;

    for (size_t i = 0; i < metric_table_count(metric); i++) {
        const char *value = cells[i].text ? cells[i].text : row->values[i];
        if (!cells[i].is_there)
            continue;
        if (!is_begun)
            buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
                       type_names[row->kind]);
        is_begun = true;
        if (row->kind == METRIC_HISTOGRAM) {
            add_times(out, row, value, cells[i].histogram);
            continue;
        }
        buf_add_text(out, row->name);
        add_labels(out, row, value, -1);
        add_value(out, row, cells[i].value);
    }
}

void metric_text_render(struct buf *out, const struct metric_set *set)
{
    for (int m = 0; m < METRICS; m++)
        add_metric(out, (enum metric)m, set->cells[m]);
}
