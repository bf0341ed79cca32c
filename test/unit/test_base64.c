#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/base64.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

/* RFC 4648 section 10, and bytes that need the two characters in which the alphabets differ. */
/* clang-format off */
static const struct row {
    const char *bytes, *text, *url, *hex;
} rows[] = {
    {"",         "",             "",            ""},
    {"f",        "Zg==",         "Zg",          "66"},
    {"fo",       "Zm8=",         "Zm8",         "666f"},
    {"foo",      "Zm9v",         "Zm9v",        "666f6f"},
    {"foob",     "Zm9vYg==",     "Zm9vYg",      "666f6f62"},
    {"fooba",    "Zm9vYmE=",     "Zm9vYmE",     "666f6f6261"},
    {"foobar",   "Zm9vYmFy",     "Zm9vYmFy",    "666f6f626172"},
    {"\xfb\xff", "+/8=",         "-_8",         "fbff"},
};

static const struct {
    const char *says, *text;
} refused[] = {
    {"padding left out",           "Zg"},
    {"half of the padding",        "Zg="},
    {"padding alone",              "===="},
    {"padding in the middle",      "Zg==Zg=="},
    {"spare bits that are set",    "Zh=="},
    {"a blank",                    "Z g="},
    {"a line's end",               "Zg==\n"},
    {"the other alphabet",         "-_8="},
};
/* clang-format on */

static void each_row_holds_both_ways(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct span bytes = span_of(rows[i].bytes);
        char out[8];
        size_t size = 99;

        assert_string_equal(base64_render(arena, bytes.data, bytes.size).data, rows[i].text);
        assert_string_equal(base64_url_render(arena, bytes.data, bytes.size).data, rows[i].url);
        assert_string_equal(base64_hex_render(arena, bytes.data, bytes.size).data, rows[i].hex);
        assert_true(base64_parse(span_of(rows[i].text), out, bytes.size));
        assert_memory_equal(out, bytes.data, bytes.size);
        assert_true(base64_url_parse(span_of(rows[i].url), out, bytes.size));
        assert_memory_equal(out, bytes.data, bytes.size);
        assert_true(base64_hex_parse(span_of(rows[i].hex), out, bytes.size));
        assert_memory_equal(out, bytes.data, bytes.size);
        assert_true(base64_parse_any(span_of(rows[i].text), out, sizeof out, &size));
        assert_int_equal(size, bytes.size);
    }
}

static void anything_loose_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        char out[16];
        size_t size = 99;

        for (size_t n = 0; n < 8; n++)
            if (base64_parse(span_of(refused[i].text), out, n))
                fail_msg("accepted: %s", refused[i].says);
        if (base64_parse_any(span_of(refused[i].text), out, sizeof out, &size) || size != 99)
            fail_msg("accepted: %s", refused[i].says);
    }
}

static void another_length_is_refused(void **unused)
{
    char out[8];
    size_t size = 0;

    (void)unused;
    assert_false(base64_parse(SPAN("Zm9v"), out, 2));
    assert_false(base64_parse(SPAN("Zm9v"), out, 4));
    assert_false(base64_parse_any(SPAN("Zm9v"), out, 2, &size));
    assert_false(base64_url_parse(SPAN("Zm9v"), out, 2));
    assert_false(base64_url_parse(SPAN("Zm9vY"), out, 3));
    assert_false(base64_url_parse(SPAN("Zm8="), out, 2));
    assert_false(base64_hex_parse(SPAN("666"), out, 1));
    assert_false(base64_hex_parse(SPAN("6666"), out, 1));
    assert_false(base64_hex_parse(SPAN("6F"), out, 1));
    assert_false(base64_hex_parse(SPAN("6g"), out, 1));
    assert_false(base64_hex_parse((struct span){"6\0", 2}, out, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds_both_ways),
        cmocka_unit_test(anything_loose_is_refused),
        cmocka_unit_test(another_length_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
