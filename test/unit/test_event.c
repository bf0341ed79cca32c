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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_kind_has_a_name_of_its_own)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
