#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keys/keys.h"
#include "keys/keys_print.h"

static char folder[] = "/tmp/nextring-keys-XXXXXX";
static char file[64];

/* A daemon of nothing but its credentials. */
static struct scene {
    struct arena *arena;
    struct mistakes mistakes;
    struct settings settings;
    struct loop *loop;
    struct keys *keys;
    char **environment;   /* the real one, put back afterwards */
    char token[64];       /* as it was told to whoever uses it */
    int changes, answers; /* told */
    int stop_after;       /* answers */
    bool is_good;
    char why[512];
} scene;

static void write_file(const char *token, const char *more)
{
    FILE *f = fopen(file, "w");

    assert_non_null(f);
    fprintf(f, "TWILIO_ACCOUNT_SID=AC1\nTWILIO_AUTH_TOKEN=%s\nTWILIO_API_KEY=SK1\n%s\n", token,
            more);
    fclose(f);
    assert_int_equal(chmod(file, 0600), 0);
}

static const char good[] = "TWILIO_API_SECRET=s3cret";

static void changed(void *ctx, const struct credentials *fresh)
{
    (void)ctx;
    /* The old ones are still there, so that nobody is left with nothing in between. */
    assert_non_null(keys_now(scene.keys)->values[CREDENTIAL_AUTH_TOKEN].data);
    snprintf(scene.token, sizeof scene.token, "%s", fresh->values[CREDENTIAL_AUTH_TOKEN].data);
    scene.changes++;
}

static void told(void *ctx, bool is_good, const char *why)
{
    (void)ctx;
    scene.is_good = is_good;
    snprintf(scene.why, sizeof scene.why, "%s", why);
    if (++scene.answers == scene.stop_after)
        loop_stop(scene.loop);
}

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.environment = environ, .stop_after = 1};
    scene.arena = arena_open(0);
    mistakes_init(&scene.mistakes, scene.arena);
    scene.settings.env_file = span_of(file);
    write_file("t0ken", good);
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    keys_close(&scene.keys);
    loop_close(&scene.loop);
    arena_close(&scene.arena);
    environ = scene.environment;
    unlink(file);
    return 0;
}

static void open_daemon(void)
{
    scene.keys = keys_open(&scene.settings, true);
    assert_int_equal(keys_read(scene.keys, NULL, &scene.mistakes), ERR_NONE);
    keys_serve(scene.keys, scene.loop, changed, NULL);
}

static void reload(int times)
{
    scene.answers = 0;
    scene.stop_after = times;
    for (int i = 0; i < times; i++)
        keys_reload(scene.keys, told, NULL);
    loop_run(scene.loop);
}

static const char *now(enum credential which)
{
    return keys_now(scene.keys)->values[which].data;
}

static void secrets_of_the_environment_are_taken_and_overwritten(void **unused)
{
    char sid[] = "TWILIO_ACCOUNT_SID=AC1", token[] = "TWILIO_AUTH_TOKEN=t0ken";
    char key[] = "TWILIO_API_KEY=SK1", secret[] = "TWILIO_API_SECRET=s3cret";
    char aws[] = "AWS_SECRET_ACCESS_KEY=aws", other[] = "OTHER=stays";
    char database[] = "NEXTRING_DATABASE=postgres://me:hidden@db/x";
    char plain[] = "NEXTRING_ROSTER=database";
    char *mine[] = {sid, token, key, secret, aws, other, database, plain, NULL};

    (void)unused;
    scene.settings.env_file = (struct span){NULL, 0};
    environ = mine;
    open_daemon();
    assert_string_equal(token, "TWILIO_AUTH_TOKEN=");
    for (size_t i = strlen(token); i < sizeof token; i++)
        assert_int_equal(token[i], 0);
    assert_string_equal(secret, "TWILIO_API_SECRET=");
    assert_string_equal(aws, "AWS_SECRET_ACCESS_KEY=");
    assert_string_equal(database, "NEXTRING_DATABASE=");
    assert_string_equal(sid, "TWILIO_ACCOUNT_SID=AC1");
    assert_string_equal(other, "OTHER=stays");
    assert_string_equal(plain, "NEXTRING_ROSTER=database");
    assert_string_equal(now(CREDENTIAL_AUTH_TOKEN), "t0ken");
    reload(1); /* by what was kept of it */
    assert_true(scene.is_good);
    assert_string_equal(now(CREDENTIAL_API_SECRET), "s3cret");
}

static void a_reload_brings_what_is_there_by_then(void **unused)
{
    (void)unused;
    open_daemon();
    write_file("t1ken", "TWILIO_API_SECRET=s3cret\nTWILIO_AUTH_TOKEN_2=t0ken");
    reload(1);
    assert_true(scene.is_good);
    assert_string_equal(scene.why, "credentials read again, others in force: TWILIO_AUTH_TOKEN, "
                                   "TWILIO_AUTH_TOKEN_2");
    assert_string_equal(scene.token, "t1ken");
    assert_string_equal(now(CREDENTIAL_AUTH_TOKEN_2), "t0ken");
    reload(1);
    assert_string_equal(scene.why, "credentials read again, all as before");
}

static void a_bad_set_changes_nothing(void **unused)
{
    (void)unused;
    open_daemon();
    write_file("hid den", good);
    reload(1);
    assert_false(scene.is_good);
    assert_non_null(strstr(scene.why, "those before stay: "));
    assert_non_null(strstr(scene.why, "env:2: TWILIO_AUTH_TOKEN: has a blank"));
    assert_null(strstr(scene.why, "hid den"));
    write_file("t1ken", ""); /* what the daemon cannot do without */
    reload(1);
    assert_non_null(strstr(scene.why, "TWILIO_API_SECRET: is missing"));
    assert_int_equal(scene.changes, 0);
    assert_string_equal(now(CREDENTIAL_AUTH_TOKEN), "t0ken");
    write_file("t1ken", good);
    reload(1);
    assert_true(scene.is_good);
    assert_string_equal(now(CREDENTIAL_AUTH_TOKEN), "t1ken");
}

static void another_account_wants_a_restart(void **unused)
{
    FILE *f;

    (void)unused;
    open_daemon();
    f = fopen(file, "w");
    assert_non_null(f);
    fputs("TWILIO_ACCOUNT_SID=AC2\nTWILIO_AUTH_TOKEN=t\nTWILIO_API_KEY=SK2\nTWILIO_API_SECRET=s\n",
          f);
    fclose(f);
    reload(1);
    assert_false(scene.is_good);
    assert_non_null(strstr(scene.why, "another account"));
    assert_non_null(strstr(scene.why, "restart"));
    assert_string_equal(now(CREDENTIAL_ACCOUNT_SID), "AC1");
}

static void those_who_ask_at_once_are_all_told(void **unused)
{
    (void)unused;
    open_daemon();
    write_file("t1ken", good);
    reload(3); /* the first is under way when the others come: they get a reading of their own */
    assert_int_equal(scene.answers, 3);
    assert_int_equal(scene.changes, 2);
}

static void a_command_prints_the_env_file(void **unused)
{
    struct credentials *c = NULL;
    char command[128];

    (void)unused;
    snprintf(command, sizeof command, "exec:/bin/cat %s", file);
    scene.settings.env_file = span_of(command);
    assert_int_equal(keys_once(&scene.settings, &c, &scene.mistakes), ERR_NONE);
    assert_string_equal(c->values[CREDENTIAL_AUTH_TOKEN].data, "t0ken");
    assert_string_equal(c->places[CREDENTIAL_AUTH_TOKEN], "exec:/bin/cat:2");
    credentials_close(&c);
}

/* clang-format off */
static const struct {
    const char *says, *command, *why;
} commands[] = {
    {"one that fails", "exec:/bin/false", "NEXTRING_ENV_FILE: the command ended with status 1"},
    {"one that prints nothing", "exec:/bin/true", "NEXTRING_ENV_FILE: the command printed nothing"},
    {"one that is not there", "exec:/nonexistent/get", "/nonexistent/get"},
    {"one without its path", "exec:cat /etc/passwd", "absolute path"},
};
/* clang-format on */

static void what_a_command_does_wrong_is_said(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct credentials *c = NULL;

        mistakes_init(&scene.mistakes, scene.arena);
        scene.settings.env_file = span_of(commands[i].command);
        assert_int_equal(keys_once(&scene.settings, &c, &scene.mistakes), ERR_BAD_INPUT);
        const char *line = mistakes_line(scene.arena, &scene.mistakes.list[0]).data;
        if (scene.mistakes.count != 1 || !strstr(line, commands[i].why))
            fail_msg("not so: %s (%s)", commands[i].says, line);
        assert_null(c);
    }
}

static void people_are_told_where_each_is_from(void **unused)
{
    struct buf out = buf_in(scene.arena, 8192), text = buf_in(scene.arena, 8192);
    struct json_out json = json_out(&out);

    (void)unused;
    open_daemon();
    keys_print_text(scene.arena, keys_now(scene.keys), &text);
    const char *said = buf_span(&text).data;
    assert_non_null(strstr(said, "TWILIO_AUTH_TOKEN   ***          from /tmp/nextring-keys-"));
    assert_non_null(strstr(said, "TWILIO_AUTH_TOKEN_2 -            not given: the other token"));
    assert_null(strstr(said, "t0ken"));
    json_out_object(&json, NULL);
    keys_print_json(scene.arena, keys_now(scene.keys), &json);
    json_out_end_object(&json);
    assert_non_null(strstr(buf_span(&out).data, "{\"name\":\"TWILIO_API_SECRET\",\"is_given\":true,"
                                                "\"is_secret\":true,\"shown\":\"***\",\"place\":"));
    assert_null(strstr(buf_span(&out).data, "s3cret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(secrets_of_the_environment_are_taken_and_overwritten,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_reload_brings_what_is_there_by_then, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_set_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_account_wants_a_restart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(those_who_ask_at_once_are_all_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_command_prints_the_env_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_command_does_wrong_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(people_are_told_where_each_is_from, set_up, tear_down),
    };

    if (!mkdtemp(folder))
        return 99;
    snprintf(file, sizeof file, "%s/env", folder);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}
