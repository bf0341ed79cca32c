#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/terminal.h"

/* clang-format off */
static const struct row {
    const char *says;
    struct span text;
    const char *want;
} rows[] = {
    {"letters stay, of any alphabet",      {"caf\xc3\xa9 \xf0\x9f\x9a\xa8", 10}, "caf\xc3\xa9 \xf0\x9f\x9a\xa8"},
    {"nothing is nothing",                 {NULL, 0},            ""},
    {"an escape is shown as a mark",       {"a\x1b[31mb", 7},    "a?[31mb"},
    {"a line stays one",                   {"a\nb\r\tc", 6},     "a b??c"},
    {"delete and NUL are controls",        {"a\x7f" "b\0c", 5},  "a?b?c"},
    {"and so are those of eight bits",     {"\xc2\x9b" "1m", 4}, "?1m"},
    {"a blank that does not break stays",  {"\xc2\xa0", 2},      "\xc2\xa0"},
    {"half a character is replaced",       {"a\xe2\x82", 3},     "a\xef\xbf\xbd\xef\xbf\xbd"},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *got = NULL;
        size_t size = 0;
        FILE *to = open_memstream(&got, &size);

        terminal_put(to, rows[i].text);
        fclose(to);
        if (!span_is_text((struct span){got, size}, rows[i].want))
            fail_msg("not so: %s: \"%s\"", rows[i].says, got);
        free(got);
    }
}

static void there_is_no_colour_where_there_is_no_terminal(void **unused)
{
    (void)unused;
    char *got = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&got, &size);

    assert_false(terminal_has_colour(to));
    fclose(to);
    free(got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(there_is_no_colour_where_there_is_no_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
