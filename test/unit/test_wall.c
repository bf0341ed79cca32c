#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/wall.h"

enum { H = 3600000 };
static const int64_t day_ms = 86400000;

/* The changes of 2026 in Los Angeles: 8 March 10:00 UTC, 1 November 09:00 UTC. */
static const int64_t spring_ms = 1772964000000, autumn_ms = 1793523600000;
static const struct zone_change changes[] = {
    {0, -28800}, {1772964000000, -25200}, {1793523600000, -28800}};
static const struct zone zone = {"America/Los_Angeles", changes, 3};

static void clocks_follow_the_changes(void **unused)
{
    (void)unused;
    assert_int_equal(wall_time(&zone, spring_ms - 1), spring_ms - 1 - 8 * H);
    assert_int_equal(wall_time(&zone, spring_ms), spring_ms - 7 * H);
    assert_int_equal(wall_time(&zone, autumn_ms), autumn_ms - 8 * H);
}

static void a_time_that_is_skipped_is_the_change(void **unused)
{
    (void)unused;
    const int64_t half_past_two = spring_ms - 8 * H + H / 2;

    assert_int_equal(wall_instant(&zone, half_past_two, WALL_FIRST), spring_ms);
    assert_int_equal(wall_instant(&zone, half_past_two, WALL_LAST), spring_ms);
}

static void a_time_that_is_repeated_has_two_instants(void **unused)
{
    (void)unused;
    const int64_t half_past_one = autumn_ms - 8 * H + H / 2;

    assert_int_equal(wall_instant(&zone, half_past_one, WALL_FIRST), autumn_ms - H / 2);
    assert_int_equal(wall_instant(&zone, half_past_one, WALL_LAST), autumn_ms + H / 2);
}

static void days_are_rounded_down(void **unused)
{
    (void)unused;
    assert_int_equal(wall_day(-1), -1);
    assert_int_equal(wall_day(0), 0);
    assert_int_equal(wall_day(day_ms), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_follow_the_changes),
        cmocka_unit_test(a_time_that_is_skipped_is_the_change),
        cmocka_unit_test(a_time_that_is_repeated_has_two_instants),
        cmocka_unit_test(days_are_rounded_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
