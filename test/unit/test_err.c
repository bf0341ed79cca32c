#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void every_error_has_a_name_of_its_own(void **unused)
{
    (void)unused;
    for (int a = 0; a < ERRS; a++) {
        assert_non_null(err_name((enum err)a));
        for (int b = 0; b < a; b++)
            assert_string_not_equal(err_name((enum err)a), err_name((enum err)b));
    }
    assert_string_equal(err_name(ERR_UNSURE), "unsure");
}

static void what_is_no_error_is_unknown(void **unused)
{
    (void)unused;
    assert_string_equal(err_name(ERRS), "unknown");
    assert_string_equal(err_name((enum err) - 1), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_a_name_of_its_own),
        cmocka_unit_test(what_is_no_error_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
