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

static void move(struct world *w, const char *id, enum job_cause cause, const char *by,
                 const char *to)
{
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB,
                                                .job = span_of(id),
                                                .job_cause = cause,
                                                .by = span_of(by),
                                                .to = span_of(to)}),
                     ERR_NONE);
}

static void an_exception_goes_down_the_chain_in_the_crews_thread(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = make(w, "17", JOB_ASSIGNED);

    (void)unused;
    world_wait(w, 900 * S);
    assert_int_equal(job->exception, JOB_WAS_NOT_CLAIMED);
    assert_int_equal(world_relay(w)->kind, RELAY_JOB);
    assert_int_equal(world_thread(w, CREW)->id, job->thread);
    SAYS(world_last_to(w, PRIMARY), "Job 17: nobody has claimed it in time");
    move(w, "17", JOB_START, CREW, NULL);
    move(w, "17", JOB_GIVE_BACK, CREW, NULL);
    SAYS(world_last_to(w, PRIMARY), "Job 17: was given back (Ben)"); /* joins */
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    assert_int_equal(job->state, JOB_PENDING);
}

static void a_job_cancelled_at_work_is_told_to_all(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = make(w, "17", JOB_ASSIGNED);

    (void)unused;
    move(w, "17", JOB_START, CREW, NULL);
    move(w, "17", JOB_CANCEL, "api", NULL);
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
