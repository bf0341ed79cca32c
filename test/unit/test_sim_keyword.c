#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/sim_keyword.h"

static const struct keyword_row {
    const char *says, *body;
    int want;
} keyword_rows[] = {
    {"STOP stops", "STOP", -1},
    {"case does not matter", "unsubscribe", -1},
    {"blanks around it do not matter", " Stop \n", -1},
    {"only the whole message counts", "please stop", 0},
    {"START starts", "start", 1},
    {"YES starts", "Yes", 1},
    {"other words mean nothing", "ok", 0},
    {"an empty body means nothing", "", 0},
};

static void each_keyword_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof keyword_rows / sizeof keyword_rows[0]; i++)
        if (sim_keyword_kind(span_of(keyword_rows[i].body)) != keyword_rows[i].want)
            fail_msg("not so: %s", keyword_rows[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_keyword_row_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
