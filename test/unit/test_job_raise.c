#include "core_world_jobs.h"

static void an_exception_goes_down_the_chain_in_the_crews_thread(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_wait(w, 900 * S);
    assert_int_equal(job->exception, JOB_WAS_NOT_CLAIMED);
    assert_int_equal(world_relay(w)->kind, RELAY_JOB);
    assert_int_equal(world_thread(w, CREW)->id, job->thread);
    SAYS(world_last_to(w, PRIMARY), "Job 17: nobody has claimed it in time");
    world_job_move(w, "17", JOB_START, CREW, NULL);
    world_job_move(w, "17", JOB_GIVE_BACK, CREW, NULL);
    SAYS(world_last_to(w, PRIMARY), "Job 17: was given back (Ben)"); /* joins */
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(job->state, JOB_PENDING);
}

static void a_job_cancelled_at_work_is_told_to_all(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_job_move(w, "17", JOB_START, CREW, NULL);
    world_job_move(w, "17", JOB_CANCEL, "api", NULL);
    assert_int_equal(job->exception, JOB_CANCELLED_AT_WORK);
    SAYS(world_last_to(w, PRIMARY), "was cancelled while in progress");
    SAYS(world_last_to(w, CREW), "is cancelled");
    SAYS(world_last_to(w, BOSS), "annul");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_exception_goes_down_the_chain_in_the_crews_thread,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(a_job_cancelled_at_work_is_told_to_all, world_set_up,
                                        world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
