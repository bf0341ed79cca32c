#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "simtext/sim_keyword.h"

#define LONG "+16195550100"
#define FREE "+18005550100"
#define SHORT "55501"

/* clang-format off */
static const struct keyword_row {
    const char *says, *number, *body;
    enum sim_keyword want;
} keyword_rows[] = {
    {"STOP stops",                        LONG,  "STOP",        SIM_KEYWORD_STOP},
    {"case does not matter",              LONG,  "unsubscribe", SIM_KEYWORD_STOP},
    {"blanks around it do not matter",    LONG,  " Stop \n",    SIM_KEYWORD_STOP},
    {"only the whole message counts",     LONG,  "please stop", SIM_KEYWORD_NONE},
    {"START starts",                      LONG,  "start",       SIM_KEYWORD_START},
    {"YES starts",                        LONG,  "Yes",         SIM_KEYWORD_START},
    {"HELP asks",                         LONG,  "help",        SIM_KEYWORD_HELP},
    {"other words mean nothing",          LONG,  "ok",          SIM_KEYWORD_NONE},
    {"an empty body means nothing",       LONG,  "",            SIM_KEYWORD_NONE},
    {"a short code obeys all of them",    SHORT, "QUIT",        SIM_KEYWORD_STOP},
    {"a toll-free number obeys STOP",     FREE,  "stop",        SIM_KEYWORD_STOP},
    {"and UNSTOP",                        FREE,  "unstop",      SIM_KEYWORD_START},
    {"but not YES",                       FREE,  "YES",         SIM_KEYWORD_NONE},
    {"nor QUIT",                          FREE,  "QUIT",        SIM_KEYWORD_NONE},
    {"nor HELP, which is the customer's", FREE,  "HELP",        SIM_KEYWORD_NONE},
};
/* clang-format on */

static void each_keyword_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof keyword_rows / sizeof keyword_rows[0]; i++) {
        const struct keyword_row *r = &keyword_rows[i];
        if (sim_keyword_of(r->number, span_of(r->body)) != r->want)
            fail_msg("not so: %s", r->says);
    }
}

static void what_is_obeyed_is_answered(void **unused)
{
    (void)unused;
    for (enum sim_keyword k = SIM_KEYWORD_STOP; k < SIM_KEYWORDS; k++) {
        assert_non_null(sim_keyword_answer(LONG, k));
        assert_true(sim_keyword_name(k)[0] != 0);
    }
    assert_memory_equal(sim_keyword_answer(FREE, SIM_KEYWORD_STOP), "NETWORK MSG", 11);
    assert_null(sim_keyword_answer(FREE, SIM_KEYWORD_HELP));
    assert_null(sim_keyword_answer(LONG, SIM_KEYWORD_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_keyword_row_holds),
        cmocka_unit_test(what_is_obeyed_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
