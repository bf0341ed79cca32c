#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "metric/metric_histogram.h"

static void steps_ascend(void **unused)
{
    (void)unused;
    for (int scale = 0; scale < METRIC_SCALES; scale++)
        for (int i = 1; i < METRIC_STEPS; i++)
            assert_true(metric_histogram_steps((enum metric_scale)scale)[i - 1] <
                        metric_histogram_steps((enum metric_scale)scale)[i]);
}

static void each_goes_into_the_first_step_that_holds_it(void **unused)
{
    const int64_t *steps = metric_histogram_steps(METRIC_QUICK);

    (void)unused;
    for (int i = 0; i <= METRIC_STEPS; i++) {
        struct metric_histogram h = {.sum_us = 0};
        const int64_t us = i < METRIC_STEPS ? steps[i] : steps[METRIC_STEPS - 1] + 1;
        metric_histogram_add(&h, METRIC_QUICK, us);
        assert_int_equal(h.counts[i], 1);
        assert_int_equal(metric_histogram_count(&h), 1);
        assert_int_equal(h.sum_us, us);
    }
}

static void what_is_below_nought_counts_as_nought(void **unused)
{
    struct metric_histogram h = {.sum_us = 0};

    (void)unused;
    metric_histogram_add(&h, METRIC_PATIENT, -5000000);
    assert_int_equal(h.counts[0], 1);
    assert_int_equal(h.sum_us, 0);
}

static void a_difference_is_what_came_since(void **unused)
{
    struct metric_histogram h = {.sum_us = 0};

    (void)unused;
    metric_histogram_add(&h, METRIC_QUICK, 3000);
    const struct metric_histogram before = h;
    metric_histogram_add(&h, METRIC_QUICK, 700000);
    const struct metric_histogram since = metric_histogram_since(&h, &before);
    assert_int_equal(metric_histogram_count(&since), 1);
    assert_int_equal(since.sum_us, 700000);
    assert_int_equal(since.counts[9], 1);
}

static void a_share_is_the_end_of_its_step(void **unused)
{
    struct metric_histogram h = {.sum_us = 0};

    (void)unused;
    assert_int_equal(metric_histogram_share_us(&h, METRIC_QUICK, 99), 0);
    for (int i = 0; i < 99; i++)
        metric_histogram_add(&h, METRIC_QUICK, 4000);
    metric_histogram_add(&h, METRIC_QUICK, 60000000);
    assert_int_equal(metric_histogram_share_us(&h, METRIC_QUICK, 50), 5000);
    assert_int_equal(metric_histogram_share_us(&h, METRIC_QUICK, 99), 5000);
    assert_int_equal(metric_histogram_share_us(&h, METRIC_QUICK, 100), 30000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_ascend),
        cmocka_unit_test(each_goes_into_the_first_step_that_holds_it),
        cmocka_unit_test(what_is_below_nought_counts_as_nought),
        cmocka_unit_test(a_difference_is_what_came_since),
        cmocka_unit_test(a_share_is_the_end_of_its_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
