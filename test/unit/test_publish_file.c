#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec/json_walk.h"
#include "source/publish_file.h"

static char folder[64], path[96];

/* The system's calls, with another writer's turn before and after each, or refused. */
static int exchange_errno;
static void (*another)(void);

int renameat2(int from, const char *old, int to, const char *fresh, unsigned flags)
{
    if (exchange_errno) {
        errno = exchange_errno;
        return -1;
    }
    if (another)
        another();
    const int result = (int)syscall(SYS_renameat2, from, old, to, fresh, flags);
    if (another)
        another();
    return result;
}

int flock(int fd, int how)
{
    if (another)
        another();
    return (int)syscall(SYS_flock, fd, how);
}

static void write_file(const char *to, const char *text)
{
    FILE *f = fopen(to, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static struct span read_file(char *text, size_t size)
{
    FILE *f = fopen(path, "r");

    if (!f)
        return (struct span){0};
    const size_t n = fread(text, 1, size, f);
    fclose(f);
    return (struct span){text, n};
}

static bool unlink_old(void)
{
    char old[128];

    snprintf(old, sizeof old, "%s.nextring.old", path);
    return unlink(old) == 0;
}

static int set_up(void **unused)
{
    exchange_errno = 0;
    another = NULL;
    (void)unused;
    snprintf(folder, sizeof folder, "/tmp/nextring-publish-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/state.json", folder);
    write_file(path, "{\"theirs\": 0}");
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    unlink(path);
    return rmdir(folder); /* nothing else is left */
}

static const struct roster_news news = {.relay = {"{\"v\":1}", 7}, .at_ms = 1000};

static void the_news_come_in_and_mode_and_others_stay(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], text[256];
    struct stat st;

    (void)unused;
    chmod(path, 0640);
    assert_int_equal(publish_file(path, &news, why), ERR_NONE);
    const struct span now = read_file(text, sizeof text);
    assert_true(span_is(json_walk_get(now, "theirs"), SPAN("0")));
    assert_true(span_is(json_walk_get(now, "relay"), news.relay));
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

static void a_file_open_elsewhere_is_left_to_its_writer(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], text[256];
    const int fd = open(path, O_RDWR);

    (void)unused;
    assert_int_equal(publish_file(path, &news, why), ERR_BUSY);
    assert_int_equal(pwrite(fd, "{\"theirs\": 9}", 13, 0), 13);
    close(fd);
    assert_int_equal(publish_file(path, &news, why), ERR_NONE);
    assert_true(span_is(json_walk_get(read_file(text, sizeof text), "theirs"), SPAN("9")));
}

static void what_is_no_object_and_what_is_not_there_are_told(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE];

    (void)unused;
    write_file(path, "[]");
    assert_int_equal(publish_file(path, &news, why), ERR_BAD_INPUT);
    assert_non_null(strstr(why, "mend it"));
    unlink(path);
    assert_int_equal(publish_file(path, &news, why), ERR_NOT_FOUND);
    write_file(path, "{}");
}

static atomic_bool is_over;

/* An editor that counts up, by a file of his own that he renames over: he reads what is there,
 * and puts it back with his number in it. */
static void *edit(void *ctx)
{
    char text[512], mine[128], next[1024];
    int *last = ctx;

    snprintf(mine, sizeof mine, "%s/.mine", folder);
    for (int n = 1; n <= 300; n++) {
        const struct span now = read_file(text, sizeof text);
        const struct span value = json_walk_get(now, "theirs");
        if (!value.data)
            break;
        snprintf(next, sizeof next, "%.*s%d%.*s", (int)(value.data - now.data), now.data, n,
                 (int)(now.size - (size_t)(value.data - now.data) - value.size),
                 value.data + value.size);
        write_file(mine, next);
        rename(mine, path);
        *last = n;
    }
    is_over = true;
    return NULL;
}

static void no_edit_of_another_writer_is_lost(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], text[512], number[16];
    pthread_t thread;
    int last = 0, published = 0;

    (void)unused;
    is_over = false;
    assert_int_equal(pthread_create(&thread, NULL, edit, &last), 0);
    while (!is_over || !published) {
        const enum err err = publish_file(path, &news, why);
        assert_true(err == ERR_NONE || err == ERR_BUSY || err == ERR_BROKEN);
        assert_int_equal(unlink_old(), err == ERR_BROKEN);
        published += !err;
    }
    pthread_join(thread, NULL);
    assert_int_equal(publish_file(path, &news, why), ERR_NONE);
    const struct span now = read_file(text, sizeof text);
    snprintf(number, sizeof number, "%d", last);
    assert_int_equal(last, 300);
    assert_true(span_is_text(json_walk_get(now, "theirs"), number));
    assert_true(span_is(json_walk_get(now, "relay"), news.relay));
}

/* Another writer's turns: he puts a key of his own in, by a file renamed over or in place. */
static struct {
    unsigned dice;
    int edits;
    int left; /* so many turns more */
} writer;

static unsigned throw_dice(unsigned sides)
{
    writer.dice = writer.dice * 1103515245u + 12345u;
    return (writer.dice >> 16) % sides;
}

static void put_edit(bool is_in_place)
{
    char text[4096], mine[128], next[8192];
    const struct span now = read_file(text, sizeof text);

    if (now.size < 2)
        return;
    snprintf(next, sizeof next, "{\"edit%d\": 1, %.*s", ++writer.edits, (int)now.size - 1,
             now.data + 1);
    snprintf(mine, sizeof mine, "%s/.mine", folder);
    write_file(is_in_place ? path : mine, next);
    if (!is_in_place)
        rename(mine, path);
}

static void edit_at_once(void)
{
    if (writer.left <= 0 || throw_dice(3) > 0)
        return;
    writer.left--;
    put_edit(throw_dice(2));
}

/* Each edit is in the file or in what was put aside. */
static void check_edits(const char *aside)
{
    char text[4096], key[24];
    const struct span now = read_file(text, sizeof text);

    for (int n = 1; n <= writer.edits; n++) {
        snprintf(key, sizeof key, "\"edit%d\"", n);
        if (!strstr(aside, key) && !memmem(now.data, now.size, key, strlen(key)))
            fail_msg("edit %d of %d is lost", n, writer.edits);
    }
}

static void take_aside(char *aside, size_t size)
{
    char name[128], text[4096] = "";

    snprintf(name, sizeof name, "%s.nextring.old", path);
    FILE *f = fopen(name, "r");
    assert_non_null(f);
    assert_true(fread(text, 1, sizeof text - 1, f) > 0);
    fclose(f);
    unlink(name);
    strncat(aside, text, size - strlen(aside) - 1);
}

static void each_interleaving_keeps_all_edits(int refused_errno)
{
    static char aside[1 << 16];
    char why[PUBLISH_FILE_WHY_SIZE], text[4096];
    int edits = 0, busy = 0;

    for (unsigned seed = 1; seed <= 400; seed++) {
        writer.dice = seed * 7919u;
        writer.edits = 0;
        aside[0] = 0;
        write_file(path, "{\"theirs\": 0}");
        exchange_errno = refused_errno;
        another = edit_at_once;
        for (int i = 0; i < 4; i++) {
            writer.left = 1 + (int)throw_dice(6);
            const enum err err = publish_file(path, &news, why);
            assert_true(err == ERR_NONE || err == ERR_BUSY || err == ERR_BROKEN);
            busy += err == ERR_BUSY;
            if (err == ERR_BROKEN)
                take_aside(aside, sizeof aside);
        }
        another = NULL;
        assert_int_equal(publish_file(path, &news, why), ERR_NONE);
        assert_true(span_is(json_walk_get(read_file(text, sizeof text), "relay"), news.relay));
        check_edits(aside);
        edits += writer.edits;
    }
    print_message("%d edits in 400 interleavings, %d times busy\n", edits, busy);
    assert_true(edits > 500);
}

static void no_interleaving_loses_an_edit(void **unused)
{
    (void)unused;
    each_interleaving_keeps_all_edits(0);
}

static void none_does_where_files_cannot_be_exchanged(void **unused)
{
    (void)unused;
    each_interleaving_keeps_all_edits(EINVAL);
}

static void a_file_that_somebody_locks_is_left_alone(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], text[256];
    const int fd = open(path, O_RDONLY);

    (void)unused;
    exchange_errno = ENOSYS;
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(publish_file(path, &news, why), ERR_BUSY);
    assert_true(span_is_text(read_file(text, sizeof text), "{\"theirs\": 0}"));
    close(fd);
    assert_int_equal(publish_file(path, &news, why), ERR_NONE);
}

static int turns_to_crash;
static bool edits_in_place;

/* One edit right before the exchange. */
static void crash(void)
{
    if (turns_to_crash-- == 0)
        _exit(0);
    if (writer.left-- > 0)
        put_edit(edits_in_place);
}

/* The process ends before the exchange, after it, before it is taken back, after that. */
static void a_crash_loses_no_edit(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], aside[4096];

    (void)unused;
    for (int way = 0; way < 3; way++)
        for (int turn = 0; turn < 5; turn++) {
            write_file(path, "{\"theirs\": 0}");
            aside[0] = 0;
            writer.edits = 0;
            edits_in_place = way == 1;
            const pid_t child = fork();
            if (child == 0) {
                turns_to_crash = turn;
                writer.left = way < 2;
                another = crash;
                (void)!publish_file(path, &news, why);
                _exit(0);
            }
            assert_int_equal(waitpid(child, NULL, 0), child);
            writer.edits = way < 2 && turn > 0;
            if (publish_file(path, &news, why) == ERR_BROKEN)
                take_aside(aside, sizeof aside);
            check_edits(aside);
            assert_int_equal(publish_file(path, &news, why), ERR_NONE);
        }
}

static void links_stay_links_and_odd_targets_are_told(void **unused)
{
    char why[PUBLISH_FILE_WHY_SIZE], text[256], link[128];
    struct stat st;

    (void)unused;
    snprintf(link, sizeof link, "%s/link.json", folder);
    assert_int_equal(symlink(path, link), 0);
    assert_int_equal(publish_file(link, &news, why), ERR_NONE);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_true(span_is(json_walk_get(read_file(text, sizeof text), "relay"), news.relay));
    unlink(link);
    write_file(path, "");
    assert_int_equal(publish_file(path, &news, why), ERR_BAD_INPUT);
    write_file(path, "{\"theirs\": ");
    assert_int_equal(publish_file(path, &news, why), ERR_BAD_INPUT);
    assert_true(span_is_text(read_file(text, sizeof text), "{\"theirs\": "));
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(publish_file(path, &news, why), ERR_BROKEN);
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(10); /* a pipe without a writer would be waited for */
    assert_int_equal(publish_file(path, &news, why), ERR_BROKEN);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_news_come_in_and_mode_and_others_stay, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_open_elsewhere_is_left_to_its_writer, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_object_and_what_is_not_there_are_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(no_edit_of_another_writer_is_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_interleaving_loses_an_edit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(none_does_where_files_cannot_be_exchanged, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_somebody_locks_is_left_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_crash_loses_no_edit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_stay_links_and_odd_targets_are_told, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
