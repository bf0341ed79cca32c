#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/hours.h"

enum { MON = 1, TUE = 2, WED = 4, THU = 8, FRI = 16, SAT = 32, SUN = 64, DAILY = 127 };

/* The changes of 2026, from the system's zone table. */
/* clang-format off */
static const struct zone_change los_angeles_changes[] = {
    {0, -28800}, {1772964000000, -25200}, {1793523600000, -28800}};
static const struct zone_change london_changes[] = {
    {0, 0}, {1774746000000, 3600}, {1792890000000, 0}};
static const struct zone_change lord_howe_changes[] = {
    {0, 39600}, {1775314800000, 37800}, {1791041400000, 39600}};
static const struct zone_change beirut_changes[] = {
    {0, 7200}, {1774735200000, 10800}, {1792875600000, 7200}};
static const struct zone_change kathmandu_changes[] = {{0, 20700}};

#define ZONE(n) {#n, n##_changes, sizeof n##_changes / sizeof n##_changes[0]}
static const struct zone los_angeles = ZONE(los_angeles), london = ZONE(london),
                         lord_howe = ZONE(lord_howe), beirut = ZONE(beirut),
                         kathmandu = ZONE(kathmandu);

/* Shifts. */
static const struct hours work[] = {{MON | TUE | WED | THU | FRI, 7 * 60, 19 * 60}};
static const struct hours nights[] = {{DAILY, 18 * 60, 8 * 60}};
static const struct hours sunday_night[] = {{SUN, 22 * 60, 6 * 60}};
static const struct hours from_2_30[] = {{SUN, 150, 9 * 60}};
static const struct hours in_the_gap[] = {{SUN, 135, 165}};
static const struct hours until_1_30[] = {{SAT, 22 * 60, 90}};
static const struct hours from_1_30[] = {{SUN, 90, 5 * 60}};
static const struct hours hand_over_1_30[] = {{SAT, 22 * 60, 90}, {SUN, 90, 5 * 60}};
static const struct hours whole_days[] = {{DAILY, 0, 1440}};
static const struct hours to_midnight[] = {{SAT, 20 * 60, 1440}};
static const struct hours from_midnight[] = {{SUN, 0, 60}};
static const struct hours round_the_clock[] = {{MON, 420, 420}};
static const struct hours two_rules[] = {{MON, 540, 720}, {MON, 720, 1020}};

enum { NEVER = 0 };
#define UTC_2026(month_start_s, d, h, m) \
    (((int64_t)(month_start_s) + ((d) - 1) * 86400 + (h) * 3600 + (m) * 60) * 1000)
#define MAR(d, h, m) UTC_2026(1772323200, d, h, m)
#define APR(d, h, m) UTC_2026(1775001600, d, h, m)
#define OCT(d, h, m) UTC_2026(1790812800, d, h, m)
#define NOV(d, h, m) UTC_2026(1793491200, d, h, m)

#define RULES(r) r, sizeof r / sizeof r[0]
static const struct row {
    const char *says;
    const struct zone *zone;
    const struct hours *hours;
    size_t count;
    int64_t now_ms;
    bool on;
    int64_t next_on_ms, next_change_ms; /* NEVER: INT64_MAX */
} rows[] = {
    {"no rule means always on call", &london, NULL, 0, MAR(1, 0, 0), true, NEVER, NEVER},
    {"on within a day shift (Monday 08:00 PDT)",
     &los_angeles, RULES(work), MAR(9, 15, 0), true, MAR(10, 14, 0), MAR(10, 2, 0)},
    {"the beginning is on", &los_angeles, RULES(work), MAR(9, 14, 0), true, MAR(10, 14, 0), MAR(10, 2, 0)},
    {"a millisecond before it is off",
     &los_angeles, RULES(work), MAR(9, 14, 0) - 1, false, MAR(9, 14, 0), MAR(9, 14, 0)},
    {"the end is off", &los_angeles, RULES(work), MAR(10, 2, 0), false, MAR(10, 14, 0), MAR(10, 14, 0)},
    {"Friday evening waits for Monday, across the spring change",
     &los_angeles, RULES(work), MAR(7, 3, 0), false, MAR(9, 14, 0), MAR(9, 14, 0)},
    {"the same across the autumn change",
     &los_angeles, RULES(work), NOV(1, 0, 0), false, NOV(2, 15, 0), NOV(2, 15, 0)},
    {"an overnight shift is on after midnight",
     &kathmandu, RULES(nights), MAR(4, 20, 15), true, MAR(5, 12, 15), MAR(5, 2, 15)},
    {"and off in the afternoon",
     &kathmandu, RULES(nights), MAR(5, 6, 15), false, MAR(5, 12, 15), MAR(5, 12, 15)},
    {"an overnight shift belongs to the day on which it begins (Monday 05:00 BST)",
     &london, RULES(sunday_night), MAR(30, 4, 0), true, APR(5, 21, 0), MAR(30, 5, 0)},
    {"and not to the next (Sunday 05:00 GMT)",
     &london, RULES(sunday_night), MAR(22, 5, 0), false, MAR(22, 22, 0), MAR(22, 22, 0)},

    {"a beginning in the spring gap is the gap's end (02:30 PST does not exist)",
     &los_angeles, RULES(from_2_30), MAR(8, 9, 59), false, MAR(8, 10, 0), MAR(8, 10, 0)},
    {"so he is on from the gap's end until 09:00 PDT",
     &los_angeles, RULES(from_2_30), MAR(8, 10, 0), true, MAR(15, 9, 30), MAR(8, 16, 0)},
    {"a shift wholly in the gap does not happen that Sunday",
     &los_angeles, RULES(in_the_gap), MAR(8, 9, 30), false, MAR(15, 9, 15), MAR(15, 9, 15)},
    {"an end in London's gap is the gap's end",
     &london, RULES(until_1_30), MAR(29, 0, 59), true, APR(4, 21, 0), MAR(29, 1, 0)},
    {"a night across the spring gap is an hour shorter",
     &los_angeles, RULES(nights), MAR(8, 2, 0), true, MAR(9, 1, 0), MAR(8, 15, 0)},
    {"a night across the autumn change is an hour longer",
     &los_angeles, RULES(nights), NOV(1, 1, 0), true, NOV(2, 2, 0), NOV(1, 16, 0)},
    {"an end in the repeated hour is its second pass",
     &los_angeles, RULES(until_1_30), NOV(1, 8, 45), true, NOV(8, 6, 0), NOV(1, 9, 30)},
    {"so he is on in the second pass until then",
     &los_angeles, RULES(until_1_30), NOV(1, 9, 15), true, NOV(8, 6, 0), NOV(1, 9, 30)},
    {"a beginning in the repeated hour is its first pass",
     &los_angeles, RULES(from_1_30), NOV(1, 8, 29), false, NOV(1, 8, 30), NOV(1, 8, 30)},
    {"and goes on through the second",
     &los_angeles, RULES(from_1_30), NOV(1, 9, 10), true, NOV(8, 9, 30), NOV(1, 13, 0)},
    {"a hand-over in the repeated hour leaves no hole",
     &los_angeles, RULES(hand_over_1_30), NOV(1, 5, 30), true, NOV(8, 6, 0), NOV(1, 13, 0)},

    {"half an hour is skipped at Lord Howe (02:00 to 02:30, 4 October)",
     &lord_howe, RULES(in_the_gap), OCT(3, 15, 29), false, OCT(3, 15, 30), OCT(3, 15, 30)},
    {"and what is left of the shift ends on time",
     &lord_howe, RULES(in_the_gap), OCT(3, 15, 30), true, OCT(10, 15, 15), OCT(3, 15, 45)},
    {"half an hour is repeated there (01:30 to 02:00, 5 April)",
     &lord_howe, RULES(from_1_30), APR(4, 14, 29), false, APR(4, 14, 30), APR(4, 14, 30)},
    {"midnight to 01:00 is skipped in Beirut on 29 March: no shift",
     &beirut, RULES(from_midnight), MAR(28, 21, 0), false, APR(4, 21, 0), APR(4, 21, 0)},
    {"23:00 is repeated in Beirut on 24 October: a shift to midnight covers both",
     &beirut, RULES(to_midnight), OCT(24, 21, 30), true, OCT(31, 18, 0), OCT(24, 22, 0)},
    {"a shift from midnight begins after both",
     &beirut, RULES(from_midnight), OCT(24, 21, 30), false, OCT(24, 22, 0), OCT(24, 22, 0)},

    {"whole days that join never change", &london, RULES(whole_days), MAR(28, 12, 0), true, NEVER, NEVER},
    {"equal times are one whole day",
     &london, RULES(round_the_clock), MAR(10, 6, 59), true, MAR(16, 7, 0), MAR(10, 7, 0)},
    {"rules that follow on one another are one stretch",
     &kathmandu, RULES(two_rules), MAR(2, 5, 0), true, MAR(9, 3, 15), MAR(2, 11, 15)},
};
/* clang-format on */

static struct roster_operator operator_of(const struct row *r)
{
    return (struct roster_operator){
        .zone = r->zone, .hours = r->hours, .hours_count = (uint8_t)r->count};
}

static int64_t or_never(int64_t want_ms)
{
    return want_ms == NEVER ? INT64_MAX : want_ms;
}

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        const struct roster_operator o = operator_of(r);
        const int64_t next_on = hours_next_on(&o, r->now_ms);
        const int64_t next_change = hours_next_change(&o, r->now_ms);

        if (hours_on(&o, r->now_ms) != r->on || next_on != or_never(r->next_on_ms) ||
            next_change != or_never(r->next_change_ms))
            fail_msg("not so: %s (on %d, next on %lld, next change %lld)", r->says,
                     hours_on(&o, r->now_ms), (long long)next_on, (long long)next_change);
    }
}

/* Every ten minutes of the year: nothing changes before the instant that was told, and it
 * does change there. */
static void what_is_told_ahead_comes_true(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct roster_operator o = operator_of(&rows[i]);
        int64_t told = 0; /* INT64_MAX: nothing within HOURS_AHEAD_DAYS, so ask again */
        bool was = false;

        for (int64_t now = MAR(1, 0, 0); now < MAR(1, 0, 0) + 280 * 86400000LL; now += 600000) {
            const bool on = hours_on(&o, now);
            if (told && now < told && on != was)
                fail_msg("row %zu changes before it was told, at %lld", i, (long long)now);
            if (told && now >= told && told != INT64_MAX &&
                (hours_on(&o, told) == was || hours_on(&o, told - 1) != was))
                fail_msg("row %zu does not change at %lld", i, (long long)told);
            if (now >= told || told == INT64_MAX)
                told = hours_next_change(&o, now);
            was = on;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(what_is_told_ahead_comes_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
