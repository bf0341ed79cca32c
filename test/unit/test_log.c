#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

enum { OUT_SIZE = 8192 };

/* Whatever one line puts on stderr. */
static void logged(enum log_level level, const char *text, char out[OUT_SIZE])
{
    int ends[2];
    const int kept = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_line(level, "%s", text);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    const ssize_t n = read(ends[0], out, OUT_SIZE - 1);
    out[n > 0 ? n : 0] = 0;
    close(ends[0]);
}

static void a_line_is_level_and_words(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_DEBUG, false);
    logged(LOG_DEBUG, "a", out);
    assert_string_equal(out, "debug a\n");
    logged(LOG_INFO, "b", out);
    assert_string_equal(out, "info b\n");
    logged(LOG_WARN, "c", out);
    assert_string_equal(out, "warn c\n");
    logged(LOG_ERROR, "d", out);
    assert_string_equal(out, "error d\n");
}

static void lines_below_the_least_level_are_dropped(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_WARN, false);
    logged(LOG_INFO, "a", out);
    assert_string_equal(out, "");
    logged(LOG_WARN, "b", out);
    assert_string_equal(out, "warn b\n");
}

static void one_event_stays_one_line(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, false);
    logged(LOG_INFO, "a\nerror forged\r\x1b[31m\x7f", out);
    assert_string_equal(out, "info a?error forged??[31m?\n");
}

static void objects_have_level_and_text_escaped(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, true);
    logged(LOG_WARN, "a \"b\" \\ c\n", out);
    log_setup(LOG_INFO, false);
    assert_memory_equal(out, "{\"time\":\"", 9);
    assert_non_null(strstr(out, "\",\"level\":\"warn\",\"text\":\"a \\\"b\\\" \\\\ c?\"}\n"));
}

static void a_long_line_is_cut_and_still_ends(void **unused)
{
    char text[4000], out[OUT_SIZE];

    (void)unused;
    memset(text, '"', sizeof text - 1);
    text[sizeof text - 1] = 0;
    for (int json = 0; json < 2; json++) {
        log_setup(LOG_INFO, json);
        logged(LOG_INFO, text, out);
        assert_true(strlen(out) < 2400);
        assert_int_equal(out[strlen(out) - 1], '\n');
        assert_int_equal(out[strlen(out) - 2], json ? '}' : '"');
    }
    log_setup(LOG_INFO, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_level_and_words),
        cmocka_unit_test(lines_below_the_least_level_are_dropped),
        cmocka_unit_test(one_event_stays_one_line),
        cmocka_unit_test(objects_have_level_and_text_escaped),
        cmocka_unit_test(a_long_line_is_cut_and_still_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
