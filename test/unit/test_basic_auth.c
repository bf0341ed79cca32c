#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "net/basic_auth.h"

static const struct {
    const char *user, *password, *line;
} rows[] = {
    {"Aladdin", "open sesame", "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}, /* RFC 7617 */
    {"test", "123\xC2\xA3", "Authorization: Basic dGVzdDoxMjPCow=="},
    {"SK1", "", "Authorization: Basic U0sxOg=="},
    {"", "", "Authorization: Basic Og=="},
    {"a", "b", "Authorization: Basic YTpi"},
    {"ab", "cd", "Authorization: Basic YWI6Y2Q="},
    {"\xFB\xFF", "\xBF~", "Authorization: Basic +/86v34="},
};

static void each_line_is_as_the_standard_has_it(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *line = basic_auth_line(rows[i].user, rows[i].password);
        assert_string_equal(line, rows[i].line);
        arena_wipe_free(line);
    }
    arena_wipe_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_as_the_standard_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
