#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/dice.h"

static void a_seed_repeats_its_throws(void **unused)
{
    struct dice a = dice_from(42), b = dice_from(42), c = dice_from(43);
    int differ = 0;

    (void)unused;
    for (int i = 0; i < 100; i++) {
        const uint32_t throw = dice_throw(&a, 1000000);
        assert_int_equal(throw, dice_throw(&b, 1000000));
        differ += throw != dice_throw(&c, 1000000);
    }
    assert_true(differ > 90);
}

static void every_side_comes_up_about_as_often(void **unused)
{
    static const uint64_t seeds[] = {0, 1, 42, UINT64_MAX};

    (void)unused;
    for (size_t s = 0; s < sizeof seeds / sizeof seeds[0]; s++) {
        struct dice dice = dice_from(seeds[s]);
        int sides[6] = {0};
        for (int i = 0; i < 6000; i++)
            sides[dice_throw(&dice, 6)]++;
        for (int i = 0; i < 6; i++)
            assert_in_range(sides[i], 850, 1150);
    }
}

static void one_side_is_always_up(void **unused)
{
    struct dice dice = dice_from(7);

    (void)unused;
    for (int i = 0; i < 100; i++)
        assert_int_equal(dice_throw(&dice, 1), 0);
}

static void the_system_fills_every_byte(void **unused)
{
    unsigned char bytes[1001], seen[1001] = {0};

    (void)unused;
    bytes[1000] = 0xa5;
    for (int turn = 0; turn < 20; turn++) {
        memset(bytes, 0, 1000);
        dice_fill(bytes, 1000);
        for (int i = 0; i < 1000; i++)
            seen[i] |= bytes[i];
    }
    for (int i = 0; i < 1000; i++)
        assert_int_not_equal(seen[i], 0);
    assert_int_equal(bytes[1000], 0xa5);
    dice_fill(bytes, 0);
}

static void two_seeds_differ(void **unused)
{
    const struct dice a = dice_seed(), b = dice_seed();

    (void)unused;
    assert_true(a.a != b.a || a.b != b.b);
    assert_true(a.a != 0);
}

/* The last of them: there is no way back to chance. */
static void a_rehearsal_repeats_its_bytes_thread_by_thread(void **unused)
{
    unsigned char first[64], then[64];

    (void)unused;
    dice_rehearse(7);
    dice_fill(first, sizeof first);
    dice_fill(then, sizeof then);
    assert_memory_not_equal(first, then, sizeof first);
    const struct dice row = dice_from(7);
    struct dice d = row;
    for (size_t i = 0; i < sizeof first; i++)
        assert_int_equal(first[i], dice_throw(&d, 256));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_seed_repeats_its_throws),
        cmocka_unit_test(every_side_comes_up_about_as_often),
        cmocka_unit_test(one_side_is_always_up),
        cmocka_unit_test(the_system_fills_every_byte),
        cmocka_unit_test(two_seeds_differ),
        cmocka_unit_test(a_rehearsal_repeats_its_bytes_thread_by_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
