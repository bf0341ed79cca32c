#include "core_world_jobs.h"

static void the_crew_is_told_in_its_language_with_a_link_each(void **unused)
{
    struct world *w = &world_shared;

    (void)unused;
    world_job(w, "17", JOB_ASSIGNED);
    SAYS(world_last_to(w, CREW), "Claim it: ");
    SAYS(world_last_to(w, CREW_2), "Annehmen: ");
    SAYS(world_last_to(w, CREW), "/j/");
    assert_int_equal(world_count(w, FACT_LINK), 2);
    assert_int_equal(world_count_to(w, BOSS), 0);
    assert_string_equal(world_last_to(w, CREW)->job, "17");
}

static void nobody_who_said_stop_is_texted(void **unused)
{
    struct world *w = &world_shared;

    (void)unused;
    world_text(w, CREW, "STOP");
    const struct job *job = world_job(w, "17", JOB_ASSIGNED);
    assert_int_equal(world_count_to(w, CREW), 0);
    assert_int_equal(world_count_to(w, CREW_2), 1);
    assert_int_equal(world_logged(w, "job.not-told"), 1);
    assert_int_equal(job->exception, JOB_CREW_UNREACHABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_crew_is_told_in_its_language_with_a_link_each,
                                        world_set_up, world_tear_down),
        cmocka_unit_test_setup_teardown(nobody_who_said_stop_is_texted, world_set_up,
                                        world_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
