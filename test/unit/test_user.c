#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/user.h"

static void every_role_reads_back(void **unused)
{
    enum role role = ROLES;

    (void)unused;
    for (int i = 0; i < ROLES; i++) {
        assert_true(role_parse(span_of(role_name((enum role)i)), &role));
        assert_int_equal(role, i);
    }
    assert_false(role_parse(SPAN("root"), &role));
    assert_false(role_parse(SPAN(""), &role));
}

static void a_role_may_what_the_one_below_may(void **unused)
{
    (void)unused;
    assert_true(ROLE_NONE < ROLE_VIEWER && ROLE_VIEWER < ROLE_DISPATCHER &&
                ROLE_DISPATCHER < ROLE_ADMIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_role_reads_back),
        cmocka_unit_test(a_role_may_what_the_one_below_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
