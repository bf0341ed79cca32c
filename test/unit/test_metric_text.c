#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metric/metric_text.h"

static struct metric_set set;

static const char *rendered(struct arena *arena)
{
    struct buf out = buf_in(arena, 1 << 20);

    metric_text_render(&out, &set);
    assert_false(out.full);
    return out.size ? out.data : "";
}

static void an_empty_set_is_an_empty_page(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    memset(&set, 0, sizeof set);
    assert_string_equal(rendered(arena), "");
    arena_close(&arena);
}

static void a_figure_has_its_help_type_and_value(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    memset(&set, 0, sizeof set);
    metric_set_put(&set, METRIC_READY, 1);
    assert_string_equal(rendered(arena), "# HELP nextring_ready 1 when the last commit succeeded.\n"
                                         "# TYPE nextring_ready gauge\nnextring_ready 1\n");
    arena_close(&arena);
}

static void labels_come_under_one_head(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    memset(&set, 0, sizeof set);
    metric_set_put_at(&set, METRIC_HTTP_ANSWERS, 0, 5);
    metric_set_put_at(&set, METRIC_HTTP_ANSWERS, 2, 6);
    assert_string_equal(rendered(arena), "# HELP nextring_http_answers_total Answers by class.\n"
                                         "# TYPE nextring_http_answers_total counter\n"
                                         "nextring_http_answers_total{class=\"2xx\"} 5\n"
                                         "nextring_http_answers_total{class=\"4xx\"} 6\n");
    arena_close(&arena);
}

static void the_version_is_a_label(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    memset(&set, 0, sizeof set);
    metric_set_put_text(&set, METRIC_BUILD, "1\"2\\3\n4");
    assert_non_null(
        strstr(rendered(arena), "\nnextring_build_info{version=\"1\\\"2\\\\3\\n4\"} 1\n"));
    arena_close(&arena);
}

static void a_histogram_adds_up(void **unused)
{
    struct arena *arena = arena_open(0);
    struct metric_histogram h = {.sum_us = 0};

    (void)unused;
    memset(&set, 0, sizeof set);
    metric_histogram_add(&h, METRIC_QUICK, 2000);
    metric_histogram_add(&h, METRIC_QUICK, 2100);
    metric_histogram_add(&h, METRIC_QUICK, 40000000);
    metric_set_put_times(&set, METRIC_WEBHOOK_SECONDS, 0, &h);
    const char *page = rendered(arena);
    static const char *const lines[] = {
        "# TYPE nextring_webhook_answer_seconds histogram\n",
        "nextring_webhook_answer_seconds_bucket{kind=\"voice\",le=\"0.001\"} 0\n",
        "nextring_webhook_answer_seconds_bucket{kind=\"voice\",le=\"0.0025\"} 2\n",
        "nextring_webhook_answer_seconds_bucket{kind=\"voice\",le=\"30\"} 2\n",
        "nextring_webhook_answer_seconds_bucket{kind=\"voice\",le=\"+Inf\"} 3\n",
        "nextring_webhook_answer_seconds_sum{kind=\"voice\"} 40.0041\n",
        "nextring_webhook_answer_seconds_count{kind=\"voice\"} 3\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_non_null(strstr(page, lines[i]));
    arena_close(&arena);
}

static void seconds_have_no_more_digits_than_they_need(void **unused)
{
    /* clang-format off */
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        {0, "0"}, {1, "0.000001"}, {1000000, "1"}, {1500000, "1.5"}, {-2500, "-0.0025"},
        {-1000000, "-1"}, {86400000000, "86400"}, {INT64_MAX, "9223372036854.775807"},
        {INT64_MIN, "-9223372036854.775808"},
    };
    /* clang-format on */
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf out = buf_in(arena, 64);
        metric_text_seconds(&out, rows[i].us);
        assert_string_equal(out.data, rows[i].text);
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_set_is_an_empty_page),
        cmocka_unit_test(a_figure_has_its_help_type_and_value),
        cmocka_unit_test(labels_come_under_one_head),
        cmocka_unit_test(the_version_is_a_label),
        cmocka_unit_test(a_histogram_adds_up),
        cmocka_unit_test(seconds_have_no_more_digits_than_they_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
