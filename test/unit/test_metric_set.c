#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metric/metric_set.h"

static struct metric_set set;

static void nothing_is_there_until_it_is_put(void **unused)
{
    (void)unused;
    memset(&set, 0, sizeof set);
    for (int m = 0; m < METRICS; m++)
        for (size_t i = 0; i < METRIC_LABELS_MAX; i++)
            assert_false(set.cells[m][i].is_there);
}

static void what_is_put_stands_where_it_belongs(void **unused)
{
    const struct metric_histogram h = {.sum_us = 7};

    (void)unused;
    memset(&set, 0, sizeof set);
    metric_set_put(&set, METRIC_READY, 1);
    metric_set_put_at(&set, METRIC_HTTP_ANSWERS, 3, 9);
    metric_set_put_times(&set, METRIC_WEBHOOK_SECONDS, 1, &h);
    metric_set_put_text(&set, METRIC_BUILD, "1.2.3");
    assert_true(set.cells[METRIC_READY][0].is_there);
    assert_int_equal(set.cells[METRIC_READY][0].value, 1);
    assert_int_equal(set.cells[METRIC_HTTP_ANSWERS][3].value, 9);
    assert_false(set.cells[METRIC_HTTP_ANSWERS][2].is_there);
    assert_ptr_equal(set.cells[METRIC_WEBHOOK_SECONDS][1].histogram, &h);
    assert_string_equal(set.cells[METRIC_BUILD][0].text, "1.2.3");
    assert_int_equal(set.cells[METRIC_BUILD][0].value, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_there_until_it_is_put),
        cmocka_unit_test(what_is_put_stands_where_it_belongs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
