#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/report_tally.h"

enum { SECOND = 1000, FIRST_DAY = 20757 /* 2026-10-31 */ };
static const int64_t HOUR = INT64_C(3600000);
static const int64_t MIDNIGHT = INT64_C(1793430000000); /* of that day in Los Angeles */

/* Los Angeles: summer time ends on 2026-11-01 at 09:00 UTC. */
static const struct zone_change changes[] = {{0, -7 * 3600}, {INT64_C(1793523600000), -8 * 3600}};
static const struct zone zone = {.name = "America/Los_Angeles", .changes = changes, .count = 2};

static const struct store_report_call missed = {
    .id = 7,
    .thread = 9,
    .customer = SPAN("+16195550150"),
    .state = CASCADE_OVER,
    .outcome = OUTCOME_MISSED,
    .plan = SPAN("ann/0/15/900/on_duty/missed/|"),
};

static struct report_tally *begin(struct arena *arena, struct store_report_reader *out)
{
    struct report_tally *t = report_tally_begin(arena, &zone, FIRST_DAY, 3);

    *out = report_tally_reader(t);
    return t;
}

static void a_day_has_25_hours_when_the_clocks_go_back(void **unused)
{
    struct arena *arena = arena_open(0);
    struct store_report_reader r;
    struct report_tally *t = begin(arena, &r);
    struct store_report_call call = missed;

    (void)unused;
    for (int hour = 0; hour < 24 + 25 + 24; hour++) {
        call.started_ms = MIDNIGHT + hour * HOUR;
        r.call(r.ctx, &call);
    }
    assert_int_equal(t->by_day[0].calls, 24);
    assert_int_equal(t->by_day[1].calls, 25);
    assert_int_equal(t->by_day[2].calls, 24);
    assert_int_equal(t->calls_at[6][1], 2); /* Sunday, one o'clock comes twice */
    assert_int_equal(t->calls_at[6][2], 1);
    assert_int_equal(t->missed_at[0][23], 1); /* Monday */
    arena_close(&arena);
}

static void what_still_rings_is_in_no_count(void **unused)
{
    struct arena *arena = arena_open(0);
    struct store_report_reader r;
    struct report_tally *t = begin(arena, &r);
    struct store_report_call call = missed;

    (void)unused;
    call.started_ms = MIDNIGHT;
    call.state = CASCADE_RINGING;
    call.outcome = OUTCOME_NONE;
    r.call(r.ctx, &call);
    call.state = CASCADE_OVER;
    call.outcome = OUTCOME_MENU;
    r.call(r.ctx, &call);
    assert_int_equal(t->all.calls, 0);
    call.state = CASCADE_ACCEPTED;
    call.accepted_ms = MIDNIGHT + 9 * SECOND;
    call.rang_ms = MIDNIGHT + 5 * SECOND;
    call.accepted_by = SPAN("ann");
    call.plan = SPAN("ann/0/15/900/on_duty/accepted/|");
    r.call(r.ctx, &call);
    assert_int_equal(t->all.answered, 1);
    assert_int_equal(t->all.answers.ms[0], 9 * SECOND);
    assert_int_equal(t->people[0].answers.ms[0], 4 * SECOND);
    arena_close(&arena);
}

static void whoever_stands_in_a_plan_twice_counts_once(void **unused)
{
    struct arena *arena = arena_open(0);
    struct store_report_reader r;
    struct report_tally *t = begin(arena, &r);
    struct store_report_call call = missed;

    (void)unused;
    report_tally_name(t, "ann", "Ann");
    report_tally_name(t, "idle", "Idle");
    call.started_ms = MIDNIGHT;
    call.plan = SPAN("ann/0/15/900/on_duty/busy/;bob/1/15/900/on_duty/passed/;"
                     "ann/2/15/900/on_duty/missed/|");
    r.call(r.ctx, &call);
    assert_int_equal(t->person_count, 3); /* Bob has left the roster */
    assert_string_equal(t->people[0].name, "Ann");
    assert_int_equal(t->people[0].rung, 1);
    assert_int_equal(t->people[0].not_answered, 1);
    assert_int_equal(t->people[1].rung, 0);
    assert_string_equal(t->people[2].name, "bob");
    assert_int_equal(t->people[2].passed_on, 1);
    assert_int_equal(t->people[2].not_answered, 0);
    arena_close(&arena);
}

static void half_and_nine_of_ten_are_exact(void **unused)
{
    struct arena *arena = arena_open(0);
    struct store_report_reader r;
    struct report_tally *t = begin(arena, &r);
    struct store_report_relay relay = {
        .kind = RELAY_TEXT, .state = RELAY_TAKEN, .raised_ms = MIDNIGHT, .acked_by = SPAN("ann")};

    (void)unused;
    assert_int_equal(report_tally_within(&t->all.acks, 50), -1);
    for (int i = 100; i >= 1; i--) {
        relay.acked_ms = MIDNIGHT + i * SECOND;
        r.relay(r.ctx, &relay);
    }
    assert_int_equal(report_tally_within(&t->all.acks, 50), 50 * SECOND);
    assert_int_equal(report_tally_within(&t->all.acks, 90), 90 * SECOND);
    assert_int_equal(t->all.acked, 100);
    arena_close(&arena);
}

static void the_latest_that_nobody_took_are_kept(void **unused)
{
    struct arena *arena = arena_open(0);
    struct store_report_reader r;
    struct report_tally *t = begin(arena, &r);
    struct store_report_call call = missed;
    const struct store_report_relay text = {
        .id = 1, .kind = RELAY_TEXT, .state = RELAY_EXHAUSTED, .raised_ms = MIDNIGHT + 5 * HOUR};
    struct store_report_relay of_call = text;

    (void)unused;
    of_call.kind = RELAY_MISSED_CALL; /* its call is in the list */
    for (int i = REPORT_TALLY_LOST + 10; i > 0; i--) {
        call.started_ms = MIDNIGHT + i * SECOND;
        r.call(r.ctx, &call);
    }
    r.relay(r.ctx, &text);
    r.relay(r.ctx, &of_call);
    report_tally_end(t);
    assert_int_equal(t->lost_calls, REPORT_TALLY_LOST);
    assert_int_equal(t->lost_texts, 1);
    assert_string_equal(t->lost[0].kind, "text");
    assert_int_equal(t->lost[1].at_ms, MIDNIGHT + (REPORT_TALLY_LOST + 10) * SECOND);
    assert_int_equal(t->all.missed, REPORT_TALLY_LOST + 10);
    assert_int_equal(t->all.exhausted, 2);
    arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_has_25_hours_when_the_clocks_go_back),
        cmocka_unit_test(what_still_rings_is_in_no_count),
        cmocka_unit_test(whoever_stands_in_a_plan_twice_counts_once),
        cmocka_unit_test(half_and_nine_of_ten_are_exact),
        cmocka_unit_test(the_latest_that_nobody_took_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
