#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/calendar.h"
#include "codec/timestamp.h"
#include "codec/zone.h"

static struct arena *arena;
static const struct zone *zone; /* Los Angeles */
/* 1 March to 30 April 2026 unless a row says otherwise. */
static const struct stretch spring = {INT64_C(1772323200000), INT64_C(1777593600000)};
static const struct stretch autumn = {INT64_C(1792800000000), INT64_C(1794009600000)};

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    return zone_load(arena, "America/Los_Angeles", &zone) ? -1 : 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static int by_beginning(const void *a, const void *b)
{
    const struct stretch *one = a, *other = b;
    return (one->from_ms > other->from_ms) - (one->from_ms < other->from_ms);
}

/* "03-08T10:00-11:00 ..." in UTC, or the error. */
static const char *expand_text(struct span text, const struct stretch *window)
{
    struct stretch *list;
    size_t count;
    struct buf out = buf_in(arena, 1 << 16);
    char from[TIMESTAMP_SIZE], to[TIMESTAMP_SIZE];
    const enum err err = calendar_expand(arena, text, zone, window, &list, &count);

    if (err)
        return err == ERR_FULL ? "full" : "bad";
    if (count > 0)
        qsort(list, count, sizeof *list, by_beginning);
    for (size_t i = 0; i < count; i++) {
        timestamp_render(list[i].from_ms, from);
        timestamp_render(list[i].to_ms, to);
        buf_printf(&out, "%s%.11s-%.5s", i ? " " : "", from + 5, to + 11);
    }
    return arena_text(arena, buf_span(&out));
}

static const char *expand(const char *events, const struct stretch *window)
{
    char *text = arena_printf(arena, "BEGIN:VCALENDAR|VERSION:2.0|%sEND:VCALENDAR|", events);
    struct buf out = buf_in(arena, 1 << 20);

    for (const char *c = text; *c; c++)
        buf_add_text(&out, *c == '|' ? "\r\n" : (char[]){*c, 0});
    return expand_text(buf_span(&out), window);
}

static void every_feed(void **unused)
{
    (void)unused;
    /* clang-format off */
    static const struct row {
        const char *says, *events, *gives;
        const struct stretch *window;
    } rows[] = {
        {"a time without a zone is by the caller's",
         "BEGIN:VEVENT|UID:1|DTSTART:20260302T090000|DTEND:20260302T170000|END:VEVENT|",
         "03-02T17:00-01:00", &spring},
        {"UTC", "BEGIN:VEVENT|UID:1|DTSTART:20260302T090000Z|DURATION:PT8H|END:VEVENT|",
         "03-02T09:00-17:00", &spring},
        {"a zone by its name",
         "BEGIN:VEVENT|UID:1|DTSTART;TZID=Europe/London:20260330T090000|DURATION:PT1H|END:VEVENT|",
         "03-30T08:00-09:00", &spring},
        {"whole days", "BEGIN:VEVENT|UID:1|DTSTART;VALUE=DATE:20260307|DTEND;VALUE=DATE:20260309|END:VEVENT|",
         "03-07T08:00-07:00", &spring},
        {"every week, across the change, by the clocks",
         "BEGIN:VEVENT|UID:1|DTSTART;TZID=America/New_York:20260302T090000|DURATION:PT1H|"
         "RRULE:FREQ=WEEKLY;COUNT=3|END:VEVENT|",
         "03-02T14:00-15:00 03-09T13:00-14:00 03-16T13:00-14:00", &spring},
        {"a night that the autumn change makes longer ends on time",
         "BEGIN:VEVENT|UID:1|DTSTART;TZID=America/New_York:20261031T220000|"
         "DTEND;TZID=America/New_York:20261101T060000|END:VEVENT|",
         "11-01T02:00-11:00", &autumn},
        {"EXDATE and RECURRENCE-ID",
         "BEGIN:VEVENT|UID:1|DTSTART:20260302T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=4|"
         "EXDATE:20260303T080000Z|END:VEVENT|"
         "BEGIN:VEVENT|UID:1|RECURRENCE-ID:20260304T080000Z|DTSTART:20260304T120000Z|DURATION:PT2H|END:VEVENT|",
         "03-02T08:00-09:00 03-04T12:00-14:00 03-05T08:00-09:00", &spring},
        {"a cancelled occurrence", "BEGIN:VEVENT|UID:1|DTSTART:20260302T080000Z|DURATION:PT1H|"
         "RRULE:FREQ=DAILY;COUNT=2|END:VEVENT|BEGIN:VEVENT|UID:1|RECURRENCE-ID:20260303T080000Z|"
         "DTSTART:20260303T080000Z|DURATION:PT1H|STATUS:CANCELLED|END:VEVENT|",
         "03-02T08:00-09:00", &spring},
        {"one that began years ago goes on",
         "BEGIN:VEVENT|UID:1|DTSTART:20100104T080000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=1MO|END:VEVENT|",
         "03-02T08:00-09:00 04-06T08:00-09:00", &spring},
        {"a zone of its own (VTIMEZONE)",
         "BEGIN:VTIMEZONE|TZID:Ours|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0300|"
         "TZOFFSETTO:+0300|END:STANDARD|END:VTIMEZONE|"
         "BEGIN:VEVENT|UID:1|DTSTART;TZID=Ours:20260302T090000|DURATION:PT1H|END:VEVENT|",
         "03-02T06:00-07:00", &spring},
        {"RDATE", "BEGIN:VEVENT|UID:1|DTSTART:20260302T080000Z|DURATION:PT1H|RDATE:20260310T080000Z|END:VEVENT|",
         "03-02T08:00-09:00 03-10T08:00-09:00", &spring},
        {"an end before the beginning is nothing",
         "BEGIN:VEVENT|UID:1|DTSTART:20260302T080000Z|DTEND:20260301T080000Z|END:VEVENT|", "", &spring},
        {"no beginning", "BEGIN:VEVENT|UID:1|END:VEVENT|", "", &spring},
        {"no event", "", "", &spring},
        {"every second, for ever, is refused",
         "BEGIN:VEVENT|UID:1|DTSTART:19700101T000000Z|DURATION:PT1S|RRULE:FREQ=SECONDLY|END:VEVENT|",
         "bad", &spring},
        {"every hour of two months is more than is kept",
         "BEGIN:VEVENT|UID:1|DTSTART:19700101T000000Z|DURATION:PT30M|RRULE:FREQ=HOURLY|END:VEVENT|",
         "full", &spring},
        {"a rule that never comes true",
         "BEGIN:VEVENT|UID:1|DTSTART:20200101T000000Z|DURATION:PT30M|RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30|END:VEVENT|",
         "bad", &spring},
        {"occurrences that replace one another, and one that replaces itself",
         "BEGIN:VEVENT|UID:1|RECURRENCE-ID:20260303T080000Z|DTSTART:20260304T080000Z|DURATION:PT1H|END:VEVENT|"
         "BEGIN:VEVENT|UID:1|RECURRENCE-ID:20260304T080000Z|DTSTART:20260303T080000Z|DURATION:PT1H|END:VEVENT|"
         "BEGIN:VEVENT|UID:1|RECURRENCE-ID:20260305T080000Z|DTSTART:20260305T080000Z|DURATION:PT1H|END:VEVENT|"
         "BEGIN:VEVENT|UID:1|DTSTART:20260303T080000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3|END:VEVENT|",
         "03-03T08:00-09:00 03-04T08:00-09:00 03-05T08:00-09:00", &spring},
        {"a count that ends long after the steps that are looked at",
         "BEGIN:VEVENT|UID:1|DTSTART:19700101T000000Z|DURATION:PT30M|RRULE:FREQ=HOURLY;COUNT=900000|END:VEVENT|",
         "full", &spring},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(expand(rows[i].events, rows[i].window), rows[i].gives) != 0)
            fail_msg("%s: \"%s\"", rows[i].says, expand(rows[i].events, rows[i].window));
}

static void what_is_no_calendar_is_refused(void **unused)
{
    (void)unused;
    static const char *const texts[] = {"",
                                        "hello",
                                        "<html></html>",
                                        "BEGIN:VEVENT\r\nEND:VEVENT\r\n",
                                        "\xff\xfe\xff",
                                        "BEGIN:VCALENDAR",
                                        "END:VCALENDAR\r\n"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const char *got = expand_text(span_of(texts[i]), &spring);
        assert_true(strcmp(got, "bad") == 0 || strcmp(got, "") == 0);
    }
    assert_string_equal(expand_text((struct span){"BEGIN\0", 6}, &spring), "bad");
}

static void a_line_without_end_and_wrong_letters_harm_nothing(void **unused)
{
    (void)unused;
    char *text = arena_alloc(arena, 120000);

    memset(text, 'x', 120000);
    memcpy(text, "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:\xff\xc0", 41);
    static const char end[] = "\r\nUID:1\r\nDTSTART:20260302T080000Z\r\nDURATION:PT1H\r\nEND:VEVENT"
                              "\r\nEND:VCALENDAR\r\n";
    memcpy(text + 120000 - sizeof end, end, sizeof end);
    assert_string_equal(expand_text((struct span){text, 119999}, &spring), "03-02T08:00-09:00");
}

static void too_many_events_are_refused(void **unused)
{
    (void)unused;
    struct buf b = buf_in(arena, 1 << 20);

    buf_add_text(&b, "BEGIN:VCALENDAR\r\n");
    for (int i = 0; i <= CALENDAR_EVENTS_MAX; i++)
        buf_printf(&b, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:20200302T080000Z\r\nEND:VEVENT\r\n", i);
    buf_add_text(&b, "END:VCALENDAR\r\n");
    assert_string_equal(expand_text(buf_span(&b), &spring), "full");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_feed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_calendar_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_without_end_and_wrong_letters_harm_nothing, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(too_many_events_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
