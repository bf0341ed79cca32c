#include "core_world_jobs.h"

static void from_assigned_to_completed(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    assert_true(world_has_timer(w, TIMER_JOB, job->id, w->now_ms + 900 * S));
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    assert_string_equal(job->claimed_by, CREW);
    assert_int_equal(job->due_ms, 0);
    world_job_move(w, "17", JOB_START, CREW, NULL);
    world_job_move(w, "17", JOB_COMPLETE, CREW, NULL);
    assert_int_equal(job->state, JOB_COMPLETED);
    assert_int_equal(job->version, 4);
    SAYS(world_last_to(w, BOSS), "termin");
    assert_int_equal(world_logged(w, "job.completed"), 1);
}

static void one_person_claims_and_a_repeat_changes_nothing(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    world_job_move(w, "17", JOB_CLAIM, CREW_2, NULL);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    assert_string_equal(job->claimed_by, CREW);
    assert_int_equal(job->version, 2);
}

static void a_hand_over_tells_both(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_job_move(w, "17", JOB_CLAIM, CREW, NULL);
    world_job_move(w, "17", JOB_HAND_OVER, CREW, CREW_2);
    assert_int_equal(job->state, JOB_ASSIGNED);
    assert_string_equal(job->handed_to, CREW_2);
    assert_string_equal(job->claimed_by, "");
    SAYS(world_last_to(w, CREW), "is with Mara now");
    SAYS(world_last_to(w, CREW_2), "Ihrer");
    assert_true(world_has_timer(w, TIMER_JOB, job->id, w->now_ms + 900 * S));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_assigned_to_completed, world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(one_person_claims_and_a_repeat_changes_nothing,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_hand_over_tells_both, world_set_up, world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
