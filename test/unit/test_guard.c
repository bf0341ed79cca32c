#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "rules/guard.h"

enum { START = 1000000, MINUTE = 60000 };
static struct guard *guard;

static int set_up(void **unused)
{
    (void)unused;
    guard = guard_open();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    guard_close(&guard);
    assert_null(guard);
    return 0;
}

static int64_t wait_of(const char *who, int a_minute, int64_t now_ms)
{
    return guard_wait_ms(guard, 1, span_of(who), a_minute, now_ms);
}

static void a_minutes_worth_goes_at_once_and_the_rest_at_the_pace(void **unused)
{
    (void)unused;
    for (int i = 0; i < 6; i++)
        assert_int_equal(wait_of("a", 6, START), 0);
    for (int i = 1; i <= 100; i++) /* one after the other, and none is turned away */
        assert_int_equal(wait_of("a", 6, START), i * 10000);
}

static void the_allowance_comes_back_with_time(void **unused)
{
    (void)unused;
    for (int i = 0; i < 6; i++)
        wait_of("a", 6, START);
    assert_int_equal(wait_of("a", 6, START + 10000), 0); /* a sixth of it */
    assert_int_equal(wait_of("a", 6, START + 10000), 10000);
    for (int i = 0; i < 6; i++)
        assert_int_equal(wait_of("a", 6, START + 10 * MINUTE), 0);
    assert_true(wait_of("a", 6, START + 10 * MINUTE) > 0); /* it does not pile up */
}

static void each_has_his_own(void **unused)
{
    (void)unused;
    while (wait_of("a", 2, START) == 0)
        ;
    assert_int_equal(wait_of("b", 2, START), 0);
    assert_int_equal(wait_of("", 2, START), 0);
    assert_int_equal(guard_wait_ms(guard, 2, SPAN("a"), 2, START), 0);
}

static void no_limit_and_no_guard_never_wait(void **unused)
{
    (void)unused;
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(wait_of("a", 0, START), 0);
        assert_int_equal(guard_wait_ms(NULL, 1, SPAN("a"), 1, START), 0);
    }
    assert_int_equal(wait_of("a", 1, START), 0); /* nor do they spend anything */
}

static void a_clock_that_goes_back_holds_nobody_longer_than_his_turn(void **unused)
{
    (void)unused;
    wait_of("a", 1, START);
    assert_int_equal(wait_of("a", 1, START - MINUTE), 2 * MINUTE);
}

static void a_crowd_of_lines_forgets_the_quietest(void **unused)
{
    (void)unused;
    struct arena *arena = arena_open(1 << 16);

    for (int i = 0; i < 10; i++)
        wait_of("busy", 1, START);
    for (int i = 0; i < 20000; i++) /* more than there is room for */
        assert_int_equal(wait_of(arena_printf(arena, "line %d", i), 60, START + i), 0);
    assert_true(wait_of("busy", 1, START + 20000) > 0);
    arena_close(&arena);
}

static void what_is_noted_holds_until_its_time(void **unused)
{
    (void)unused;
    assert_false(guard_is_noted(guard, 1, SPAN("a"), START));
    guard_note(guard, 1, SPAN("a"), START + MINUTE);
    assert_true(guard_is_noted(guard, 1, SPAN("a"), START + MINUTE - 1));
    assert_false(guard_is_noted(guard, 1, SPAN("a"), START + MINUTE));
    assert_false(guard_is_noted(guard, 2, SPAN("a"), START));
    assert_false(guard_is_noted(guard, 1, SPAN("b"), START));
    guard_note(guard, 1, SPAN("a"), START + MINUTE);
    guard_forget(guard, 1, SPAN("a"));
    assert_false(guard_is_noted(guard, 1, SPAN("a"), START));
    guard_note(NULL, 1, SPAN("a"), START + MINUTE);
    assert_false(guard_is_noted(NULL, 1, SPAN("a"), START));
}

static void what_was_taken_in_vain_is_given_back(void **unused)
{
    (void)unused;
    assert_int_equal(guard_wait_ms(guard, 1, SPAN("a"), 1, START), 0);
    guard_begin(guard);
    assert_int_equal(guard_wait_ms(guard, 1, SPAN("a"), 1, START), MINUTE);
    guard_note(guard, 1, SPAN("b"), START + MINUTE);
    guard_undo(guard);
    assert_false(guard_is_noted(guard, 1, SPAN("b"), START));
    assert_int_equal(guard_wait_ms(guard, 1, SPAN("a"), 1, START), MINUTE); /* as before it */
    guard_undo(guard);
    guard_begin(NULL);
    guard_undo(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_minutes_worth_goes_at_once_and_the_rest_at_the_pace),
        TEST(the_allowance_comes_back_with_time),
        TEST(each_has_his_own),
        TEST(no_limit_and_no_guard_never_wait),
        TEST(a_clock_that_goes_back_holds_nobody_longer_than_his_turn),
        TEST(a_crowd_of_lines_forgets_the_quietest),
        TEST(what_is_noted_holds_until_its_time),
        TEST(what_was_taken_in_vain_is_given_back),
    };

    return cmocka_run_group_tests_name("guard", tests, NULL, NULL);
}
