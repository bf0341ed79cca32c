#include "reading.h"

#include <string.h>

#include "config/roster_calendars.h"

static struct roster_defaults defaults;

static int set_up(void **state)
{
    defaults = reading_defaults;
    defaults.time_zone = "America/Los_Angeles";
    return reading_set_up(state);
}

/* A roster of Ann and Bob; `ann` and `more` are written with ' for ". */
static enum err parse(const char *ann, const char *chain, const char *more)
{
    const char *text =
        arena_printf(reading.arena,
                     "{'dispatchers': [{'name': 'Ann', 'phone': '+16195550111'%s%s}, "
                     "{'name': 'Bob', 'phone': '+16195550112'}], 'fallback_chain': [%s]%s%s}",
                     ann[0] ? ", " : "", ann, chain, more[0] ? ", " : "", more);

    return reading_parse(text, &defaults);
}

static void good(const char *ann, const char *chain, const char *more)
{
    if (parse(ann, chain, more))
        fail_msg("%s", reading_line(0));
}

static void vacations_are_days_and_times(void **unused)
{
    (void)unused;
    good("'vacations': [{'from': '2026-12-24', 'to': '2026-12-26'}, "
         "{'start': '2026-03-08T01:00', 'end': '2026-03-08 04:00'}, "
         "{'from': '2026-12-27', 'to': '2026-12-27'}, "
         "{'from': '2026-07-01T00:00:00Z', 'to': '2026-07-02T00:00:00Z'}]",
         "'Ann'", "");
    const struct roster_operator *ann = &reading.roster->operators[0];
    assert_int_equal(ann->away_count, 3); /* two of them touch */
    assert_int_equal(ann->away[0].to_ms - ann->away[0].from_ms, 2 * 3600000); /* an hour skipped */
    assert_int_equal(ann->away[1].from_ms, INT64_C(1782864000000));
    assert_int_equal(ann->away[2].from_ms, INT64_C(1798099200000)); /* 24 December, 08:00 UTC */
    assert_int_equal(ann->away[2].to_ms - ann->away[2].from_ms, INT64_C(4) * 86400000);
}

static void rotations_stand_in_steps(void **unused)
{
    (void)unused;
    static const char rotations[] =
        "'rotations': {'front': {'operators': ['Bob', 'Ann'], 'every': 'week', "
        "'hand_over': 'mon 09:00', 'start': '2026-01-06', 'time_zone': 'Europe/London'}, "
        "'back': {'operators': ['Ann'], 'every': {'hours': 12}}}";

    good("",
         "'rotation:front', {'rotation': 'back', 'ring_seconds': 30}, "
         "{'operators': ['rotation:front', 'Bob']}",
         rotations);
    assert_int_equal(reading.roster->rotation_count, 2);
    const struct rotation *front = &reading.roster->rotations[0];
    assert_string_equal(front->zone->name, "Europe/London");
    assert_int_equal(front->every_ms, INT64_C(7) * 86400000);
    assert_int_equal(front->start_ms, INT64_C(1768208400000)); /* the Monday after: 12 January */
    assert_int_equal(front->operators[0], 1);
    assert_int_equal(reading.roster->rotations[1].every_ms, 12 * 3600000);
    const struct step *steps = reading.roster->chains[0].steps;
    assert_int_equal(steps[0].operator_count, 2);
    assert_int_equal(steps[0].turns[0], 1);
    assert_int_equal(steps[1].turns[0], 2);
    assert_int_equal(steps[1].ring_s, 30);
    assert_int_equal(steps[2].operator_count, 3);
    assert_int_equal(steps[2].turns[2], 0);
}

static void overrides_and_swaps(void **unused)
{
    (void)unused;
    good("", "'Ann'",
         "'overrides': [{'operator': 'Ann', 'from': '2026-05-01', 'to': '2026-05-01', 'on': "
         "false}, {'operator': 'Bob', 'instead_of': 'Ann', 'from': '2026-05-02T08:00', 'to': "
         "'2026-05-02T20:00', 'note': 'wedding'}]");
    assert_int_equal(reading.roster->override_count, 2);
    assert_false(reading.roster->overrides[0].on);
    assert_int_equal(reading.roster->overrides[0].instead_of, -1);
    assert_int_equal(reading.roster->overrides[1].operator_index, 1);
    assert_int_equal(reading.roster->overrides[1].instead_of, 0);
    assert_int_equal(reading.roster->overrides[1].when.to_ms -
                         reading.roster->overrides[1].when.from_ms,
                     12 * 3600000);
}

static const char night[] =
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260302T220000\r\n"
    "DTEND:20260303T060000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

static void calendars_come_from_addresses(void **unused)
{
    (void)unused;
    const struct roster_feed feeds[] = {{"https://cal.example.com/ann.ics", span_of(night), 1},
                                        {"https://cal.example.com/bad.ics", SPAN("<html>"), 1}};

    defaults.feeds = feeds;
    defaults.feed_count = 2;
    defaults.now_ms = INT64_C(1772323200000); /* 1 March 2026 */
    good("'calendar': 'https://cal.example.com/ann.ics', 'away_calendar': "
         "'https://cal.example.com/ann.ics', 'vacations': [{'from': '2026-03-03T06:00', 'to': "
         "'2026-03-03T07:00'}]",
         "'Ann'", "");
    const struct roster_operator *ann = &reading.roster->operators[0];
    assert_true(ann->has_calendar);
    assert_int_equal(ann->calendar_count, 1);
    assert_int_equal(ann->calendar[0].from_ms, INT64_C(1772517600000)); /* 06:00 UTC */
    assert_int_equal(ann->away_count, 1);                               /* they touch */
    assert_int_equal(ann->away[0].to_ms - ann->away[0].from_ms, 9 * 3600000);
    good("'calendar': 'https://cal.example.com/later.ics'", "'Ann'", "");
    assert_false(reading.roster->operators[0].has_calendar); /* his hours, until the feed comes */
    assert_int_equal(reading.roster->calendar_count, 1);
    const uint64_t before = reading.roster->calendars_mark;
    const struct roster_feed came = {"https://cal.example.com/later.ics", span_of(night), 2};
    assert_true(roster_calendars_mark(reading.roster, NULL, 0) == before);
    assert_true(roster_calendars_mark(reading.roster, &came, 1) != before);
    /* Nobody who wrote the document can help what an address brings. */
    good("'calendar': 'https://cal.example.com/bad.ics'", "'Ann'", "");
    assert_false(reading.roster->operators[0].has_calendar);
    defaults.was_good = true;
    good("'calendar': '/no/such/file.ics'", "'Ann'", "");
    defaults.was_good = false;
    assert_int_equal(parse("'calendar': '/no/such/file.ics'", "'Ann'", ""), ERR_BAD_INPUT);
    assert_non_null(strstr(reading_line(0), "cannot be read"));
    defaults.feed_count = 0;
}

static void every_mistake_has_its_place_and_mend(void **unused)
{
    (void)unused;
    static const struct {
        const char *ann, *chain, *more, *words;
    } rows[] = {
        {"'vacations': [{'from': 'soon', 'to': '2026-01-02'}]", "'Ann'", "",
         "dispatchers[0].vacations[0].from: \"soon\" is no date"},
        {"'vacations': [{'from': '2026-01-03', 'to': '2026-01-02'}]", "'Ann'", "",
         "vacations[0].to: is not after \"from\""},
        {"'vacations': [{'to': '2026-01-02'}]", "'Ann'", "", "has no \"from\""},
        {"'vacation': []", "'Ann'", "", "vacations"},
        {"", "'rotation:front'", "", "\"front\" is no rotation"},
        {"", "'rotation:frnt'", "'rotations': {'front': {'operators': ['Ann']}}",
         "did you mean \"front\""},
        {"", "'Ann'", "'rotations': {'front': {'every': 'week'}}", "rotations.front: names nobody"},
        {"", "'Ann'", "'rotations': {'front': {'operators': ['Ann', 'Ann']}}", "twice"},
        {"", "'Ann'", "'rotations': {'front': {'operators': ['Ann'], 'every': 'fortnight'}}",
         "rotations.front.every: is not known"},
        {"", "'Ann'",
         "'rotations': {'front': {'operators': ['Ann'], 'every': 'day', 'hand_over': 'mon 09:00'}}",
         "not handed over by the week"},
        {"", "'Ann'", "'rotations': {'front': {'operators': ['Ann'], 'hand_over': 'noon'}}",
         "is no hand-over"},
        {"", "'Ann'", "'rotations': {'front': {'operators': ['Ann'], 'start': '5 Jan'}}",
         "is no date"},
        {"", "'Ann'",
         "'overrides': [{'operator': 'Ann', 'from': '2026-01-01', 'to': '2026-01-02'}]",
         "overrides[0]: does not say what it does"},
        {"", "'Ann'",
         "'overrides': [{'operator': 'Ann', 'instead_of': 'Ann', 'from': '2026-01-01', 'to': "
         "'2026-01-02'}]",
         "is the same operator"},
        {"", "'Ann'",
         "'overrides': [{'operator': 'Zoe', 'on': true, 'from': '2026-01-01', 'to': "
         "'2026-01-02'}]",
         "overrides[0].operator: \"Zoe\" is no operator"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mistakes_init(&reading.mistakes, reading.arena);
        const enum err err = parse(rows[i].ann, rows[i].chain, rows[i].more);
        if (err != ERR_BAD_INPUT || !strstr(reading_line(0), rows[i].words))
            fail_msg("row %zu: %s", i, reading_line(0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(vacations_are_days_and_times, set_up, reading_tear_down),
        cmocka_unit_test_setup_teardown(rotations_stand_in_steps, set_up, reading_tear_down),
        cmocka_unit_test_setup_teardown(overrides_and_swaps, set_up, reading_tear_down),
        cmocka_unit_test_setup_teardown(calendars_come_from_addresses, set_up, reading_tear_down),
        cmocka_unit_test_setup_teardown(every_mistake_has_its_place_and_mend, set_up,
                                        reading_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
