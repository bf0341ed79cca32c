#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "codec/calendar.h"
#include "codec/zone.h"
#include "rules/hours.h"
#include "rules/rotation.h"

/* Every day of 2026, across both changes where there are any, against libical's own expansion
 * of the same rule. What ends in an hour that a change repeats (before midnight in Santiago, Cairo
 * and Beirut) ends otherwise in a calendar: test/vectors/schedule-by-hand.txt has both. */
enum { DAILY = 127, DAYS = 364 };
static const int64_t day_ms = 86400000, minute_ms = 60000;
static const struct stretch year = {INT64_C(1767398400000),
                                    INT64_C(1767398400000) + 364 * INT64_C(86400000)};

static const char *const zones[] = {
    "America/Los_Angeles", "America/New_York", "America/St_Johns",   "America/Sao_Paulo",
    "America/Santiago",    "Europe/London",    "Europe/Berlin",      "Africa/Cairo",
    "Asia/Kathmandu",      "Asia/Beirut",      "Australia/Adelaide", "Australia/Lord_Howe",
    "Pacific/Auckland",    "Pacific/Chatham",
};
enum { ZONES = sizeof zones / sizeof zones[0] };

static struct arena *arena;

static size_t expand(const char *zone_name, const struct zone *zone, int from_min, int minutes,
                     struct stretch **out)
{
    size_t count = 0;
    const char *text = arena_printf(
        arena,
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=%s:20251220T%02d%02d00\r\n"
        "DURATION:PT%dM\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        zone_name, from_min / 60, from_min % 60, minutes);

    assert_int_equal(calendar_expand(arena, span_of(text), zone, &year, out, &count), ERR_NONE);
    assert_true(count >= DAYS && count <= DAYS + 2);
    return count;
}

static void hours_are_what_libical_says(void **unused)
{
    (void)unused;
    static const struct hours shifts[] = {{DAILY, 7 * 60, 19 * 60},
                                          {DAILY, 22 * 60, 6 * 60},
                                          {DAILY, 12 * 60, 12 * 60 + 30},
                                          {DAILY, 18 * 60, 8 * 60},
                                          {DAILY, 5 * 60, 22 * 60 + 30}};

    for (int z = 0; z < ZONES; z++)
        for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
            struct roster_operator o = {.hours = &shifts[i], .hours_count = 1};
            struct stretch *list = NULL;
            const int minutes = (shifts[i].to_min - shifts[i].from_min + 1440) % 1440;
            assert_int_equal(zone_load(arena, zones[z], &o.zone), ERR_NONE);
            const size_t count = expand(zones[z], o.zone, shifts[i].from_min, minutes, &list);
            for (size_t k = 0; k < count; k++)
                if (hours_on(&o, list[k].from_ms - 1) || !hours_on(&o, list[k].from_ms) ||
                    !hours_on(&o, list[k].to_ms - 1) || hours_on(&o, list[k].to_ms))
                    fail_msg("%s, shift %zu, %lld", zones[z], i, (long long)list[k].from_ms);
        }
}

static void hand_overs_are_what_libical_says(void **unused)
{
    (void)unused;
    for (int z = 0; z < ZONES; z++) {
        struct rotation r = {.operators = {0, 1, 2},
                             .operator_count = 3,
                             .every_ms = day_ms,
                             .start_ms = INT64_C(1767571200000) + 9 * 60 * minute_ms};
        struct stretch *list = NULL;
        assert_int_equal(zone_load(arena, zones[z], &r.zone), ERR_NONE);
        const size_t count = expand(zones[z], r.zone, 9 * 60, 60, &list);
        for (size_t k = 0; k < count; k++)
            if (rotation_hand_over(&r, list[k].from_ms - 1) != list[k].from_ms ||
                rotation_holder(&r, list[k].from_ms - 1) == rotation_holder(&r, list[k].from_ms))
                fail_msg("%s, %lld", zones[z], (long long)list[k].from_ms);
    }
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(hours_are_what_libical_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hand_overs_are_what_libical_says, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
