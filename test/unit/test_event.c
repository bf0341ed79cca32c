#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/event.h"

static void each_kind_has_a_name_of_its_own(void **unused)
{
    (void)unused;
    for (enum event_kind a = 0; a < EVENT_KINDS; a++) {
        assert_non_null(event_kind_name(a));
        for (enum event_kind b = 0; b < a; b++)
            assert_string_not_equal(event_kind_name(a), event_kind_name(b));
    }
}

static void a_call_is_over_by_five_statuses_and_by_no_other(void **unused)
{
    (void)unused;
    assert_true(event_is_over(SPAN("completed")) && event_is_over(SPAN("busy")));
    assert_true(event_is_over(SPAN("no-answer")) && event_is_over(SPAN("failed")));
    assert_true(event_is_over(SPAN("canceled")));
    assert_false(event_is_over(SPAN("in-progress")) || event_is_over(SPAN("ringing")));
    assert_false(event_is_over(SPAN("answered")) || event_is_over((struct span){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_a_name_of_its_own),
        cmocka_unit_test(a_call_is_over_by_five_statuses_and_by_no_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
