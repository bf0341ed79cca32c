#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/locked.h"

/* The kernel's flags of the pages at `memory`, as /proc/self/smaps has them. */
static void flags_of(const void *memory, char *out, size_t size)
{
    FILE *f = fopen("/proc/self/smaps", "re");
    char line[512];
    bool is_here = false;

    assert_non_null(f);
    out[0] = 0;
    while (fgets(line, sizeof line, f)) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            is_here = (uintptr_t)memory >= from && (uintptr_t)memory < to;
        else if (is_here && strncmp(line, "VmFlags:", 8) == 0)
            snprintf(out, size, "%.*s", (int)size - 1, line + 8);
    }
    fclose(f);
}

static void pages_are_locked_and_not_dumped(void **unused)
{
    void *memory = locked_open(100);
    char flags[256];

    (void)unused;
    assert_true(locked_room(100) >= 100);
    flags_of(memory, flags, sizeof flags);
    if (!flags[0])
        skip(); /* a kernel that does not tell */
    assert_non_null(strstr(flags, " dd"));
    if (!locked_refused_bytes())
        assert_non_null(strstr(flags, " lo"));
    locked_close(&memory, 100);
    assert_null(memory);
    locked_close(&memory, 100);
}

static void a_child_has_none_of_it(void **unused)
{
    struct arena *arena = arena_open_locked(0);
    const char *secret = arena_text(arena, SPAN("the token"));
    int status = 0;

    (void)unused;
    const pid_t child = fork();
    if (child == 0)
        _exit(secret[0] == 0 ? 0 : 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(secret, "the token");
    arena_close(&arena);
}

/* In a child, which has the lower limit for itself; without it root would lock all the same. */
static void what_cannot_be_locked_is_used_and_counted(void **unused)
{
    int status = 0;

    (void)unused;
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit none = {0, 0};
        const size_t before = locked_refused_bytes();
        char probe[16];
        if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
            _exit(2);
        if (mlock(probe, sizeof probe) == 0)
            _exit(0); /* this kernel has no such limit */
        void *memory = locked_open(10);
        memset(memory, 'x', 10);
        _exit(locked_refused_bytes() == before + locked_room(10) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void an_arena_of_it_grows_and_is_wiped(void **unused)
{
    struct arena *arena = arena_open_locked(100);
    const char *first = arena_text(arena, SPAN("the token"));
    char flags[256];

    (void)unused;
    for (int i = 0; i < 20; i++) {
        char *more = arena_alloc(arena, 5000);
        assert_int_equal(more[0] | more[4999], 0);
        memset(more, 'x', 5000);
        flags_of(more, flags, sizeof flags);
        if (flags[0])
            assert_non_null(strstr(flags, " dd"));
    }
    assert_string_equal(first, "the token");
    arena_reset(arena);
    assert_int_equal(first[0], 0);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_locked_and_not_dumped),
        cmocka_unit_test(a_child_has_none_of_it),
        cmocka_unit_test(what_cannot_be_locked_is_used_and_counted),
        cmocka_unit_test(an_arena_of_it_grows_and_is_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
