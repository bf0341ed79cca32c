#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/retry.h"

static const struct row {
    const char *says;
    int attempt;
    int64_t least_ms, most_ms;
} rows[] = {
    {"the first waits up to a second", 1, 500, 1000},
    {"the second twice as long", 2, 1000, 2000},
    {"and so on", 3, 2000, 4000},
    {"the sixth is the last to double", 6, 16000, 32000},
    {"then a minute", 7, 30000, 60000},
    {"a minute for ever", 1000, 30000, 60000},
    {"the largest attempt ends", INT_MAX, 30000, 60000},
    {"none counts as the first", 0, 500, 1000},
};

static void refused_credentials_wait_as_long_as_the_class_bears(void **unused)
{
    static const int64_t most_ms[OUTBOX_CLASSES] = {2000, 10000, 60000};
    struct dice dice = dice_from(7);

    (void)unused;
    for (int class = 0; class < OUTBOX_CLASSES; class ++)
        for (int n = 0; n < 200; n++)
            assert_in_range(retry_denied_ms((enum outbox_class) class, &dice), most_ms[class] / 2,
                            most_ms[class]);
}

static void every_row_stays_within_its_bounds_and_is_spread(void **unused)
{
    (void)unused;
    struct dice dice = dice_from(3);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t low = INT64_MAX, high = 0;
        for (int n = 0; n < 500; n++) {
            const int64_t ms = retry_wait_ms(rows[i].attempt, &dice);
            low = ms < low ? ms : low;
            high = ms > high ? ms : high;
        }
        const int64_t spread = rows[i].most_ms - rows[i].least_ms;
        if (low < rows[i].least_ms || high > rows[i].most_ms || high - low < spread * 9 / 10)
            fail_msg("%s: %lld to %lld", rows[i].says, (long long)low, (long long)high);
    }
}

/* clang-format off */
static const struct code_row {
    int32_t code;
    enum retry want;
} codes[] = {
    {0, RETRY_NEVER},
    {20003, RETRY_NEVER}, {20429, RETRY_LATER},
    {21211, RETRY_NEVER}, {21408, RETRY_NEVER}, {21608, RETRY_NEVER}, {21610, RETRY_NEVER},
    {21611, RETRY_LATER}, {21612, RETRY_NEVER}, {21614, RETRY_NEVER}, {21617, RETRY_NEVER},
    {21620, RETRY_PLAIN}, {21623, RETRY_PLAIN},
    {30001, RETRY_LATER}, {30002, RETRY_NEVER}, {30003, RETRY_NEVER}, {30004, RETRY_NEVER},
    {30005, RETRY_NEVER}, {30006, RETRY_NEVER}, {30007, RETRY_NEVER}, {30008, RETRY_ONCE},
    {30010, RETRY_NEVER}, {30011, RETRY_PLAIN}, {30017, RETRY_LATER}, {30019, RETRY_PLAIN},
    {30022, RETRY_LATER}, {30023, RETRY_NEVER}, {30024, RETRY_NEVER}, {30032, RETRY_NEVER},
    {30034, RETRY_NEVER}, {30035, RETRY_NEVER}, {30410, RETRY_LATER}, {30450, RETRY_NEVER},
    {99999, RETRY_NEVER},
};

static const struct due_row {
    enum retry retry;
    int tries;
    bool due;
    int64_t wait_ms;
} dues[] = {
    {RETRY_NEVER, 0, false, 7},
    {RETRY_LATER, 0, true, 60000}, {RETRY_LATER, 1, true, 120000},
    {RETRY_LATER, 2, true, 240000}, {RETRY_LATER, 3, false, 7},
    {RETRY_ONCE, 0, true, 0}, {RETRY_ONCE, 1, false, 7},
    {RETRY_PLAIN, 0, true, 0}, {RETRY_PLAIN, 2, true, 0}, {RETRY_PLAIN, 3, false, 7},
};
/* clang-format on */

static void every_code_has_its_class(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (retry_of(codes[i].code) != codes[i].want)
            fail_msg("%d: %s", codes[i].code, retry_name(retry_of(codes[i].code)));
    assert_true(retry_may_double(30008));
    assert_true(retry_may_double(30410));
    assert_false(retry_may_double(30001));
    assert_false(retry_may_double(0));
    assert_true(retry_is_landline(21614) && retry_is_landline(30006));
    assert_false(retry_is_landline(30003) || retry_is_landline(30005) || retry_is_landline(0));
}

static void tries_have_an_end(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
        int64_t wait_ms = 7;
        const bool due = retry_is_due(dues[i].retry, dues[i].tries, &wait_ms);
        if (due != dues[i].due || wait_ms != dues[i].wait_ms)
            fail_msg("%s, %d tries", retry_name(dues[i].retry), dues[i].tries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_stays_within_its_bounds_and_is_spread),
        cmocka_unit_test(refused_credentials_wait_as_long_as_the_class_bears),
        cmocka_unit_test(every_code_has_its_class),
        cmocka_unit_test(tries_have_an_end),
    };

    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
