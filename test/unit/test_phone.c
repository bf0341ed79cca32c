#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/phone.h"

/* clang-format off */
static const struct {
    const char *says, *text, *region;
    enum phone_verdict verdict;
    const char *e164;
} rows[] = {
    {"E.164 itself",                      "+16195550111",         "US", PHONE_GOOD,         "+16195550111"},
    {"E.164 needs no region",             "+1 619 555 0111",      "",   PHONE_GOOD,         "+16195550111"},
    {"nor that the region is known",      "+1 619 555 0111",      "XX", PHONE_GOOD,         "+16195550111"},
    {"as people write it",                "(619) 555-0111",       "US", PHONE_GOOD,         "+16195550111"},
    {"with dots",                         "619.555.0111",         "US", PHONE_GOOD,         "+16195550111"},
    {"with the country's digit",          "1 619 555 0111",       "US", PHONE_GOOD,         "+16195550111"},
    {"with a printer's blanks and dashes", "+1\xc2\xa0" "619\xe2\x80\x91" "555\xe2\x80\x91" "0111", "US", PHONE_GOOD, "+16195550111"},
    {"an area that is not assigned",      "+1 999 555 0111",      "US", PHONE_GOOD,         "+19995550111"},
    {"dialled abroad",                    "011 44 20 7946 0111",  "US", PHONE_GOOD,         "+442079460111"},
    {"another country's own form",        "020 7946 0111",        "GB", PHONE_GOOD,         "+442079460111"},
    {"a premium number",                  "+1 900 555 0111",      "US", PHONE_PREMIUM,      "+19005550111"},
    {"a shared-cost number",              "0871 555 0111",        "GB", PHONE_PREMIUM,      "+448715550111"},
    {"no region to read it by",           "619 555 0111",         "",   PHONE_NO_COUNTRY,   NULL},
    {"nor NULL",                          "619 555 0111",         NULL, PHONE_NO_COUNTRY,   NULL},
    {"an unknown region",                 "619 555 0111",         "XX", PHONE_NO_COUNTRY,   NULL},
    {"no area code",                      "555-0111",             "US", PHONE_TOO_SHORT,    NULL},
    {"an emergency number",               "911",                  "US", PHONE_EMERGENCY,    NULL},
    {"one of a whole continent",          "112",                  "DE", PHONE_EMERGENCY,    NULL},
    {"with its country's code",           "+44 999",              "US", PHONE_EMERGENCY,    NULL},
    {"of many digits",                    "10111",                "ZA", PHONE_EMERGENCY,    NULL},
    {"a short code",                      "55501",                "US", PHONE_TOO_SHORT,    NULL},
    {"a digit too many",                  "+1 619 555 01111",     "US", PHONE_TOO_LONG,     NULL},
    {"two numbers",                       "619 555 0111 619 555 0112", "US", PHONE_TOO_LONG, NULL},
    {"no such country",                   "+999 5550111",         "US", PHONE_NOT_POSSIBLE, NULL},
    {"nothing",                           "",                     "US", PHONE_NOT_A_NUMBER, NULL},
    {"a sign alone",                      "+",                    "US", PHONE_NOT_A_NUMBER, NULL},
    {"words",                             "anonymous",            "US", PHONE_NOT_A_NUMBER, NULL},
    {"letters as keypads have them",      "1-800-555-HELP",       "US", PHONE_NOT_A_NUMBER, NULL},
    {"an extension",                      "+1 619 555 0111 x12",  "US", PHONE_NOT_A_NUMBER, NULL},
    {"an extension by its sign",          "+1 619 555 0111#12",   "US", PHONE_NOT_A_NUMBER, NULL},
    {"a sip address",                     "sip:6195550111@h",     "US", PHONE_NOT_A_NUMBER, NULL},
    {"bytes that are not UTF-8",          "\xff\xfe" "6195550111", "US", PHONE_NOT_A_NUMBER, NULL},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[PHONE_TEXT_SIZE] = "";
        const enum phone_verdict got =
            phone_parse(rows[i].text, strlen(rows[i].text), rows[i].region, out);

        if (got != rows[i].verdict || strcmp(out, rows[i].e164 ? rows[i].e164 : "") != 0)
            fail_msg("not so: %s: %s %s", rows[i].says, phone_verdict_words(got), out);
    }
}

static void only_the_size_given_is_read(void **unused)
{
    char out[PHONE_TEXT_SIZE] = "", digits[1000];

    (void)unused;
    assert_int_equal(phone_parse("+161955501119999", 12, "US", out), PHONE_GOOD);
    assert_string_equal(out, "+16195550111");
    assert_int_equal(phone_parse(NULL, 0, "US", out), PHONE_NOT_A_NUMBER);
    memset(digits, '5', sizeof digits);
    assert_int_not_equal(phone_parse(digits, sizeof digits, "US", out), PHONE_GOOD);
}

/* Wherever a roster is at home, and however such a number is written there. */
static void no_emergency_number_is_good_anywhere(void **unused)
{
    static const char *const codes[] = {"911", "112", "999", "000", "110", "113", "115", "117",
                                        "118", "119", "100", "101", "102", "103", "108", "111",
                                        "122", "133", "144", "190", "192", "193", "995", "997",
                                        "15",  "17",  "18",  "061", "062", "066", "08"};
    int regions = 0;

    (void)unused;
    for (char a = 'A'; a <= 'Z'; a++)
        for (char b = 'A'; b <= 'Z'; b++) {
            const char region[3] = {a, b, 0};
            if (!phone_is_region(region))
                continue;
            regions++;
            for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
                char out[PHONE_TEXT_SIZE];
                if (phone_parse(codes[i], strlen(codes[i]), region, out) == PHONE_GOOD)
                    fail_msg("%s in %s would be dialled as %s", codes[i], region, out);
            }
        }
    assert_true(regions > 200);
}

/* Plain North American numbers are read without the tables: a stroke, which people seldom write,
 * has the tables asked, and they must say the same. */
static void the_short_way_says_what_the_tables_say(void **unused)
{
    static const char *const exchanges[] = {"200", "345", "411", "555", "611", "700",
                                            "900", "911", "976", "999", "000", "123"};
    static const char forms[][3][6] = {{"+1", "", ""}, {"", "", ""}, {"(", ") ", "-"}};
    static const char *const by_tables[] = {"+1/", "/", "/"};

    (void)unused;
    for (int area = 100; area < 1000; area++)
        for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++)
            for (size_t k = 0; k < (area % 10 == 0 ? 3 : 1); k++) {
                char text[80], tables[80], got[PHONE_TEXT_SIZE] = "", want[PHONE_TEXT_SIZE] = "";
                snprintf(text, sizeof text, "%s%03d%s%s%s0111", forms[k][0], area, forms[k][1],
                         exchanges[i], forms[k][2]);
                snprintf(tables, sizeof tables, "%s%03d%s0111", by_tables[k], area, exchanges[i]);
                const enum phone_verdict short_way = phone_parse(text, strlen(text), "US", got);
                if (short_way != phone_parse(tables, strlen(tables), "US", want) ||
                    strcmp(got, want) != 0)
                    fail_msg("%s: %s, %s", text, phone_verdict_words(short_way), got);
            }
}

static void every_verdict_has_words(void **unused)
{
    (void)unused;
    for (int a = 0; a <= PHONE_VERDICTS; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(phone_verdict_words((enum phone_verdict)a),
                                    phone_verdict_words((enum phone_verdict)b));
}

static void numbers_are_shown_as_their_country_writes_them(void **unused)
{
    static const struct {
        const char *e164, *region, *want;
    } shown[] = {
        {"+16195550111", "US", "(619) 555-0111"},
        {"+16195550111", "CA", "(619) 555-0111"},
        {"+16195550111", "GB", "+1 619-555-0111"},
        {"+16195550111", NULL, "+1 619-555-0111"},
        {"+442079460111", "GB", "020 7946 0111"},
        {"anonymous", "US", "anonymous"},
        {"12345", "US", "12345"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        char out[32];
        phone_pretty(shown[i].e164, shown[i].region, out);
        assert_string_equal(out, shown[i].want);
    }
    char out[32];
    phone_pretty("no number at all, and longer than the room for one", "US", out);
    assert_int_equal(strlen(out), 31);
}

static void a_number_tells_its_country(void **unused)
{
    static const struct {
        const char *number;
        struct phone_facts want;
    } facts[] = {
        {"+16195550111", {1, "US", "(619) 555-0111"}},
        {"+442079460111", {44, "GB", "020 7946 0111"}},
        {"+19995550111", {1, "US", "(999) 555-0111"}},
    };
    struct phone_facts got = {.calling_code = 7};

    (void)unused;
    assert_false(phone_facts_read("nobody", &got));
    assert_int_equal(got.calling_code, 7);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
        assert_true(phone_facts_read(facts[i].number, &got));
        assert_int_equal(got.calling_code, facts[i].want.calling_code);
        assert_string_equal(got.region, facts[i].want.region);
        assert_string_equal(got.national, facts[i].want.national);
    }
}

static void regions_are_two_capital_letters(void **unused)
{
    (void)unused;
    assert_true(phone_is_region("US"));
    assert_true(phone_is_region("GB"));
    assert_false(phone_is_region("us"));
    assert_false(phone_is_region("XX"));
    assert_false(phone_is_region("USA"));
    assert_false(phone_is_region(""));
    assert_false(phone_is_region(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(only_the_size_given_is_read),
        cmocka_unit_test(no_emergency_number_is_good_anywhere),
        cmocka_unit_test(the_short_way_says_what_the_tables_say),
        cmocka_unit_test(every_verdict_has_words),
        cmocka_unit_test(numbers_are_shown_as_their_country_writes_them),
        cmocka_unit_test(a_number_tells_its_country),
        cmocka_unit_test(regions_are_two_capital_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
