#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json.h"

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

static void commas_and_keys_come_by_themselves(void **unused)
{
    struct buf buf = buf_in(arena, 4096);
    struct json_out o = json_out(&buf);

    (void)unused;
    json_out_object(&o, NULL);
    json_out_text(&o, "text", SPAN("a"));
    json_out_number(&o, "number", INT64_MIN);
    json_out_list(&o, "list");
    json_out_bool(&o, NULL, true);
    json_out_bool(&o, NULL, false);
    json_out_object(&o, NULL);
    json_out_end_object(&o);
    json_out_list(&o, NULL);
    json_out_end_list(&o);
    json_out_end_list(&o);
    json_out_null(&o, "null");
    json_out_text_or_null(&o, "absent", (struct span){NULL, 0});
    json_out_text_or_null(&o, "empty", SPAN(""));
    json_out_raw(&o, "a\"b", SPAN("{\"x\":1}"));
    json_out_end_object(&o);
    assert_string_equal(buf.data,
                        "{\"text\":\"a\",\"number\":-9223372036854775808,\"list\":[true,false,{},"
                        "[]],\"null\":null,\"absent\":null,\"empty\":\"\",\"a\\\"b\":{\"x\":1}}");
}

static void every_text_is_escaped(void **unused)
{
    /* clang-format off */
    static const struct {
        const char *says;
        struct span text;
        const char *want;
    } rows[] = {
        {"nothing",            {NULL, 0},                  "\"\""},
        {"quotes, backslash",  SPAN("a\"b\\c/"),           "\"a\\\"b\\\\c/\""},
        {"ends of lines",      SPAN("\r\n\t"),             "\"\\r\\n\\t\""},
        {"control characters", {"\0\x01\x1f\x7f", 4},      "\"\\u0000\\u0001\\u001f\\u007f\""},
        {"UTF-8 as it is",     SPAN("\xc3\xa9\xf0\x9f\x9a\xa8"), "\"\xc3\xa9\xf0\x9f\x9a\xa8\""},
        {"a broken byte",      SPAN("a\xff" "b"),          "\"a\xef\xbf\xbd" "b\""},
        {"a character cut off", SPAN("a\xe2\x82"),         "\"a\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    /* clang-format on */

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf buf = buf_in(arena, 256);
        struct json_out o = json_out(&buf);

        json_out_text(&o, NULL, rows[i].text);
        if (strcmp(buf.data, rows[i].want) != 0)
            fail_msg("not so: %s: %s", rows[i].says, buf.data);
    }
}

static void what_is_written_is_read_again(void **unused)
{
    struct buf buf = buf_in(arena, 4096);
    struct json_out o = json_out(&buf);
    struct json *root = NULL;
    struct json_place place;
    char all[127];

    (void)unused;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (char)(i + 1);
    const struct span text = {all, sizeof all};
    json_out_list(&o, NULL);
    json_out_text(&o, NULL, text);
    json_out_end_list(&o);
    assert_int_equal(json_parse(buf_span(&buf), &root, &place), ERR_NONE);
    assert_true(span_is(json_text(json_at(root, 0)), text));
    json_close(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_keys_come_by_themselves),
        cmocka_unit_test(every_text_is_escaped),
        cmocka_unit_test(what_is_written_is_read_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
