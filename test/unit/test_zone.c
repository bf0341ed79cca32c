#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/timestamp.h"
#include "codec/zone.h"

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

static int32_t offset_at(const char *name, const char *when)
{
    const struct zone *zone = NULL;
    int64_t at = 0;
    bool local;

    assert_int_equal(zone_load(arena, name, &zone), ERR_NONE);
    assert_true(timestamp_parse(span_of(when), &at, &local));
    int32_t offset = zone->changes[0].offset_s;
    for (size_t i = 0; i < zone->count && zone->changes[i].from_ms <= at; i++)
        offset = zone->changes[i].offset_s;
    return offset;
}

/* clang-format off */
static const struct {
    const char *says, *name, *when;
    int32_t want;
} rows[] = {
    {"winter in the west",           "America/Los_Angeles", "2026-11-29T11:00:00Z", -28800},
    {"the second before spring",     "America/Los_Angeles", "2026-03-08T09:59:59Z", -28800},
    {"spring, to the second",        "America/Los_Angeles", "2026-03-08T10:00:00Z", -25200},
    {"the second before autumn",     "America/Los_Angeles", "2026-11-01T08:59:59Z", -25200},
    {"autumn, to the second",        "America/Los_Angeles", "2026-11-01T09:00:00Z", -28800},
    {"before the list: its first",   "America/Los_Angeles", "2000-07-01T00:00:00Z", -28800},
    {"twenty years on",              "America/Los_Angeles", "2044-07-01T00:00:00Z", -25200},
    {"after the list: its last",     "America/Los_Angeles", "2060-07-01T00:00:00Z", -28800},
    {"no summer there",              "America/Phoenix",     "2026-07-01T00:00:00Z", -25200},
    {"half hours",                   "Asia/Kolkata",        "2026-07-01T00:00:00Z", 19800},
    {"seasons of the south",         "Australia/Sydney",    "2026-01-01T00:00:00Z", 39600},
    {"half an hour of summer",       "Australia/Lord_Howe", "2026-07-01T00:00:00Z", 37800},
    {"an old name",                  "US/Pacific",          "2026-07-01T00:00:00Z", -25200},
    {"UTC",                          "UTC",                 "2026-07-01T00:00:00Z", 0},
};
/* clang-format on */

static void each_row_holds(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (offset_at(rows[i].name, rows[i].when) != rows[i].want)
            fail_msg("not so: %s: %d", rows[i].says, offset_at(rows[i].name, rows[i].when));
}

static void changes_ascend_and_each_changes_something(void **unused)
{
    static const char *const names[] = {"America/New_York", "Africa/Casablanca", "Asia/Tehran",
                                        "Europe/London", "UTC"};

    (void)unused;
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        const struct zone *zone = NULL;
        assert_int_equal(zone_load(arena, names[n], &zone), ERR_NONE);
        assert_string_equal(zone->name, names[n]);
        assert_true(zone->count >= 1);
        for (size_t i = 1; i < zone->count; i++) {
            assert_true(zone->changes[i - 1].from_ms < zone->changes[i].from_ms);
            assert_int_not_equal(zone->changes[i - 1].offset_s, zone->changes[i].offset_s);
        }
    }
}

static void names_that_are_none_are_not_found(void **unused)
{
    static const char *const names[] = {
        "",
        "Nowhere/Land",
        "America",
        "zone.tab",
        "../../etc/hostname",
        "/etc/localtime",
        "America/../UTC",
        "america/los_angeles",
        "Etc UTC",
        "America/A_name_that_is_longer_than_any_zone_has",
    };

    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone = NULL;
        if (zone_load(arena, names[i], &zone) != ERR_NOT_FOUND || zone)
            fail_msg("found: \"%s\"", names[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_holds),
        cmocka_unit_test(changes_ascend_and_each_changes_something),
        cmocka_unit_test(names_that_are_none_are_not_found),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
