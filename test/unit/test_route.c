#include <stdio.h>

#include "core_world.h"

#include "core/route.h"

static struct world world;
static struct plan plan;

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    world_close(&world);
    return 0;
}

static const char *list(const struct rung *rungs, int count)
{
    static char out[512];

    out[0] = 0;
    for (int i = 0; i < count; i++) {
        char one[96];
        (void)snprintf(one, sizeof one, "%s%s/%d/%s", i ? " " : "", rungs[i].operator_id,
                       rungs[i].step, reason_name(rungs[i].reason));
        strcat(out, one);
    }
    return out;
}

static void ask(const char *caller, const char *job, const char *owner, bool for_call)
{
    const struct route_ask a = {.line = &world.lines[0],
                                .caller = span_of(caller),
                                .job = span_of(job),
                                .owner = span_of(owner),
                                .for_call = for_call};
    memset(&plan, 0xa5, sizeof plan); /* nothing of an old plan may show through */
    route_plan(&world.roster, &a, world.now_ms, &plan);
}

static void every_plan(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says, *caller, *job, *owner;
        int off; /* bits: who is off duty */
        const char *taken, *out;
    } rows[] = {
        /* clang-format off */
        {"the chain in its order", ANNA, "", "", 0,
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"who is off duty is left out", ANNA, "", "", 1 << AT_PRIMARY,
         "backup/0/on_duty owner/1/on_duty", "primary/0/off_duty"},
        {"a caller is not asked about himself", BACKUP, "", "", 0,
         "primary/0/on_duty owner/1/on_duty", "backup/1/caller"},
        {"a job's operator goes first", ANNA, "boiler", "", 0,
         "spare/0/job primary/1/on_duty backup/2/on_duty owner/3/on_duty", ""},
        {"a job that is routed nowhere", ANNA, "roof", "", 0,
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"a job's operator off duty is left out", ANNA, "boiler", "", 1 << AT_SPARE,
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", "spare/0/off_duty"},
        {"the thread's owner goes first and once", ANNA, "", "backup", 0,
         "backup/0/owner primary/1/on_duty owner/2/on_duty", "backup/2/earlier"},
        {"the owner before the job's operator", ANNA, "boiler", "owner", 0,
         "owner/0/owner spare/1/job primary/2/on_duty backup/3/on_duty", "owner/4/earlier"},
        {"an owner who has left the roster", ANNA, "", "gone", 0,
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"an owner off duty is left out once", ANNA, "", "backup", 1 << AT_BACKUP,
         "primary/0/on_duty owner/1/on_duty", "backup/0/off_duty backup/1/earlier"},
        {"nobody", ANNA, "", "", 7, "", "primary/0/off_duty backup/0/off_duty owner/0/off_duty"},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int o = 0; o < WORLD_PEOPLE; o++) {
            world_on(&world, o);
            if (rows[i].off >> o & 1)
                world_off(&world, o);
        }
        ask(rows[i].caller, rows[i].job, rows[i].owner, false);
        if (strcmp(list(plan.rungs, plan.count), rows[i].taken) != 0)
            fail_msg("%s: %s", rows[i].says, list(plan.rungs, plan.count));
        if (strcmp(list(plan.out, plan.out_count), rows[i].out) != 0)
            fail_msg("%s: out %s", rows[i].says, list(plan.out, plan.out_count));
    }
}

static void a_step_of_two_is_one_step_of_texts_and_two_rings(void **unused)
{
    (void)unused;
    world.chains[0].steps[0].operator_count = 2;
    world.chains[0].steps[0].operators[1] = AT_SPARE;
    ask(ANNA, "", "", false);
    assert_string_equal(list(plan.rungs, plan.count),
                        "primary/0/on_duty spare/0/on_duty backup/1/on_duty owner/2/on_duty");
    ask(ANNA, "", "", true);
    assert_string_equal(list(plan.rungs, plan.count),
                        "primary/0/on_duty spare/1/on_duty backup/2/on_duty owner/3/on_duty");
}

static void seconds_are_the_steps_or_his_own(void **unused)
{
    (void)unused;
    world.people[AT_BACKUP].ring_s = 33;
    ask(ANNA, "boiler", "", true);
    assert_int_equal(plan.rungs[0].ring_s, 15); /* a job's operator: as the first step */
    assert_int_equal(plan.rungs[0].ack_s, 900);
    assert_int_equal(plan.rungs[2].ring_s, 33);
    assert_int_equal(plan.rungs[3].ring_s, 20);
    assert_int_equal(plan.rungs[3].ack_s, 1800);
    for (int i = 0; i < plan.count; i++) {
        assert_int_equal(plan.rungs[i].state, RUNG_WAITING);
        assert_string_equal(plan.rungs[i].tag, "");
    }
}

static void a_chain_longer_than_a_plan_is_cut(void **unused)
{
    (void)unused;
    static struct roster_operator people[LIMIT_OPERATORS];
    static struct chain chain;

    for (int i = 0; i < LIMIT_OPERATORS; i++) {
        people[i] = world.people[AT_PRIMARY];
        (void)snprintf(people[i].id, sizeof people[i].id, "o%d", i);
    }
    chain = (struct chain){.step_count = LIMIT_STEPS};
    for (int s = 0; s < LIMIT_STEPS; s++) {
        chain.steps[s].operator_count = LIMIT_STEP_OPERATORS;
        for (int i = 0; i < LIMIT_STEP_OPERATORS; i++)
            chain.steps[s].operators[i] = (uint16_t)(s * LIMIT_STEP_OPERATORS + i);
    }
    world.roster.operators = people;
    world.roster.operator_count = LIMIT_OPERATORS;
    world.roster.chains = &chain;
    ask(ANNA, "", "", true);
    assert_int_equal(plan.count, LIMIT_RUNGS);
    assert_string_equal(plan.rungs[LIMIT_RUNGS - 1].operator_id, "o63");
}

static void who_comes_on_next(void **unused)
{
    (void)unused;
    assert_int_equal(route_next_on(&world.roster, &world.lines[0], world.now_ms), INT64_MAX);
    world_off(&world, AT_BACKUP);
    assert_int_equal(route_next_on(&world.roster, &world.lines[0], world.now_ms), WORLD_TUESDAY);
    world_off(&world, AT_SPARE); /* on the other line's chain */
    world_on(&world, AT_BACKUP);
    assert_int_equal(route_next_on(&world.roster, &world.lines[0], world.now_ms), INT64_MAX);
    assert_int_equal(route_next_on(&world.roster, &world.lines[1], world.now_ms), WORLD_TUESDAY);
    assert_int_equal(route_reason(&world.roster, AT_SPARE, world.now_ms), REASON_OFF_DUTY);
    assert_int_equal(route_reason(&world.roster, AT_SPARE, WORLD_TUESDAY), REASON_ON_DUTY);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_plan),
        TEST(a_step_of_two_is_one_step_of_texts_and_two_rings),
        TEST(seconds_are_the_steps_or_his_own),
        TEST(a_chain_longer_than_a_plan_is_cut),
        TEST(who_comes_on_next),
    };

    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
