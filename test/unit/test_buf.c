#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static struct arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void everything_is_appended(void **unused)
{
    struct buf b = buf_in(arena, 1000);

    (void)unused;
    assert_int_equal(buf_span(&b).size, 0);
    assert_string_equal(buf_span(&b).data, "");
    buf_add(&b, SPAN("span "));
    buf_add(&b, (struct span){NULL, 0});
    buf_add_text(&b, "text ");
    buf_add_char(&b, 'c');
    buf_add_number(&b, INT64_MIN);
    buf_printf(&b, " %s %d", "words", 7);
    assert_string_equal(b.data, "span text c-9223372036854775808 words 7");
    assert_int_equal(b.size, strlen(b.data));
    assert_false(b.full);
}

static void growth_keeps_what_is_there(void **unused)
{
    struct buf b = buf_in(arena, 100000);

    (void)unused;
    for (int i = 0; i < 5000; i++)
        buf_printf(&b, "%04d|", i);
    assert_int_equal(b.size, 25000);
    assert_memory_equal(b.data, "0000|0001|", 10);
    assert_string_equal(b.data + 24990, "4998|4999|");
}

static void the_cap_drops_what_does_not_fit_and_says_so(void **unused)
{
    struct buf b = buf_in(arena, 5);

    (void)unused;
    buf_add_text(&b, "abc");
    buf_add_text(&b, "def");
    assert_true(b.full);
    assert_string_equal(b.data, "abc");
    buf_printf(&b, "%d", 123);
    assert_string_equal(b.data, "abc");
    b = buf_in(arena, 5);
    buf_add_text(&b, "abcde");
    assert_false(b.full);
    assert_string_equal(b.data, "abcde");
    buf_add_char(&b, 'f');
    assert_true(b.full);
    assert_int_equal(b.size, 5);
    b = buf_in(arena, 0);
    buf_add_char(&b, 'a');
    assert_true(b.full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_appended),
        cmocka_unit_test(growth_keeps_what_is_there),
        cmocka_unit_test(the_cap_drops_what_does_not_fit_and_says_so),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
