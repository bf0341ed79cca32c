#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/retry.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_stays_within_its_bounds_and_is_spread),
    };

    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
