#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/sim_segment.h"

/* A body is `unit` so many times over. */
static const struct segment_row {
    const char *says, *unit;
    size_t times;
    int want;
} segment_rows[] = {
    {"an empty body is one segment", "", 0, 1},
    {"160 plain characters fit one", "a", 160, 1},
    {"161 take two parts of 153", "a", 161, 2},
    {"306 fill two parts", "a", 306, 2},
    {"307 take three", "a", 307, 3},
    {"the euro sign costs two septets", "\xe2\x82\xac", 80, 1},
    {"81 euro signs are 162 septets", "\xe2\x82\xac", 81, 2},
    {"an escape pair is never split: 76 to a part", "[", 153, 3},
    {"accents of the basic table are plain", "\xc3\xa9", 160, 1},
    {"a small c with cedilla makes it UCS-2", "\xc3\xa7", 71, 2},
    {"70 UCS-2 characters fit one", "\xc3\xa7", 70, 1},
    {"an emoji is two units", "\xf0\x9f\x98\x80", 35, 1},
    {"36 emoji take parts of 67 units, pairs unsplit", "\xf0\x9f\x98\x80", 36, 2},
    {"a backtick makes it UCS-2", "`", 71, 2},
};

static void each_segment_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof segment_rows / sizeof segment_rows[0]; i++) {
        const struct segment_row *r = &segment_rows[i];
        char body[1024] = "";

        for (size_t n = 0; n < r->times; n++)
            strcat(body, r->unit);
        const int got = sim_segment_count(span_of(body));
        if (got != r->want)
            fail_msg("not so: %s (%d)", r->says, got);
    }
}

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
        if (sim_segment_keyword(span_of(keyword_rows[i].body)) != keyword_rows[i].want)
            fail_msg("not so: %s", keyword_rows[i].says);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_segment_row_holds),
        cmocka_unit_test(each_keyword_row_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
