#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/credentials.h"

static struct arena *arena;
static struct mistakes mistakes;
static char folder[] = "/tmp/nextring-credentials-XXXXXX";
static char file[64], link_name[64], named[96], directory[96];

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
    unlink(file);
    unlink(link_name);
    arena_close(&arena);
    return 0;
}

static void write_file(const char *text, mode_t mode)
{
    unlink(file);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(chmod(file, mode), 0);
}

/* What stands in place of a file, and what it is answered. */
static const char *fetched_text;
static char fetched_where[64], fetched_place[64];

static bool fetch(void *ctx, const char *where, const char *place, struct arena *into,
                  struct span *out, struct mistakes *m)
{
    (void)ctx;
    snprintf(fetched_where, sizeof fetched_where, "%s", where);
    snprintf(fetched_place, sizeof fetched_place, "%s", place);
    if (fetched_text)
        *out = arena_copy(into, span_of(fetched_text));
    else
        mistakes_add(m, NULL, 0, 0, where, "cannot be had");
    return fetched_text != NULL;
}

static enum err open_as(char *const *environment, const char *env_file, uid_t self,
                        struct credentials **out)
{
    const struct credentials_from from = {environment, env_file, self, fetch, NULL};

    return credentials_open(&from, out, &mistakes);
}

static const char *line(size_t i)
{
    return i < mistakes.count ? mistakes_line(arena, &mistakes.list[i]).data : "(none)";
}

static const char *const whole_file =
    "# the carrier's\n"
    "export TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001 # ours\n"
    "TWILIO_AUTH_TOKEN=t0ken\n";

/* clang-format off */
static const struct row {
    const char *says;
    const char *text;
    mode_t mode;
    const char *want; /* a part of the one mistake; NULL: good */
    enum credential which;
    const char *value;
} rows[] = {
    {"a plain value", "TWILIO_AUTH_TOKEN=t0ken\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t0ken"},
    {"export, blanks and a comment", "\n  export TWILIO_AUTH_TOKEN = t0ken # x\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t0ken"},
    {"double quotes", "TWILIO_AUTH_TOKEN=\"t0\\\"ken\"\r\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t0\"ken"},
    {"single quotes keep a backslash", "TWILIO_AUTH_TOKEN='t0\\ken#1' # x", 0400, NULL, CREDENTIAL_AUTH_TOKEN, "t0\\ken#1"},
    {"a sharp inside a value", "TWILIO_AUTH_TOKEN=t0#ken\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t0#ken"},
    {"other keys are somebody else's", "PORT=80\nTWILIO_REGION=ie1\nTWILIO_AUTH_TOKEN=t\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t"},
    {"a number in its own form", "TWILIO_FROM_NUMBER='+1 (619) 555-0100'\n", 0600, NULL, CREDENTIAL_FROM_NUMBER, "+16195550100"},
    {"an empty value is none", "TWILIO_AUTH_TOKEN=\n", 0600, NULL, CREDENTIAL_AUTH_TOKEN, NULL},
    {"readable by the group", "TWILIO_AUTH_TOKEN=hidden\n", 0640, ": mode 640 lets others at it; run: chmod 600 /", 0, NULL},
    {"readable by all", "TWILIO_AUTH_TOKEN=hidden\n", 0644, "run: chmod 600 /", 0, NULL},
    {"executable", "TWILIO_AUTH_TOKEN=hidden\n", 0700, "run: chmod 600 /", 0, NULL},
    {"a misspelt key", "PORT=1\nTWILIO_AUTH_TOKN=hidden\n", 0600, ":2: TWILIO_AUTH_TOKN: is no key that is known; did you mean TWILIO_AUTH_TOKEN?", 0, NULL},
    {"no '='", "TWILIO_AUTH_TOKEN hidden\n", 0600, ":1: is no KEY=value", 0, NULL},
    {"an open quote", "TWILIO_AUTH_TOKEN=\"hidden\n", 0600, ":1: has a quote", 0, NULL},
    {"a key twice", "TWILIO_AUTH_TOKEN=hidden\nTWILIO_AUTH_TOKEN=hidden\n", 0600, ":2: TWILIO_AUTH_TOKEN: was given on line 1", 0, NULL},
    {"a blank within", "TWILIO_AUTH_TOKEN='hid den'\n", 0600, ":1: TWILIO_AUTH_TOKEN: has a blank", 0, NULL},
    {"a key where the account belongs", "TWILIO_ACCOUNT_SID=SKhidden\n", 0600, "begins with SK", 0, NULL},
    {"an account where the key belongs", "TWILIO_API_KEY=AChidden\nTWILIO_API_SECRET=s\n", 0600, "begins with AC", 0, NULL},
    {"a key without secret", "TWILIO_API_KEY=SKhidden\n", 0600, "TWILIO_API_SECRET: is missing beside TWILIO_API_KEY", 0, NULL},
    {"a JSON object", " {\"TWILIO_AUTH_TOKEN\": \"t0\\u0023ken\", \"other\": 1}", 0600, NULL, CREDENTIAL_AUTH_TOKEN, "t0#ken"},
    {"JSON that breaks off", "{\"TWILIO_AUTH_TOKEN\": \"hidden", 0600, ": begins like JSON, and is none from here on", 0, NULL},
    {"JSON with a number", "{\"TWILIO_AUTH_TOKEN\": 123}", 0600, "TWILIO_AUTH_TOKEN: is a number; write it as a text", 0, NULL},
    {"JSON with a misspelt key", "{\"TWILIO_AUTH_TOKN\": \"hidden\"}", 0600, "did you mean TWILIO_AUTH_TOKEN?", 0, NULL},
    {"a number without country", "TWILIO_FROM_NUMBER=6195550100\n", 0600, "TWILIO_FROM_NUMBER: ", 0, NULL},
};
/* clang-format on */

static void each_env_file_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        struct credentials *c = NULL;

        mistakes_init(&mistakes, arena);
        write_file(r->text, r->mode);
        const enum err e = open_as(NULL, file, geteuid(), &c);
        if (r->want && (e != ERR_BAD_INPUT || mistakes.count != 1 || !strstr(line(0), r->want)))
            fail_msg("not so: %s (%zu, %s)", r->says, mistakes.count, line(0));
        if (!r->want && (e || !span_is(c->values[r->which], span_of(r->value))))
            fail_msg("not so: %s (%s)", r->says, line(0));
        if (strstr(line(0), "hid"))
            fail_msg("a secret is shown: %s", line(0));
        credentials_close(&c);
        assert_null(c);
    }
}

static void a_file_of_another_user_is_refused(void **unused)
{
    struct credentials *c = NULL;

    (void)unused;
    write_file(whole_file, 0600);
    if (geteuid() == 0) /* root's files are everybody's to use, so make it somebody's */
        assert_int_equal(chown(file, 12345, 12345), 0);
    assert_int_equal(open_as(NULL, file, geteuid() + 1, &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "run: chown "));
    assert_null(c);
}

static void root_is_told_who_it_might_have_been(void **unused)
{
    struct credentials *c = NULL;

    (void)unused;
    if (geteuid() != 0)
        skip();
    write_file(whole_file, 0600);
    assert_int_equal(chown(file, 12345, 12345), 0);
    assert_int_equal(open_as(NULL, file, 0, &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "sudo -u '#12345' nextring; else run: chown 0 /"));
}

static void the_chmod_can_be_pasted(void **unused)
{
    struct credentials *c = NULL;

    (void)unused;
    write_file(whole_file, 0644);
    assert_int_equal(symlink(file, link_name), 0);
    assert_int_equal(open_as(NULL, link_name, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "chmod 600 '/tmp/"));
    assert_non_null(strstr(line(0), "my env'"));
}

static void the_environment_comes_first(void **unused)
{
    char *const environment[] = {"TWILIO_AUTH_TOKEN=first", "TWILIO_API_KEY=SK1",
                                 "TWILIO_API_SECRET=s", NULL};
    struct credentials *c = NULL;

    (void)unused;
    write_file("TWILIO_AUTH_TOKEN=second\nTWILIO_ACCOUNT_SID=AC1\n", 0600);
    assert_int_equal(open_as(environment, file, geteuid(), &c), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "first");
    assert_string_equal(c->values[CREDENTIAL_ACCOUNT_SID].data, "AC1");
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], "TWILIO_AUTH_TOKEN");
    assert_non_null(strstr(c->places[CREDENTIAL_ACCOUNT_SID], ":2"));
    assert_int_equal(credentials_require(c, &mistakes), ERR_NONE);
    credentials_close(&c);
}

/* On a read-only mount others may read it (test/node/credentials.test.js has one). */
static void one_file_a_secret_is_ours_alone_where_it_can_be_written(void **unused)
{
    char *const environment[] = {named, NULL};
    char *const both[] = {named, "TWILIO_AUTH_TOKEN=x", NULL};
    struct credentials *c = NULL;

    (void)unused;
    write_file("t0ken\n", 0400);
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "t0ken");
    credentials_close(&c);

    assert_int_equal(open_as(both, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "TWILIO_AUTH_TOKEN_FILE: and TWILIO_AUTH_TOKEN are both set"));
    write_file("t0ken\n", 0644);
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(1), "mode 644 lets others at it; run: chmod 600 /"));
    write_file("t0ken\n", 0440);
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(2), "mode 440 lets others at it"));
    unlink(file);
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(3), "TWILIO_AUTH_TOKEN_FILE: cannot be opened"));
}

static void a_mounted_secret_belongs_to_us_or_root(void **unused)
{
    char *const environment[] = {named, NULL};
    struct credentials *c = NULL;

    (void)unused;
    write_file("t0ken\n", 0400);
    if (geteuid() == 0)
        assert_int_equal(chown(file, 12345, 12345), 0);
    assert_int_equal(open_as(environment, NULL, geteuid() + 1, &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), ", who could change it; run: chown "));
    if (geteuid() == 0) {
        assert_int_equal(chown(file, 0, 12345), 0);
        assert_int_equal(open_as(environment, NULL, 4711, &c), ERR_NONE); /* root's is good */
        credentials_close(&c);
    }
}

/* It is the file at the end that counts; links have no mode of their own. */
static void a_link_leads_to_the_file_that_is_judged(void **unused)
{
    struct credentials *c = NULL;

    (void)unused;
    write_file(whole_file, 0600);
    assert_int_equal(symlink(file, link_name), 0);
    assert_int_equal(open_as(NULL, link_name, geteuid(), &c), ERR_NONE);
    credentials_close(&c);
    assert_int_equal(chmod(file, 0640), 0);
    assert_int_equal(open_as(NULL, link_name, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "mode 640 lets others at it"));
    assert_int_equal(open_as(NULL, folder, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(1), "is no file"));
}

static void a_long_file_is_read_to_its_end(void **unused)
{
    struct credentials *c = NULL;
    static char text[70000];

    (void)unused;
    memset(text, '#', 20000);
    memcpy(text + 20000, "\nTWILIO_AUTH_TOKEN=t0ken\n", 26);
    write_file(text, 0600);
    assert_int_equal(open_as(NULL, file, geteuid(), &c), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "t0ken");
    credentials_close(&c);
    memset(text, '#', sizeof text - 1);
    write_file(text, 0600);
    assert_int_equal(open_as(NULL, file, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "is larger than 65536 bytes"));
}

static void what_is_no_path_is_fetched(void **unused)
{
    char *const environment[] = {"TWILIO_AUTH_TOKEN_FILE=exec:/bin/get --pin=1234", NULL};
    char *const wrong[] = {"TWILIO_AUTH_TOKEN_FILE=aws:token", NULL};
    struct credentials *c = NULL;

    (void)unused;
    fetched_text = " t0ken\n";
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "t0ken");
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], "exec:/bin/get");
    assert_string_equal(fetched_where, "TWILIO_AUTH_TOKEN_FILE");
    assert_string_equal(fetched_place, "exec:/bin/get --pin=1234");
    credentials_close(&c);
    fetched_text = "hid den";
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(0), "exec:/bin/get: TWILIO_AUTH_TOKEN: has a blank"));
    assert_null(strstr(line(0), "1234"));
    fetched_text = NULL;
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(1), "TWILIO_AUTH_TOKEN_FILE: cannot be had"));
    assert_int_equal(open_as(wrong, NULL, geteuid(), &c), ERR_BAD_INPUT);
    assert_non_null(strstr(line(2), "takes a file or exec:"));

    fetched_text = "{\"TWILIO_AUTH_TOKEN\":\"t0ken\"}";
    assert_int_equal(open_as(NULL, "aws:nextring", geteuid(), &c), ERR_NONE);
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], "aws:nextring");
    assert_string_equal(fetched_where, "NEXTRING_ENV_FILE");
    credentials_close(&c);
    fetched_text = "TWILIO_ACCOUNT_SID=AC1\nTWILIO_AUTH_TOKEN=t0ken\n";
    assert_int_equal(open_as(NULL, "exec:/bin/get all", geteuid(), &c), ERR_NONE);
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], "exec:/bin/get:2");
    credentials_close(&c);
}

static void what_is_shown_is_no_secret(void **unused)
{
    char *const environment[] = {"TWILIO_ACCOUNT_SID=AC00000000000000000000000000004321",
                                 "TWILIO_AUTH_TOKEN=0123456789abcdef0123456789abcdef",
                                 "TWILIO_API_KEY=SK123",
                                 "TWILIO_API_SECRET=s",
                                 "TWILIO_FROM_NUMBER=+16195550100",
                                 NULL};
    struct credentials *c = NULL, *same = NULL;

    (void)unused;
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_NONE);
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_ACCOUNT_SID), "AC...4321");
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_AUTH_TOKEN), "***");
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_AUTH_TOKEN_2), "");
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_API_KEY), "***"); /* too short */
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_API_SECRET), "***");
    assert_string_equal(credentials_shown(arena, c, CREDENTIAL_FROM_NUMBER), "+16195550100");
    assert_int_equal(open_as(environment + 1, NULL, geteuid(), &same), ERR_NONE);
    assert_true(credentials_is_same(c, same, CREDENTIAL_AUTH_TOKEN));
    assert_false(credentials_is_same(c, same, CREDENTIAL_ACCOUNT_SID));
    credentials_close(&c);
    credentials_close(&same);
}

static void systemd_hands_credentials_in_a_folder(void **unused)
{
    char *const environment[] = {directory, NULL};
    char path[96];
    struct credentials *c = NULL;

    (void)unused;
    snprintf(path, sizeof path, "%s/twilio_auth_token", folder);
    write_file("t0ken\n", 0440);
    assert_int_equal(rename(file, path), 0);
    assert_int_equal(open_as(environment, NULL, geteuid(), &c), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "t0ken");
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], path);
    credentials_close(&c);
    unlink(path);
}

static void what_is_missing_is_told_with_its_mend(void **unused)
{
    struct credentials *c = NULL;

    (void)unused;
    assert_int_equal(open_as(NULL, NULL, geteuid(), &c), ERR_NONE);
    assert_int_equal(credentials_require(c, &mistakes), ERR_BAD_INPUT);
    assert_int_equal(mistakes.count, 4);
    assert_non_null(strstr(line(1), "TWILIO_AUTH_TOKEN: is missing"));
    assert_non_null(strstr(line(1), "TWILIO_AUTH_TOKEN_FILE"));
    assert_non_null(strstr(line(2), "TWILIO_API_KEY: is missing"));
    assert_non_null(strstr(line(3), "TWILIO_API_SECRET: is missing"));
    credentials_close(&c);
    assert_int_equal(open_as(NULL, "/nonexistent/env", geteuid(), &c), ERR_BAD_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_env_file_row_holds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_of_another_user_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_is_told_who_it_might_have_been, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_chmod_can_be_pasted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_environment_comes_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_file_a_secret_is_ours_alone_where_it_can_be_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mounted_secret_belongs_to_us_or_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_leads_to_the_file_that_is_judged, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_file_is_read_to_its_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_path_is_fetched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_shown_is_no_secret, set_up, tear_down),
        cmocka_unit_test_setup_teardown(systemd_hands_credentials_in_a_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_missing_is_told_with_its_mend, set_up, tear_down),
    };

    if (!mkdtemp(folder))
        return 99;
    snprintf(file, sizeof file, "%s/env", folder);
    snprintf(link_name, sizeof link_name, "%s/my env", folder);
    snprintf(named, sizeof named, "TWILIO_AUTH_TOKEN_FILE=%s", file);
    snprintf(directory, sizeof directory, "CREDENTIALS_DIRECTORY=%s", folder);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
