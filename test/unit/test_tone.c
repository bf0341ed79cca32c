#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "codec/tone.h"

static struct arena *arena;

static int open_arena(void **unused)
{
    (void)unused;
    arena = arena_open(1 << 16);
    return 0;
}

static int close_arena(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static unsigned number(struct span file, size_t at, int bytes)
{
    unsigned n = 0;

    for (int i = bytes; i-- > 0;)
        n = n << 8 | (unsigned char)file.data[at + (size_t)i];
    return n;
}

static void it_is_a_file_of_three_seconds(void **unused)
{
    (void)unused;
    const struct span file = tone_ringing(arena);

    assert_int_equal(file.size, TONE_BYTES);
    assert_memory_equal(file.data, "RIFF", 4);
    assert_int_equal(number(file, 4, 4), TONE_BYTES - 8);
    assert_memory_equal(file.data + 8, "WAVEfmt ", 8);
    assert_int_equal(number(file, 20, 2), 7); /* mu-law */
    assert_int_equal(number(file, 22, 2), 1);
    assert_int_equal(number(file, 24, 4), 8000);
    assert_int_equal(number(file, 28, 4), 8000);
    assert_int_equal(number(file, 34, 2), 8);
    assert_memory_equal(file.data + 38, "fact", 4);
    assert_memory_equal(file.data + 50, "data", 4);
    assert_int_equal(number(file, 54, 4), 3 * 8000);
}

/* clang-format off */
static const struct {
    const char *says;
    int sample;
    unsigned char want;
} rows[] = {
    {"silence", 0, 0xff},
    {"the least below it", -1, 0x7f},
    {"a step up", 8, 0xfe},
    {"the loudest", 32767, 0x80},
    {"the loudest below", -32768, 0x00},
    {"in the middle", 1000, 0xce},
};
/* clang-format on */

static void samples_are_what_the_standard_says(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (tone_mulaw(rows[i].sample) != rows[i].want)
            fail_msg("%s: %02x", rows[i].says, tone_mulaw(rows[i].sample));
}

static void it_rings_for_two_seconds_and_rests_for_one(void **unused)
{
    (void)unused;
    const struct span file = tone_ringing(arena);
    const char *sound = file.data + TONE_HEADER_BYTES;
    int crossings = 0;

    for (int i = 1; i < 8000; i++) /* bit 7 is the sign */
        crossings += ((sound[i] ^ sound[i - 1]) & 0x80) != 0;
    assert_in_range(crossings, 950, 970); /* as often as the higher of the two */
    for (int i = 2 * 8000; i < TONE_SAMPLES; i++)
        assert_int_equal((unsigned char)sound[i], 0xff);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_a_file_of_three_seconds),
        TEST(samples_are_what_the_standard_says),
        TEST(it_rings_for_two_seconds_and_rests_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
