#include "metric/metric_emf.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "codec/json.h"
#include "metric/metric_text.h"

enum { TIMES_MAX = 24, VALUE_BYTES_MAX = 32 };

struct metric_emf {
    int64_t before[METRICS][METRIC_LABELS_MAX];
    struct metric_histogram times[TIMES_MAX]; /* in the order of the table */
};

/* One figure of a document. */
struct item {
    const char *name;
    enum metric_unit unit;
    int64_t value;
};

/* A document under way: what is of one label's value, or of none. */
struct document {
    struct buf *out;
    const struct metric_set *set;
    struct span node;
    int64_t now_ms;
    const char *label, *value; /* NULL: none */
    struct item items[METRIC_EMF_METRICS_MAX];
    size_t count;
};

struct metric_emf *metric_emf_open(void)
{
    struct metric_emf *emf = arena_must_alloc(sizeof *emf);

    memset(emf, 0, sizeof *emf);
    return emf;
}

void metric_emf_close(struct metric_emf **emf)
{
    free(*emf);
    *emf = NULL;
}

static const char *unit_name(const struct item *item)
{
    switch (item->unit) {
    case METRIC_SECONDS:
        return "Seconds";
    case METRIC_BYTES:
        return "Bytes";
    case METRIC_NONE:
    case METRIC_UNITS:
        break;
    }
    return "Count";
}

static void directive(struct json_out *o, const struct document *d)
{
    json_out_object(o, "_aws");
    json_out_number(o, "Timestamp", d->now_ms);
    json_out_list(o, "CloudWatchMetrics");
    json_out_object(o, NULL);
    json_out_text(o, "Namespace", SPAN("nextring"));
    json_out_list(o, "Dimensions");
    json_out_list(o, NULL);
    json_out_text(o, NULL, SPAN("node"));
    if (d->label)
        json_out_text(o, NULL, span_of(d->label));
    json_out_end_list(o);
    json_out_end_list(o);
    json_out_list(o, "Metrics");
    for (size_t i = 0; i < d->count; i++) {
        json_out_object(o, NULL);
        json_out_text(o, "Name", span_of(d->items[i].name));
        json_out_text(o, "Unit", span_of(unit_name(&d->items[i])));
        json_out_end_object(o);
    }
    json_out_end_list(o);
    json_out_end_object(o);
    json_out_end_list(o);
    json_out_end_object(o);
}

static void number(struct json_out *o, const struct document *d, const struct item *item)
{
    struct buf text = buf_in(d->out->arena, VALUE_BYTES_MAX);

    if (item->unit == METRIC_SECONDS)
        metric_text_seconds(&text, item->value);
    else
        buf_add_number(&text, item->value);
    json_out_raw(o, item->name, buf_span(&text));
}

static void finish(struct document *d)
{
    struct json_out o = json_out(d->out);
    const char *version = d->set->cells[METRIC_BUILD][0].text;

    if (!d->count)
        return;
    json_out_object(&o, NULL);
    directive(&o, d);
    json_out_text(&o, "node", d->node);
    if (d->label)
        json_out_text(&o, d->label, span_of(d->value));
    json_out_text(&o, "version", span_of(version));
    for (size_t i = 0; i < d->count; i++)
        number(&o, d, &d->items[i]);
    json_out_end_object(&o);
    buf_add_char(d->out, '\n');
    d->count = 0;
}

static void add(struct document *d, const char *name, enum metric_unit unit, int64_t value)
{
    if (d->count == METRIC_EMF_METRICS_MAX)
        finish(d);
    d->items[d->count++] = (struct item){name, unit, value};
}

static const char *named(const struct document *d, const struct metric_row *row, const char *end)
{
    return arena_printf(d->out->arena, "%s_%s", row->name, end);
}

static void add_times(struct document *d, const struct metric_row *row,
                      const struct metric_histogram *now, struct metric_histogram *before)
{
    const struct metric_histogram h = metric_histogram_since(now, before);
    const uint64_t count = metric_histogram_count(&h);

    *before = *now;
    add(d, named(d, row, "count"), METRIC_NONE, (int64_t)count);
    if (!count)
        return;
    add(d, named(d, row, "sum"), METRIC_SECONDS, h.sum_us);
    add(d, named(d, row, "p50"), METRIC_SECONDS, metric_histogram_share_us(&h, row->scale, 50));
    add(d, named(d, row, "p99"), METRIC_SECONDS, metric_histogram_share_us(&h, row->scale, 99));
}

/* Where the histograms of a metric stand among all of them. */
static size_t times_at(enum metric metric)
{
    size_t at = 0;

    for (int m = 0; m < (int)metric; m++)
        at += metric_table[m].kind == METRIC_HISTOGRAM ? metric_table_count((enum metric)m) : 0;
    CHECK(at + metric_table_count(metric) <= TIMES_MAX);
    return at;
}

static void add_figure(struct metric_emf *emf, struct document *d, enum metric metric, size_t label)
{
    const struct metric_row *row = &metric_table[metric];
    const struct metric_cell *cell = &d->set->cells[metric][label];
    int64_t *before = &emf->before[metric][label];

    if (!cell->is_there)
        return;
    switch (row->kind) {
    case METRIC_COUNTER:
        add(d, row->name, row->unit, cell->value - *before);
        *before = cell->value;
        break;
    case METRIC_GAUGE:
        add(d, row->name, row->unit, cell->value);
        break;
    case METRIC_HISTOGRAM:
        add_times(d, row, cell->histogram, &emf->times[times_at(metric) + label]);
        break;
    case METRIC_INFO: /* in every document */
    case METRIC_KINDS:
        break;
    }
}

void metric_emf_render(struct metric_emf *emf, const struct metric_set *set, struct span node,
                       int64_t now_ms, struct buf *out)
{
    struct document d = {.out = out, .set = set, .node = node, .now_ms = now_ms};

    for (int m = 0; m < METRICS; m++)
        if (!metric_table[m].values[0])
            add_figure(emf, &d, (enum metric)m, 0);
    finish(&d);
    for (int m = 0; m < METRICS; m++) {
        const struct metric_row *row = &metric_table[m];
        for (size_t i = 0; i < METRIC_LABELS_MAX && row->values[i]; i++) {
            d.label = row->label;
            d.value = row->values[i];
            add_figure(emf, &d, (enum metric)m, i);
            finish(&d);
        }
    }
}
