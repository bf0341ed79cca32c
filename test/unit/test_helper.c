#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/helper.h"

/* Far less than HELPER_DEADLINE_MS, and enough for a shell to start. */
enum { SHORT_MS = 300 };

static char folder[] = "/tmp/nextring-helper-XXXXXX";
static char fifo[64], holding[160], waiting[160];

static struct scene {
    struct arena *arena;
    struct helper *helper;
    char why[HELPER_WHY_SIZE];
} scene;

static int set_up(void **unused)
{
    const struct helper_slot slots[] = {
        {"echo", "/bin/cat", 0},
        {"environment", "/usr/bin/env", 0},
        {"seven", "/bin/sh -c 'exit 7'", 0},
        {"words", "/usr/bin/printf '%s|' one 'two words' \"it's three\" ''", 0},
        {"signal", "/bin/sh -c 'kill -9 $$'", 0},
        {"hang", holding, SHORT_MS},
        {"leave", "/bin/sh -c 'sleep 1000 & echo left'", 0},
        {"flood", "/usr/bin/head -c 100000 /dev/zero", 0},
        {"endless", "/bin/cat /dev/zero", SHORT_MS},
        {"missing", "/nowhere/command", 0},
        {"one line", waiting, 0},
        {"murder", "/bin/sh -c \"kill -9 $(grep ^PPid /proc/$PPID/status | cut -f2)\"", 0},
    };

    (void)unused;
    scene = (struct scene){.arena = arena_open(0)};
    snprintf(holding, sizeof holding, "/bin/sh -c 'exec 3>%s; sleep 1000 & wait'", fifo);
    snprintf(waiting, sizeof waiting, "/bin/sh -c 'read line < %s'", fifo);
    return helper_open(slots, sizeof slots / sizeof slots[0], &scene.helper, scene.why) != ERR_NONE;
}

static int tear_down(void **unused)
{
    (void)unused;
    helper_close(&scene.helper);
    assert_null(scene.helper);
    helper_close(&scene.helper);
    arena_close(&scene.arena);
    return 0;
}

static enum err run(const char *slot, struct span input, struct helper_answer *out)
{
    return helper_run(scene.helper, slot, input, scene.arena, out, scene.why);
}

static void a_command_reads_stdin_and_its_stdout_comes_back(void **unused)
{
    struct helper_answer a;
    char *much = arena_alloc(scene.arena, HELPER_INPUT_BYTES);

    (void)unused;
    memset(much, 'x', HELPER_INPUT_BYTES);
    assert_int_equal(run("echo", SPAN("pump\nhouse"), &a), ERR_NONE);
    assert_int_equal(a.status, 0);
    assert_string_equal(a.output.data, "pump\nhouse");
    assert_int_equal(a.output.size, 10);
    assert_int_equal(run("echo", (struct span){much, HELPER_INPUT_BYTES}, &a), ERR_NONE);
    assert_int_equal(a.output.size, HELPER_INPUT_BYTES);
    assert_false(a.is_cut);
    assert_int_equal(run("echo", (struct span){0}, &a), ERR_NONE);
    assert_int_equal(a.output.size, 0);
    assert_int_equal(run("echo", (struct span){much, HELPER_INPUT_BYTES + 1}, &a), ERR_FULL);
}

static void its_arguments_are_those_of_the_configuration(void **unused)
{
    struct helper_answer a;

    (void)unused;
    assert_int_equal(run("words", (struct span){0}, &a), ERR_NONE);
    assert_string_equal(a.output.data, "one|two words|it's three||");
}

static void its_environment_holds_nothing_of_ours(void **unused)
{
    struct helper_answer a;

    (void)unused; /* main has set a token */
    assert_int_equal(run("environment", (struct span){0}, &a), ERR_NONE);
    assert_null(strstr(a.output.data, "sentinel"));
    assert_non_null(strstr(a.output.data, "PATH="));
    for (struct span rest = a.output; rest.size > 0;) {
        const struct span line = span_cut(rest, '\n', &rest);
        assert_true(span_starts(line, SPAN("PATH=")) || span_starts(line, SPAN("HOME=")) ||
                    span_starts(line, SPAN("LANG=")));
    }
}

static void how_it_ended_is_told(void **unused)
{
    struct helper_answer a;

    (void)unused;
    assert_int_equal(run("seven", (struct span){0}, &a), ERR_NONE);
    assert_int_equal(a.status, 7);
    assert_int_equal(run("signal", (struct span){0}, &a), ERR_NONE);
    assert_int_equal(a.status, 128 + 9);
    assert_int_equal(run("missing", (struct span){0}, &a), ERR_DENIED);
    assert_string_equal(scene.why, "missing: /nowhere/command cannot be started: No such file or "
                                   "directory; is it there, and executable?");
}

static void one_that_hangs_is_killed_with_all_its_children(void **unused)
{
    struct helper_answer a;
    const int fd = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct pollfd at = {fd, POLLIN, 0};

    (void)unused;
    assert_true(fd >= 0);
    assert_int_equal(run("hang", (struct span){0}, &a), ERR_UNSURE);
    assert_string_equal(scene.why, "hang: /bin/sh took longer than 1 s and was killed");
    assert_int_equal(poll(&at, 1, -1), 1); /* nobody holds its other end any more */
    assert_true(at.revents & POLLHUP);
    close(fd);
}

static void one_that_leaves_a_child_behind_is_not_waited_for(void **unused)
{
    struct helper_answer a;

    (void)unused;
    assert_int_equal(run("leave", (struct span){0}, &a), ERR_NONE);
    assert_string_equal(a.output.data, "left\n");
}

static void output_above_the_cap_is_cut(void **unused)
{
    struct helper_answer a;

    (void)unused;
    assert_int_equal(run("flood", (struct span){0}, &a), ERR_NONE);
    assert_int_equal(a.output.size, HELPER_OUTPUT_BYTES);
    assert_true(a.is_cut);
    assert_int_equal(run("endless", (struct span){0}, &a), ERR_UNSURE);
}

static void an_unknown_slot_is_refused(void **unused)
{
    struct helper_answer a;

    (void)unused;
    assert_true(helper_has(scene.helper, "echo"));
    assert_false(helper_has(scene.helper, "/bin/cat"));
    assert_int_equal(run("/bin/cat", (struct span){0}, &a), ERR_NOT_FOUND);
    assert_int_equal(helper_run(NULL, "echo", (struct span){0}, scene.arena, &a, scene.why),
                     ERR_NOT_FOUND);
    assert_int_equal(helper_fd(NULL), -1);
    assert_false(helper_is_gone(NULL));
}

static void *run_one_line(void *out)
{
    struct arena *arena = arena_open(0);
    struct helper_answer a;
    char why[HELPER_WHY_SIZE];

    *(enum err *)out = helper_run(scene.helper, "one line", (struct span){0}, arena, &a, why);
    arena_close(&arena);
    return NULL;
}

static void many_run_at_once_and_one_too_many_is_told(void **unused)
{
    pthread_t threads[HELPER_AT_ONCE];
    enum err ends[HELPER_AT_ONCE];
    struct helper_answer a;
    enum err e;
    const int fd = open(fifo, O_RDWR | O_CLOEXEC);

    (void)unused;
    for (int i = 0; i < HELPER_AT_ONCE; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_one_line, &ends[i]), 0);
    do /* until the helper has taken all of them */
        e = run("seven", (struct span){0}, &a);
    while (e == ERR_NONE);
    assert_int_equal(e, ERR_BUSY);
    for (int i = 0; i < HELPER_AT_ONCE; i++)
        assert_int_equal(write(fd, "\n", 1), 1);
    int done = 0, refused = 0; /* one of the others may have met that moment as well */
    for (int i = 0; i < HELPER_AT_ONCE; i++) {
        pthread_join(threads[i], NULL);
        done += ends[i] == ERR_NONE;
        refused += ends[i] == ERR_BUSY;
    }
    assert_int_equal(done + refused, HELPER_AT_ONCE);
    assert_true(done >= HELPER_AT_ONCE - 1);
    assert_int_equal(run("seven", (struct span){0}, &a), ERR_NONE);
    close(fd);
}

static void its_death_is_noticed(void **unused)
{
    struct helper_answer a;
    struct pollfd at = {helper_fd(scene.helper), POLLIN, 0};

    (void)unused;
    assert_false(helper_is_gone(scene.helper));
    (void)!run("murder", (struct span){0}, &a);
    assert_int_equal(poll(&at, 1, -1), 1);
    assert_true(helper_is_gone(scene.helper));
    assert_int_equal(run("echo", (struct span){0}, &a), ERR_BROKEN);
    assert_string_equal(scene.why, "echo: the process that runs commands has ended; restart "
                                   "nextring to have it again");
}

/* clang-format off */
static const struct {
    const char *says, *command, *why;
} bad[] = {
    {"a relative path", "get-it now",
     "S: a command is an absolute path and arguments, as /usr/local/bin/get-it nextring; no shell reads it"},
    {"nothing", "",
     "S: a command is an absolute path and arguments, as /usr/local/bin/get-it nextring; no shell reads it"},
    {"an open quote", "/bin/echo 'it",
     "S: a quote in the command is not closed"},
};
/* clang-format on */

static void a_command_that_is_none_is_refused_with_the_mend(void **unused)
{
    struct helper *none = NULL;

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct helper_slot slot = {"S", bad[i].command, 0};
        if (helper_open(&slot, 1, &none, scene.why) != ERR_BAD_INPUT ||
            strcmp(scene.why, bad[i].why) != 0)
            fail_msg("%s: %s", bad[i].says, scene.why);
        assert_null(none);
    }
    assert_int_equal(helper_open(NULL, 0, &none, scene.why), ERR_NONE);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_command_reads_stdin_and_its_stdout_comes_back, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(its_arguments_are_those_of_the_configuration, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(its_environment_holds_nothing_of_ours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(how_it_ended_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_hangs_is_killed_with_all_its_children, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_that_leaves_a_child_behind_is_not_waited_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(output_above_the_cap_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_slot_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_run_at_once_and_one_too_many_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(its_death_is_noticed, set_up, tear_down),
        cmocka_unit_test(a_command_that_is_none_is_refused_with_the_mend),
    };

    setenv("TWILIO_AUTH_TOKEN", "sentinel", 1);
    if (!mkdtemp(folder))
        return 1;
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    if (mkfifo(fifo, 0600))
        return 1;
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(fifo);
    rmdir(folder);
    return failed;
}
