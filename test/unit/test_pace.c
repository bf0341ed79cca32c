#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "river/pace.h"

enum { BIG = 1, SMALL = 2, LINES = 100, NOW = 1000000, SLOTS = 64 };

static struct pace *pace;

static int set_up(void **unused)
{
    (void)unused;
    pace = pace_open(1);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    pace_close(&pace);
    assert_null(pace);
    return 0;
}

static struct store_sender line_of(int32_t tenant, int number)
{
    struct store_sender s = {.tenant = tenant, .kind = OUTBOX_TEXT};

    snprintf(s.from, sizeof s.from, "+1619555%04d", number);
    return s;
}

/* A line with many rows, and tokens for them. */
static void crowd(int32_t tenant, int number, int64_t now_ms)
{
    const struct store_sender s = line_of(tenant, number);

    pace_set_rate(pace, tenant, s.from, 100);
    pace_note(pace, &s, now_ms);
}

/* As claim.c does it: gives each tenant's count of `slots` rows, every line having more. */
static void send_rows(int slots, int64_t now_ms, int got[4])
{
    const struct store_sender *next;
    int max = 0;

    while (slots > 0 && (next = pace_next(pace, now_ms, &max)) != NULL) {
        const struct store_sender s = *next;
        assert_true(max >= 1);
        pace_note(pace, &s, now_ms);
        for (int i = 0; i < max && slots > 0; i++) {
            if (!pace_take(pace, &s, OUTBOX_NORMAL, 1, now_ms))
                break;
            got[s.tenant]++;
            slots--;
        }
    }
}

static void a_hundred_lines_are_no_hundred_turns(void **unused)
{
    int got[4] = {0};

    (void)unused;
    for (int i = 0; i < LINES; i++)
        crowd(BIG, i, NOW);
    crowd(SMALL, 0, NOW);
    send_rows(SLOTS, NOW, got);
    assert_int_equal(got[BIG] + got[SMALL], SLOTS);
    assert_in_range(got[SMALL], SLOTS / 2 - 4, SLOTS / 2 + 4);
}

static void weights_are_kept(void **unused)
{
    int got[4] = {0};

    (void)unused;
    pace_weigh(pace, SMALL, 3);
    crowd(BIG, 0, NOW);
    crowd(SMALL, 0, NOW);
    for (int i = 0; i < 50; i++)
        send_rows(8, NOW, got);
    assert_in_range(got[SMALL], 300 - 12, 300 + 12);
    assert_in_range(got[BIG], 100 - 12, 100 + 12);
}

static void alone_he_sends_as_fast_as_his_lines_may(void **unused)
{
    int got[4] = {0};

    (void)unused;
    crowd(BIG, 0, NOW);
    send_rows(1000, NOW, got);
    assert_int_equal(got[BIG], 500); /* what was saved in five seconds */
    assert_int_equal(pace_wake_ms(pace), NOW + 11);
    send_rows(1000, NOW + 11, got);
    assert_int_equal(got[BIG], 501);
}

/* New rows go straight from their own batch, so they count as well. */
static void new_rows_of_one_who_had_his_turn_wait_for_the_others(void **unused)
{
    const struct store_sender big = line_of(BIG, 0), small = line_of(SMALL, 0);
    int left = 0;

    (void)unused;
    crowd(SMALL, 0, NOW);
    pace_set_rate(pace, BIG, big.from, 100);
    while (left < SLOTS && pace_take(pace, &big, OUTBOX_NORMAL, 1, NOW))
        left++;
    assert_int_equal(left, 4);
    assert_true(pace_take(pace, &big, OUTBOX_URGENT, 1, NOW));
    pace_note(pace, &big, NOW);
    int max = 0;
    assert_string_equal(pace_next(pace, NOW, &max)->from, small.from);
    assert_int_equal(pace_next(pace, NOW, &max)->tenant, BIG);
    assert_true(pace_take(pace, &big, OUTBOX_NORMAL, 1, NOW));
}

static void a_line_without_tokens_waits_until_it_has_one(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0);
    int max = 0;

    (void)unused;
    pace_note(pace, &s, NOW);
    assert_non_null(pace_next(pace, NOW, &max));
    assert_int_equal(max, 5);
    for (int i = 0; i < 5; i++)
        assert_true(pace_take(pace, &s, OUTBOX_NORMAL, 1, NOW));
    assert_false(pace_take(pace, &s, OUTBOX_NORMAL, 1, NOW));
    assert_true(pace_take(pace, &s, OUTBOX_URGENT, 2, NOW)); /* into debt */
    pace_note(pace, &s, NOW);
    assert_null(pace_next(pace, NOW, &max));
    assert_int_equal(pace_wake_ms(pace), NOW + 3001);
    assert_null(pace_next(pace, NOW + 3000, &max));
    assert_non_null(pace_next(pace, NOW + 3001, &max));
    assert_int_equal(max, 1);
}

static void a_line_that_loses_its_tokens_leaves_the_round(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0);
    int max = 0;

    (void)unused;
    pace_note(pace, &s, NOW);
    for (int i = 0; i < 6; i++)
        assert_true(pace_take(pace, &s, OUTBOX_URGENT, 1, NOW));
    assert_int_equal(pace_wake_ms(pace), NOW + 2001);
    assert_null(pace_next(pace, NOW, &max));
}

static void a_note_for_later_waits_and_an_earlier_one_counts(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0);
    int max = 0;

    (void)unused;
    assert_int_equal(pace_wake_ms(pace), INT64_MAX);
    pace_note(pace, &s, NOW + 500);
    pace_note(pace, &s, NOW + 700);
    assert_int_equal(pace_wake_ms(pace), NOW + 500);
    pace_note(pace, &s, NOW + 300);
    assert_int_equal(pace_wake_ms(pace), NOW + 300);
    assert_null(pace_next(pace, NOW + 299, &max));
    assert_non_null(pace_next(pace, NOW + 300, &max));
    assert_null(pace_next(pace, NOW + 900, &max)); /* until noted again */
    assert_int_equal(pace_wake_ms(pace), INT64_MAX);
}

static void calls_are_started_at_the_accounts_rate(void **unused)
{
    const struct store_sender s = {.tenant = SMALL, .kind = OUTBOX_CALL, .from = "+16195550100"};

    (void)unused;
    assert_true(pace_take(pace, &s, OUTBOX_URGENT, 1, NOW));
    assert_false(pace_take(pace, &s, OUTBOX_URGENT, 1, NOW));
    assert_true(pace_take(pace, &s, OUTBOX_URGENT, 1, NOW + 1000));
}

static void the_end_of_a_call_waits_for_nobody(void **unused)
{
    const struct store_sender s = {.tenant = BIG, .kind = OUTBOX_UPDATE};

    (void)unused;
    crowd(SMALL, 0, NOW);
    for (int i = 0; i < SLOTS; i++)
        assert_true(pace_take(pace, &s, OUTBOX_NORMAL, 1, NOW));
}

static void what_a_batch_took_is_given_back_when_it_fails(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0), later = line_of(BIG, 0);
    int max = 0;

    (void)unused;
    pace_note(pace, &s, NOW);
    for (int i = 0; i < 20; i++) {
        pace_begin(pace);
        assert_non_null(pace_next(pace, NOW, &max));
        assert_int_equal(max, 5);
        for (int row = 0; row < 3; row++)
            assert_true(pace_take(pace, &s, OUTBOX_NORMAL, 1, NOW));
        pace_note(pace, &later, NOW + 700);
        pace_undo(pace, NOW);
    }
    assert_null(pace_next(pace, NOW - 1, &max));
    assert_non_null(pace_next(pace, NOW, &max));
    assert_null(pace_next(pace, NOW + 699, &max));
    assert_int_equal(pace_next(pace, NOW + 700, &max)->tenant, BIG);
}

static void a_failed_batch_comes_again_when_it_is_told_to(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0);
    int max = 0;

    (void)unused;
    pace_note(pace, &s, NOW);
    pace_begin(pace);
    assert_non_null(pace_next(pace, NOW, &max));
    pace_undo(pace, NOW + 250);
    assert_int_equal(pace_wake_ms(pace), NOW + 250);
    assert_null(pace_next(pace, NOW + 249, &max));
    assert_non_null(pace_next(pace, NOW + 250, &max));
    pace_begin(pace);
    pace_undo(pace, NOW + 300); /* nothing was done since */
    assert_null(pace_next(pace, NOW + 400, &max));
}

static void a_turn_is_given_back_too(void **unused)
{
    const struct store_sender big = line_of(BIG, 0);

    (void)unused;
    crowd(SMALL, 0, NOW);
    pace_set_rate(pace, BIG, big.from, 100);
    for (int i = 0; i < 5; i++) {
        pace_begin(pace);
        for (int row = 0; row < 4; row++)
            assert_true(pace_take(pace, &big, OUTBOX_NORMAL, 1, NOW));
        assert_false(pace_take(pace, &big, OUTBOX_NORMAL, 1, NOW));
        pace_undo(pace, NOW);
    }
}

static void two_nodes_have_half_of_the_rate_each(void **unused)
{
    const struct store_sender s = line_of(SMALL, 0);
    int max = 0;

    (void)unused;
    pace_set_rate(pace, SMALL, s.from, 10);
    pace_note(pace, &s, NOW);
    pace_share(pace, 2);
    assert_non_null(pace_next(pace, NOW, &max));
    assert_int_equal(max, 25);
    for (int i = 0; i < 25; i++)
        assert_true(pace_take(pace, &s, OUTBOX_NORMAL, 1, NOW));
    pace_note(pace, &s, NOW);
    assert_int_equal(pace_wake_ms(pace), NOW + 201);
    pace_share(pace, 1);
    assert_int_equal(pace_wake_ms(pace), NOW + 101);
}

static void ten_thousand_lines_come_in_the_order_of_their_time(void **unused)
{
    int64_t at_ms = NOW;
    int max = 0;

    (void)unused;
    for (int i = 0; i < 10000; i++) {
        const struct store_sender s = line_of(i / 10, i);
        pace_note(pace, &s, NOW + (int64_t)i * 7919 % 10000);
    }
    for (int i = 0; i < 10000; i++, at_ms++) {
        assert_int_equal(pace_wake_ms(pace), at_ms);
        assert_non_null(pace_next(pace, at_ms, &max));
        assert_null(pace_next(pace, at_ms, &max));
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_hundred_lines_are_no_hundred_turns),
        TEST(weights_are_kept),
        TEST(alone_he_sends_as_fast_as_his_lines_may),
        TEST(new_rows_of_one_who_had_his_turn_wait_for_the_others),
        TEST(a_line_without_tokens_waits_until_it_has_one),
        TEST(a_line_that_loses_its_tokens_leaves_the_round),
        TEST(a_note_for_later_waits_and_an_earlier_one_counts),
        TEST(calls_are_started_at_the_accounts_rate),
        TEST(the_end_of_a_call_waits_for_nobody),
        TEST(what_a_batch_took_is_given_back_when_it_fails),
        TEST(a_failed_batch_comes_again_when_it_is_told_to),
        TEST(a_turn_is_given_back_too),
        TEST(two_nodes_have_half_of_the_rate_each),
        TEST(ten_thousand_lines_come_in_the_order_of_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
