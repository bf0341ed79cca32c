#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json.h"
#include "metric/metric_emf.h"

enum { NOW = 1764000000 };
static const int64_t now_ms = NOW * INT64_C(1000);

static struct metric_set set;

static struct span render(struct arena *arena, struct metric_emf *emf)
{
    struct buf out = buf_in(arena, 1 << 20);

    metric_emf_render(emf, &set, SPAN("desk"), now_ms, &out);
    assert_false(out.full);
    return buf_span(&out);
}

static struct json *parsed(struct span line)
{
    struct json *json = NULL;
    struct json_place place;

    if (json_parse(line, &json, &place))
        fail_msg("%.*s: %s", SPAN_ARG(line), place.words);
    return json;
}

/* The dimension's name besides the node, empty without one; its member must be a text. */
static struct span check_dimensions(const struct json *json, const struct json *directive)
{
    const struct json *sets = json_get(directive, "Dimensions"), *names = json_at(sets, 0);

    assert_int_equal(json_count(sets), 1);
    assert_in_range(json_count(names), 1, 30);
    assert_true(span_is_text(json_text(json_at(names, 0)), "node"));
    assert_true(span_is_text(json_text(json_get(json, "node")), "desk"));
    return json_text(json_at(names, 1));
}

/* As the specification has it: each metric that is named is a number at the root, of a unit that
 * CloudWatch knows. */
static size_t check_metrics(const struct json *json, const struct json *directive)
{
    static const char *const units[] = {"Seconds", "Bytes", "Count"};
    const struct json *metrics = json_get(directive, "Metrics");
    const size_t count = json_count(metrics);

    assert_in_range(count, 1, METRIC_EMF_METRICS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct json *m = json_at(metrics, i);
        const struct span name = json_text(json_get(m, "Name"));
        char text[128];
        bool is_known = false;
        assert_int_equal(json_count(m), 2);
        assert_in_range(name.size, 1, sizeof text - 1);
        memcpy(text, name.data, name.size);
        text[name.size] = 0;
        assert_int_equal(json_type(json_get(json, text)), JSON_NUMBER);
        for (size_t k = 0; k < sizeof units / sizeof units[0]; k++)
            is_known |= span_is_text(json_text(json_get(m, "Unit")), units[k]);
        assert_true(is_known);
    }
    return count;
}

static size_t check_document(struct span line)
{
    struct json *json = parsed(line);
    const struct json *aws = json_get(json, "_aws"), *all = json_get(aws, "CloudWatchMetrics");
    const struct json *directive = json_at(all, 0);
    int64_t at = 0;

    assert_true(json_number(json_get(aws, "Timestamp"), 0, INT64_MAX, &at));
    assert_int_equal(at, now_ms);
    assert_int_equal(json_count(all), 1);
    assert_in_range(json_text(json_get(directive, "Namespace")).size, 1, 1024);
    const struct span label = check_dimensions(json, directive);
    const size_t count = check_metrics(json, directive);
    /* _aws, node, version, what the label says */
    assert_int_equal(json_count(json), count + 3 + (label.size > 0));
    json_close(&json);
    return count;
}

static void fill(int64_t value, const struct metric_histogram *h)
{
    memset(&set, 0, sizeof set);
    for (int m = 0; m < METRICS; m++)
        for (size_t i = 0; i < metric_table_count((enum metric)m); i++) {
            if (metric_table[m].kind == METRIC_HISTOGRAM)
                metric_set_put_times(&set, (enum metric)m, i, h);
            else if (metric_table[m].kind != METRIC_INFO)
                metric_set_put_at(&set, (enum metric)m, i, value);
        }
    metric_set_put_text(&set, METRIC_BUILD, "1.2.3");
}

static void each_line_is_a_document_of_the_specification(void **unused)
{
    struct arena *arena = arena_open(0);
    struct metric_emf *emf = metric_emf_open();
    struct metric_histogram h = {.sum_us = 0};
    size_t figures = 0, values = 0, metrics = 0;

    (void)unused;
    metric_histogram_add(&h, METRIC_QUICK, 5);
    fill(3, &h);
    struct span rest = render(arena, emf);
    while (rest.size > 0)
        metrics += check_document(span_cut(rest, '\n', &rest));
    for (int m = 0; m < METRICS; m++) {
        const size_t count = metric_table_count((enum metric)m);
        figures += metric_table[m].kind == METRIC_HISTOGRAM ? 0 : count;
        values += metric_table[m].kind == METRIC_HISTOGRAM ? count : 0;
    }
    assert_int_equal(metrics, figures - 1 + 4 * values); /* the version is none */
    metric_emf_close(&emf);
    arena_close(&arena);
}

/* The number of that name in whichever document has it. */
static int64_t number(struct span lines, const char *name)
{
    int64_t out = -1;

    while (lines.size > 0) {
        struct json *json = parsed(span_cut(lines, '\n', &lines));
        if (json_get(json, name))
            assert_true(json_number(json_get(json, name), INT64_MIN, INT64_MAX, &out));
        json_close(&json);
    }
    return out;
}

static void what_grows_is_given_as_its_growth(void **unused)
{
    struct arena *arena = arena_open(0);
    struct metric_emf *emf = metric_emf_open();
    struct metric_histogram h = {.sum_us = 0};

    (void)unused;
    fill(10, &h);
    struct span lines = render(arena, emf);
    assert_int_equal(number(lines, "nextring_events_total"), 10);
    assert_int_equal(number(lines, "nextring_waiting"), 10);
    assert_int_equal(number(lines, "nextring_commit_seconds_count"), 0);
    assert_int_equal(number(lines, "nextring_commit_seconds_p99"), -1);
    metric_histogram_add(&h, METRIC_QUICK, 900000);
    metric_histogram_add(&h, METRIC_QUICK, 100000);
    fill(17, &h);
    lines = render(arena, emf);
    assert_int_equal(number(lines, "nextring_events_total"), 7);
    assert_int_equal(number(lines, "nextring_waiting"), 17);
    assert_int_equal(number(lines, "nextring_commit_seconds_count"), 2);
    assert_int_equal(number(lines, "nextring_commit_seconds_sum"), 1);
    assert_int_equal(number(lines, "nextring_commit_seconds_p99"), 1);
    lines = render(arena, emf);
    assert_int_equal(number(lines, "nextring_events_total"), 0);
    assert_int_equal(number(lines, "nextring_commit_seconds_count"), 0);
    metric_emf_close(&emf);
    arena_close(&arena);
}

static void what_is_not_known_is_left_out(void **unused)
{
    struct arena *arena = arena_open(0);
    struct metric_emf *emf = metric_emf_open();

    (void)unused;
    memset(&set, 0, sizeof set);
    assert_int_equal(render(arena, emf).size, 0);
    metric_set_put(&set, METRIC_READY, 1);
    metric_set_put_text(&set, METRIC_BUILD, "1.2.3");
    assert_int_equal(check_document(render(arena, emf)), 1);
    metric_emf_close(&emf);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_a_document_of_the_specification),
        cmocka_unit_test(what_grows_is_given_as_its_growth),
        cmocka_unit_test(what_is_not_known_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
