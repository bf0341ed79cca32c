#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

enum { OUT_SIZE = 8192 };

static const struct log_fields about = {
    .tenant = 7, .event = 1, .sid = {"CA0\"1", 5}, .kind = "relay.exhausted"};

/* Whatever one line puts on stderr. */
static void logged_of(enum log_level level, const struct log_fields *fields, const char *text,
                      char out[OUT_SIZE])
{
    int ends[2];
    const int kept = dup(STDERR_FILENO);

    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    if (fields)
        log_event(level, fields, "%s", text);
    else
        log_line(level, "%s", text);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    const ssize_t n = read(ends[0], out, OUT_SIZE - 1);
    out[n > 0 ? n : 0] = 0;
    close(ends[0]);
}

static void logged(enum log_level level, const char *text, char out[OUT_SIZE])
{
    logged_of(level, NULL, text, out);
}

static void a_line_is_level_and_words(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_DEBUG, LOG_TEXT, NULL);
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
    log_setup(LOG_WARN, LOG_TEXT, NULL);
    logged(LOG_INFO, "a", out);
    assert_string_equal(out, "");
    logged(LOG_WARN, "b", out);
    assert_string_equal(out, "warn b\n");
}

static void one_event_stays_one_line(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    logged(LOG_INFO, "a\nerror forged\r\x1b[31m\x7f", out);
    assert_string_equal(out, "info a?error forged??[31m?\n");
}

static void objects_have_level_and_text_escaped(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, LOG_JSON, NULL);
    logged(LOG_WARN, "a \"b\" \\ c\n", out);
    log_setup(LOG_INFO, LOG_TEXT, NULL);
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
        log_setup(LOG_INFO, json ? LOG_JSON : LOG_TEXT, NULL);
        logged(LOG_INFO, text, out);
        assert_true(strlen(out) < 2400);
        assert_int_equal(out[strlen(out) - 1], '\n');
        assert_int_equal(out[strlen(out) - 2], json ? '}' : '"');
    }
    log_setup(LOG_INFO, LOG_TEXT, NULL);
}

static void whom_it_is_about_stands_behind_the_words(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    logged_of(LOG_WARN, &about, "alarm", out);
    assert_string_equal(out, "warn alarm tenant=7 event=0000000000001 sid=CA0\"1\n");
    logged_of(LOG_WARN, &(struct log_fields){.tenant = 0}, "alarm", out);
    assert_string_equal(out, "warn alarm\n");
}

static void objects_have_a_member_for_each(void **unused)
{
    char out[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, LOG_JSON, NULL);
    logged_of(LOG_WARN, &about, "alarm", out);
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    assert_non_null(strstr(out, "\"level\":\"warn\",\"tenant\":7,\"event\":\"0000000000001\","
                                "\"sid\":\"CA0\\\"1\",\"kind\":\"relay.exhausted\","
                                "\"text\":\"alarm\"}\n"));
}

/* Takes journald's place. */
static int open_journal(struct sockaddr_un *at)
{
    const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(at->sun_path, sizeof at->sun_path, "/tmp/nextring-log-%d", (int)getpid());
    unlink(at->sun_path);
    assert_int_equal(bind(fd, (const struct sockaddr *)at, sizeof *at), 0);
    return fd;
}

static void the_journal_gets_an_entry_with_fields(void **unused)
{
    struct sockaddr_un at;
    char out[OUT_SIZE], entry[OUT_SIZE];
    const int fd = open_journal(&at);

    (void)unused;
    log_setup(LOG_INFO, LOG_JOURNAL, at.sun_path);
    logged_of(LOG_ERROR, &about, "two\nlines", out);
    const ssize_t n = recv(fd, entry, sizeof entry - 1, MSG_DONTWAIT);
    assert_true(n > 0);
    entry[n] = 0;
    assert_string_equal(entry, "MESSAGE=two?lines\nPRIORITY=3\nSYSLOG_IDENTIFIER=nextring\n"
                               "NEXTRING_TENANT=7\nNEXTRING_EVENT=0000000000001\n"
                               "NEXTRING_SID=CA0\"1\nNEXTRING_KIND=relay.exhausted\n");
    assert_string_equal(out, "");
    close(fd);
    unlink(at.sun_path);
    logged(LOG_ERROR, "nobody is there", out);
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    assert_string_equal(out, "error nobody is there\n");
}

static void the_journal_is_known_by_its_stream(void **unused)
{
    struct stat st;
    char is[64];
    enum log_form form = LOG_JSON;

    (void)unused;
    unsetenv("JOURNAL_STREAM");
    assert_true(log_form_parse(SPAN("auto"), &form));
    assert_int_equal(form, LOG_TEXT);
    setenv("JOURNAL_STREAM", "1:2", 1);
    assert_false(log_is_journal());
    assert_int_equal(fstat(STDERR_FILENO, &st), 0);
    snprintf(is, sizeof is, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
    setenv("JOURNAL_STREAM", is, 1);
    assert_true(log_form_parse(SPAN("auto"), &form));
    assert_int_equal(form, LOG_JOURNAL);
    unsetenv("JOURNAL_STREAM");
}

static void forms_and_levels_go_by_name(void **unused)
{
    enum log_form form = LOG_JSON;
    enum log_level level = LOG_ERROR;

    (void)unused;
    assert_true(log_form_parse(SPAN("text"), &form) && form == LOG_TEXT);
    assert_true(log_form_parse(SPAN("journal"), &form) && form == LOG_JOURNAL);
    assert_false(log_form_parse(SPAN("xml"), &form));
    assert_int_equal(form, LOG_JOURNAL);
    assert_true(log_level_parse(SPAN("debug"), &level) && level == LOG_DEBUG);
    assert_false(log_level_parse(SPAN("loud"), &level));
}

static void of_a_phone_number_the_end_is_left(void **unused)
{
    static const struct {
        const char *said, *kept;
    } rows[] = {
        {"to +16195550100, and +16195550101", "to +*******0100, and +*******0101"},
        {"To=%2B16195550100&x", "To=%2B*******0100&x"},
        {"+12345678 is short", "+12345678 is short"},
        {"1764000000000 ms", "1764000000000 ms"},
        {"+", "+"},
        {"%2B", "%2B"},
    };
    char out[OUT_SIZE], wanted[OUT_SIZE];

    (void)unused;
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        logged(LOG_INFO, rows[i].said, out);
        snprintf(wanted, sizeof wanted, "info %s\n", rows[i].kept);
        assert_string_equal(out, wanted);
    }
}

static void what_is_no_utf8_is_not_written(void **unused)
{
    char out[OUT_SIZE], text[2000];

    (void)unused;
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    logged(LOG_INFO,
           "a\xff"
           "b",
           out);
    assert_string_equal(out, "info a?b\n");
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa4", 2); /* cut in the middle of one */
    text[sizeof text - 1] = 0;
    logged(LOG_INFO, text, out);
    assert_non_null(strstr(out, "\xc3\xa4\n"));
}

static void what_is_said_over_and_over_is_cut_short(void **unused)
{
    char out[OUT_SIZE];
    int said = 0;

    (void)unused;
    log_setup(LOG_INFO, LOG_TEXT, NULL);
    for (int i = 0; i < 2 * LOG_REPEATS_MAX; i++) {
        logged_of(LOG_INFO, &about, "again", out);
        said += out[0] != 0;
    }
    assert_in_range(said, 1, LOG_REPEATS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_level_and_words),
        cmocka_unit_test(lines_below_the_least_level_are_dropped),
        cmocka_unit_test(one_event_stays_one_line),
        cmocka_unit_test(objects_have_level_and_text_escaped),
        cmocka_unit_test(a_long_line_is_cut_and_still_ends),
        cmocka_unit_test(whom_it_is_about_stands_behind_the_words),
        cmocka_unit_test(objects_have_a_member_for_each),
        cmocka_unit_test(the_journal_gets_an_entry_with_fields),
        cmocka_unit_test(the_journal_is_known_by_its_stream),
        cmocka_unit_test(forms_and_levels_go_by_name),
        cmocka_unit_test(of_a_phone_number_the_end_is_left),
        cmocka_unit_test(what_is_no_utf8_is_not_written),
        cmocka_unit_test(what_is_said_over_and_over_is_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
