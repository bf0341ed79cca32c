/* bench/who.c - what it costs to read a roster, and to say who is on duty by it.
 *
 *   nextring-who-bench [OPERATORS]
 *
 * A roster of that many operators (50) with hours in five zones, a rotation, vacations, overrides
 * and a swap, whose one chain asks 160 at most. Prints the CPU time of each, of looking for
 * gaps, and of reading phone numbers as people write them. docs/performance.md has the figures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "codec/phone.h"
#include "config/roster_file.h"
#include "rules/route.h"

enum { READS = 200, ASKS = 20000, NUMBERS = 20000, GAP_LOOKS = 2000, STEPS = 16, PER_STEP = 10 };
/* 1 January 2026; asked every 26 minutes for a year. */
static const int64_t year_ms = INT64_C(1767225600000), apart_ms = 26 * 60000;
static const char *const zones[] = {"America/Los_Angeles", "America/New_York", "Europe/Berlin",
                                    "Australia/Lord_Howe", "Asia/Kathmandu"};

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void write_people(struct buf *out, int count)
{
    for (int i = 0; i < count; i++)
        buf_printf(out,
                   "%s{\"id\": \"p%d\", \"name\": \"Person %d\", \"phone\": \"+1619555%04d\", "
                   "\"time_zone\": \"%s\", \"on_call\": [\"mon-fri %02d:00-%02d:00\", \"sat "
                   "22:00-06:00\"], \"vacations\": [{\"from\": \"2026-07-%02d\", \"to\": "
                   "\"2026-08-%02d\"}]}",
                   i ? ", " : "", i, i, i, zones[i % 5], i % 12, i % 12 + 8, i % 28 + 1,
                   i % 28 + 1);
}

static void write_chain(struct buf *out, int people)
{
    for (int s = 0; s * PER_STEP < people && s < STEPS; s++) {
        buf_printf(out, "%s{\"operators\": [%s", s ? ", " : "", s ? "" : "\"rotation:r\"");
        for (int i = s ? 0 : 4; i < PER_STEP && s * PER_STEP + i < people; i++)
            buf_printf(out, "%s\"p%d\"", s && !i ? "" : ", ", s * PER_STEP + i);
        buf_add(out, SPAN("]}"));
    }
}

static struct span write_roster(struct arena *arena, int people)
{
    struct buf out = buf_in(arena, LIMIT_ROSTER_BYTES);

    buf_add(&out, SPAN("{\"dispatchers\": ["));
    write_people(&out, people);
    buf_add(&out,
            SPAN("], \"rotations\": {\"r\": {\"operators\": [\"p0\", \"p1\", \"p2\", \"p3\"], "
                 "\"every\": \"day\"}}, \"overrides\": ["));
    for (int i = 0; i < people; i++)
        buf_printf(&out,
                   "%s{\"operator\": \"p%d\", \"from\": \"2026-0%d-01\", \"to\": \"2026-0%d-03\", "
                   "\"on\": %s}",
                   i ? ", " : "", i, i % 9 + 1, i % 9 + 1, i % 2 ? "true" : "false");
    buf_add(&out, SPAN(", {\"operator\": \"p1\", \"instead_of\": \"p2\", \"from\": \"2026-02-01\", "
                       "\"to\": \"2026-09-01\"}], \"fallback_chain\": ["));
    write_chain(&out, people);
    buf_add(&out, SPAN("]}"));
    return buf_span(&out);
}

static const struct roster *parse(struct arena *arena, struct span text)
{
    static const struct roster_defaults defaults = {.file = "roster.json",
                                                    .ring_s = 15,
                                                    .ack_s = 900,
                                                    .from_number = "+18585550100",
                                                    .account_sid = "AC1"};
    const struct roster *roster = NULL;
    struct mistakes mistakes;

    mistakes_init(&mistakes, arena);
    if (roster_file_parse(arena, text, &defaults, &roster, &mistakes)) {
        fprintf(stderr, "who: %s\n", mistakes_line(arena, &mistakes.list[0]).data);
        exit(1);
    }
    return roster;
}

static void measure_reading(struct span text, int people)
{
    struct arena *arena = arena_open(1 << 16);
    const double began = cpu_us();

    for (int i = 0; i < READS; i++) {
        arena_reset(arena);
        (void)parse(arena, text);
    }
    printf("reading a roster of %d operators: %.0f us\n", people, (cpu_us() - began) / READS);
    arena_close(&arena);
}

static void measure_asking(const struct roster *roster)
{
    const struct route_ask ask = {.line = &roster->lines[0]};
    static struct plan plan;
    double worst = 0, all = 0;
    int taken = 0;

    for (int i = 0; i < ASKS; i++) {
        const double began = cpu_us();
        route_plan(roster, &ask, year_ms + i * apart_ms, &plan);
        const double took = cpu_us() - began;
        all += took;
        worst = took > worst ? took : worst;
        taken += plan.count;
    }
    printf("who, at %d instants of a year: %.1f us, the slowest %.0f us, %d people on average\n",
           ASKS, all / ASKS, worst, taken / ASKS);
}

/* As relay/gap.c looks for them: those that begin within a day. */
static void measure_gaps(const struct roster *roster)
{
    double worst = 0, all = 0;
    int found = 0;

    for (int i = 0; i < GAP_LOOKS; i++) {
        const int64_t from_ms = year_ms + i * apart_ms;
        struct stretch gap;
        const double began = cpu_us();
        for (int64_t at = from_ms; at < from_ms + 86400000; at = gap.to_ms) {
            if (!route_gap(roster, &roster->lines[0], NULL, at, from_ms + 86400000, &gap))
                break;
            found++;
        }
        const double took = cpu_us() - began;
        all += took;
        worst = took > worst ? took : worst;
    }
    printf("gaps of a day, at %d instants: %.0f us, the slowest %.0f us, %d gaps\n", GAP_LOOKS,
           all / GAP_LOOKS, worst, found);
}

static void measure_numbers(void)
{
    static const char *const forms[] = {"+1619555%", "(619) 555-%", "1 619 555 %", "+44207946%",
                                        "+49170555%"};

    for (size_t f = 0; f < sizeof forms / sizeof forms[0]; f++) {
        char text[40], out[PHONE_TEXT_SIZE];
        const double began = cpu_us();
        for (int i = 0; i < NUMBERS; i++) {
            char digits[8];
            const char *cut = strchr(forms[f], '%');
            snprintf(digits, sizeof digits, "%04d", i % 10000);
            snprintf(text, sizeof text, "%.*s%s", (int)(cut - forms[f]), forms[f], digits);
            (void)phone_parse(text, strlen(text), "US", out);
        }
        printf("a number such as %s: %.2f us\n", text, (cpu_us() - began) / NUMBERS);
    }
}

int main(int argc, char **argv)
{
    const int people = argc > 1 ? atoi(argv[1]) : 50;
    struct arena *arena = arena_open(1 << 16);
    const struct span text = write_roster(arena, people);

    measure_reading(text, people);
    measure_asking(parse(arena, text));
    measure_gaps(parse(arena, text));
    measure_numbers();
    arena_close(&arena);
    return 0;
}
