#include "sql/sql_jobs.h"

#include "sql/sql_texts.h"

static void get_people(struct sql_query *q, struct job_person out[JOB_PEOPLE], uint8_t *out_count)
{
    if (!job_people_parse(sql_get_span(q), out, out_count))
        sql_bad_column(q);
}

static void get_instants(struct sql_query *q, struct job *j)
{
    j->assigned_ms = sql_get(q);
    j->claimed_ms = sql_get(q);
    j->started_ms = sql_get(q);
    j->completed_ms = sql_get(q);
    j->cancelled_ms = sql_get(q);
    j->changed_ms = sql_get(q);
    j->due_ms = sql_get(q);
}

struct job *sql_jobs_get(struct sql_query *q, struct arena *arena)
{
    struct job *j = ARENA_NEW(arena, struct job);

    j->tenant = (int32_t)sql_get(q);
    j->id = sql_get(q);
    SQL_GET_TEXT(q, j->job_id);
    j->created_ms = sql_get(q);
    SQL_GET_TEXT(q, j->created_by);
    SQL_GET_NAME(q, job_state, j->state);
    SQL_GET_NAME(q, job_priority, j->priority);
    SQL_GET_NAME(q, job_exception, j->exception);
    j->title = sql_get_copy(q, arena);
    j->notes = sql_get_copy(q, arena);
    j->address = sql_get_copy(q, arena);
    SQL_GET_TEXT(q, j->customer);
    SQL_GET_TEXT(q, j->customer_name);
    SQL_GET_TEXT(q, j->language);
    SQL_GET_TEXT(q, j->operator_id);
    SQL_GET_TEXT(q, j->line);
    get_people(q, j->crew, &j->crew_count);
    get_people(q, j->stakeholders, &j->stakeholder_count);
    SQL_GET_TEXT(q, j->claimed_by);
    SQL_GET_TEXT(q, j->handed_by);
    SQL_GET_TEXT(q, j->handed_to);
    j->handed_ms = sql_get(q);
    j->claim_s = (int32_t)sql_get(q);
    j->progress_s = (int32_t)sql_get(q);
    get_instants(q, j);
    j->version = (int32_t)sql_get(q);
    j->thread = sql_get(q);
    return j;
}

static void put_people(struct sql_query *q, const struct job_person *people, size_t count,
                       struct arena *scratch)
{
    sql_put_maybe_span(q, job_people_render(scratch, people, count));
}

static void put_instants(struct sql_query *q, const struct job *j)
{
    sql_put_maybe(q, j->assigned_ms);
    sql_put_maybe(q, j->claimed_ms);
    sql_put_maybe(q, j->started_ms);
    sql_put_maybe(q, j->completed_ms);
    sql_put_maybe(q, j->cancelled_ms);
    sql_put(q, j->changed_ms);
    sql_put_maybe(q, j->due_ms);
}

static void put_job(struct sql *sql, const struct job *j, bool fresh, struct arena *scratch)
{
    struct sql_query *q = sql_use(sql, fresh ? TEXT_JOB_ADD : TEXT_JOB_CHANGE);

    sql_put(q, j->tenant);
    sql_put(q, j->id);
    sql_put_text(q, j->job_id);
    sql_put(q, j->created_ms);
    sql_put_maybe_text(q, j->created_by);
    sql_put_text(q, job_state_name(j->state));
    sql_put_text(q, job_priority_name(j->priority));
    sql_put_maybe_text(q, job_exception_name(j->exception));
    sql_put_maybe_span(q, j->title);
    sql_put_maybe_span(q, j->notes);
    sql_put_maybe_span(q, j->address);
    sql_put_maybe_text(q, j->customer);
    sql_put_maybe_text(q, j->customer_name);
    sql_put_maybe_text(q, j->language);
    sql_put_maybe_text(q, j->operator_id);
    sql_put_maybe_text(q, j->line);
    put_people(q, j->crew, j->crew_count, scratch);
    put_people(q, j->stakeholders, j->stakeholder_count, scratch);
    sql_put_maybe_text(q, j->claimed_by);
    sql_put_maybe_text(q, j->handed_by);
    sql_put_maybe_text(q, j->handed_to);
    sql_put_maybe(q, j->handed_ms);
    sql_put(q, j->claim_s);
    sql_put(q, j->progress_s);
    put_instants(q, j);
    sql_put(q, j->version);
    sql_put_maybe(q, j->thread);
    if (fresh)
        sql_run(q);
    else
        sql_change(q);
}

/* Whoever worked on one that is over is its crew no more. */
static void put_crew(struct sql *sql, const struct job *j, bool fresh)
{
    if (!fresh) {
        struct sql_query *q = sql_use(sql, TEXT_JOB_CREW_DROP);
        sql_put(q, j->tenant);
        sql_put(q, j->id);
        sql_run(q);
    }
    for (int i = 0; i < j->crew_count && !job_is_over(j); i++) {
        struct sql_query *q = sql_use(sql, TEXT_JOB_CREW_ADD);
        sql_put(q, j->tenant);
        sql_put(q, j->id);
        sql_put_text(q, j->crew[i].phone);
        sql_run(q);
    }
}

void sql_jobs_save(struct sql *sql, const struct job *job, bool fresh, struct arena *scratch)
{
    put_job(sql, job, fresh, scratch);
    put_crew(sql, job, fresh);
}
