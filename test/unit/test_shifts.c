#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/timestamp.h"
#include "codec/zone.h"
#include "rules/route.h"
#include "rules/shifts.h"

static int64_t at(const char *text)
{
    int64_t ms = 0;
    bool is_local;

    assert_true(timestamp_parse(span_of(text), &ms, &is_local));
    return ms;
}

static const int64_t minute_ms = 60000;

/* A chain of three: Ann by day, Bob by night, a rotation of Ann and Cem at the end. */
struct scene {
    struct arena *arena;
    struct hours day, night;
    struct roster_operator operators[3];
    struct rotation rotation;
    struct roster_override overrides[4];
    struct chain chain;
    struct line line;
    struct roster roster;
    struct shifts shifts;
};

static void set(struct scene *s)
{
    memset(s, 0, sizeof *s);
    s->arena = arena_open(0);
    const struct zone *zone = NULL;
    assert_int_equal(zone_load(s->arena, "America/Los_Angeles", &zone), ERR_NONE);
    s->day = (struct hours){.days = 0x7f, .from_min = 7 * 60, .to_min = 19 * 60};
    s->night = (struct hours){.days = 0x7f, .from_min = 19 * 60, .to_min = 7 * 60};
    s->operators[0] = (struct roster_operator){
        .id = "ann", .phone = "1", .zone = zone, .hours = &s->day, .hours_count = 1};
    s->operators[1] = (struct roster_operator){
        .id = "bob", .phone = "2", .zone = zone, .hours = &s->night, .hours_count = 1};
    s->operators[2] = (struct roster_operator){.id = "cem", .phone = "3", .zone = zone};
    s->chain = (struct chain){.id = "main", .step_count = 2};
    for (uint16_t i = 0; i < 2; i++)
        s->chain.steps[i] = (struct step){.operators = {i}, .operator_count = 1, .ring_s = 15};
    s->line = (struct line){.number = "+16195550100"};
    s->roster = (struct roster){
        .zone = zone,
        .operators = s->operators,
        .operator_count = 3,
        .chains = &s->chain,
        .chain_count = 1,
        .lines = &s->line,
        .line_count = 1,
        .rotations = &s->rotation,
        .overrides = s->overrides,
    };
}

static void unset(struct scene *s)
{
    arena_close(&s->arena);
}

static void find(struct scene *s, const struct duties *duties, const char *from, const char *to)
{
    shifts_find(s->arena, &s->roster, &s->line, duties, at(from), at(to), &s->shifts);
}

/* "01T15:00 02T03:00 on_duty" for each part, in UTC. */
static const char *said(struct scene *s, int operator_index)
{
    struct buf out = buf_in(s->arena, 65536);
    char from[TIMESTAMP_SIZE], to[TIMESTAMP_SIZE];

    for (const struct shift_part *p = s->shifts.of[operator_index]; p; p = p->next) {
        timestamp_render_seconds(p->from_ms, from);
        timestamp_render_seconds(p->to_ms, to);
        buf_printf(&out, "%s%.8s %.8s %s", out.size ? ", " : "", from + 8, to + 8,
                   reason_name(p->reason));
    }
    return arena_text(s->arena, buf_span(&out));
}

static void a_shift_across_the_autumn_change_is_an_hour_longer(void **unused)
{
    struct scene s;

    (void)unused;
    set(&s);
    /* The clocks go back on 1 November 2026 at 09:00 UTC. */
    find(&s, NULL, "2026-10-31T07:00:00Z", "2026-11-02T08:00:00Z");
    assert_string_equal(said(&s, 0), "31T14:00 01T02:00 on_duty, 01T15:00 02T03:00 on_duty");
    assert_string_equal(said(&s, 1), "31T07:00 31T14:00 on_duty, 01T02:00 01T15:00 on_duty, "
                                     "02T03:00 02T08:00 on_duty");
    assert_int_equal(s.shifts.gap_count, 0);
    unset(&s);
}

static void a_shift_across_the_spring_change_is_an_hour_shorter(void **unused)
{
    struct scene s;

    (void)unused;
    set(&s);
    /* ... forward on 14 March 2027 at 10:00 UTC. */
    find(&s, NULL, "2027-03-14T00:00:00Z", "2027-03-15T07:00:00Z");
    assert_string_equal(said(&s, 1), "14T03:00 14T14:00 on_duty, 15T02:00 15T07:00 on_duty");
    assert_string_equal(said(&s, 0), "14T00:00 14T03:00 on_duty, 14T14:00 15T02:00 on_duty");
    unset(&s);
}

static void who_stands_in_has_the_place_and_a_gap_is_told(void **unused)
{
    struct scene s;

    (void)unused;
    set(&s);
    s.overrides[0] =
        (struct roster_override){.when = {at("2026-12-01T18:00:00Z"), at("2026-12-01T20:00:00Z")},
                                 .operator_index = 2,
                                 .instead_of = 0};
    s.overrides[1] =
        (struct roster_override){.when = {at("2026-12-02T18:00:00Z"), at("2026-12-02T20:00:00Z")},
                                 .operator_index = 0,
                                 .instead_of = -1};
    s.roster.override_count = 2;
    find(&s, NULL, "2026-12-01T15:00:00Z", "2026-12-03T03:00:00Z");
    assert_string_equal(said(&s, 0), "01T15:00 01T18:00 on_duty, 01T20:00 02T03:00 on_duty, "
                                     "02T15:00 02T18:00 on_duty, 02T20:00 03T03:00 on_duty");
    assert_string_equal(said(&s, 2), "01T18:00 01T20:00 stands_in");
    assert_int_equal(s.shifts.gap_count, 1);
    assert_true(s.shifts.gaps[0].from_ms == at("2026-12-02T18:00:00Z"));
    assert_true(s.shifts.gaps[0].to_ms == at("2026-12-02T20:00:00Z"));
    assert_true(s.shifts.is_named[2]);
    unset(&s);
}

/* Nobody of the swaps but him has a place here, so nobody else's change shows his. */
static void another_swap_takes_the_place_of_who_stands_in(void **unused)
{
    static const struct hours never = {.days = 0, .from_min = 0, .to_min = 60};
    struct scene s;

    (void)unused;
    set(&s);
    s.operators[2].hours = &never;
    s.operators[2].hours_count = 1;
    s.chain.step_count = 1;
    s.chain.steps[0].operators[0] = 2;
    s.overrides[0] =
        (struct roster_override){.when = {at("2026-12-01T16:00:00Z"), at("2026-12-02T01:00:00Z")},
                                 .operator_index = 2,
                                 .instead_of = 0};
    s.overrides[1] =
        (struct roster_override){.when = {at("2026-12-01T18:00:00Z"), at("2026-12-01T20:00:00Z")},
                                 .operator_index = 1,
                                 .instead_of = 0};
    s.roster.override_count = 2;
    find(&s, NULL, "2026-12-01T00:00:00Z", "2026-12-03T00:00:00Z");
    assert_string_equal(said(&s, 2), "01T16:00 01T18:00 stands_in, 01T20:00 02T01:00 stands_in");
    unset(&s);
}

static void now_and_next(void **unused)
{
    struct scene s;
    int64_t next_ms = 0;

    (void)unused;
    set(&s);
    const int64_t now_ms = at("2026-12-01T18:00:00Z");
    find(&s, NULL, "2026-12-01T18:00:00Z", "2026-12-08T18:00:00Z");
    assert_true(shifts_until(&s.shifts, 0, now_ms) == at("2026-12-02T03:00:00Z"));
    assert_true(shifts_until(&s.shifts, 1, now_ms) == now_ms);
    assert_int_equal(shifts_next(&s.shifts, now_ms, &next_ms), 1);
    assert_true(next_ms == at("2026-12-02T03:00:00Z"));
    assert_null(shifts_gap(&s.shifts, now_ms));
    assert_true(shifts_change(&s.shifts, now_ms) == at("2026-12-02T03:00:00Z"));

    s.chain.steps[1].operators[0] = 2; /* Cem, always */
    find(&s, NULL, "2026-12-01T18:00:00Z", "2026-12-08T18:00:00Z");
    assert_true(shifts_until(&s.shifts, 2, now_ms) == INT64_MAX);
    struct duty row = {.operator_id = "cem", .state = DUTY_AWAY, .until_ms = now_ms + minute_ms};
    const struct duties duties = {.rows = &row, .count = 1, .room = 1};
    find(&s, &duties, "2026-12-01T18:00:00Z", "2026-12-08T18:00:00Z");
    assert_int_equal(shifts_next(&s.shifts, now_ms, &next_ms), 2);
    assert_true(next_ms == now_ms + minute_ms);
    unset(&s);
}

/* ---- against a plan for each instant ---- */

static uint32_t seed;
static int dice(int n)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)(seed >> 8) % n;
}

static void shuffle(struct scene *s, int64_t from_ms)
{
    s->rotation = (struct rotation){.id = "r",
                                    .zone = s->roster.zone,
                                    .operators = {0, 2},
                                    .operator_count = 2,
                                    .every_ms = (6 + dice(30)) * 60 * minute_ms,
                                    .start_ms = from_ms - dice(1000) * 60 * minute_ms};
    s->roster.rotation_count = 1;
    s->day.from_min = (uint16_t)(dice(24) * 60);
    s->day.to_min = (uint16_t)(30 + dice(23) * 60);
    s->night.days = (uint8_t)(1 + dice(127));
    s->roster.override_count = (uint16_t)dice(5);
    for (int i = 0; i < s->roster.override_count; i++) {
        struct roster_override *o = &s->overrides[i];
        const int64_t begin_ms = from_ms + dice(7 * 24 * 4) * 15 * minute_ms;
        *o = (struct roster_override){
            .when = {begin_ms, begin_ms + (1 + dice(100)) * 15 * minute_ms},
            .operator_index = (uint16_t)dice(3),
            .on = dice(2),
        };
        o->instead_of = (int16_t)(dice(2) ? -1 : (o->operator_index + 1 + dice(2)) % 3);
    }
    s->chain.step_count = (uint8_t)(1 + dice(3));
    for (int i = 0; i < s->chain.step_count; i++) {
        s->chain.steps[i] =
            (struct step){.operators = {(uint16_t)dice(3)}, .operator_count = 1, .ring_s = 15};
        if (dice(3) == 0)
            s->chain.steps[i] = (struct step){
                .operators = {0, 2}, .turns = {1, 1}, .operator_count = 2, .ring_s = 15};
    }
}

static const struct shift_part *part_at(const struct shifts *s, int operator_index, int64_t at_ms)
{
    for (const struct shift_part *p = s->of[operator_index]; p; p = p->next)
        if (p->from_ms <= at_ms && at_ms < p->to_ms)
            return p;
    return NULL;
}

static bool is_gap(const struct shifts *s, int64_t at_ms)
{
    for (size_t i = 0; i < s->gap_count; i++)
        if (s->gaps[i].from_ms <= at_ms && at_ms < s->gaps[i].to_ms)
            return true;
    return false;
}

static void compare(struct scene *s, int64_t at_ms, int round)
{
    const struct route_ask ask = {.line = &s->line};
    struct plan plan;

    route_plan(&s->roster, &ask, at_ms, &plan);
    for (int i = 0; i < 3; i++) {
        const int rung = plan_find(&plan, span_of(s->operators[i].id));
        const struct shift_part *p = part_at(&s->shifts, i, at_ms);
        if ((rung >= 0) != (p != NULL))
            fail_msg("round %d: %s at %lld", round, s->operators[i].id, (long long)at_ms);
    }
    if ((plan.count == 0) != is_gap(&s->shifts, at_ms))
        fail_msg("round %d: gap at %lld", round, (long long)at_ms);
}

static void it_tells_what_a_plan_of_each_instant_tells(void **unused)
{
    static const char *const froms[] = {"2026-10-29T07:00:00Z", "2027-03-11T08:00:00Z"};
    struct scene s;

    (void)unused;
    for (int round = 0; round < 300; round++) {
        const int64_t from_ms = at(froms[round % 2]);
        const int64_t to_ms = from_ms + 7 * 24 * 60 * minute_ms;
        seed = (uint32_t)round * 7919u + 1u;
        set(&s);
        shuffle(&s, from_ms);
        shifts_find(s.arena, &s.roster, &s.line, NULL, from_ms, to_ms, &s.shifts);
        assert_false(s.shifts.is_cut);
        for (int64_t t = from_ms; t < to_ms; t += 15 * minute_ms) {
            compare(&s, t, round);
            compare(&s, t + 15 * minute_ms - 1, round);
        }
        unset(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shift_across_the_autumn_change_is_an_hour_longer),
        cmocka_unit_test(a_shift_across_the_spring_change_is_an_hour_shorter),
        cmocka_unit_test(who_stands_in_has_the_place_and_a_gap_is_told),
        cmocka_unit_test(another_swap_takes_the_place_of_who_stands_in),
        cmocka_unit_test(now_and_next),
        cmocka_unit_test(it_tells_what_a_plan_of_each_instant_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
