#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/moment.h"

enum { HOUR = 3600000 };
#define MONDAY_NOON INT64_C(1773057600000) /* 9 March 2026, 12:00 UTC */

static const struct zone five_behind = {"America/Chicago",
                                        (const struct zone_change[]){{0, -5 * 3600}}, 1};

static const struct row {
    const char *says;
    const struct zone *zone;
    int64_t at_ms;
    const char *words;
} rows[] = {
    {"today is a time alone", NULL, MONDAY_NOON + 7 * HOUR, "19:00"},
    {"so it is when it has been", NULL, MONDAY_NOON - 12 * HOUR, "00:00"},
    {"tomorrow has its day", NULL, MONDAY_NOON + 19 * (int64_t)HOUR, "Tue 07:00"},
    {"the day is that of the zone", &five_behind, MONDAY_NOON + 16 * (int64_t)HOUR, "23:00"},
    {"in six days too", NULL, MONDAY_NOON + 6 * 24 * (int64_t)HOUR, "Sun 12:00"},
    {"later the days are counted", NULL, MONDAY_NOON + 8 * 24 * (int64_t)HOUR,
     "Tue 12:00 in 8 days"},
};

static void each_row_holds(void **unused)
{
    struct arena *arena = arena_open(0);

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct span got = moment_words(arena, rows[i].zone, rows[i].at_ms, MONDAY_NOON);
        if (!span_is_text(got, rows[i].words))
            fail_msg("not so: %s: %.*s", rows[i].says, SPAN_ARG(got));
    }
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_holds)};

    return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
