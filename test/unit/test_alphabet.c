#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/alphabet.h"

/* clang-format off */
static const struct row {
    const char *says;
    uint32_t code;
    int septets;
    const char *lookalike;
    bool continues;
} rows[] = {
    {"a letter",                           'a',      1, NULL,      false},
    {"a line feed",                        '\n',     1, NULL,      false},
    {"a form feed is escaped",             '\f',     2, NULL,      false},
    {"a bracket is escaped",               '[',      2, NULL,      false},
    {"the euro sign is escaped",           0x20ac,   2, NULL,      false},
    {"the escape itself is no character",  0x1b,     0, NULL,      false},
    {"a NUL is dropped",                   0,        0, "",        false},
    {"a tab is seven spaces",              '\t',     0, "       ", false},
    {"a delete is in no table",            0x7f,     0, NULL,      false},
    {"a backtick looks like a quote",      '`',      0, "'",       false},
    {"a capital C with cedilla",           0xc7,     1, NULL,      false},
    {"a small c with cedilla",             0xe7,     0, NULL,      false},
    {"a capital delta",                    0x394,    1, NULL,      false},
    {"a capital alpha is not Latin",       0x391,    0, NULL,      false},
    {"a no-break space is two",            0xa0,     0, "  ",      false},
    {"three quarters",                     0xbe,     0, "3/4",     false},
    {"a curly quote",                      0x201c,   0, "\"",      false},
    {"a backslash of full width",          0xff3c,   0, "\\",      false},
    {"a small capital A",                  0x1d00,   0, "A",       false},
    {"a stop of half width is the last",   0xff64,   0, ",",       false},
    {"the first combining mark",           0x300,    0, NULL,      true},
    {"what stands before it",              0x2ff,    0, NULL,      false},
    {"the last combining mark",            0xe01ef,  0, NULL,      true},
    {"what stands after it",               0xe01f0,  0, NULL,      false},
    {"a mark may have a look-alike",       0x303,    0, "~",       true},
    {"a variation selector",               0xfe0f,   0, NULL,      true},
    {"a joiner",                           0x200d,   0, NULL,      true},
    {"a skin tone",                        0x1f3fd,  0, NULL,      true},
    {"the frame of a keycap",              0x20e3,   0, NULL,      true},
    {"a tag of a region's flag",           0xe0067,  0, NULL,      true},
    {"an Indic vowel sign",                0x93f,    0, NULL,      true},
    {"the vowel of a Hangul syllable",     0x1161,   0, NULL,      true},
    {"a whole Hangul syllable",            0xac00,   0, NULL,      false},
    {"an emoji",                           0x1f600,  0, NULL,      false},
    {"half a flag may begin one",          0x1f1e6,  0, NULL,      false},
    {"beyond the last character",          UINT32_MAX, 0, NULL,    false},
};
/* clang-format on */

static bool is_alike(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];

        if (alphabet_septets(r->code) != r->septets ||
            !is_alike(alphabet_lookalike(r->code), r->lookalike) ||
            alphabet_continues(r->code) != r->continues)
            fail_msg("not so: %s", r->says);
    }
}

/* The sums of section 6.2: 127 plain characters, ten escaped, 271 look-alikes. A table out of
 * order would lose rows to the search. */
static void every_character_of_the_tables_is_found(void **unused)
{
    int plain = 0, escaped = 0, lookalikes = 0;

    (void)unused;
    for (uint32_t code = 0; code < 0x10000; code++) {
        const char *other = alphabet_lookalike(code);

        plain += alphabet_septets(code) == 1;
        escaped += alphabet_septets(code) == 2;
        lookalikes += other != NULL;
        for (const char *c = other; c && *c; c++)
            assert_int_not_equal(alphabet_septets((unsigned char)*c), 0);
        if (other)
            assert_int_equal(alphabet_septets(code), 0);
    }
    assert_int_equal(plain, 127);
    assert_int_equal(escaped, 10);
    assert_int_equal(lookalikes, 271);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(every_character_of_the_tables_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
