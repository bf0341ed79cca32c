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

static void from_assigned_to_completed(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = make(w, "17", JOB_ASSIGNED);

    (void)unused;
    assert_true(world_has_timer(w, TIMER_JOB, job->id, w->now_ms + 900 * S));
    move(w, "17", JOB_CLAIM, CREW, NULL);
    assert_string_equal(job->claimed_by, CREW);
    assert_int_equal(job->due_ms, 0);
    move(w, "17", JOB_START, CREW, NULL);
    move(w, "17", JOB_COMPLETE, CREW, NULL);
    assert_int_equal(job->state, JOB_COMPLETED);
    assert_int_equal(job->version, 4);
    SAYS(world_last_to(w, BOSS), "termin");
    assert_int_equal(world_logged(w, "job.completed"), 1);
}

static void one_person_claims_and_a_repeat_changes_nothing(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = make(w, "17", JOB_ASSIGNED);

    (void)unused;
    move(w, "17", JOB_CLAIM, CREW, NULL);
    move(w, "17", JOB_CLAIM, CREW, NULL);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    move(w, "17", JOB_CLAIM, CREW_2, NULL);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    assert_string_equal(job->claimed_by, CREW);
    assert_int_equal(job->version, 2);
}

static void a_hand_over_tells_both(void **unused)
{
    struct world *w = &world_shared;
    const struct job *job = make(w, "17", JOB_ASSIGNED);

    (void)unused;
    move(w, "17", JOB_CLAIM, CREW, NULL);
    move(w, "17", JOB_HAND_OVER, CREW, CREW_2);
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
