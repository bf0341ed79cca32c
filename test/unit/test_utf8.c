#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

/* clang-format off */
static const struct row {
    const char *says;
    struct span text;
    size_t size;
    uint32_t code;
} rows[] = {
    {"a letter is one byte",             {"abc", 3},              1, 'a'},
    {"a NUL is a character",             {"\0", 1},               1, 0},
    {"two bytes",                        {"\xc3\xa9", 2},         2, 0xe9},
    {"three bytes",                      {"\xe2\x82\xac", 3},     3, 0x20ac},
    {"four bytes",                       {"\xf0\x9f\x9a\xa8", 4}, 4, 0x1f6a8},
    {"the last character",               {"\xf4\x8f\xbf\xbf", 4}, 4, 0x10ffff},
    {"nothing",                          {NULL, 0},               0, 0},
    {"a byte that only continues",       {"\x80", 1},             0, 0},
    {"an overlong NUL",                  {"\xc0\x80", 2},         0, 0},
    {"an overlong slash of three bytes", {"\xe0\x80\xaf", 3},     0, 0},
    {"an overlong one of four bytes",    {"\xf0\x80\x80\xaf", 4}, 0, 0},
    {"a surrogate",                      {"\xed\xa0\x80", 3},     0, 0},
    {"beyond the last character",        {"\xf4\x90\x80\x80", 4}, 0, 0},
    {"a byte that never begins",         {"\xff\x80\x80\x80", 4}, 0, 0},
    {"cut off",                          {"\xe2\x82", 2},         0, 0},
    {"a letter where it should go on",   {"\xe2\x82" "a", 3},     0, 0},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        uint32_t code = 0;
        const size_t size = utf8_take(r->text, &code);

        if (size != r->size || code != r->code)
            fail_msg("not so: %s", r->says);
    }
}

static void a_whole_text_is_valid_only_when_each_character_is(void **unused)
{
    (void)unused;
    assert_true(utf8_is_valid((struct span){NULL, 0}));
    assert_true(utf8_is_valid(SPAN("plain words, more than eight bytes of them")));
    assert_true(utf8_is_valid(SPAN("caf\xc3\xa9 at the pump house \xf0\x9f\x9a\xa8")));
    assert_false(utf8_is_valid(SPAN("plain words and then \xff")));
    assert_false(utf8_is_valid(SPAN("12345678\x80")));
    assert_false(utf8_is_valid(SPAN("cut off \xe2\x82")));
}

static void what_begins_no_character_counts_one_for_each_byte(void **unused)
{
    uint32_t code = 0;

    (void)unused;
    assert_int_equal(utf8_next(SPAN("\xe2\x82\xac"), &code), 3);
    assert_int_equal(code, 0x20ac);
    assert_int_equal(utf8_next(SPAN("\xe2\x82"), &code), 1);
    assert_int_equal(code, 0xfffd);
    assert_int_equal(utf8_next((struct span){NULL, 0}, &code), 0);
    assert_int_equal(utf8_count((struct span){NULL, 0}), 0);
    assert_int_equal(utf8_count(SPAN("caf\xc3\xa9 \xf0\x9f\x9a\xa8")), 6);
    assert_int_equal(utf8_count(SPAN("\xff\xe2\x82")), 3);
}

static void the_first_bad_byte_is_found(void **unused)
{
    (void)unused;
    assert_int_equal(utf8_valid_bytes((struct span){NULL, 0}), 0);
    assert_int_equal(utf8_valid_bytes(SPAN("caf\xc3\xa9")), 5);
    assert_int_equal(utf8_valid_bytes(SPAN("plain words and then \xff and more")), 21);
    assert_int_equal(utf8_valid_bytes(SPAN("cut off \xe2\x82")), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_whole_text_is_valid_only_when_each_character_is),
        cmocka_unit_test(what_begins_no_character_counts_one_for_each_byte),
        cmocka_unit_test(the_first_bad_byte_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
