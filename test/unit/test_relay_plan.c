#include "relay/relay_plan.h"

#include "core_world.h"

static struct world *const w = &world_shared;

/* The shift changes while a relay waits, or a call rings. */

static void who_came_on_meanwhile_is_asked_next(void **unused)
{
    (void)unused;
    world_off(w, AT_BACKUP);
    world_text(w, ANNA, "no heat");
    world_wait(w, 5 * MIN);
    world_on(w, AT_BACKUP);
    world_wait(w, 10 * MIN);
    assert_int_equal(world_count_to(w, BACKUP), 1);
    assert_int_equal(world_count_to(w, OWNER), 0);
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, OWNER), 1);
    world_wait(w, HOUR);
    assert_int_equal(world_relay(w)->state, RELAY_EXHAUSTED);
    assert_int_equal(world_count_to(w, OWNER), 2); /* and that nobody has answered */
}

static void who_came_on_before_the_holder_is_asked_after_him(void **unused)
{
    (void)unused;
    world_off(w, AT_PRIMARY);
    world_text(w, ANNA, "no heat");
    assert_int_equal(world_count_to(w, BACKUP), 1);
    world_on(w, AT_PRIMARY);
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, PRIMARY), 1);
    assert_int_equal(world_count_to(w, OWNER), 0);
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, OWNER), 1);
    assert_int_equal(world_count_to(w, BACKUP), 2); /* and that it was passed on */
}

static void who_holds_the_step_keeps_it_when_his_shift_ends(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    const int64_t due_ms = world_relay(w)->due_ms;
    world_off(w, AT_PRIMARY);
    world_off(w, AT_BACKUP);
    world_wait(w, 14 * MIN);
    assert_int_equal(world_relay(w)->due_ms, due_ms);
    assert_int_equal(world_count_to(w, OWNER), 0);
    world_text(w, PRIMARY, "ok");
    assert_string_equal(world_relay(w)->acked_by, "primary");
}

static void who_left_is_out_and_on_record(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_off(w, AT_BACKUP);
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, OWNER), 1);
    assert_int_equal(world_count_to(w, BACKUP), 0);
    const struct plan *plan = world_relay(w)->plan;
    assert_int_equal(plan->count, 2);
    assert_int_equal(plan->out_count, 1);
    assert_string_equal(plan->out[0].operator_id, "backup");
    assert_int_equal(plan->out[0].reason, REASON_OFF_DUTY);
}

static void a_step_that_a_new_roster_adds_is_asked(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    w->chains[0].steps[1] = w->chains[1].steps[0]; /* the spare in the backup's place */
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, SPARE), 1);
    assert_int_equal(world_count_to(w, BACKUP), 0);
    world_wait(w, 15 * MIN);
    assert_int_equal(world_count_to(w, OWNER), 1);
}

static void a_call_keeps_the_plan_it_was_made_with(void **unused)
{
    (void)unused;
    world_off(w, AT_BACKUP);
    world_call(w, ANNA);
    world_on(w, AT_BACKUP);
    world_off(w, AT_OWNER);
    world_dialled(w, 1, "no-answer");
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_true(span_is_text(w->answer.numbers[0].number, OWNER));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_came_on_meanwhile_is_asked_next),
        TEST(who_came_on_before_the_holder_is_asked_after_him),
        TEST(who_holds_the_step_keeps_it_when_his_shift_ends),
        TEST(who_left_is_out_and_on_record),
        TEST(a_step_that_a_new_roster_adds_is_asked),
        TEST(a_call_keeps_the_plan_it_was_made_with),
    };
    return cmocka_run_group_tests_name("relay_plan", tests, NULL, NULL);
}
