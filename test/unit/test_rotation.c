#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/rotation.h"

enum { H = 3600000 };
static const int64_t day_ms = 86400000;
/* The changes of 2026 in Los Angeles: 8 March 10:00 UTC, 1 November 09:00 UTC. */
static const struct zone_change changes[] = {
    {0, -28800}, {1772964000000, -25200}, {1793523600000, -28800}};
static const struct zone zone = {"America/Los_Angeles", changes, 3};

#define MAR(d, h) ((INT64_C(1772323200) + ((d)-1) * 86400 + (h)*3600) * 1000)
#define NOV(d, h) ((INT64_C(1793491200) + ((d)-1) * 86400 + (h)*3600) * 1000)
#define JAN5_9 INT64_C(1767603600000) /* what clocks show on Monday, 5 January 2026, 09:00 */

static struct rotation of_three(int64_t every_ms, int64_t start_ms)
{
    return (struct rotation){.zone = &zone,
                             .operators = {10, 11, 12},
                             .operator_count = 3,
                             .every_ms = every_ms,
                             .start_ms = start_ms};
}

static void weeks_keep_their_hand_over_across_both_changes(void **unused)
{
    (void)unused;
    const struct rotation r = of_three(7 * day_ms, JAN5_9);

    /* 2 March is week 8 (10 + 8 % 3 = 12); 09:00 is 17:00 UTC in winter, 16:00 in summer. */
    assert_int_equal(rotation_holder(&r, MAR(2, 17)), 12);
    assert_int_equal(rotation_holder(&r, MAR(2, 17) - 1), 11);
    assert_int_equal(rotation_hand_over(&r, MAR(2, 17)), MAR(9, 16));
    assert_int_equal(rotation_holder(&r, MAR(9, 16) - 1), 12);
    assert_int_equal(rotation_holder(&r, MAR(9, 16)), 10);
    assert_int_equal(rotation_hand_over(&r, NOV(1, 0)), NOV(2, 17));
}

static void days_keep_it_too(void **unused)
{
    (void)unused;
    const struct rotation r = of_three(day_ms, JAN5_9);

    assert_int_equal(rotation_hand_over(&r, MAR(7, 17)), MAR(8, 16)); /* 23 hours */
    assert_int_equal(rotation_hand_over(&r, NOV(1, 0)), NOV(1, 17));
    assert_int_equal(rotation_hand_over(&r, NOV(1, 0) - 8 * H), NOV(1, 17)); /* 25 hours */
}

static void a_hand_over_in_the_skipped_hour_is_at_the_change(void **unused)
{
    (void)unused;
    const struct rotation r = of_three(day_ms, JAN5_9 - 6 * H - H / 2); /* 02:30 */

    assert_int_equal(rotation_hand_over(&r, MAR(8, 9)), MAR(8, 10));
    assert_int_equal(rotation_hand_over(&r, NOV(1, 8)), NOV(1, 10) + H / 2);
}

static void a_hand_over_in_the_repeated_hour_is_at_its_first_pass(void **unused)
{
    (void)unused;
    const struct rotation r = of_three(day_ms, JAN5_9 - 7 * H - H / 2); /* 01:30 */

    assert_int_equal(rotation_hand_over(&r, NOV(1, 8)), NOV(1, 8) + H / 2);
    assert_int_equal(rotation_hand_over(&r, NOV(1, 8) + H / 2), NOV(2, 9) + H / 2);
}

static void it_went_round_before_its_start_as_well(void **unused)
{
    (void)unused;
    const struct rotation r = of_three(7 * day_ms, JAN5_9);
    const int64_t start_ms = JAN5_9 + 8 * H;

    assert_int_equal(rotation_holder(&r, start_ms), 10);
    assert_int_equal(rotation_holder(&r, start_ms - 1), 12);
    assert_int_equal(rotation_holder(&r, start_ms - 15 * day_ms), 10);
}

/* Every instant of a year has one holder, and each turn ends where the next begins. */
static void turns_follow_on_one_another(void **unused)
{
    (void)unused;
    static const int64_t every[] = {H, 8 * H, 12 * H, 24 * (int64_t)H, 72 * (int64_t)H};

    for (size_t i = 0; i < sizeof every / sizeof every[0]; i++) {
        const struct rotation r = of_three(every[i], JAN5_9);
        int64_t at_ms = JAN5_9;
        for (int n = 0; at_ms < JAN5_9 + 365 * day_ms; n++) {
            const int64_t next = rotation_hand_over(&r, at_ms);
            assert_true(next > at_ms && next <= at_ms + every[i] + H);
            assert_int_equal(rotation_hand_over(&r, next - 1), next);
            assert_int_equal(rotation_holder(&r, next - 1), rotation_holder(&r, at_ms));
            at_ms = next;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weeks_keep_their_hand_over_across_both_changes),
        cmocka_unit_test(days_keep_it_too),
        cmocka_unit_test(a_hand_over_in_the_skipped_hour_is_at_the_change),
        cmocka_unit_test(a_hand_over_in_the_repeated_hour_is_at_its_first_pass),
        cmocka_unit_test(it_went_round_before_its_start_as_well),
        cmocka_unit_test(turns_follow_on_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
