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

/* clang-format off */
static const struct {
    const char *says;
    struct span text;
    int line, column;
    const char *words; /* some of them */
} refused[] = {
    {"nothing",                    {NULL, 0},                    1, 1,  ""},
    {"a blank",                    SPAN(" "),                    1, 1,  ""},
    {"a list left open",           SPAN("[1, 2"),                1, 5,  "end of file"},
    {"a comma too many",           SPAN("{\n  \"a\": 1,\n}"),    3, 1,  "expected"},
    {"a comma too few",            SPAN("{\"a\": 1 \"b\": 2}"),  1, 11, "expected"},
    {"a key given twice",          SPAN("{\"a\": 1,\n \"a\": 2}"), 2, 4, "duplicate"},
    {"something after the end",    SPAN("{} x"),                 1, 4,  "end of file"},
    {"single quotes",              SPAN("{'a': 1}"),             1, 2,  "expected"},
    {"a NUL escape",               SPAN("[\"\\u0000\"]"),        1, 9,  "\\u0000"},
    {"a NUL",                      {"[\0]", 3},                  1, 2,  ""},
    {"broken UTF-8",               SPAN("[\"\xff\"]"),           1, 2,  "0xff"},
    {"a line's end in a text",     SPAN("[\"a\nb\"]"),           1, 3,  "newline"},
    {"columns count characters",   SPAN("[\"\xc3\xa9\" x]"),     1, 6,  "x"},
    {"a number without end",       SPAN("[99999999999999999999]"), 1, 21, "integer"},
};
/* clang-format on */

static struct json *parsed(const char *text)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(span_of(text), &root, &place))
        fail_msg("refused: %s: %d:%d %s", text, place.line, place.column, place.words);
    return root;
}

static void mistakes_have_places(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct json *root = NULL;
        struct json_place p = {0};

        if (json_parse(refused[i].text, &root, &p) != ERR_BAD_INPUT || root)
            fail_msg("accepted: %s", refused[i].says);
        if (p.line != refused[i].line || p.column != refused[i].column ||
            !strstr(p.words, refused[i].words) || strchr(p.words, '\n'))
            fail_msg("not so: %s: %d:%d %s", refused[i].says, p.line, p.column, p.words);
    }
}

static void depth_has_a_bound(void **unused)
{
    struct json *root = NULL;
    struct json_place place;
    char text[131];

    (void)unused;
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = 0;
    assert_int_equal(json_parse(span_of(text), &root, &place), ERR_BAD_INPUT);
    assert_int_equal(place.column, 65);
    assert_int_equal(json_parse((struct span){text + 1, 128}, &root, &place), ERR_NONE);
    json_close(&root);
    assert_null(root);
    json_close(&root);
    root = parsed(
        "[[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},"
        "[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[],{},[]]");
    assert_int_equal(json_count(root), 55);
    json_close(&root);
    root = parsed("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[\"");
    json_close(&root);
}

static void values_tell_their_type(void **unused)
{
    static const struct {
        const char *text, *name;
        enum json_type type;
    } rows[] = {
        {"null", "null", JSON_NULL},          {"true", "true or false", JSON_BOOL},
        {"-1", "a number", JSON_NUMBER},      {"1.5", "a number", JSON_NUMBER},
        {"\"a\"", "a text", JSON_TEXT},       {"[]", "a list", JSON_LIST},
        {" {} \n", "an object", JSON_OBJECT},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json *root = parsed(rows[i].text);
        assert_int_equal(json_type(root), rows[i].type);
        assert_string_equal(json_type_name(rows[i].type), rows[i].name);
        json_close(&root);
    }
    assert_int_equal(json_type(NULL), JSON_ABSENT);
    assert_string_equal(json_type_name(JSON_TYPES), "unknown");
}

static void parts_are_found_and_keep_their_order(void **unused)
{
    struct json *root =
        parsed("{\"z\": [10, \"b\", true], \"a\\\"\\u00e9\": {\"x\": null}, \"m\": 1}");
    struct span key = {NULL, 0};

    (void)unused;
    assert_int_equal(json_count(root), 3);
    assert_int_equal(json_count(json_get(root, "z")), 3);
    assert_true(span_is_text(json_text(json_at(json_get(root, "z"), 1)), "b"));
    assert_true(json_bool(json_at(json_get(root, "z"), 2)));
    assert_null(json_at(json_get(root, "z"), 3));
    assert_ptr_equal(json_member(root, 0, &key), json_get(root, "z"));
    assert_true(span_is_text(key, "z"));
    assert_int_equal(json_type(json_get(json_member(root, 1, &key), "x")), JSON_NULL);
    assert_true(span_is_text(key, "a\"\xc3\xa9"));
    assert_null(json_member(root, 3, &key));
    assert_null(json_get(root, "y"));
    json_close(&root);
}

static void readers_accept_what_is_absent_or_of_another_type(void **unused)
{
    struct json *root = parsed("[1]");
    struct span key;
    int64_t n = 7;

    (void)unused;
    assert_null(json_get(NULL, "a"));
    assert_null(json_get(root, "a"));
    assert_null(json_at(NULL, 0));
    assert_null(json_member(root, 0, &key));
    assert_int_equal(json_count(NULL), 0);
    assert_int_equal(json_count(json_at(root, 0)), 0);
    assert_int_equal(json_text(root).size, 0);
    assert_false(json_bool(NULL));
    assert_false(json_bool(root));
    assert_false(json_number(NULL, 0, 9, &n));
    assert_false(json_number(root, 0, 9, &n));
    assert_int_equal(n, 7);
    json_close(&root);
}

static void numbers_are_whole_and_in_range(void **unused)
{
    static const struct {
        const char *text;
        bool good;
        int64_t want;
    } rows[] = {
        {"5", true, 5},    {"-5", true, -5},    {"10", true, 10},    {"-10", true, -10},
        {"11", false, 0},  {"-11", false, 0},   {"5.5", false, 0},   {"5.0", true, 5},
        {"1e1", true, 10}, {"1e300", false, 0}, {"\"5\"", false, 0}, {"true", false, 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json *root = parsed(rows[i].text);
        int64_t n = 0;
        if (json_number(root, -10, 10, &n) != rows[i].good || n != rows[i].want)
            fail_msg("not so: %s", rows[i].text);
        json_close(&root);
    }
}

static void a_dump_is_compact_and_keeps_the_order(void **unused)
{
    struct json *root = parsed("{ \"z\" : [ 1, 2.5, null ],\n \"a\": \"\\u00e9\\n\\\"\" }");

    (void)unused;
    assert_string_equal(json_dump(arena, root).data,
                        "{\"z\":[1,2.5,null],\"a\":\"\xc3\xa9\\n\\\"\"}");
    assert_string_equal(json_dump(arena, json_get(root, "a")).data, "\"\xc3\xa9\\n\\\"\"");
    assert_string_equal(json_dump(arena, NULL).data, "null");
    json_close(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_have_places),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(values_tell_their_type),
        cmocka_unit_test(parts_are_found_and_keep_their_order),
        cmocka_unit_test(readers_accept_what_is_absent_or_of_another_type),
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(a_dump_is_compact_and_keeps_the_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
