#include <stdio.h>

#include "core_world.h"

#include "rules/route.h"
#include "rules/schedule.h"

static struct world world;
static struct plan plan;
static struct duty said[WORLD_PEOPLE];
static struct duties duties = {.rows = said, .room = WORLD_PEOPLE};

static int set_up(void **unused)
{
    (void)unused;
    world_open(&world);
    duties.count = 0;
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
                                .duties = &duties,
                                .for_call = for_call};
    memset(&plan, 0xa5, sizeof plan); /* nothing of an old plan may show through */
    route_plan(&world.roster, &a, world.now_ms, &plan);
}

static void a_step_that_overlaps_shares_its_number_in_calls(void **unused)
{
    (void)unused;
    struct step *step = &world.chains[0].steps[0];

    step->operators[1] = AT_BACKUP;
    step->operator_count = 2;
    step->how = RING_OVERLAP;
    ask(ANNA, "", "", true);
    assert_true(plan.rungs[0].overlaps && plan.rungs[1].overlaps && !plan.rungs[2].overlaps);
    assert_int_equal(plan.rungs[1].step, 0);
    ask(ANNA, "", "", false);
    assert_false(plan.rungs[0].overlaps || plan.rungs[1].overlaps);
    world_off(&world, AT_PRIMARY);
    ask(ANNA, "", "", true);
    assert_false(plan.rungs[0].overlaps); /* alone he rings as any */
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

/* Of several whom the roster names for a job. */
static void a_job_of_several_goes_by_their_load(void **unused)
{
    (void)unused;
    static const int64_t loads[] = {2, 0, 2};
    struct route_ask a = {.line = &world.lines[0], .caller = SPAN(ANNA), .job = SPAN("boiler")};

    world.routes[0].operators[0] = AT_SPARE;
    world.routes[0].operators[1] = AT_OWNER;
    world.routes[0].operators[2] = AT_BACKUP;
    world.routes[0].operator_count = 3;
    route_plan(&world.roster, &a, world.now_ms, &plan); /* not known: as written */
    assert_string_equal(list(plan.rungs, plan.count),
                        "spare/0/job_load owner/1/job_load backup/2/job_load primary/3/on_duty");
    a.burdens = loads;
    route_plan(&world.roster, &a, world.now_ms, &plan);
    assert_string_equal(list(plan.rungs, plan.count),
                        "owner/0/job_load spare/1/job_load backup/2/job_load primary/3/on_duty");
    world_off(&world, AT_OWNER); /* he counts no more */
    route_plan(&world.roster, &a, world.now_ms, &plan);
    assert_string_equal(list(plan.rungs, plan.count),
                        "spare/0/job_load backup/1/job_load primary/2/on_duty");
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

/* What somebody said of himself. */
struct word {
    int who;               /* -1: who has left the roster */
    enum duty_state state; /* DUTY_HOURS ends the list */
    int64_t until_ms;
};

static void say(const struct word *words, int off)
{
    duties.count = 0;
    for (const struct word *w = words; w->state != DUTY_HOURS; w++) {
        struct duty *d = &said[duties.count++];
        *d = (struct duty){.tenant = 1, .state = w->state, .until_ms = w->until_ms};
        strcpy(d->operator_id, w->who < 0 ? "gone" : world_id(w->who));
    }
    for (int o = 0; o < WORLD_PEOPLE; o++) {
        world_on(&world, o);
        if (off >> o & 1)
            world_off(&world, o);
    }
}

#define LATER (WORLD_START + HOUR)
#define DAY (24 * (int64_t)HOUR)

static void what_somebody_says_overrules_his_hours(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says;
        int off; /* bits: who is off duty by his hours */
        struct word words[3];
        const char *job, *owner, *taken, *out;
    } rows[] = {
        /* clang-format off */
        {"on, against his hours", 1 << AT_PRIMARY, {{AT_PRIMARY, DUTY_ON, LATER}}, "", "",
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"on, until he says otherwise", 1 << AT_PRIMARY, {{AT_PRIMARY, DUTY_ON, 0}}, "", "",
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"away", 0, {{AT_PRIMARY, DUTY_AWAY, LATER}}, "", "",
         "backup/0/on_duty owner/1/on_duty", "primary/0/away"},
        {"away, until he says otherwise", 0, {{AT_BACKUP, DUTY_AWAY, 0}}, "", "",
         "primary/0/on_duty owner/1/on_duty", "backup/1/away"},
        {"away says more than off duty", 1 << AT_PRIMARY, {{AT_PRIMARY, DUTY_AWAY, LATER}}, "", "",
         "backup/0/on_duty owner/1/on_duty", "primary/0/away"},
        {"off, though he has no hours", 0, {{AT_PRIMARY, DUTY_OFF, LATER}}, "", "",
         "backup/0/on_duty owner/1/on_duty", "primary/0/off_duty"},
        {"at its end it is over", 0, {{AT_PRIMARY, DUTY_AWAY, WORLD_START}}, "", "",
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        {"an on that is over", 1 << AT_PRIMARY, {{AT_PRIMARY, DUTY_ON, WORLD_START - 1}}, "", "",
         "backup/0/on_duty owner/1/on_duty", "primary/0/off_duty"},
        {"a job's operator who is away", 0, {{AT_SPARE, DUTY_AWAY, 0}}, "boiler", "",
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", "spare/0/away"},
        {"an owner who is off", 0, {{AT_OWNER, DUTY_OFF, 0}}, "", "owner",
         "primary/0/on_duty backup/1/on_duty", "owner/0/off_duty owner/2/earlier"},
        {"an owner by his own word on duty", 1 << AT_OWNER, {{AT_OWNER, DUTY_ON, 0}}, "", "owner",
         "owner/0/owner primary/1/on_duty backup/2/on_duty", "owner/3/earlier"},
        {"the words of who has left the roster", 0, {{-1, DUTY_AWAY, 0}}, "", "gone",
         "primary/0/on_duty backup/1/on_duty owner/2/on_duty", ""},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        say(rows[i].words, rows[i].off);
        ask(ANNA, rows[i].job, rows[i].owner, false);
        if (strcmp(list(plan.rungs, plan.count), rows[i].taken) != 0)
            fail_msg("%s: %s", rows[i].says, list(plan.rungs, plan.count));
        if (strcmp(list(plan.out, plan.out_count), rows[i].out) != 0)
            fail_msg("%s: out %s", rows[i].says, list(plan.out, plan.out_count));
    }
}

/* Off by hours is off from Monday noon until Tuesday 08:00, and again at 20:00. */
static void who_comes_on_next(void **unused)
{
    (void)unused;
    static const struct row {
        const char *says;
        int off;
        struct word words[3];
        int64_t want_ms; /* 0: nobody */
    } rows[] = {
        /* clang-format off */
        {"all are on without a break", 0, {{0}}, 0},
        {"one comes by his hours", 1 << AT_BACKUP, {{0}}, WORLD_TUESDAY},
        {"who is on the other line's chain", 1 << AT_SPARE, {{0}}, 0},
        {"away ends while his hours say on", 0, {{AT_BACKUP, DUTY_AWAY, LATER}}, LATER},
        {"so does off", 0, {{AT_BACKUP, DUTY_OFF, LATER}}, LATER},
        {"away ends while his hours say off", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_AWAY, LATER}},
         WORLD_TUESDAY},
        {"away ends as his shift begins", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_AWAY, WORLD_TUESDAY}}, WORLD_TUESDAY},
        {"his shift begins while he is away", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_AWAY, WORLD_TUESDAY + HOUR}}, WORLD_TUESDAY + HOUR},
        {"his shift passes while he is away", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_AWAY, WORLD_TUESDAY + 12 * (int64_t)HOUR}}, WORLD_TUESDAY + 7 * DAY},
        {"away, until he says otherwise", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_AWAY, 0}}, 0},
        {"away for longer than is looked ahead", 0,
         {{AT_BACKUP, DUTY_AWAY, WORLD_START + 9 * DAY + 1}}, 0},
        {"away for just as long", 0, {{AT_BACKUP, DUTY_AWAY, WORLD_START + 9 * DAY}},
         WORLD_START + 9 * DAY},
        {"away until the end of time", 0, {{AT_BACKUP, DUTY_AWAY, INT64_MAX}}, 0},
        {"on until the end of time", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_ON, INT64_MAX}}, 0},
        {"back long ago", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_AWAY, WORLD_START}}, WORLD_TUESDAY},
        {"back after his only shift that is looked ahead to", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_AWAY, WORLD_START + 9 * DAY}}, 0},
        {"an on that ends is no coming on", 0, {{AT_BACKUP, DUTY_ON, LATER}}, 0},
        {"nor is one that ends within his hours", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_ON, WORLD_TUESDAY + HOUR}}, WORLD_TUESDAY + 7 * DAY},
        {"on, then off, then his hours", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_ON, LATER}},
         WORLD_TUESDAY},
        {"on for good", 1 << AT_BACKUP, {{AT_BACKUP, DUTY_ON, 0}}, 0},
        {"the first of two", 1 << AT_BACKUP,
         {{AT_BACKUP, DUTY_AWAY, WORLD_TUESDAY + 1}, {AT_OWNER, DUTY_OFF, WORLD_TUESDAY - 1}},
         WORLD_TUESDAY - 1},
        {"who has left the roster", 0, {{-1, DUTY_AWAY, LATER}}, 0},
        /* clang-format on */
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const int64_t want_ms = rows[i].want_ms ? rows[i].want_ms : INT64_MAX;
        say(rows[i].words, rows[i].off);
        const int64_t next_ms =
            route_next_on(&world.roster, &world.lines[0], &duties, world.now_ms);
        if (next_ms != want_ms)
            fail_msg("%s: after %lld ms", rows[i].says, (long long)(next_ms - world.now_ms));
    }
}

static void nobody_said_anything(void **unused)
{
    (void)unused;
    const struct roster *r = &world.roster;

    world_off(&world, AT_SPARE);
    assert_null(schedule_duty(NULL, "spare"));
    assert_null(schedule_duty(&duties, "spare"));
    assert_int_equal(route_next_on(r, &world.lines[1], NULL, world.now_ms), WORLD_TUESDAY);
    assert_int_equal(route_reason(r, NULL, AT_SPARE, world.now_ms), REASON_OFF_DUTY);
    assert_int_equal(route_reason(r, NULL, AT_SPARE, WORLD_TUESDAY), REASON_ON_DUTY);
}

static void his_row_is_found_though_its_time_is_over(void **unused)
{
    (void)unused;
    say((const struct word[]){{AT_OWNER, DUTY_AWAY, 1}, {AT_SPARE, DUTY_ON, 0}, {0}}, 0);
    assert_ptr_equal(schedule_duty(&duties, "spare"), &said[1]);
    assert_ptr_equal(schedule_duty(&duties, "owner"), &said[0]);
    assert_null(schedule_duty(&duties, "primary"));
}

static void who_has_left_the_roster_is_off_duty(void **unused)
{
    (void)unused;
    say((const struct word[]){{-1, DUTY_ON, 0}, {0}}, 0);
    assert_int_equal(route_reason(&world.roster, &duties, -1, world.now_ms), REASON_OFF_DUTY);
}

static void everybody_has_left(void **unused)
{
    (void)unused;
    world.roster.operator_count = 0;
    world.roster.operators = NULL;
    world.roster.route_count = 0;
    world.chains[0].step_count = 0;
    say((const struct word[]){{AT_PRIMARY, DUTY_AWAY, LATER}, {0}}, 0);
    ask(ANNA, "boiler", "primary", false);
    assert_int_equal(plan.count + plan.out_count, 0);
    assert_int_equal(route_next_on(&world.roster, &world.lines[0], &duties, world.now_ms),
                     INT64_MAX);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_plan),
        TEST(a_step_that_overlaps_shares_its_number_in_calls),
        TEST(a_job_of_several_goes_by_their_load),
        TEST(a_step_of_two_is_one_step_of_texts_and_two_rings),
        TEST(seconds_are_the_steps_or_his_own),
        TEST(a_chain_longer_than_a_plan_is_cut),
        TEST(what_somebody_says_overrules_his_hours),
        TEST(who_comes_on_next),
        TEST(nobody_said_anything),
        TEST(his_row_is_found_though_its_time_is_over),
        TEST(who_has_left_the_roster_is_off_duty),
        TEST(everybody_has_left),
    };

    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
