#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "rules/route.h"
#include "rules/schedule.h"

enum { ANN, BOB, CARL, PEOPLE, DAILY = 127, H = 3600000 };
static const int64_t day_ms = 86400000;
/* Monday, 9 March 2026, 00:00 UTC. */
static const int64_t monday = INT64_C(1773014400000);

static const struct zone_change none[] = {{0, 0}};
static const struct zone utc = {"UTC", none, 1};
static const struct hours day_hours[] = {{DAILY, 8 * 60, 18 * 60}};
static struct roster_operator people[PEOPLE];
static struct roster_override overrides[4];
static struct rotation rotations[1];
static struct chain chain;
static struct line line;
static struct roster roster;
static struct duty words[2];
static struct duties duties = {.rows = words};

static int set_up(void **unused)
{
    static const char *const ids[] = {"ann", "bob", "carl"};

    (void)unused;
    memset(people, 0, sizeof people);
    memset(&chain, 0, sizeof chain);
    for (int i = 0; i < PEOPLE; i++) {
        strcpy(people[i].id, ids[i]);
        strcpy(people[i].phone, "+13125550111");
        people[i].phone[11] = (char)('1' + i);
        people[i].zone = &utc;
        chain.steps[0].operators[i] = (uint16_t)i;
        chain.steps[0].turns[i] = 1;
    }
    chain.step_count = 1;
    chain.steps[0].operator_count = PEOPLE;
    rotations[0] = (struct rotation){.id = "front",
                                     .zone = &utc,
                                     .operators = {ANN, BOB, CARL},
                                     .operator_count = PEOPLE,
                                     .every_ms = day_ms,
                                     .start_ms = monday};
    roster = (struct roster){.zone = &utc,
                             .operators = people,
                             .operator_count = PEOPLE,
                             .overrides = overrides,
                             .rotations = rotations,
                             .rotation_count = 1,
                             .chains = &chain,
                             .chain_count = 1,
                             .lines = &line,
                             .line_count = 1};
    duties.count = 0;
    return 0;
}

static void override(int who, int instead_of, bool on, int from_h, int to_h)
{
    overrides[roster.override_count++] =
        (struct roster_override){.when = {monday + from_h * H, monday + to_h * H},
                                 .operator_index = (uint16_t)who,
                                 .instead_of = (int16_t)instead_of,
                                 .on = on};
}

static const char *why(int who, int rotation, int hour)
{
    const struct schedule_ask ask = {&roster, &duties, who, rotation};

    return reason_name(schedule_reason(&ask, monday + hour * H));
}

/* Hours from Monday, 00:00; -1 for never. */
static int next_change(int who, int rotation, int hour)
{
    const struct schedule_ask ask = {&roster, &duties, who, rotation};
    const int64_t at = schedule_next_change(&ask, monday + hour * H);

    return at == INT64_MAX ? -1 : (int)((at - monday) / H);
}

static int next_on(int who, int hour)
{
    const struct schedule_ask ask = {&roster, &duties, who, -1};
    const int64_t at = schedule_next_on(&ask, monday + hour * H);

    return at == INT64_MAX ? -1 : (int)((at - monday) / H);
}

static void hours_on(int who)
{
    people[who].hours = day_hours;
    people[who].hours_count = 1;
}

static void a_vacation_is_stronger_than_hours(void **unused)
{
    (void)unused;
    static const struct stretch away[] = {
        {INT64_C(1773014400000), INT64_C(1773014400000) + 2 * 86400000}};

    hours_on(ANN);
    people[ANN].away = away;
    people[ANN].away_count = 1;
    assert_string_equal(why(ANN, -1, 9), "vacation");
    assert_string_equal(why(ANN, -1, 47), "vacation");
    assert_string_equal(why(ANN, -1, 48), "off_duty");
    assert_string_equal(why(ANN, -1, 57), "on_duty");
    assert_int_equal(next_on(ANN, 9), 56);
}

static void an_override_is_stronger_than_a_vacation(void **unused)
{
    (void)unused;
    static const struct stretch away[] = {{0, INT64_MAX}};

    people[ANN].away = away;
    people[ANN].away_count = 1;
    override(ANN, -1, true, 9, 12);
    override(ANN, -1, false, 10, 11);
    assert_string_equal(why(ANN, -1, 8), "vacation");
    assert_string_equal(why(ANN, -1, 9), "override_on");
    assert_string_equal(why(ANN, -1, 10), "override_off"); /* the later one */
    assert_string_equal(why(ANN, -1, 11), "override_on");
    assert_string_equal(why(ANN, -1, 12), "vacation");
    assert_int_equal(next_change(ANN, -1, 0), 9);
    assert_int_equal(next_change(ANN, -1, 9), 10);
    assert_int_equal(next_change(ANN, -1, 12), -1);
}

static void what_he_said_is_stronger_than_all(void **unused)
{
    (void)unused;
    override(ANN, -1, true, 0, 24);
    strcpy(words[0].operator_id, "ann");
    words[0].state = DUTY_AWAY;
    words[0].until_ms = monday + 10 * H;
    duties.count = 1;
    assert_string_equal(why(ANN, -1, 9), "away");
    assert_string_equal(why(ANN, -1, 10), "override_on");
    assert_int_equal(next_change(ANN, -1, 9), 10);
    words[0].until_ms = 0;
    assert_int_equal(next_change(ANN, -1, 9), -1);
    words[0].state = DUTY_ON;
    assert_string_equal(why(ANN, 0, 30), "on_duty"); /* though it is not her turn */
}

static void a_rotation_goes_round(void **unused)
{
    (void)unused;
    assert_string_equal(why(ANN, 0, 23), "turn");
    assert_string_equal(why(BOB, 0, 23), "not_his_turn");
    assert_string_equal(why(BOB, 0, 24), "turn");
    assert_int_equal(next_change(ANN, 0, 1), 24);
    assert_int_equal(next_change(ANN, 0, 24), 72);
    assert_int_equal(next_change(BOB, -1, 24), -1); /* his own hours know no turn */
}

static void a_swap_takes_over_hours_and_turns(void **unused)
{
    (void)unused;
    hours_on(ANN);
    hours_on(BOB);
    people[BOB].away_count = 0;
    override(BOB, ANN, false, 0, 48);
    assert_string_equal(why(ANN, 0, 9), "swapped");
    assert_string_equal(why(BOB, 0, 9), "stands_in");
    assert_string_equal(why(ANN, 0, 7), "off_duty"); /* and so is who stands in */
    assert_string_equal(why(BOB, 0, 7), "off_duty");
    assert_string_equal(why(BOB, 0, 33), "turn"); /* his own */
    assert_string_equal(why(ANN, -1, 33), "swapped");
    assert_string_equal(why(ANN, -1, 57), "on_duty");
    assert_int_equal(next_change(ANN, -1, 9), 56);
    assert_int_equal(schedule_stand_in(&roster, ANN, monday), BOB);
    assert_int_equal(schedule_stand_in(&roster, ANN, monday + 48 * H), -1);
}

static void two_people_may_swap_both_ways(void **unused)
{
    (void)unused;
    override(BOB, ANN, false, 0, 48);
    override(ANN, BOB, false, 0, 48);
    assert_string_equal(why(BOB, 0, 9), "stands_in");
    assert_string_equal(why(ANN, 0, 9), "swapped");
    assert_string_equal(why(ANN, 0, 33), "stands_in");
    assert_string_equal(why(BOB, 0, 33), "swapped");
}

static void a_calendar_joins_hours_or_stands_alone(void **unused)
{
    (void)unused;
    static struct stretch on[2];

    on[0] = (struct stretch){monday + 20 * H, monday + 22 * H};
    on[1] = (struct stretch){monday + 44 * H, monday + 46 * H};
    people[ANN].has_calendar = true;
    people[ANN].calendar = on;
    people[ANN].calendar_count = 2;
    assert_string_equal(why(ANN, -1, 9), "off_duty");
    assert_string_equal(why(ANN, -1, 20), "on_duty");
    assert_int_equal(next_change(ANN, -1, 20), 22);
    assert_int_equal(next_on(ANN, 20), 44);
    hours_on(ANN);
    assert_string_equal(why(ANN, -1, 9), "on_duty");
    assert_string_equal(why(ANN, -1, 20), "on_duty");
    assert_int_equal(next_change(ANN, -1, 9), 18);
    people[ANN].calendar_count = 0; /* one that has no events */
    people[ANN].hours_count = 0;
    assert_string_equal(why(ANN, -1, 20), "off_duty");
}

static void plan_says(int hour, const char *taken)
{
    const struct route_ask ask = {.line = &line, .duties = &duties};
    static struct plan plan;
    char out[200] = "";

    route_plan(&roster, &ask, monday + hour * H, &plan);
    for (int i = 0; i < plan.count; i++) {
        strcat(strcat(out, i ? " " : ""), plan.rungs[i].operator_id);
        strcat(strcat(out, "/"), reason_name(plan.rungs[i].reason));
    }
    assert_string_equal(out, taken);
}

static void a_plan_takes_the_holder_and_who_stands_in(void **unused)
{
    (void)unused;
    plan_says(9, "ann/turn");
    plan_says(33, "bob/turn");
    override(CARL, ANN, false, 0, 24);
    plan_says(9, "carl/stands_in");
    chain.steps[0].operator_count = 1; /* Ann alone, by her own hours */
    chain.steps[0].turns[0] = 0;
    plan_says(9, "carl/stands_in"); /* he takes her place, though he is on no chain */
    plan_says(24, "ann/on_duty");
    chain.step_count = 2; /* Bob by turn, then by himself */
    chain.steps[0] = (struct step){.operators = {ANN, BOB}, .turns = {1, 1}, .operator_count = 2};
    chain.steps[1] = (struct step){.operators = {BOB}, .operator_count = 1};
    plan_says(9, "carl/stands_in bob/on_duty");
    plan_says(24, "bob/turn");
}

static void two_swaps_exchange_two_people(void **unused)
{
    (void)unused;
    override(BOB, ANN, false, 0, 48);
    override(ANN, BOB, false, 0, 48);
    plan_says(9, "bob/stands_in"); /* Ann's turn, then Bob's */
    plan_says(33, "ann/stands_in");
    chain.step_count = 2; /* each by himself, and always on */
    chain.steps[0] = (struct step){.operators = {ANN}, .operator_count = 1};
    chain.steps[1] = (struct step){.operators = {BOB}, .operator_count = 1};
    plan_says(9, "bob/stands_in ann/stands_in");
    plan_says(48, "ann/on_duty bob/on_duty");
    chain.step_count = 1; /* Bob is on no chain: who is asked is he alone */
    plan_says(9, "bob/stands_in");
    hours_on(BOB); /* while Bob would be off, Ann is on for nobody */
    plan_says(7, "bob/stands_in");
    chain.steps[0] = (struct step){.operators = {ANN, BOB}, .operator_count = 2};
    plan_says(7, "bob/stands_in");
    plan_says(9, "bob/stands_in ann/stands_in");
}

static void who_swapped_may_have_a_place_by_another_swap(void **unused)
{
    (void)unused;
    override(BOB, ANN, false, 0, 48);
    override(ANN, CARL, false, 0, 48);
    chain.steps[0] = (struct step){.operators = {ANN, CARL}, .operator_count = 2};
    plan_says(9, "bob/stands_in ann/stands_in");
    chain.steps[0] = (struct step){.operators = {CARL, ANN}, .operator_count = 2};
    plan_says(9, "ann/stands_in bob/stands_in");
}

static void nobody_of_a_suspended_tenant_is_on_duty(void **unused)
{
    (void)unused;
    plan_says(9, "ann/turn");
    override(BOB, -1, true, 0, 100);
    roster.is_suspended = true;
    plan_says(9, "");
    roster.is_suspended = false;
    plan_says(9, "ann/turn bob/override_on");
}

static void a_gap_is_found_and_has_an_end(void **unused)
{
    (void)unused;
    struct stretch gap;

    assert_false(route_gap(&roster, &line, &duties, monday, monday + 7 * day_ms, &gap));
    override(BOB, -1, false, 30, 40);
    assert_true(route_gap(&roster, &line, &duties, monday, monday + 2 * day_ms, &gap));
    assert_int_equal(gap.from_ms, monday + 30 * H);
    assert_int_equal(gap.to_ms, monday + 40 * H);
    assert_false(route_gap(&roster, &line, &duties, monday, monday + 30 * H, &gap));
    override(CARL, BOB, false, 24, 48); /* the override is Bob's alone */
    assert_false(route_gap(&roster, &line, &duties, monday + 40 * H, monday + 48 * H, &gap));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_vacation_is_stronger_than_hours, set_up),
        cmocka_unit_test_setup(an_override_is_stronger_than_a_vacation, set_up),
        cmocka_unit_test_setup(what_he_said_is_stronger_than_all, set_up),
        cmocka_unit_test_setup(a_rotation_goes_round, set_up),
        cmocka_unit_test_setup(a_swap_takes_over_hours_and_turns, set_up),
        cmocka_unit_test_setup(two_people_may_swap_both_ways, set_up),
        cmocka_unit_test_setup(a_calendar_joins_hours_or_stands_alone, set_up),
        cmocka_unit_test_setup(a_plan_takes_the_holder_and_who_stands_in, set_up),
        cmocka_unit_test_setup(two_swaps_exchange_two_people, set_up),
        cmocka_unit_test_setup(who_swapped_may_have_a_place_by_another_swap, set_up),
        cmocka_unit_test_setup(nobody_of_a_suspended_tenant_is_on_duty, set_up),
        cmocka_unit_test_setup(a_gap_is_found_and_has_an_end, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
