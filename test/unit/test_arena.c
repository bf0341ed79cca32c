#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

static bool is_zero(const char *p, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (p[i] != 0)
            return false;
    return true;
}

static void memory_is_zeroed_aligned_and_apart(void **unused)
{
    struct arena *arena = arena_open(64);
    char *before = NULL;

    (void)unused;
    for (size_t size = 1; size < 300; size++) {
        char *p = arena_alloc(arena, size);
        assert_int_equal((uintptr_t)p % 16, 0);
        assert_true(is_zero(p, size));
        memset(p, (int)(size & 0xff) | 1, size);
        if (before)
            assert_int_equal((unsigned char)before[size - 2], ((size - 1) & 0xff) | 1);
        before = p;
    }
    arena_close(&arena);
    assert_null(arena);
    arena_close(&arena);
}

static void after_a_reset_memory_is_zeroed_again(void **unused)
{
    struct arena *arena = arena_open(256);

    (void)unused;
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < 20; i++) {
            char *p = arena_alloc(arena, 100);
            assert_true(is_zero(p, 100));
            memset(p, 'x', 100);
        }
        arena_reset(arena);
    }
    arena_close(&arena);
}

/* The first block is kept, so what stands there can be looked at after a reset. */
static void only_a_secret_arena_is_wiped(void **unused)
{
    (void)unused;
    for (int secret = 0; secret < 2; secret++) {
        struct arena *arena = arena_open(256);
        if (secret)
            arena_mark_secret(arena);
        const char *copy = arena_text(arena, SPAN("the token"));
        arena_reset(arena);
        assert_int_equal(is_zero(copy, 9), secret);
        arena_close(&arena);
    }
}

static void copies_end_in_a_nul(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    const struct span copy = arena_copy(arena, (struct span){"abcd", 3});
    assert_int_equal(copy.size, 3);
    assert_string_equal(copy.data, "abc");
    assert_string_equal(arena_text(arena, (struct span){NULL, 0}), "");
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    const char *sixteen = arena_text(arena, SPAN("0123456789abcdef"));
    const char *printed = arena_printf(arena, "%s", sixteen);
    arena_text(arena, SPAN("what comes after"));
    assert_string_equal(sixteen, "0123456789abcdef");
    assert_string_equal(printed, "0123456789abcdef");
    assert_int_equal(strlen(arena_printf(arena, "%9000d", 7)), 9000);
    arena_close(&arena);
}

static void memory_that_outlives_every_arena_is_zeroed(void **unused)
{
    char *p = arena_must_alloc(100);

    (void)unused;
    assert_true(is_zero(p, 100));
    memcpy(p, "kept", 5);
    p = arena_must_grow(p, 10000);
    assert_string_equal(p, "kept");
    free(p);
    free(arena_must_alloc(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(after_a_reset_memory_is_zeroed_again),
        cmocka_unit_test(only_a_secret_arena_is_wiped),
        cmocka_unit_test(copies_end_in_a_nul),
        cmocka_unit_test(memory_that_outlives_every_arena_is_zeroed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
