#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/span.h"

static const struct span none = {NULL, 0};

static void equality_is_of_bytes(void **unused)
{
    (void)unused;
    assert_true(span_is(SPAN("ab"), SPAN("ab")));
    assert_false(span_is(SPAN("ab"), SPAN("abc")));
    assert_false(span_is(SPAN("ab"), SPAN("aB")));
    assert_true(span_is(none, SPAN("")));
    assert_true(span_is((struct span){"a\0b", 3}, (struct span){"a\0b", 3}));
    assert_false(span_is((struct span){"a\0b", 3}, (struct span){"a\0c", 3}));
    assert_true(span_is_text(SPAN("ab"), "ab"));
    assert_true(span_is_text(none, NULL));
    assert_int_equal(span_of(NULL).size, 0);
}

static void case_is_disregarded_for_ascii_letters_alone(void **unused)
{
    (void)unused;
    assert_true(span_is_nocase(SPAN("aBz"), SPAN("AbZ")));
    assert_false(span_is_nocase(SPAN("a"), SPAN("ab")));
    assert_false(span_is_nocase(SPAN("@"), SPAN("`")));
    assert_false(span_is_nocase(SPAN("["), SPAN("{")));
    assert_false(span_is_nocase(SPAN("\xc3\xa9"), SPAN("\xc3\x89")));
}

static void prefixes(void **unused)
{
    (void)unused;
    assert_true(span_starts(SPAN("abc"), SPAN("ab")));
    assert_true(span_starts(SPAN("abc"), none));
    assert_true(span_starts(none, none));
    assert_false(span_starts(SPAN("ab"), SPAN("abc")));
    assert_false(span_starts(SPAN("abc"), SPAN("b")));
}

static void order_is_of_unsigned_bytes_then_of_length(void **unused)
{
    static const struct span ascending[] = {{NULL, 0}, {"A", 1},    {"AB", 2},   {"B", 1},
                                            {"a", 1},  {"\x7f", 1}, {"\x80", 1}, {"\xff", 1}};
    const size_t count = sizeof ascending / sizeof ascending[0];

    (void)unused;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            const int c = span_compare(ascending[i], ascending[j]);
            assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
        }
}

static void skipping_stops_at_the_end(void **unused)
{
    (void)unused;
    assert_true(span_is_text(span_skip(SPAN("abc"), 1), "bc"));
    assert_int_equal(span_skip(SPAN("abc"), 3).size, 0);
    assert_int_equal(span_skip(SPAN("abc"), 99).size, 0);
    assert_int_equal(span_skip(none, 1).size, 0);
}

static void trimming_takes_white_space_from_both_ends(void **unused)
{
    (void)unused;
    assert_true(span_is_text(span_trim(SPAN(" \t\r\na b\v\f ")), "a b"));
    assert_true(span_is_text(span_trim(SPAN("a")), "a"));
    assert_int_equal(span_trim(SPAN(" \n ")).size, 0);
    assert_int_equal(span_trim(none).size, 0);
    assert_true(span_is_text(span_trim(SPAN("\xc2\xa0")), "\xc2\xa0"));
}

static void cutting_tells_the_parts(void **unused)
{
    struct span rest;

    (void)unused;
    assert_true(span_is_text(span_cut(SPAN("a=b=c"), '=', &rest), "a"));
    assert_true(span_is_text(rest, "b=c"));
    assert_true(span_is_text(span_cut(SPAN("=b"), '=', &rest), ""));
    assert_true(span_is_text(rest, "b"));
    assert_true(span_is_text(span_cut(SPAN("a="), '=', &rest), "a"));
    assert_int_equal(rest.size, 0);
    assert_true(span_is_text(span_cut(SPAN("ab"), '=', &rest), "ab"));
    assert_int_equal(rest.size, 0);
    assert_int_equal(span_cut(none, '=', &rest).size, 0);
    struct span same = SPAN("a&b");
    assert_true(span_is_text(span_cut(same, '&', &same), "a"));
    assert_true(span_is_text(same, "b"));
}

static void numbers_are_whole_spans_in_range(void **unused)
{
    /* clang-format off */
    static const struct {
        const char *text;
        bool good;
        int64_t want;
    } rows[] = {
        {"0", true, 0},     {"7", true, 7},     {"-7", true, -7},   {"10", true, 10},
        {"007", true, 7},   {"-10", true, -10}, {"11", false, 0},   {"-11", false, 0},  {"", false, 0},
        {"-", false, 0},    {"+7", false, 0},   {" 7", false, 0},   {"7 ", false, 0},
        {"7a", false, 0},   {"--7", false, 0},  {"99999999999999999999", false, 0},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t n = 0;
        if (span_number(span_of(rows[i].text), -10, 10, &n) != rows[i].good || n != rows[i].want)
            fail_msg("not so: \"%s\"", rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equality_is_of_bytes),
        cmocka_unit_test(case_is_disregarded_for_ascii_letters_alone),
        cmocka_unit_test(prefixes),
        cmocka_unit_test(order_is_of_unsigned_bytes_then_of_length),
        cmocka_unit_test(skipping_stops_at_the_end),
        cmocka_unit_test(trimming_takes_white_space_from_both_ends),
        cmocka_unit_test(cutting_tells_the_parts),
        cmocka_unit_test(numbers_are_whole_spans_in_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
