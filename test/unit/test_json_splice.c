#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "codec/json.h"
#include "edit/json_splice.h"

enum what { SET, ADD, DROP, DROP_AT };

/* clang-format off */
static const struct row {
    const char *says;
    enum what what;
    const char *text, *key;
    int index;
    const char *value, *want; /* want NULL: there is none */
} rows[] = {
    {"a member that is there gets another value", SET, "{\"a\": 1, \"b\": 2}", "b", 0, "[3]", "{\"a\": 1, \"b\": [3]}"},
    {"a new one goes to the end, as the others stand", SET, "{\n  \"a\": 1\n}", "b", 0, "2", "{\n  \"a\": 1,\n  \"b\": 2\n}"},
    {"... on one line too", SET, "{\"a\":1}", "b", 0, "2", "{\"a\":1, \"b\": 2}"},
    {"... and into an empty one", SET, "{ }", "b", 0, "2", "{\"b\": 2}"},
    {"a key with escapes is the same key", SET, "{\"a\\u0062\": 1}", "ab", 0, "2", "{\"a\\u0062\": 2}"},
    {"a key that needs escapes gets them", SET, "{}", "a\"b", 0, "2", "{\"a\\\"b\": 2}"},
    {"numbers stay as they are written", SET, "{\"x\": 1.50e+2, \"y\": 1.10E-3, \"a\": 0}", "a", 0, "1", "{\"x\": 1.50e+2, \"y\": 1.10E-3, \"a\": 1}"},
    {"an item goes to the end", ADD, "[1, 2]", "", 0, "3", "[1, 2, 3]"},
    {"... on a line of its own where the others are", ADD, "[\n  1\n]", "", 0, "2", "[\n  1,\n  2\n]"},
    {"... and into an empty list", ADD, "[]", "", 0, "1", "[1]"},
    {"the first member is taken out with its comma", DROP, "{\"a\": 1, \"b\": 2}", "a", 0, "", "{\"b\": 2}"},
    {"the last one too", DROP, "{\"a\": 1, \"b\": 2}", "b", 0, "", "{\"a\": 1}"},
    {"the only one leaves an empty object", DROP, "{ \"a\": 1 }", "a", 0, "", "{  }"},
    {"one that is not there", DROP, "{\"a\": 1}", "b", 0, "", NULL},
    {"an item in the middle", DROP_AT, "[\"]\", \",\", 3]", "", 1, "", "[\"]\", 3]"},
    {"the last item", DROP_AT, "[1, {\"a\": [2]}]", "", 1, "", "[1]"},
    {"an item that is not there", DROP_AT, "[1]", "", 1, "", NULL},
    {"an object has no items", DROP_AT, "{\"a\": 1}", "", 0, "", NULL},
};
/* clang-format on */

static struct span run(struct arena *arena, const struct row *r)
{
    const struct span text = span_of(r->text);

    switch (r->what) {
    case SET:
        return json_splice_set(arena, text, text, span_of(r->key), span_of(r->value));
    case ADD:
        return json_splice_add(arena, text, text, span_of(r->value));
    case DROP:
        return json_splice_drop(arena, text, text, span_of(r->key));
    case DROP_AT:
        return json_splice_drop_at(arena, text, text, (size_t)r->index);
    }
    return (struct span){NULL, 0};
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_open(0);
        const struct span got = run(arena, &rows[i]);
        struct json *tree = NULL;
        struct json_place place;
        if (rows[i].want ? !span_is_text(got, rows[i].want) : got.data != NULL)
            fail_msg("%s: %.*s", rows[i].says, SPAN_ARG(got));
        if (rows[i].want && json_parse(got, &tree, &place))
            fail_msg("%s: no JSON", rows[i].says);
        json_close(&tree);
        arena_close(&arena);
    }
}

static void a_part_of_a_part_is_found(void **unused)
{
    const struct span text = SPAN("{\"a\": [ {\"b\\n\": {\"c\": true}} , 2 ] }");

    (void)unused;
    const struct span item = json_splice_at(json_splice_get(text, SPAN("a")), 0);
    assert_true(span_is(json_splice_get(item, SPAN("b\n")), SPAN("{\"c\": true}")));
    assert_null(json_splice_get(item, SPAN("b")).data);
    assert_null(json_splice_get(SPAN("3"), SPAN("b")).data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_part_of_a_part_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
