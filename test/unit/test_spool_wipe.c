#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 4096, RING_AT = 2 * SPOOL_SLOT_BYTES };

static char folder[] = "/tmp/test-wipe-XXXXXX", path[64];
static struct spool *spool;
static struct arena *arena;
static char why[SPOOL_WHY_SIZE];
static struct {
    bool fails;
} disk;

/* In place of the system's. */
int fdatasync(int fd)
{
    (void)fd;
    errno = EIO;
    return disk.fails ? -1 : 0;
}

static int set_up(void **unused)
{
    (void)unused;
    disk.fails = false;
    strcpy(folder, "/tmp/test-wipe-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/spool", folder);
    arena = arena_open(0);
    assert_int_equal(spool_open(path, ROOM, &spool, why), ERR_NONE);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    spool_close(&spool);
    arena_close(&arena);
    unlink(path);
    rmdir(folder);
    return 0;
}

static void open_again(void)
{
    spool_close(&spool);
    assert_int_equal(spool_open(path, ROOM, &spool, why), ERR_NONE);
}

static void keep(const char *text)
{
    assert_int_equal(spool_add(spool, span_of(text)), ERR_NONE);
    assert_int_equal(spool_sync(spool), ERR_NONE);
}

/* What is kept, oldest first, as one text. */
static const char *kept_in(struct spool *s)
{
    struct span records[64];
    size_t count = 0;
    char *all = arena_printf(arena, "%s", "");

    assert_int_equal(spool_peek(s, arena, 64, records, &count), ERR_NONE);
    for (size_t i = 0; i < count; i++)
        all = arena_printf(arena, "%s%s%.*s", all, i ? " " : "", SPAN_ARG(records[i]));
    return all;
}

/* Whether the file has the text anywhere. */
static bool file_has(const char *text)
{
    static char all[RING_AT + ROOM];
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_int_equal(pread(fd, all, sizeof all, 0), sizeof all);
    close(fd);
    return memmem(all, sizeof all, text, strlen(text)) != NULL;
}

static void what_is_done_with_is_wiped_and_the_rest_stays(void **unused)
{
    (void)unused;
    keep("+16195550150 one");
    keep("+16195550151 two");
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    assert_true(file_has("+16195550150"));
    assert_true(spool_dirty(spool) > 0);
    assert_int_equal(spool_wipe(spool), ERR_NONE);
    assert_int_equal(spool_dirty(spool), 0);
    assert_false(file_has("+16195550150"));
    assert_string_equal(kept_in(spool), "+16195550151 two");
    open_again();
    assert_string_equal(kept_in(spool), "+16195550151 two");
    assert_int_equal(spool_dirty(spool), 0); /* it is not done twice */
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    open_again(); /* before it was wiped */
    assert_true(spool_dirty(spool) > 0);
    assert_int_equal(spool_wipe(spool), ERR_NONE);
    assert_false(file_has("+1619"));
    keep("three");
    open_again();
    assert_string_equal(kept_in(spool), "three");
}

static void it_is_wiped_round_and_round(void **unused)
{
    char text[64];

    (void)unused;
    for (int i = 0; i < 300; i++) {
        snprintf(text, sizeof text, "%03d +1619555%04d", i, i);
        keep(text);
        if (i >= 20)
            assert_int_equal(spool_drop(spool, 1), ERR_NONE);
        if (i % 7 == 0)
            assert_int_equal(spool_wipe(spool), ERR_NONE);
        if (i % 11 == 0)
            open_again();
        if (i % 7 == 0 && i >= 20) {
            snprintf(text, sizeof text, "+1619555%04d", i - 20);
            assert_false(file_has(text));
            snprintf(text, sizeof text, "+1619555%04d", i - 19);
            assert_true(file_has(text));
        }
    }
    assert_int_equal(spool_count(spool), 20);
    assert_int_equal(spool_drop(spool, 20), ERR_NONE);
    assert_int_equal(spool_wipe(spool), ERR_NONE);
    assert_false(file_has("+1619"));
}

/* Behind an older note of what is done with, zeros would stand where its record was. */
static void nothing_is_wiped_that_the_disk_still_begins_with(void **unused)
{
    (void)unused;
    keep("one");
    keep("two");
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    disk.fails = true;
    assert_int_not_equal(spool_wipe(spool), ERR_NONE);
    disk.fails = false;
    assert_true(file_has("one"));
    assert_int_equal(spool_wipe(spool), ERR_NONE);
    assert_string_equal(kept_in(spool), "two");
}

/* Whatever of the two slots' blocks it writes in may be torn with it: what is kept stays. */
static void a_wipe_that_is_torn_loses_nothing(void **unused)
{
    static char before[RING_AT], after[RING_AT], torn[SPOOL_SLOT_BYTES];

    (void)unused;
    memset(torn, 0x55, sizeof torn);
    for (int i = 0; i < 6; i++) {
        keep("one");
        keep("two");
        assert_int_equal(spool_drop(spool, spool_count(spool) - 1), ERR_NONE);
        keep("three"); /* the note of what is done with has reached the disk */
        const int fd = open(path, O_RDWR | O_CLOEXEC);
        assert_int_equal(pread(fd, before, RING_AT, 0), RING_AT);
        assert_int_equal(spool_wipe(spool), ERR_NONE);
        assert_int_equal(pread(fd, after, RING_AT, 0), RING_AT);
        for (size_t at = 0; at < RING_AT; at += SPOOL_SLOT_BYTES)
            if (memcmp(before + at, after + at, SPOOL_SLOT_BYTES) != 0)
                assert_int_equal(pwrite(fd, torn, sizeof torn, (off_t)at), sizeof torn);
        close(fd);
        open_again();
        assert_string_equal(kept_in(spool), "two three");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_done_with_is_wiped_and_the_rest_stays, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_is_wiped_round_and_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_wiped_that_the_disk_still_begins_with, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wipe_that_is_torn_loses_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
