#include "core_world.h"

#define CREW "+13125550141"
#define CREW_2 "+13125550142"
#define BOSS "+13125550145"

static struct job_draft draft(const char *id, enum job_state state)
{
    struct job_draft d = {.given = 1u << JOB_FIELD_ID | 1u << JOB_FIELD_STATE |
                                   1u << JOB_FIELD_CREW | 1u << JOB_FIELD_STAKEHOLDERS};

    context_set(d.job.job_id, sizeof d.job.job_id, span_of(id));
    d.job.state = state;
    d.job.crew[0] = (struct job_person){"Ben", CREW, ""};
    d.job.crew[1] = (struct job_person){"Mara", CREW_2, "de"};
    d.job.crew_count = 2;
    d.job.stakeholders[0] = (struct job_person){"Sam", BOSS, "fr"};
    d.job.stakeholder_count = 1;
    return d;
}

static struct job *make(struct world *w, const char *id, enum job_state state)
{
    struct job_draft *d = ARENA_NEW(w->arena, struct job_draft);

    *d = draft(id, state);
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB_IMPORT,
                                                .drafts = d,
                                                .draft_count = 1,
                                                .by = SPAN("api")}),
                     ERR_NONE);
    return world_row(w, FACT_JOB, world_count(w, FACT_JOB) - 1);
}

static void the_crew_is_told_in_its_language_with_a_link_each(void **unused)
{
    struct world *w = &world_shared;

    (void)unused;
    make(w, "17", JOB_ASSIGNED);
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
    const struct job *job = make(w, "17", JOB_ASSIGNED);
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
