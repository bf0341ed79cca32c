#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/number_words.h"

/* clang-format off */
static const struct {
    const char *says, *number, *text;
    bool want;
} rows[] = {
    {"in full",                           "+16195550150", "call +16195550150 now", true},
    {"and nothing else",                  "+16195550150", "+16195550150", true},
    {"bare",                              "+16195550150", "6195550150", true},
    {"with the 1",                        "+16195550150", "16195550150.", true},
    {"as people write it",                "+16195550150", "(619) 555-0150", true},
    {"without the blank",                 "+16195550150", "it is (619)555-0150, ask for Dana", true},
    {"dashes",                            "+16195550150", "619-555-0150", true},
    {"dots",                              "+16195550150", "619.555.0150", true},
    {"blanks",                            "+16195550150", "619 555 0150", true},
    {"slashes",                           "+16195550150", "619/555/0150", true},
    {"the 1 apart",                       "+16195550150", "1-619-555-0150", true},
    {"the 1 in parentheses",              "+16195550150", "1 (619) 555 0150", true},
    {"+1 apart",                          "+16195550150", "+1 619 555 0150", true},
    {"+1 and parentheses",                "+16195550150", "+1 (619) 555-0150", true},
    {"+1 in parentheses",                 "+16195550150", "(+1) 619-555-0150", true},
    {"from abroad",                       "+16195550150", "0016195550150", true},
    {"from abroad, apart",                "+16195550150", "00 1 619 555 0150", true},
    {"odd groups",                        "+16195550150", "61 95 55 01 50", true},
    {"one by one",                        "+16195550150", "6 1 9 5 5 5 0 1 5 0", true},
    {"no-break blanks",                   "+16195550150", "619\xc2\xa0" "555\xc2\xa0" "0150", true},
    {"long dashes",                       "+16195550150", "619\xe2\x80\x93" "555\xe2\x80\x93" "0150", true},
    {"two lines",                         "+16195550150", "619\n555-0150", true},
    {"in JSON",                           "+16195550150", "{\"body\":\"619\\u00a0555\\u00a00150\"}", true},
    {"in an address",                     "+16195550150", "/x?to=%2B16195550150&a", true},
    {"after an escaped blank",            "+16195550150", "/x?q=%206195550150", true},
    {"a link",                            "+16195550150", "tel:+1-619-555-0150", true},
    {"words touch it",                    "+16195550150", "tel6195550150x", true},
    {"an extension follows",              "+16195550150", "619-555-0150 x12", true},
    {"another number follows",            "+16195550150", "619-555-0150 619-555-0151", true},
    {"another number comes first",        "+16195550150", "619-555-0151 619-555-0150", true},
    {"a count comes first",               "+16195550150", "2 6195550150", true},
    {"a foreign number comes first",      "+16195550150", "+44 20 7946 0958 / 619 555 0150", true},
    {"after another that is cut off",     "+16195550150", "619 619 555 0150", true},
    {"other digits",                      "+16195550150", "(619) 555-0151", false},
    {"one is missing",                    "+16195550150", "619-555-015", false},
    {"one too many",                      "+16195550150", "619-555-01501", false},
    {"in the middle of a longer one",     "+16195550150", "861955501507", false},
    {"at the end of a longer one",        "+16195550150", "46195550150", false},
    {"at the end of a long count",        "+16195550150", "9916195550150", false},
    {"of another country",                "+16195550150", "+526195550150", false},
    {"of another country, apart",         "+16195550150", "+52 619 555 0150", false},
    {"of another country, in parentheses", "+16195550150", "(+52) 619-555-0150", false},
    {"letters between",                   "+16195550150", "619 and 555 and 0150", false},
    {"commas between",                    "+16195550150", "619, 555, 0150", false},
    {"far apart",                         "+16195550150", "619      555      0150", false},
    {"without its area code",             "+16195550150", "555-0150", false},
    {"nothing",                           "+16195550150", "", false},
    {"British, in full",                  "+442079460958", "+442079460958", true},
    {"British, in groups",                "+442079460958", "+44 20 7946 0958", true},
    {"British, at home",                  "+442079460958", "020 7946 0958", true},
    {"British, both",                     "+442079460958", "+44 (0)20 7946 0958", true},
    {"British, from America",             "+442079460958", "011442079460958", true},
    {"an Irish one of its digits",        "+442079460958", "+353 20 7946 0958", false},
    {"a code of three digits",            "+35315550123", "+353 1 555 0123", true},
    {"of which the rest is at home",      "+35315550123", "(01) 555 0123", true},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct number_words number = number_words_of(rows[i].number);
        if (number_words_in(&number, span_of(rows[i].text)) != rows[i].want)
            fail_msg("not so: %s (%s)", rows[i].says, rows[i].text);
    }
}

/* As LIKE does with what has no "_". */
static bool is_like(const char *pattern, const char *text)
{
    for (; *pattern; pattern++) {
        if (*pattern == '%')
            continue;
        text = strchr(text, *pattern);
        if (!text)
            return false;
        text++;
    }
    return true;
}

static void the_pattern_has_whatever_is_found(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct number_words number = number_words_of(rows[i].number);
        const char *pattern = number_words_pattern(arena, &number);
        if (rows[i].want && !is_like(pattern, rows[i].text))
            fail_msg("%s does not have: %s", pattern, rows[i].says);
    }
    const struct number_words number = number_words_of("+16195550150");
    assert_string_equal(number_words_pattern(arena, &number), "%6%1%9%5%5%5%0%1%5%0%");
    arena_close(&arena);
}

static void a_code_ends_where_it_does(void **unused)
{
    (void)unused;
    assert_string_equal(number_words_of("+16195550150").country, "1");
    assert_string_equal(number_words_of("+79161234567").country, "7");
    assert_string_equal(number_words_of("+442079460958").country, "44");
    assert_string_equal(number_words_of("+35315550123").country, "353");
    assert_string_equal(number_words_of("+35315550123").national, "15550123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(the_pattern_has_whatever_is_found),
        cmocka_unit_test(a_code_ends_where_it_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
