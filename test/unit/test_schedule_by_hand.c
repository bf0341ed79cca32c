#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "codec/timestamp.h"
#include "config/roster_file.h"
#include "model/wall.h"
#include "rules/schedule.h"

/* Every rule, as people write it, against the table that was worked out by hand. */
static const char table[] = "test/vectors/schedule-by-hand.txt";
static const int64_t hour_ms = 3600000;
enum { ANN, BOB, ROWS_MAX = 1000, CELL = 16, LINE = 200 };

struct row {
    int line;
    char zone[40], rule[CELL];
    char from[3 * CELL], to[3 * CELL]; /* "2026-03-08T02:30", a date alone for a whole day */
    int64_t from_ms, to_ms;
};

static struct arena *arena;
static struct row rows[ROWS_MAX];
static int row_count;
static const char *how; /* what is looked at, for messages */
static int wrong;

/* ---- the table ---- */

static int64_t instant(const char *date, const char *time)
{
    char text[3 * CELL];
    bool is_local;
    int64_t at_ms = 0;

    snprintf(text, sizeof text, "2026-%sT%s", date, time);
    if (!timestamp_parse(span_of(text), &at_ms, &is_local))
        fail_msg("%s is no time", text);
    return at_ms;
}

static void read_row(const char *text, struct row *r)
{
    char w[9][CELL];
    const int count = sscanf(text, "%15s%15s%15s%15s%15s%15s%15s%15s%15s", w[0], w[1], w[2], w[3],
                             w[4], w[5], w[6], w[7], w[8]);

    if (count != 9 && count != 7)
        fail_msg("%s:%d cannot be read", table, r->line);
    memcpy(r->rule, w[0], CELL);
    snprintf(r->from, sizeof r->from, count == 9 ? "2026-%sT%s" : "2026-%s", w[1], w[2]);
    snprintf(r->to, sizeof r->to, count == 9 ? "2026-%sT%s" : "2026-%s", w[count == 9 ? 3 : 2],
             w[4]);
    r->from_ms = instant(w[count - 4], w[count - 3]);
    r->to_ms = instant(w[count - 2], w[count - 1]);
}

static int read_table(void **unused)
{
    char text[LINE], zone[40] = "";
    FILE *file = fopen(table, "re");

    (void)unused;
    for (int line = 1; file && fgets(text, sizeof text, file); line++) {
        if (text[0] == '#' || text[0] == '\n' || sscanf(text, "zone %39s", zone) == 1)
            continue;
        struct row *r = &rows[row_count++];
        r->line = line;
        memcpy(r->zone, zone, sizeof zone);
        read_row(text, r);
        if (row_count == ROWS_MAX)
            break;
    }
    if (file)
        fclose(file);
    return row_count > 0 && row_count < ROWS_MAX ? 0 : -1;
}

/* ---- one row by one rule ---- */

/* The row as the one event of a calendar. */
static struct span calendar(const struct row *r)
{
    const char *f = r->from, *t = r->to;
    const char *times = strlen(f) == 10 ? arena_printf(arena, "DTSTART;VALUE=DATE:%.4s%.2s%.2s\r\n",
                                                       f, f + 5, f + 8)
                                        : arena_printf(arena,
                                                       "DTSTART;TZID=%s:%.4s%.2s%.2sT%.2s%.2s00\r\n"
                                                       "DTEND;TZID=%s:%.4s%.2s%.2sT%.2s%.2s00\r\n",
                                                       r->zone, f, f + 5, f + 8, f + 11, f + 14,
                                                       r->zone, t, t + 5, t + 8, t + 11, t + 14);

    return span_of(arena_printf(arena,
                                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n%sEND:VEVENT\r\n"
                                "END:VCALENDAR\r\n",
                                times));
}

/* A roster of Ann and Bob; `ann` and `more` are written with ' for ". */
static const struct roster *parse(const struct row *r, const char *ann, const char *more)
{
    const struct roster_feed feed = {"https://a.example/feed", calendar(r)};
    const struct roster_defaults defaults = {.file = "roster.json",
                                             .ring_s = 15,
                                             .ack_s = 900,
                                             .from_number = "+16195550100",
                                             .account_sid = "AC1",
                                             .time_zone = r->zone,
                                             .now_ms = r->from_ms,
                                             .feeds = &feed,
                                             .feed_count = 1};
    const struct roster *roster = NULL;
    struct mistakes mistakes;
    char *json = arena_printf(arena,
                              "{'dispatchers': [{'name': 'Ann', 'phone': '+16195550111'%s}, "
                              "{'name': 'Bob', 'phone': '+16195550112'}], "
                              "'fallback_chain': ['Ann', 'Bob']%s}",
                              ann, more);

    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    mistakes_init(&mistakes, arena);
    if (roster_file_parse(arena, span_of(json), &defaults, &roster, &mistakes))
        fail_msg("%s:%d, %s: %s", table, r->line, how,
                 mistakes_line(arena, &mistakes.list[0]).data);
    return roster;
}

/* Whether the asked is on (or off, when not `on`) from the row's beginning to its end. */
static void check(const struct row *r, const struct schedule_ask *ask, bool on)
{
    const bool is_right =
        schedule_on(ask, r->from_ms - 1) != on && schedule_on(ask, r->from_ms) == on &&
        schedule_on(ask, r->to_ms - 1) == on && schedule_on(ask, r->to_ms) != on &&
        schedule_next_change(ask, r->from_ms - 1) == r->from_ms &&
        schedule_next_change(ask, r->from_ms) == r->to_ms;
    char from[TIMESTAMP_SIZE], to[TIMESTAMP_SIZE];

    if (is_right)
        return;
    wrong++;
    timestamp_render(schedule_next_change(ask, r->from_ms - 4 * hour_ms), from);
    timestamp_render(schedule_next_change(ask, r->to_ms - 2 * hour_ms), to);
    print_error("%s:%d, %s, %s: changes at %s and %s\n", table, r->line, r->zone, how, from, to);
}

static void try_ann(const struct row *r, const char *name, bool on, const char *ann,
                    const char *more)
{
    how = name;
    const struct schedule_ask ask = {parse(r, ann, more), NULL, ANN, -1};
    check(r, &ask, on);
}

static const char *stretch(const struct row *r)
{
    return arena_printf(arena, "'from': '%s', 'to': '%s'", r->from, r->to);
}

static const char *hours(const struct row *r)
{
    static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    char day[CELL];

    snprintf(day, sizeof day, "%.5s", r->from + 5);
    const int64_t local_ms = instant(day, "00:00");
    return arena_printf(arena, ", 'on_call': {'days': '%s', 'from': '%s', 'to': '%s'}",
                        days[(wall_day(local_ms) + 3) % 7], r->from + 11, r->to + 11);
}

static void by_overrides(const struct row *r)
{
    static const char never[] = "{'operator': 'Ann', 'from': '2026-01-01', 'to': '2026-12-31', "
                                "'on': false}";
    static const char away[] = ", 'vacations': [{'from': '2026-01-01', 'to': '2026-12-31'}]";

    try_ann(r, "an override that says on", true, "",
            arena_printf(arena, ", 'overrides': [%s, {'operator': 'Ann', %s, 'on': true}]", never,
                         stretch(r)));
    try_ann(
        r, "an override that says off", false, "",
        arena_printf(arena, ", 'overrides': [{'operator': 'Ann', %s, 'on': false}]", stretch(r)));
    try_ann(r, "standing in", true, away,
            arena_printf(arena, ", 'overrides': [{'operator': 'Ann', 'instead_of': 'Bob', %s}]",
                         stretch(r)));
    try_ann(r, "being replaced", false, "",
            arena_printf(arena, ", 'overrides': [{'operator': 'Bob', 'instead_of': 'Ann', %s}]",
                         stretch(r)));
}

static void by_vacation(const struct row *r)
{
    try_ann(r, "a vacation", false, arena_printf(arena, ", 'vacations': [{%s}]", stretch(r)), "");
}

static void by_events(const struct row *r)
{
    try_ann(r, "a calendar", true, ", 'calendar': 'https://a.example/feed'", "");
    try_ann(r, "a calendar of times off", false, ", 'away_calendar': 'https://a.example/feed'", "");
}

/* Within his hours he says that he is away for the first hour; beyond them, that he is on. */
static void by_what_he_said(const struct row *r)
{
    struct duty word = {.operator_id = "ann", .state = DUTY_AWAY, .until_ms = r->from_ms + hour_ms};
    const struct duties duties = {.rows = &word, .count = 1};
    struct row rest = *r;

    how = "what he said of himself";
    const struct schedule_ask ask = {parse(r, hours(r), ""), &duties, ANN, -1};
    rest.from_ms += hour_ms;
    check(&rest, &ask, true);
    word.state = DUTY_ON;
    word.until_ms = r->to_ms + hour_ms;
    assert_true(schedule_on(&ask, r->to_ms));
    assert_int_equal(schedule_next_change(&ask, r->to_ms - 1), r->to_ms + hour_ms);
}

static void by_hours(const struct row *r)
{
    try_ann(r, "weekly hours", true, hours(r), "");
    by_what_he_said(r);
}

/* Ann's turn, and before and after it Bob's. */
static void by_turn(const struct row *r, const char *every)
{
    how = every;
    const struct roster *roster =
        parse(r, "",
              arena_printf(arena,
                           ", 'rotations': {'r': {'operators': ['Ann', 'Bob'], 'every': %s, "
                           "'hand_over': '%s', 'start': '%.10s'}}",
                           every, r->from + 11, r->from));
    check(r, &(struct schedule_ask){roster, NULL, ANN, 0}, true);
    check(r, &(struct schedule_ask){roster, NULL, BOB, 0}, false);
}

/* ---- all rows ---- */

static void try_row(const struct row *r)
{
    static const struct {
        const char *rule, *every;
    } turns[] = {{"day", "'day'"},
                 {"3-days", "{'days': 3}"},
                 {"week", "'week'"},
                 {"turn", "'day'"},
                 {"12-hours", "{'hours': 12}"}};
    const bool is_times = strcmp(r->rule, "times") == 0, is_wall = strcmp(r->rule, "wall") == 0;
    const bool is_dates = strcmp(r->rule, "dates") == 0, is_event = strcmp(r->rule, "event") == 0;

    if (is_times || is_wall)
        by_hours(r);
    if (is_times || is_wall || is_dates) {
        by_overrides(r);
        by_vacation(r);
    }
    if (is_times || is_dates || is_event)
        by_events(r);
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++)
        if (strcmp(r->rule, turns[i].rule) == 0) {
            by_turn(r, turns[i].every);
            return;
        }
    if (!is_times && !is_wall && !is_dates && !is_event)
        fail_msg("%s:%d: \"%s\" is no rule", table, r->line, r->rule);
}

static void every_row_holds(void **unused)
{
    (void)unused;
    for (int i = 0; i < row_count; i++) {
        arena = arena_open(0);
        try_row(&rows[i]);
        arena_close(&arena);
    }
    assert_int_equal(wrong, 0);
}

/* Each zone has each rule in both halves of the year. */
static void no_rule_is_left_out(void **unused)
{
    static const char *const rules[] = {"times", "dates", "day", "3-days", "week", "12-hours"};
    static const int64_t july_ms = INT64_C(1782864000000);
    int zones = 0;

    (void)unused;
    for (int i = 0; i < row_count; i++) {
        if (i > 0 && strcmp(rows[i].zone, rows[i - 1].zone) == 0)
            continue;
        zones++;
        for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
            int seen[2] = {0};
            for (int j = i; j < row_count; j++)
                if (strcmp(rows[j].zone, rows[i].zone) == 0 && strcmp(rows[j].rule, rules[k]) == 0)
                    seen[rows[j].from_ms > july_ms]++;
            if (!seen[0] || !seen[1])
                fail_msg("%s has no row of %s", rows[i].zone, rules[k]);
        }
    }
    assert_true(zones >= 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_rule_is_left_out),
        cmocka_unit_test(every_row_holds),
    };
    return cmocka_run_group_tests(tests, read_table, NULL);
}
