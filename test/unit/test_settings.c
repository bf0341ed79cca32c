#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/nearest.h"
#include "config/settings.h"
#include "config/settings_print.h"

enum { VARIABLES = 4, WORDS = 4 };

static struct arena *arena;
static struct mistakes mistakes;
static char conf[] = "/tmp/nextring-settings-XXXXXX";

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    mistakes_init(&mistakes, arena);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void write_conf(const char *text)
{
    FILE *f = fopen(conf, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* Reads with these variables, this file (NULL: none) and these options. */
static enum err read_all(char *const *environment, const char *file, const char *const *words,
                         struct settings *out)
{
    char *argv[WORDS + 2] = {(char *)"nextring"};
    struct settings_options options;
    int argc = 1;

    for (; words && words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    enum err e = settings_take_options(&argc, argv, &options, &mistakes);
    if (e)
        return e;
    if (file) {
        write_conf(file);
        options.config_path = conf;
    }
    const struct settings_from from = {
        .environment = environment, .options = &options, .no_search = true};
    return settings_read(arena, &from, out, &mistakes);
}

static const char *line(size_t i)
{
    return i < mistakes.count ? mistakes_line(arena, &mistakes.list[i]).data : "(none)";
}

/* clang-format off */
static const struct wrong_row {
    const char *says;
    char *environment[VARIABLES];
    const char *file;
    const char *words[WORDS];
    const char *want; /* a part of the first line */
} wrong_rows[] = {
    {"a number out of range names its limits and a good one", {"NEXTRING_ACK_SECONDS=0"}, NULL, {NULL},
     "NEXTRING_ACK_SECONDS: 0 is not between 1 and 86400; give seconds, e.g. 900"},
    {"a number with a unit is none", {"NEXTRING_RING_SECONDS=15s"}, NULL, {NULL}, "15s is not between 5 and 60"},
    {"ring seconds end at 60", {"NEXTRING_RING_SECONDS=61"}, NULL, {NULL}, "61 is not between 5 and 60"},
    {"a misspelt variable names the nearest", {"NEXTRING_PUBLIC_ULR=https://a.example"}, NULL, {NULL},
     "NEXTRING_PUBLIC_ULR: is no setting that is known; did you mean NEXTRING_PUBLIC_URL?"},
    {"a misspelt key names line and nearest", {NULL}, "# words\nlisten = 127.0.0.1:1\nack_second = 9\n", {NULL},
     ":3: ack_second: is no key that is known; did you mean ack-seconds?"},
    {"a key given twice", {NULL}, "data = a\ndata = b\n", {NULL}, ":2: data: was given on line 1 already"},
    {"a line without '='", {NULL}, "listen\n", {NULL}, ":1: is no \"key = value\""},
    {"a section that is not ours", {NULL}, "[web]\nlisten = 127.0.0.1:1\n", {NULL}, "[web] is no section"},
    {"a wrong value in the file names its line", {NULL}, "\n\nlisten = 8080\n", {NULL},
     ":3: listen: 8080 is not address:port; give e.g. 127.0.0.1:8080"},
    {"a secret in the file", {NULL}, "aws_secret_access_key = x\n", {NULL},
     ":1: aws_secret_access_key: is a secret; give it in the environment as AWS_SECRET_ACCESS_KEY"},
    {"a port above 65535", {"NEXTRING_LISTEN=127.0.0.1:65536"}, NULL, {NULL}, "has no port"},
    {"an IPv6 address without brackets", {"NEXTRING_LISTEN=::1:8080"}, NULL, {NULL}, "is not address:port"},
    {"a public address with a query", {"NEXTRING_PUBLIC_URL=https://a.example/?x=1"}, NULL, {NULL}, "after '?'"},
    {"a public address without scheme", {"NEXTRING_PUBLIC_URL=a.example"}, NULL, {NULL}, "http:// or https://"},
    {"a database that is no PostgreSQL", {"NEXTRING_DATABASE=mysql://u:hidden@h/d"}, NULL, {NULL},
     "NEXTRING_DATABASE: mysql://u:***@h/d is not postgres://"},
    {"a password on the command line", {NULL}, NULL, {"--database", "postgres://u:hidden@h/d"},
     "--database: a password here shows in the process list; give it in NEXTRING_DATABASE"},
    {"a roster over plain http", {"NEXTRING_ROSTER=http://a.example/r.json"}, NULL, {NULL}, "use https://"},
    {"an origin with a path", {"NEXTRING_CORS_ORIGINS=https://a.example/x"}, NULL, {NULL}, "no list of origins"},
    {"every origin", {"NEXTRING_CORS_ORIGINS=*"}, NULL, {NULL}, "never '*'"},
    {"an option without value", {NULL}, NULL, {"--listen"}, "--listen: needs a value"},
    {"a file that is not there", {NULL}, NULL, {"--config", "/nonexistent/nextring.conf"},
     "/nonexistent/nextring.conf: there is no such file"},
    {"a wrong option is named as it was written", {NULL}, NULL, {"--ack-seconds=x"}, "--ack-seconds: x is not between"},
};
/* clang-format on */

static void each_wrong_row_is_refused(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof wrong_rows / sizeof wrong_rows[0]; i++) {
        const struct wrong_row *r = &wrong_rows[i];
        struct settings s;

        mistakes_init(&mistakes, arena);
        if (read_all(r->environment, r->file, r->words, &s) != ERR_BAD_INPUT ||
            !strstr(line(0), r->want) || mistakes.count != 1)
            fail_msg("not so: %s (%zu, %s)", r->says, mistakes.count, line(0));
        if (strstr(line(0), "hidden"))
            fail_msg("a password is shown: %s", line(0));
    }
}

static void nothing_given_means_the_defaults(void **unused)
{
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(NULL, NULL, NULL, &s), ERR_NONE);
    assert_string_equal(s.listen.data, "127.0.0.1:8080");
    assert_string_equal(s.admin_listen.data, "127.0.0.1:9580");
    assert_string_equal(s.data.data, "./data");
    assert_string_equal(s.carrier_api.data, "https://api.twilio.com");
    assert_null(s.lookup_api.data);
    assert_int_equal(s.ack_s, 900);
    assert_int_equal(s.ring_s, 15);
    assert_int_equal(s.call_rate, 1);
    assert_null(s.public_url.data);
    assert_null(s.database.data);
    assert_null(s.roster.data);
    assert_int_equal(s.cors_origin_count, 0);
}

static void the_later_source_wins(void **unused)
{
    char *const environment[] = {"NEXTRING_RING_SECONDS=20", "NEXTRING_CALL_RATE=2", "PATH=/bin",
                                 NULL};
    const char *const words[] = {"--call-rate=3", NULL};
    struct settings s;

    (void)unused;
    assert_int_equal(
        read_all(environment, "ack_seconds = 60\nring-seconds = 10\ncall_rate = 9\n", words, &s),
        ERR_NONE);
    assert_int_equal(s.ack_s, 60);
    assert_int_equal(s.ring_s, 20);
    assert_int_equal(s.call_rate, 3);
    assert_int_equal(s.sources[SETTING_ACK_SECONDS], SETTINGS_FILE);
    assert_int_equal(s.sources[SETTING_RING_SECONDS], SETTINGS_ENVIRONMENT);
    assert_non_null(strstr(s.places[SETTING_ACK_SECONDS], ":1"));
    assert_string_equal(s.places[SETTING_RING_SECONDS], "NEXTRING_RING_SECONDS");
    assert_string_equal(s.places[SETTING_CALL_RATE], "--call-rate");
    assert_string_equal(s.places[SETTING_LISTEN], "default");
}

static void an_empty_variable_is_not_given(void **unused)
{
    char *const environment[] = {"NEXTRING_DATABASE=", "NEXTRING_LISTEN=", NULL};
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(environment, NULL, NULL, &s), ERR_NONE);
    assert_null(s.database.data);
    assert_string_equal(s.listen.data, "127.0.0.1:8080");
}

static void values_are_brought_into_form(void **unused)
{
    char *const environment[] = {"NEXTRING_PUBLIC_URL=https://ring.example.com/base/",
                                 "NEXTRING_LISTEN=localhost:0",
                                 "NEXTRING_CORS_ORIGINS=https://a.example, https://b.example:8443/",
                                 "NEXTRING_ROSTER=s3://bucket/roster.json",
                                 "NEXTRING_ADMIN_LISTEN=[::1]:9580",
                                 NULL};
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(environment, NULL, NULL, &s), ERR_NONE);
    assert_string_equal(s.public_url.data, "https://ring.example.com/base");
    assert_string_equal(s.listen.data, "127.0.0.1:0");
    assert_int_equal(s.cors_origin_count, 2);
    assert_string_equal(s.cors_origins[1].data, "https://b.example:8443");
    assert_string_equal(s.roster.data, "s3://bucket/roster.json");
    assert_string_equal(s.admin_listen.data, "[::1]:9580");
    assert_int_equal(settings_require(&s, &mistakes), ERR_NONE);
}

static void serve_needs_the_public_address(void **unused)
{
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(NULL, NULL, NULL, &s), ERR_NONE);
    assert_int_equal(settings_require(&s, &mistakes), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "NEXTRING_PUBLIC_URL: is missing"));
}

static void every_mistake_is_listed(void **unused)
{
    char *const environment[] = {"NEXTRING_ACK_SECONDS=0", "NEXTRING_LISTENS=x", NULL};
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(environment, "roster = r.json\nfoo = 1\n", NULL, &s), ERR_BAD_INPUT);
    assert_int_equal(mistakes.count, 3);
}

static void other_words_of_the_command_line_stay(void **unused)
{
    char *argv[] = {"nextring", "who",    "--at",     "x",        "--data", "d",      "--config=c",
                    "--json",   "--data", "last=one", "--listen", "--",     "--data", NULL};
    int argc = (int)(sizeof argv / sizeof argv[0]) - 1;
    struct settings_options options;

    (void)unused;
    argv[10] = "--json"; /* an option before "--" would take it as its value */
    assert_int_equal(settings_take_options(&argc, argv, &options, &mistakes), ERR_NONE);
    assert_int_equal(argc, 8);
    assert_string_equal(argv[1], "who");
    assert_string_equal(argv[2], "--at");
    assert_string_equal(argv[4], "--json");
    assert_string_equal(argv[6], "--");
    assert_string_equal(argv[7], "--data");
    assert_null(argv[8]);
    assert_string_equal(options.config_path, "c");
    assert_int_equal(options.count, 2);
    assert_string_equal(options.list[1].value, "last=one");
}

static void what_is_printed_holds_no_secret(void **unused)
{
    char *const environment[] = {
        "AWS_SECRET_ACCESS_KEY=hidden1",
        "AWS_SESSION_TOKEN=hidden2",
        "NEXTRING_DATABASE=postgres://u:hid@den3@h/d?sslpassword=hidden4&a=b",
        "NEXTRING_ALARM_WEBHOOK=https://hooks.example.com:8443/hidden5",
        "NEXTRING_HEARTBEAT_URL=https://hc.example.com/ping/hidden7",
        NULL};
    struct settings s;
    struct buf text = buf_in(arena, 1 << 16), json = buf_in(arena, 1 << 16);

    (void)unused;
    assert_int_equal(read_all(environment, NULL, NULL, &s), ERR_NONE);
    settings_print_text(arena, &s, &text);
    settings_print_json(arena, &s, &json);
    assert_null(strstr(text.data, "hid"));
    assert_null(strstr(text.data, "den"));
    assert_null(strstr(json.data, "hidden"));
    assert_non_null(strstr(text.data, "postgres://u:***@h/d?sslpassword=***&a=b"));
    assert_non_null(strstr(text.data, "https://hooks.example.com:8443/*** "));
    assert_non_null(strstr(text.data, "https://hc.example.com/*** "));
    assert_non_null(strstr(json.data, "\"place\":\"NEXTRING_DATABASE\""));
    assert_non_null(strstr(json.data, "\"name\":\"NEXTRING_ROSTER\""));
}

static void long_and_indented_lines_are_told_apart(void **unused)
{
    char text[600] = "  listen = 127.0.0.1:1\n  data = d ; a comment\n";
    struct settings s;

    (void)unused;
    assert_int_equal(read_all(NULL, text, NULL, &s), ERR_NONE);
    assert_string_equal(s.data.data, "d");
    strcat(text, "roster = ");
    memset(text + strlen(text), 'x', 300);
    strcat(text, "\nfoo = 1\n");
    assert_int_equal(read_all(NULL, text, NULL, &s), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), ":3: the line is longer"));
    assert_non_null(strstr(line(1), ":4: foo"));
}

static void the_example_is_good(void **unused)
{
    const struct settings_options options = {.config_path = "examples/nextring.conf"};
    const struct settings_from from = {.options = &options, .no_search = true};
    struct settings s;

    (void)unused;
    assert_int_equal(settings_read(arena, &from, &s, &mistakes), ERR_NONE);
    assert_string_equal(s.roster.data, "/etc/nextring/roster.json");
}

static void distances_count_letters(void **unused)
{
    (void)unused;
    assert_int_equal(nearest_distance(SPAN("listen"), SPAN("listen")), 0);
    assert_int_equal(nearest_distance(SPAN("ulr"), SPAN("url")), 1);
    assert_int_equal(nearest_distance(SPAN("Ring_Second"), SPAN("ring-seconds")), 1);
    assert_int_equal(nearest_distance(SPAN(""), SPAN("abc")), 3);
    assert_true(nearest_is(SPAN("phnoe"), SPAN("phone")));
    assert_false(nearest_is(SPAN("fax"), SPAN("id")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_wrong_row_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_given_means_the_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_later_source_wins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_variable_is_not_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_brought_into_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(serve_needs_the_public_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_mistake_is_listed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_words_of_the_command_line_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_printed_holds_no_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(long_and_indented_lines_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_example_is_good, set_up, tear_down),
        cmocka_unit_test(distances_count_letters),
    };
    const int fd = mkstemp(conf);

    if (fd < 0)
        return 99;
    close(fd);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(conf);
    return failed;
}
