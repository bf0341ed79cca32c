#include "store/sqlite_jobs.h"

#include "model/fact_list.h"
#include "store/sqlite_texts.h"

#define GET_TEXT(q, field) sql_get_text((q), (field), sizeof(field))
#define GET_NAME(q, type, field)                      \
    do {                                              \
        if (!type##_parse(sql_get_span(q), &(field))) \
            sql_bad_column(q);                        \
    } while (0)

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

static struct job *get_job(struct sql_query *q, struct arena *arena)
{
    struct job *j = ARENA_NEW(arena, struct job);

    j->tenant = (int32_t)sql_get(q);
    j->id = sql_get(q);
    GET_TEXT(q, j->job_id);
    j->created_ms = sql_get(q);
    GET_TEXT(q, j->created_by);
    GET_NAME(q, job_state, j->state);
    GET_NAME(q, job_priority, j->priority);
    GET_NAME(q, job_exception, j->exception);
    j->title = sql_get_copy(q, arena);
    j->notes = sql_get_copy(q, arena);
    j->address = sql_get_copy(q, arena);
    GET_TEXT(q, j->customer);
    GET_TEXT(q, j->customer_name);
    GET_TEXT(q, j->language);
    GET_TEXT(q, j->operator_id);
    GET_TEXT(q, j->line);
    get_people(q, j->crew, &j->crew_count);
    get_people(q, j->stakeholders, &j->stakeholder_count);
    GET_TEXT(q, j->claimed_by);
    GET_TEXT(q, j->handed_by);
    GET_TEXT(q, j->handed_to);
    j->handed_ms = sql_get(q);
    j->claim_s = (int32_t)sql_get(q);
    j->progress_s = (int32_t)sql_get(q);
    get_instants(q, j);
    j->version = (int32_t)sql_get(q);
    j->thread = sql_get(q);
    return j;
}

static void load_job(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, fact->id ? TEXT_JOB_GET : TEXT_JOB_FIND);

    sql_put(q, fact->tenant);
    if (fact->id)
        sql_put(q, fact->id);
    else
        sql_put_span(q, fact->key);
    struct job *row = sql_next(q) ? get_job(q, facts->arena) : NULL;
    sql_done(q);
    if (!sql_err(sql))
        facts_settle(facts, fact, row);
}

static void load_list(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        sql_use(sql, fact->kind == FACT_CREW_JOBS ? TEXT_JOB_CREWS : TEXT_JOB_CUSTOMERS);
    struct job_list *list = ARENA_NEW(facts->arena, struct job_list);

    sql_put(q, fact->tenant);
    sql_put_span(q, fact->key);
    sql_put(q, JOB_LIST);
    while (sql_next(q))
        fact_list_fill_jobs(facts, list, sql_get(q));
    if (sql_err(sql))
        return;
    facts_settle(facts, fact, list);
    for (size_t i = 0; i < list->count; i++)
        facts_want_id(facts, FACT_JOB, fact->tenant, list->ids[i]);
}

static void load_burden(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_BURDEN);
    int64_t *count = ARENA_NEW(facts->arena, int64_t);

    sql_put(q, fact->tenant);
    sql_put_span(q, fact->key);
    *count = sql_next(q) ? sql_get(q) : 0;
    sql_done(q);
    if (!sql_err(sql))
        facts_settle(facts, fact, count);
}

void sqlite_jobs_load(struct sql *sql, struct facts *facts, struct fact *fact)
{
    if (fact->kind == FACT_JOB)
        load_job(sql, facts, fact);
    else if (fact->kind == FACT_BURDEN)
        load_burden(sql, facts, fact);
    else
        load_list(sql, facts, fact);
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
    sql_run(q);
    if (!fresh && !sql_err(sql) && sql_changes(sql) == 0)
        sql_fail(sql, ERR_BROKEN, "a job to be changed is not in the database any more");
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

void sqlite_jobs_save(struct sql *sql, const struct job *job, bool fresh, struct arena *scratch)
{
    put_job(sql, job, fresh, scratch);
    put_crew(sql, job, fresh);
}
