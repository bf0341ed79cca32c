#include "call/cascade_ring.h"

#include "core_world.h"

static struct world *const w = &world_shared;

/* One more request of the call, as the carrier makes it. */
static void next(int attempt)
{
    world_dialled(w, attempt, "no-answer");
}

static void rings_are_cut_to_what_is_left(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    assert_int_equal(world_cascade(w)->ring_s, 15);
    world_wait(w, 58 * S);
    next(0);
    assert_int_equal(world_cascade(w)->ring_s, 7);
    world_wait(w, 7 * S);
    next(1);
    assert_int_equal(world_cascade(w)->ring_s, 10); /* the last one's least */
}

static void who_is_on_the_roster_no_more_is_passed_over(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    w->people[AT_BACKUP].id[0] = 'x';
    next(0);
    assert_int_equal(world_cascade(w)->attempt, 2);
    assert_int_equal(world_cascade(w)->plan->rungs[1].state, RUNG_FAILED);
}

static void behind_the_last_there_is_the_voicemail(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    next(0);
    next(1);
    next(2);
    assert_int_equal(world_cascade(w)->state, CASCADE_VOICEMAIL);
    assert_int_equal(world_cascade(w)->due_ms, WORLD_START + 300 * S);
    assert_int_equal(world_logged(w, "call.missed"), 1);
}

static void a_step_that_overlaps_begins_with_one(void **unused)
{
    (void)unused;
    w->chains[0].step_count = 1;
    w->chains[0].steps[0].operators[1] = AT_BACKUP;
    w->chains[0].steps[0].operator_count = 2;
    w->chains[0].steps[0].how = RING_OVERLAP;
    world_call(w, ANNA);
    assert_int_equal(world_cascade(w)->ring_s, 30);
    assert_int_equal(world_cascade(w)->plan->rungs[0].state, RUNG_TOLD);
    assert_int_equal(world_cascade(w)->plan->rungs[1].state, RUNG_WAITING);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rings_are_cut_to_what_is_left),
        TEST(who_is_on_the_roster_no_more_is_passed_over),
        TEST(behind_the_last_there_is_the_voicemail),
        TEST(a_step_that_overlaps_begins_with_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
