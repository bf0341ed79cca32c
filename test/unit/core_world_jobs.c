#include "core_world_jobs.h"

struct job_draft world_job_draft(const char *id, enum job_state state)
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

struct job *world_job_from(struct world *w, const struct job_draft *draft)
{
    struct job_draft *d = ARENA_NEW(w->arena, struct job_draft);

    *d = *draft;
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB_IMPORT,
                                                .drafts = d,
                                                .draft_count = 1,
                                                .by = SPAN("api")}),
                     ERR_NONE);
    return world_row(w, FACT_JOB, world_count(w, FACT_JOB) - 1);
}

struct job *world_job(struct world *w, const char *id, enum job_state state)
{
    const struct job_draft d = world_job_draft(id, state);

    return world_job_from(w, &d);
}

void world_job_move(struct world *w, const char *id, enum job_cause cause, const char *by,
                    const char *to)
{
    assert_int_equal(world_do(w, (struct event){.kind = EVENT_JOB,
                                                .job = span_of(id),
                                                .job_cause = cause,
                                                .by = span_of(by),
                                                .to = span_of(to)}),
                     ERR_NONE);
}
