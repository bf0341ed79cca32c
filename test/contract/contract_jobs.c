#include "contract/contract_kit.h"

#include <string.h>

#define ANNA "+13125550150"
#define BEN "+13125550141"
#define MARA "+13125550142"

static struct job job_of(int32_t tenant, const char *job_id)
{
    struct job j = {.id = id_next(&kit.ids, NOW),
                    .tenant = tenant,
                    .priority = JOB_NORMAL,
                    .created_ms = NOW,
                    .changed_ms = NOW,
                    .version = 1};

    strcpy(j.job_id, job_id);
    strcpy(j.customer, ANNA);
    return j;
}

/* Every field set. */
static struct job whole_job(int32_t tenant)
{
    struct job j = job_of(tenant, "A-17");

    j.state = JOB_IN_PROGRESS;
    j.priority = JOB_URGENT;
    j.exception = JOB_WITHOUT_PROGRESS;
    j.title = SPAN("Boiler leaks");
    j.notes = SPAN("two\nlines");
    j.address = SPAN("12 Pier St");
    strcpy(j.customer_name, "Anna Alvarez");
    strcpy(j.language, "de");
    strcpy(j.operator_id, "bob");
    strcpy(j.line, "+13125550101");
    j.crew[0] = (struct job_person){"Ben the first", BEN, "fr"};
    j.crew[1] = (struct job_person){"", MARA, ""};
    j.crew_count = 2;
    j.stakeholders[0] = (struct job_person){"Sam", "+13125550145", "es"};
    j.stakeholder_count = 1;
    strcpy(j.claimed_by, BEN);
    strcpy(j.handed_by, MARA);
    strcpy(j.handed_to, BEN);
    j.handed_ms = NOW + 1;
    j.claim_s = 60;
    j.progress_s = 0;
    j.assigned_ms = NOW + 2;
    j.claimed_ms = NOW + 3;
    j.started_ms = NOW + 4;
    j.completed_ms = NOW + 5;
    j.cancelled_ms = NOW + 6;
    j.changed_ms = NOW + 7;
    j.due_ms = NOW + 8;
    j.version = 9;
    j.thread = 10;
    strcpy(j.created_by, "api");
    return j;
}

static void same_people(const struct job_person *got, const struct job_person *want, int count)
{
    for (int i = 0; i < count; i++) {
        assert_string_equal(got[i].name, want[i].name);
        assert_string_equal(got[i].phone, want[i].phone);
        assert_string_equal(got[i].language, want[i].language);
    }
}

static void same_job(const struct job *got, const struct job *want)
{
    assert_non_null(got);
    assert_int_equal(got->id, want->id);
    assert_string_equal(got->job_id, want->job_id);
    assert_int_equal(got->state, want->state);
    assert_int_equal(got->priority, want->priority);
    assert_int_equal(got->exception, want->exception);
    assert_true(span_is(got->title, want->title) && span_is(got->notes, want->notes) &&
                span_is(got->address, want->address));
    assert_string_equal(got->customer, want->customer);
    assert_string_equal(got->customer_name, want->customer_name);
    assert_string_equal(got->language, want->language);
    assert_string_equal(got->operator_id, want->operator_id);
    assert_string_equal(got->line, want->line);
    assert_int_equal(got->crew_count, want->crew_count);
    same_people(got->crew, want->crew, want->crew_count);
    assert_int_equal(got->stakeholder_count, want->stakeholder_count);
    same_people(got->stakeholders, want->stakeholders, want->stakeholder_count);
    assert_string_equal(got->claimed_by, want->claimed_by);
    assert_string_equal(got->handed_by, want->handed_by);
    assert_string_equal(got->handed_to, want->handed_to);
    assert_string_equal(got->created_by, want->created_by);
    const int64_t is[] = {got->handed_ms,    got->claim_s,    got->progress_s, got->created_ms,
                          got->assigned_ms,  got->claimed_ms, got->started_ms, got->completed_ms,
                          got->cancelled_ms, got->changed_ms, got->due_ms,     got->version,
                          got->thread};
    const int64_t be[] = {want->handed_ms,  want->claim_s,      want->progress_s,
                          want->created_ms, want->assigned_ms,  want->claimed_ms,
                          want->started_ms, want->completed_ms, want->cancelled_ms,
                          want->changed_ms, want->due_ms,       want->version,
                          want->thread};
    assert_memory_equal(is, be, sizeof is);
}

static void a_job_comes_back_whole(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    const struct job j = whole_job(tenant), bare = job_of(tenant, "A-18"),
                     same_name = job_of(other, "A-17");

    (void)unused;
    facts_add_job(&kit.facts, &j);
    facts_add_job(&kit.facts, &bare);
    facts_add_job(&kit.facts, &same_name);
    kit_save();
    kit_reopen();
    facts_want_job(&kit.facts, tenant, SPAN("A-17"));
    facts_want_job(&kit.facts, other, SPAN("A-18"));
    facts_want_id(&kit.facts, FACT_JOB, tenant, bare.id);
    facts_want_id(&kit.facts, FACT_JOB, other, j.id);
    kit_load();
    same_job(facts_job(&kit.facts, tenant, SPAN("A-17")), &j);
    same_job(facts_job_by_id(&kit.facts, tenant, bare.id), &bare);
    assert_null(facts_job(&kit.facts, other, SPAN("A-18"))); /* of another tenant: none */
    assert_null(facts_job_by_id(&kit.facts, other, j.id));

    struct job *row = facts_job(&kit.facts, tenant, SPAN("A-17"));
    const struct job changed = {.id = j.id, .tenant = tenant, .version = 10, .created_ms = NOW};
    *row = changed; /* every field may go */
    strcpy(row->job_id, "A-17");
    strcpy(row->created_by, "api"); /* who made it does not */
    const struct job want = *row;
    facts_touch(&kit.facts, FACT_JOB, row);
    kit_save();
    facts_want_job(&kit.facts, tenant, SPAN("A-17"));
    kit_load();
    same_job(facts_job(&kit.facts, tenant, SPAN("A-17")), &want);
}

static void finds(enum fact_kind kind, int32_t tenant, const char *number, const char *want)
{
    char names[64] = "";

    facts_want_jobs(&kit.facts, kind, tenant, span_of(number));
    kit_load();
    const struct job_list *list = facts_jobs(&kit.facts, kind, tenant, span_of(number));
    for (size_t i = 0; list && i < list->count; i++) {
        const struct job *job = facts_job_by_id(&kit.facts, tenant, list->ids[i]);
        assert_non_null(job); /* comes along */
        strcat(names, job->job_id);
    }
    assert_string_equal(names, want);
    kit_begin();
}

static struct job *loaded(int32_t tenant, const char *job_id)
{
    facts_want_job(&kit.facts, tenant, span_of(job_id));
    kit_load();
    return facts_job(&kit.facts, tenant, span_of(job_id));
}

static void active_jobs_are_found_by_their_people_latest_first(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");
    struct job a = job_of(tenant, "a"), b = job_of(tenant, "b"), c = job_of(other, "c");

    (void)unused;
    a.crew[0] = (struct job_person){"Ben", BEN, ""};
    a.crew_count = 1;
    b.crew[0] = (struct job_person){"Mara", MARA, ""};
    b.crew[1] = (struct job_person){"Ben", BEN, ""};
    b.crew_count = 2;
    facts_add_job(&kit.facts, &a);
    facts_add_job(&kit.facts, &b);
    facts_add_job(&kit.facts, &c);
    kit_save();
    kit_reopen();
    finds(FACT_CUSTOMER_JOBS, tenant, ANNA, "ba");
    finds(FACT_CUSTOMER_JOBS, other, ANNA, "c");
    finds(FACT_CREW_JOBS, tenant, BEN, "ba");
    finds(FACT_CREW_JOBS, tenant, MARA, "b");
    finds(FACT_CREW_JOBS, other, BEN, "");

    struct job *row = loaded(tenant, "b"); /* his number has changed, and Ben left */
    strcpy(row->customer, "+13125550151");
    row->crew_count = 1;
    facts_touch(&kit.facts, FACT_JOB, row);
    kit_save();
    finds(FACT_CUSTOMER_JOBS, tenant, ANNA, "a");
    finds(FACT_CUSTOMER_JOBS, tenant, "+13125550151", "b");
    finds(FACT_CREW_JOBS, tenant, BEN, "a");

    row = loaded(tenant, "b");
    row->state = JOB_COMPLETED;
    facts_touch(&kit.facts, FACT_JOB, row);
    kit_save();
    finds(FACT_CUSTOMER_JOBS, tenant, "+13125550151", "");
    finds(FACT_CREW_JOBS, tenant, MARA, "");

    row = loaded(tenant, "b"); /* open again */
    row->state = JOB_PENDING;
    facts_touch(&kit.facts, FACT_JOB, row);
    kit_save();
    finds(FACT_CUSTOMER_JOBS, tenant, "+13125550151", "b");
    finds(FACT_CREW_JOBS, tenant, MARA, "b");
}

static void thread_of(int32_t tenant, const char *customer, const char *owner, bool closed)
{
    struct thread t = kit_thread(tenant, customer);

    strcpy(t.owner, owner);
    t.closed = closed;
    facts_add_thread(&kit.facts, &t);
}

static void burden(int32_t tenant, const char *who, int want)
{
    (void)facts_burden(&kit.facts, tenant, span_of(who));
    kit_load();
    assert_int_equal(facts_burden(&kit.facts, tenant, span_of(who)), want);
}

static void a_burden_is_the_open_threads_that_somebody_owns(void **unused)
{
    const int32_t tenant = kit_tenant("one"), other = kit_tenant("two");

    (void)unused;
    thread_of(tenant, "+13125550151", "ann", false);
    thread_of(tenant, "+13125550152", "ann", false);
    thread_of(tenant, "+13125550153", "ann", true);
    thread_of(tenant, "+13125550154", "", false);
    thread_of(tenant, "+13125550155", "bob", false);
    thread_of(other, "+13125550151", "ann", false);
    kit_save();
    kit_reopen();
    burden(tenant, "ann", 2);
    burden(tenant, "bob", 1);
    burden(tenant, "cy", 0);
    burden(other, "ann", 1);
}

const struct CMUnitTest contract_jobs[] = {
    KIT_TEST(a_job_comes_back_whole),
    KIT_TEST(active_jobs_are_found_by_their_people_latest_first),
    KIT_TEST(a_burden_is_the_open_threads_that_somebody_owns),
};
const size_t contract_jobs_count = sizeof contract_jobs / sizeof contract_jobs[0];
