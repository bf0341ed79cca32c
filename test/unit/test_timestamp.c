#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/timestamp.h"

/* clang-format off */
static const struct {
    int64_t at_ms;
    const char *ours, *carriers;
} both[] = {
    {0,               "1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 +0000"},
    {951782399999,    "2000-02-28T23:59:59.999Z", "Mon, 28 Feb 2000 23:59:59 +0000"},
    {951782400000,    "2000-02-29T00:00:00.000Z", "Tue, 29 Feb 2000 00:00:00 +0000"},
    {951868800000,    "2000-03-01T00:00:00.000Z", "Wed, 01 Mar 2000 00:00:00 +0000"},
    {1692853305000,   "2023-08-24T05:01:45.000Z", "Thu, 24 Aug 2023 05:01:45 +0000"},
    {1795232539123,   "2026-11-21T03:42:19.123Z", "Sat, 21 Nov 2026 03:42:19 +0000"},
    {1798761599000,   "2026-12-31T23:59:59.000Z", "Thu, 31 Dec 2026 23:59:59 +0000"},
    {4107542400000,   "2100-03-01T00:00:00.000Z", "Mon, 01 Mar 2100 00:00:00 +0000"},
    {253402300799999, "9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 +0000"},
};

static const struct {
    const char *says, *text;
    int64_t want; /* -1: refused */
    bool local;
} rfc3339[] = {
    {"UTC",                        "2026-11-21T03:42:19Z",          1795232539000, false},
    {"small letters",              "2026-11-21t03:42:19z",          1795232539000, false},
    {"a blank between",            "2026-11-21 03:42:19Z",          1795232539000, false},
    {"an offset to the west",      "2026-11-20T19:42:19-08:00",     1795232539000, false},
    {"an offset to the east",      "2026-11-21T09:12:19+05:30",     1795232539000, false},
    {"a short fraction",           "2026-11-21T03:42:19.1Z",        1795232539100, false},
    {"a long fraction is cut",     "2026-11-21T03:42:19.123999999Z", 1795232539123, false},
    {"no offset is local",         "2026-11-21T03:42:19",           1795232539000, true},
    {"nor seconds",                "2026-11-21T03:42",              1795232520000, true},
    {"no seconds but an offset",   "2026-11-21T03:42Z",             1795232520000, false},
    {"a day that leaps",           "2024-02-29T00:00:00Z",          1709164800000, false},
    {"a day that does not",        "2026-02-29T00:00:00Z",          -1, false},
    {"nor in 2100",                "2100-02-29T00:00:00Z",          -1, false},
    {"month 13",                   "2026-13-01T00:00:00Z",          -1, false},
    {"month 0",                    "2026-00-01T00:00:00Z",          -1, false},
    {"day 31 of 30",               "2026-11-31T00:00:00Z",          -1, false},
    {"hour 24",                    "2026-11-21T24:00:00Z",          -1, false},
    {"minute 60",                  "2026-11-21T03:60:00Z",          -1, false},
    {"a leap second",              "2026-11-21T03:42:60Z",          -1, false},
    {"before the epoch",           "1969-12-31T23:59:59Z",          -1, false},
    {"before it by the offset",    "1970-01-01T00:00:00+01:00",     -1, false},
    {"after 9999 by the offset",   "9999-12-31T23:59:59-01:00",     -1, false},
    {"a date alone",               "2026-11-21",                    -1, false},
    {"a point without a fraction", "2026-11-21T03:42:19.Z",         -1, false},
    {"an offset without a colon",  "2026-11-21T03:42:19+0100",      -1, false},
    {"an offset cut off",          "2026-11-21T03:42:19+01",        -1, false},
    {"words behind",               "2026-11-21T03:42:19Z x",        -1, false},
    {"one digit",                  "2026-11-21T3:42:19Z",           -1, false},
    {"nothing",                    "",                              -1, false},
};

static const struct {
    const char *says, *text;
    int64_t want;
} rfc2822[] = {
    {"the carrier's",              "Thu, 24 Aug 2023 05:01:45 +0000", 1692853305000},
    {"an offset",                  "Wed, 23 Aug 2023 22:01:45 -0700", 1692853305000},
    {"GMT",                        "Thu, 24 Aug 2023 05:01:45 GMT",   1692853305000},
    {"no day's name",              "24 Aug 2023 05:01:45 +0000",      1692853305000},
    {"a day of one digit",         "Sun, 6 Nov 1994 08:49:37 GMT",    784111777000},
    {"capitals",                   "THU, 24 AUG 2023 05:01:45 gmt",   1692853305000},
    {"no seconds",                 "Thu, 24 Aug 2023 05:01 +0000",    1692853260000},
    {"no zone",                    "Thu, 24 Aug 2023 05:01:45",       -1},
    {"no such month",              "Thu, 24 Foo 2023 05:01:45 GMT",   -1},
    {"no comma",                   "Thu 24 Aug 2023 05:01:45 GMT",    -1},
    {"a year of two digits",       "Thu, 24 Aug 23 05:01:45 GMT",     -1},
    {"ours",                       "2023-08-24T05:01:45Z",            -1},
    {"words behind",               "Thu, 24 Aug 2023 05:01:45 GMT x", -1},
    {"nothing",                    "",                                -1},
};
/* clang-format on */

static void instants_are_written_and_read_again(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        char text[TIMESTAMP_SIZE];
        int64_t back = -1;
        bool local = true;

        timestamp_render(both[i].at_ms, text);
        assert_string_equal(text, both[i].ours);
        assert_true(timestamp_parse(span_of(text), &back, &local));
        assert_int_equal(back, both[i].at_ms);
        assert_false(local);
        timestamp_render_seconds(both[i].at_ms, text);
        assert_memory_equal(text, both[i].ours, 19);
        assert_string_equal(text + 19, "Z");
        timestamp_render_rfc2822(both[i].at_ms, text);
        assert_string_equal(text, both[i].carriers);
        assert_true(timestamp_parse_rfc2822(span_of(text), &back));
        assert_int_equal(back, both[i].at_ms / 1000 * 1000);
    }
}

/* A day at a time, so that every month's end of two leap cycles is passed. */
static void every_day_of_a_century_is_read_again(void **unused)
{
    (void)unused;
    for (int64_t day = 0; day < 36525 * 2; day++) {
        char text[TIMESTAMP_SIZE];
        int64_t back = -1;
        bool local;

        timestamp_render(day * 86400000 + day, text);
        assert_true(timestamp_parse(span_of(text), &back, &local));
        assert_int_equal(back, day * 86400000 + day);
    }
}

static void out_of_range_shows_the_end_of_the_range(void **unused)
{
    char text[TIMESTAMP_SIZE];

    (void)unused;
    timestamp_render(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
    timestamp_render(-1, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
}

static void each_row_of_rfc_3339_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rfc3339 / sizeof rfc3339[0]; i++) {
        int64_t at = -1;
        bool local = false;
        const bool good = timestamp_parse(span_of(rfc3339[i].text), &at, &local);

        if (at != rfc3339[i].want || good != (at >= 0) || local != rfc3339[i].local)
            fail_msg("not so: %s: %lld", rfc3339[i].says, (long long)at);
    }
}

static void each_row_of_rfc_2822_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rfc2822 / sizeof rfc2822[0]; i++) {
        int64_t at = -1;
        const bool good = timestamp_parse_rfc2822(span_of(rfc2822[i].text), &at);

        if (at != rfc2822[i].want || good != (at >= 0))
            fail_msg("not so: %s: %lld", rfc2822[i].says, (long long)at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_written_and_read_again),
        cmocka_unit_test(every_day_of_a_century_is_read_again),
        cmocka_unit_test(out_of_range_shows_the_end_of_the_range),
        cmocka_unit_test(each_row_of_rfc_3339_holds),
        cmocka_unit_test(each_row_of_rfc_2822_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
