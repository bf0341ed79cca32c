#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/report_only.h"

#define NOW INT64_C(1790000000000)
#define HOUR INT64_C(3600000)
#define LINE "+13125550101"
#define OTHER "+13125550102"

/* clang-format off */
static const struct row {
    const char *says;
    struct report_only row;
    int32_t tenant;
    const char *line;
    int64_t now_ms;
    int turn; /* -1: not in force, or not this line's */
} rows[] = {
    {"it is in force from its first millisecond",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW, 0},
    {"each hour is a turn",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW + HOUR - 1, 0},
    {"the second begins with the hour",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW + HOUR, 1},
    {"it is in force in its last millisecond",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW + 24 * HOUR - 1, 23},
    {"it ends after a day",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW + 24 * HOUR, -1},
    {"another line is not meant",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, OTHER, NOW, -1},
    {"the same number of another tenant is not meant",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 2, LINE, NOW, -1},
    {"one that would last longer than a day is none",
     {1, LINE, NOW, NOW + 24 * HOUR + 1, ""}, 1, LINE, NOW, -1},
    {"a node whose clock is somewhat behind the store's heeds it",
     {1, LINE, NOW + 1000, NOW + 1000 + 24 * HOUR, ""}, 1, LINE, NOW, 0},
    {"a clock that was put back does not make it longer",
     {1, LINE, NOW, NOW + 24 * HOUR, ""}, 1, LINE, NOW - HOUR, -1},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct report_only_list list = {&r->row, 1};
        const struct report_only *found =
            report_only_find(&list, r->tenant, span_of(r->line), r->now_ms);

        if ((found ? report_only_turn(found, r->now_ms) : -1) != r->turn)
            fail_msg("not so: %s", r->says);
    }
}

static void those_in_force_are_counted(void **unused)
{
    static const struct report_only some[] = {
        {1, LINE, NOW, NOW + HOUR, ""},
        {1, OTHER, NOW - 24 * HOUR, NOW, ""}, /* over */
        {2, LINE, NOW, NOW + HOUR, ""},
        {2, OTHER, NOW, NOW + HOUR, ""},
    };
    const struct report_only_list list = {some, 4};

    (void)unused;
    assert_int_equal(report_only_count(&list, 1, NOW), 1);
    assert_int_equal(report_only_count(&list, 2, NOW), 2);
    assert_int_equal(report_only_count(&list, 0, NOW), 3);
    assert_int_equal(report_only_count(&list, 0, NOW + HOUR), 0);
    assert_int_equal(report_only_turn(&some[1], NOW), -1);
    assert_null(report_only_find(&(struct report_only_list){NULL, 0}, 1, SPAN(LINE), NOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(those_in_force_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
