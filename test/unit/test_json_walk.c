#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json_walk.h"

/* clang-format off */
static const struct row {
    const char *says, *text, *want; /* "key=value|..." as they stand */
} rows[] = {
    {"an empty object", "{ }", ""},
    {"an empty list", "[]", ""},
    {"values of each kind", "{\"a\":1,\"b\" : \"x\" , \"c\":null,\"d\":[1,2],\"e\":{\"f\":{}}}",
     "\"a\"=1|\"b\"=\"x\"|\"c\"=null|\"d\"=[1,2]|\"e\"={\"f\":{}}|"},
    {"brackets and quotes inside texts", "{\"a\":\"}]\\\"{\",\"b\\\"\":2}", "\"a\"=\"}]\\\"{\"|\"b\\\"\"=2|"},
    {"a list", " [ 1 , [2], \"a,b\" ] ", "=1|=[2]|=\"a,b\"|"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct json_walk w;
        struct span key, value;
        char got[256] = "";

        assert_true(json_walk_open(span_of(rows[i].text), &w));
        while (json_walk_next(&w, &key, &value))
            snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s=%.*s|", SPAN_ARG(key),
                     SPAN_ARG(value));
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("not so: %s: %s", rows[i].says, got);
    }
}

static void what_is_no_container_is_not_walked(void **unused)
{
    struct json_walk w;

    (void)unused;
    assert_false(json_walk_open(SPAN("12"), &w));
    assert_false(json_walk_open(SPAN("\"{}\""), &w));
    assert_false(json_walk_open(SPAN(""), &w));
}

static void a_member_is_found_by_its_key(void **unused)
{
    const struct span text = SPAN("{\"a\": {\"b\": 1}, \"b\": 2}");

    (void)unused;
    assert_true(span_is(json_walk_get(text, "b"), SPAN("2")));
    assert_null(json_walk_get(text, "c").data);
    assert_null(json_walk_get(SPAN("[1]"), "c").data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_no_container_is_not_walked),
        cmocka_unit_test(a_member_is_found_by_its_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
