#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/json.h"

static const char document[] = "{\n"
                               "  \"a\": 1,\n"
                               "  \"chains\": {\"x\": [\"}]\\\"\", 2],\n"
                               "    \"dispatch\": [ {\"who\": [[], {}]}, {\"ring_seconds\": 99} ]\n"
                               "  },\n"
                               "  \"a.b\": {\"c[0]\": [true, null]},\n"
                               "  \"q\\\"\\u0041\": \"\xc3\xa9\", \"last\": -1.5e3 }\n";

/* clang-format off */
static const struct row {
    const char *says, *path;
    int line, column;
} rows[] = {
    {"the whole",                           "",                                    1, 1},
    {"a member",                            "a",                                   2, 8},
    {"past brackets inside of a text",      "chains.dispatch",                     4, 17},
    {"an item, and a member of it",         "chains.dispatch[1].ring_seconds",     4, 55},
    {"past lists and objects that are empty", "chains.dispatch[1]",                4, 38},
    {"the second of two",                   "chains.x[1]",                         3, 28},
    {"keys in quotes",                      "[\"a.b\"][\"c[0]\"][1]",              6, 26},
    {"a key in quotes after a dot",         "chains.[\"x\"]",                      3, 19},
    {"a key with a quote, escaped",         "[\"q\\\"A\"]",                        7, 16},
    {"columns count characters",            "last",                                7, 29},
    {"a member that is not there",          "chains.night[0]",                     3, 13},
    {"an item that is not there",           "chains.x[2]",                         3, 19},
    {"an index into an object",             "chains[0]",                           3, 13},
    {"a key into a list",                   "chains.x.y",                          3, 19},
    {"into a number",                       "a.b.c",                               2, 8},
    {"a path that is broken",               "chains[\"x",                          3, 13},
    {"an index that is none",               "chains.x[one]",                       3, 19},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int line = 0, column = 0;

        json_locate(span_of(document), rows[i].path, &line, &column);
        if (line != rows[i].line || column != rows[i].column)
            fail_msg("not so: %s: %d:%d", rows[i].says, line, column);
    }
}

/* The walk is for valid text only, but must not leave it whatever it is. */
static void a_text_cut_off_anywhere_is_walked_to_its_end(void **unused)
{
    (void)unused;
    for (size_t cut = 0; cut < sizeof document; cut++) {
        char copy[sizeof document];
        int line = 0, column = 0;

        memcpy(copy, document, cut);
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            json_locate((struct span){copy, cut}, rows[i].path, &line, &column);
        assert_in_range(line, 1, 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(a_text_cut_off_anywhere_is_walked_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
