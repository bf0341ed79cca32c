#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { ROOM = 4096, RING_AT = 2 * SPOOL_SLOT_BYTES };

static char folder[] = "/tmp/test-spool-XXXXXX", path[64], copy[64];
static struct spool *spool;
static struct arena *arena;
static char why[SPOOL_WHY_SIZE];

/* In place of the system's: what the slots hold at a sync is what the disk has of them. */
static struct disk {
    bool is_watched, fails;
    int syncs;
    char slots[RING_AT];
} disk;

int fdatasync(int fd)
{
    if (disk.fails) {
        errno = EIO;
        return -1;
    }
    if (disk.is_watched && pread(fd, disk.slots, RING_AT, 0) != RING_AT)
        return -1;
    disk.syncs++;
    return 0;
}

static int set_up(void **unused)
{
    (void)unused;
    disk = (struct disk){.is_watched = false};
    strcpy(folder, "/tmp/test-spool-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/spool", folder);
    snprintf(copy, sizeof copy, "%s/copy", folder);
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
    unlink(copy);
    rmdir(folder);
    return 0;
}

static void open_again(void)
{
    spool_close(&spool);
    assert_int_equal(spool_open(path, ROOM, &spool, why), ERR_NONE);
}

static enum err add(const char *text)
{
    return spool_add(spool, span_of(text));
}

static void keep(const char *text)
{
    assert_int_equal(add(text), ERR_NONE);
    assert_int_equal(spool_sync(spool), ERR_NONE);
}

/* What is kept, oldest first, as one text. */
static const char *kept_in(struct spool *s)
{
    struct span records[64];
    size_t count = 0;
    char *all = arena_printf(arena, "%s", "");

    assert_int_equal(spool_peek(s, arena, 64, records, &count), ERR_NONE);
    assert_int_equal(count, spool_count(s));
    for (size_t i = 0; i < count; i++)
        all = arena_printf(arena, "%s%s%.*s", all, i ? " " : "", SPAN_ARG(records[i]));
    return all;
}

static void records_come_back_in_order(void **unused)
{
    (void)unused;
    keep("one");
    assert_int_equal(add("two"), ERR_NONE);
    assert_int_equal(add("three"), ERR_NONE);
    assert_int_equal(spool_count(spool), 1); /* not kept before the sync */
    assert_int_equal(spool_sync(spool), ERR_NONE);
    assert_string_equal(kept_in(spool), "one two three");
    open_again();
    assert_string_equal(kept_in(spool), "one two three");
    assert_int_equal(spool_drop(spool, 2), ERR_NONE);
    assert_string_equal(kept_in(spool), "three");
    open_again();
    assert_string_equal(kept_in(spool), "three");
    keep("four");
    assert_int_equal(spool_drop(spool, 2), ERR_NONE);
    open_again();
    assert_int_equal(spool_count(spool), 0);
    keep("five");
    open_again();
    assert_string_equal(kept_in(spool), "five");
}

static void an_empty_record_is_one_too(void **unused)
{
    (void)unused;
    keep("");
    keep("x");
    open_again();
    assert_int_equal(spool_count(spool), 2);
}

static void a_full_spool_says_so_and_goes_on_when_it_is_emptied(void **unused)
{
    char text[201];
    size_t n = 0;

    (void)unused;
    memset(text, 'x', 200);
    text[200] = 0;
    while (add(text) == ERR_NONE)
        n++;
    assert_int_equal(n, ROOM / (SPOOL_HEAD_BYTES + 200));
    assert_int_equal(spool_sync(spool), ERR_NONE);
    assert_int_equal(add(text), ERR_FULL);
    open_again();
    assert_int_equal(spool_count(spool), n);
    assert_int_equal(add(text), ERR_FULL);
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    keep(text);
    assert_int_equal(spool_count(spool), n);
}

static void it_goes_round_and_round(void **unused)
{
    char text[16], want[64];

    (void)unused;
    keep("n0");
    for (int i = 1; i < 2000; i++) {
        snprintf(text, sizeof text, "n%d", i);
        snprintf(want, sizeof want, "n%d n%d", i - 1, i);
        keep(text);
        if (i % 7 == 0)
            open_again();
        assert_string_equal(kept_in(spool), want);
        assert_int_equal(spool_drop(spool, 1), ERR_NONE);
        arena_reset(arena);
    }
}

static void a_record_that_is_too_large_is_refused(void **unused)
{
    struct span large = {arena_alloc(arena, SPOOL_RECORD_BYTES_MAX + 1),
                         SPOOL_RECORD_BYTES_MAX + 1};

    (void)unused;
    assert_int_equal(spool_add(spool, large), ERR_FULL);
}

static void nobody_else_opens_it(void **unused)
{
    struct spool *other = NULL;

    (void)unused;
    assert_int_equal(spool_open(path, ROOM, &other, why), ERR_BUSY);
    assert_null(other);
    assert_non_null(strstr(why, "another nextring"));
}

static void what_is_no_spool_is_not_written_over(void **unused)
{
    (void)unused;
    spool_close(&spool);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("somebody's letters", f);
    fclose(f);
    assert_int_equal(spool_open(path, ROOM, &spool, why), ERR_BROKEN);
    assert_non_null(strstr(why, "move it away"));
}

static void one_that_was_not_made_to_its_end_is_made(void **unused)
{
    (void)unused;
    spool_close(&spool);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, 100), 0);
    assert_int_equal(spool_open(path, ROOM, &spool, why), ERR_NONE);
    keep("one");
    open_again();
    assert_string_equal(kept_in(spool), "one");
}

/* ---- a kill at every byte ---- */

static char *read_file(size_t *out_size)
{
    struct stat st;
    const int fd = open(path, O_RDONLY);

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    char *data = arena_alloc(arena, (size_t)st.st_size);
    assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
    close(fd);
    *out_size = (size_t)st.st_size;
    return data;
}

static void write_copy(const char *data, size_t size)
{
    const int fd = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, size), size);
    close(fd);
}

static void look_at_copy(const char *want, const char *added)
{
    struct spool *s = NULL;

    assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
    assert_string_equal(kept_in(s), want);
    assert_int_equal(spool_add(s, SPAN("new")), ERR_NONE);
    assert_int_equal(spool_sync(s), ERR_NONE);
    spool_close(&s);
    assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
    assert_string_equal(kept_in(s), added);
    spool_close(&s);
}

static void a_write_torn_at_any_byte_loses_nothing_that_was_kept(void **unused)
{
    size_t size = 0;

    (void)unused;
    keep("one");
    keep("two");
    const char *const before = read_file(&size);
    assert_int_equal(add("three"), ERR_NONE);
    assert_int_equal(add("four"), ERR_NONE);
    assert_int_equal(spool_sync(spool), ERR_NONE);
    const char *const after = read_file(&size);
    const size_t begin = RING_AT + 2 * (SPOOL_HEAD_BYTES + 3);
    const size_t end_3 = begin + SPOOL_HEAD_BYTES + 5, end_4 = end_3 + SPOOL_HEAD_BYTES + 4;
    for (size_t cut = begin; cut <= end_4; cut++) {
        char *torn = arena_alloc(arena, size);
        memcpy(torn, before, size);
        memcpy(torn + begin, after + begin, cut - begin);
        write_copy(torn, size);
        if (cut < end_3)
            look_at_copy("one two", "one two new");
        else if (cut < end_4)
            look_at_copy("one two three", "one two three new");
        else
            look_at_copy("one two three four", "one two three four new");
    }
    for (size_t hole = begin; hole < end_4; hole++) { /* pages reach the disk in any order */
        char *torn = arena_alloc(arena, size);
        memcpy(torn, after, size);
        torn[hole] ^= 0x55;
        write_copy(torn, size);
        if (hole < end_3)
            look_at_copy("one two", "one two new");
        else
            look_at_copy("one two three", "one two three new");
    }
}

static void what_was_never_kept_does_not_come_back_behind_a_new_record(void **unused)
{
    size_t size = 0;

    (void)unused;
    keep("one");
    assert_int_equal(add("lost"), ERR_NONE);
    assert_int_equal(add("ghost"), ERR_NONE);
    assert_int_equal(spool_sync(spool), ERR_NONE);
    char *data = read_file(&size);
    data[RING_AT + 2 * SPOOL_HEAD_BYTES + 3] ^= 1; /* "lost" was torn, "ghost" reached the disk */
    write_copy(data, size);
    struct spool *s = NULL;
    assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
    assert_string_equal(kept_in(s), "one");
    assert_int_equal(spool_add(s, SPAN("4444")), ERR_NONE); /* as long as "lost" */
    assert_int_equal(spool_sync(s), ERR_NONE);
    spool_close(&s);
    assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
    assert_string_equal(kept_in(s), "one 4444");
    spool_close(&s);
}

static void a_torn_note_of_what_is_done_leaves_the_one_before(void **unused)
{
    size_t size = 0;

    (void)unused;
    keep("one");
    keep("two");
    const char *const before = read_file(&size);
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    const char *const after = read_file(&size);
    for (size_t cut = 0; cut <= RING_AT; cut += cut % SPOOL_SLOT_BYTES < 100 ? 1 : 500) {
        char *torn = arena_alloc(arena, size);
        memcpy(torn, before, size);
        memcpy(torn, after, cut);
        write_copy(torn, size);
        struct spool *s = NULL;
        assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
        const char *kept = kept_in(s);
        assert_true(strcmp(kept, "two") == 0 || strcmp(kept, "one two") == 0);
        spool_close(&s);
    }
}

/* ---- what is done with is noted without a sync ---- */

/* The machine loses its power: the disk has the slots of the last sync, and of the records whatever
 * was written. */
static const char *kept_after_a_crash(void)
{
    struct spool *s = NULL;
    size_t size = 0;
    char *data = read_file(&size);

    memcpy(data, disk.slots, RING_AT);
    write_copy(data, size);
    disk.is_watched = false;
    assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
    const char *kept = kept_in(s);
    spool_close(&s);
    disk.is_watched = true;
    return kept;
}

static void watch_disk(void)
{
    disk.is_watched = true;
    open_again();
}

static void a_drop_waits_for_no_disk(void **unused)
{
    (void)unused;
    watch_disk();
    keep("one");
    keep("two");
    const int syncs = disk.syncs;
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    assert_int_equal(disk.syncs, syncs);
    assert_string_equal(kept_after_a_crash(), "one two"); /* once more */
    keep("three");
    assert_string_equal(kept_after_a_crash(), "two three"); /* noted with the sync that is due */
    open_again();
    assert_string_equal(kept_in(spool), "two three");
}

static void a_crash_at_any_time_loses_nothing_that_was_kept(void **unused)
{
    char pad[200], text[240];
    int repeated = 0;

    (void)unused;
    memset(pad, 'x', sizeof pad);
    watch_disk();
    for (int i = 0; i < 400; i++) {
        snprintf(text, sizeof text, "n%03d-%.*s", i, i * 37 % 190, pad);
        while (add(text) == ERR_FULL) {
            assert_int_equal(spool_drop(spool, 1 + (size_t)i % 3), ERR_NONE);
            const char *left = kept_in(spool), *after = kept_after_a_crash();
            assert_non_null(strstr(after, left));
            repeated += strlen(after) > strlen(left);
        }
        assert_non_null(strstr(kept_after_a_crash(), kept_in(spool))); /* the new one on its way */
        assert_int_equal(spool_sync(spool), ERR_NONE);
        assert_non_null(strstr(kept_after_a_crash(), kept_in(spool)));
        arena_reset(arena);
    }
    assert_true(repeated > 50); /* some come twice, which does no harm */
}

static void a_slot_is_torn_while_it_is_written_over_again_and_again(void **unused)
{
    size_t size = 0;

    (void)unused;
    watch_disk();
    keep("one");
    keep("two");
    keep("three");
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    assert_int_equal(spool_drop(spool, 1), ERR_NONE); /* no sync in between: over the same one */
    char *data = read_file(&size);
    const bool is_first = memcmp(data, disk.slots, SPOOL_SLOT_BYTES) != 0;
    assert_memory_equal(data + (is_first ? SPOOL_SLOT_BYTES : 0),
                        disk.slots + (is_first ? SPOOL_SLOT_BYTES : 0), SPOOL_SLOT_BYTES);
    data[is_first ? 20 : SPOOL_SLOT_BYTES + 20] ^= 0x55;
    memcpy(disk.slots, data, RING_AT);
    assert_string_equal(kept_after_a_crash(), "one two three");
}

static void a_note_that_fails_fails_what_was_added_before_it(void **unused)
{
    char text[201];

    (void)unused;
    memset(text, 'x', 200);
    text[200] = 0;
    watch_disk();
    while (add(text) == ERR_NONE)
        ;
    assert_int_equal(spool_sync(spool), ERR_NONE);
    const size_t count = spool_count(spool);
    assert_int_equal(spool_drop(spool, 1), ERR_NONE);
    assert_int_equal(add("small"), ERR_NONE); /* in the place that was left */
    disk.fails = true;
    assert_int_equal(add(text), ERR_BROKEN); /* in the place that is not noted as free yet */
    disk.fails = false;
    assert_int_equal(spool_sync(spool),
                     ERR_BROKEN); /* "small" may be lost: the disk said so once */
    assert_int_equal(spool_count(spool), count - 1);
    keep(text);
    assert_int_equal(spool_count(spool), count);
    open_again();
    assert_int_equal(spool_count(spool), count);
}

/* ---- whether it could keep something ---- */

static void a_proof_reaches_the_disk_and_takes_no_room(void **unused)
{
    uint64_t before = 0, after = 0, all = 0;

    (void)unused;
    keep("one");
    spool_size(spool, &before, &all);
    watch_disk();
    const int syncs = disk.syncs;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(spool_prove(spool), ERR_NONE);
    assert_int_equal(disk.syncs, syncs + 1000);
    spool_size(spool, &after, &all);
    assert_int_equal(before, after);
    assert_int_equal(spool_count(spool), 1);
    keep("two");
    open_again();
    assert_int_equal(spool_count(spool), 2);
}

static void a_proof_that_the_disk_refuses_is_none(void **unused)
{
    const struct rlimit little = {16, RLIM_INFINITY};
    struct rlimit was;

    (void)unused;
    disk.fails = true;
    assert_int_equal(spool_prove(spool), ERR_BROKEN);
    disk.fails = false;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    const enum err err = spool_prove(spool);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(err, ERR_FULL);
    assert_int_equal(spool_prove(spool), ERR_NONE);
}

/* The block that it stands in may be torn with it: the other slot holds. */
static void a_proof_that_is_torn_loses_nothing(void **unused)
{
    size_t size = 0;

    (void)unused;
    for (int i = 0; i < 5; i++) {
        keep("one");
        keep("two");
        assert_int_equal(spool_drop(spool, i % 2 ? 2 : 1), ERR_NONE);
        keep("three");
        const char *const before = read_file(&size);
        const size_t count = spool_count(spool);
        assert_int_equal(spool_prove(spool), ERR_NONE);
        char *torn = read_file(&size);
        const bool is_first = memcmp(before, torn, SPOOL_SLOT_BYTES) != 0;
        memset(torn + (is_first ? 0 : SPOOL_SLOT_BYTES), 0x55, SPOOL_SLOT_BYTES);
        write_copy(torn, size);
        struct spool *s = NULL;
        assert_int_equal(spool_open(copy, ROOM, &s, why), ERR_NONE);
        assert_int_equal(spool_count(s), count);
        spool_close(&s);
    }
}

/* ---- a full disk ---- */

static void a_full_disk_at_the_start_is_told(void **unused)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    struct rlimit was;

    (void)unused;
    spool_close(&spool);
    unlink(path);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    const enum err err = spool_open(path, ROOM, &spool, why);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
    assert_int_equal(err, ERR_FULL);
    assert_non_null(strstr(why, "free some space"));
}

static void its_space_is_taken_before_it_is_needed(void **unused)
{
    struct stat st;

    (void)unused;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, RING_AT + ROOM);
    assert_true(st.st_blocks * 512 >= RING_AT + ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(records_come_back_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_record_is_one_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_spool_says_so_and_goes_on_when_it_is_emptied, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_goes_round_and_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_record_that_is_too_large_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_else_opens_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_spool_is_not_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_was_not_made_to_its_end_is_made, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_write_torn_at_any_byte_loses_nothing_that_was_kept,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_never_kept_does_not_come_back_behind_a_new_record,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_torn_note_of_what_is_done_leaves_the_one_before, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_drop_waits_for_no_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_crash_at_any_time_loses_nothing_that_was_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_slot_is_torn_while_it_is_written_over_again_and_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_note_that_fails_fails_what_was_added_before_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_proof_reaches_the_disk_and_takes_no_room, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_proof_that_the_disk_refuses_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_proof_that_is_torn_loses_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_at_the_start_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_space_is_taken_before_it_is_needed, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
