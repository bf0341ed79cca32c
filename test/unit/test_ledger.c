#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "setup/ledger.h"

static const struct span AC = {"AC1", 3}, ONE = {"+16195550100", 12}, TWO = {"+16195550101", 12};

static struct arena *arena;
static char folder[64];

static struct ledger *opened(bool to_write)
{
    struct ledger *l = NULL;
    const char *why = NULL;

    if (ledger_open(arena, folder, to_write, &l, &why))
        fail_msg("%s", why);
    return l;
}

static int64_t add(struct ledger *l, enum ledger_kind kind, struct span number, int64_t run,
                   int64_t undoes)
{
    struct ledger_entry e = {.run = run,
                             .at_ms = INT64_C(1790000000000),
                             .kind = kind,
                             .undoes = undoes,
                             .account = AC,
                             .number = number,
                             .sid = SPAN("PN1"),
                             .heard = SPAN("/1/2"),
                             .changes = {{NUMBER_SMS_URL, SPAN("old \"one\""), SPAN("new")}},
                             .change_count = 1};
    const char *why = NULL;

    if (ledger_add(l, &e, &why))
        fail_msg("%s", why);
    return e.id;
}

static const char *path(void)
{
    return arena_printf(arena, "%s/provision.json", folder);
}

static void what_is_written_is_read_again(void **unused)
{
    struct stat st;
    struct ledger *l = opened(true);

    (void)unused;
    assert_int_equal(add(l, LEDGER_SET, ONE, 0, 0), 1);
    assert_int_equal(add(l, LEDGER_SET, TWO, 1, 0), 2);
    ledger_close(&l);
    assert_int_equal(stat(path(), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    l = opened(false);
    assert_int_equal(l->count, 2);
    assert_int_equal(ledger_last_run(l, AC), 1);
    const struct ledger_entry *e = ledger_last(l, AC, TWO);
    assert_int_equal(e->id, 2);
    assert_int_equal(e->changes[0].field, NUMBER_SMS_URL);
    assert_true(span_is_text(e->changes[0].before, "old \"one\""));
    assert_true(span_is_text(e->heard, "/1/2"));
    assert_null(ledger_last(l, SPAN("AC2"), TWO));
    ledger_close(&l);
}

static void what_root_writes_is_the_folders_owners(void **unused)
{
    struct stat st;

    (void)unused;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(folder, 65534, 65534), 0);
    struct ledger *l = opened(true);
    assert_int_equal(stat(path(), &st), 0);
    assert_int_equal(st.st_uid, 65534);
    ledger_close(&l);
}

static void what_was_undone_stands_no_more(void **unused)
{
    struct ledger *l = opened(true);

    (void)unused;
    add(l, LEDGER_SET, ONE, 0, 0);
    const int64_t second = add(l, LEDGER_SET, ONE, 0, 0);
    add(l, LEDGER_UNDO, ONE, 0, second);
    assert_int_equal(ledger_last(l, AC, ONE)->id, 1);
    ledger_close(&l);
    l = opened(false);
    assert_int_equal(ledger_last_run(l, AC), 1);
    ledger_close(&l);
}

static void put(const char *text, int flags)
{
    const int fd = open(path(), O_WRONLY | O_CREAT | flags, 0600);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void a_line_that_was_cut_off_was_never_begun(void **unused)
{
    struct ledger *l = opened(true);

    (void)unused;
    add(l, LEDGER_SET, ONE, 0, 0);
    ledger_close(&l);
    put("{\"id\":2,\"run\":2,\"at\":", O_APPEND);
    l = opened(true);
    assert_int_equal(l->count, 1);
    assert_int_equal(add(l, LEDGER_SET, TWO, 0, 0), 2);
    ledger_close(&l);
    l = opened(false);
    assert_int_equal(l->count, 2);
    ledger_close(&l);
}

static void a_line_that_is_not_ours_is_named(void **unused)
{
    static const char *const bad[] = {
        "hello\n", "{}\n",
        "{\"id\":7,\"run\":7,\"at\":\"2026-11-21T03:42:19Z\",\"kind\":\"set\",\"changes\":[]}\n",
        ("{\"id\":1,\"run\":1,\"at\":\"2026-11-21T03:42:19Z\",\"kind\":\"set\",\"changes\":[{"
         "\"field\":\"Nothing\"}]}\n")};
    struct ledger *l = NULL;
    const char *why = NULL;

    (void)unused;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put(bad[i], O_TRUNC);
        assert_int_equal(ledger_open(arena, folder, true, &l, &why), ERR_BAD_INPUT);
        assert_non_null(strstr(why, "provision.json:1: "));
    }
}

static void two_do_not_write_at_once(void **unused)
{
    struct ledger *l = opened(true), *other = NULL;
    const char *why = NULL;

    (void)unused;
    assert_int_equal(ledger_open(arena, folder, true, &other, &why), ERR_BUSY);
    assert_non_null(strstr(why, "another"));
    ledger_close(&l);
}

static int make_folder(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    snprintf(folder, sizeof folder, "/tmp/nextring-ledger-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **unused)
{
    (void)unused;
    (void)unlink(path());
    (void)rmdir(folder);
    arena_close(&arena);
    return 0;
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(what_is_written_is_read_again),
        IN_A_FOLDER(what_root_writes_is_the_folders_owners),
        IN_A_FOLDER(what_was_undone_stands_no_more),
        IN_A_FOLDER(a_line_that_was_cut_off_was_never_begun),
        IN_A_FOLDER(a_line_that_is_not_ours_is_named),
        IN_A_FOLDER(two_do_not_write_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
