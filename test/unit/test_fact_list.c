#include "fact_set.h"

#include <string.h>

#include "model/fact_list.h"

#define ANNA "+13125550121"
#define BORIS "+13125550122"
#define BEN "+13125550141"
#define MARA "+13125550142"

enum { TENANT = 7 };

static struct fact *empty_list(enum fact_kind kind, struct span key)
{
    return fact_set_empty(kind, TENANT, key);
}

static void a_list_is_never_absent_and_a_row_may_be(void **unused)
{
    (void)unused;
    for (int kind = 0; kind < FACT_KINDS; kind++) {
        const struct fact *fact = fact_set_empty((enum fact_kind)kind, TENANT, SPAN("somebody"));
        assert_int_equal(fact->state,
                         fact_list_is((enum fact_kind)kind) ? FACT_PRESENT : FACT_ABSENT);
    }
}

static void an_empty_desk_knows_whose_it_is(void **unused)
{
    (void)unused;
    assert_string_equal(empty_list(FACT_DESK, SPAN("front"))->desk->operator_id, "front");
}

static void a_list_keeps_many_in_their_order(void **unused)
{
    struct idle *idle = empty_list(FACT_IDLE, (struct span){NULL, 0})->idle;

    (void)unused;
    for (int64_t i = 0; i < 1000; i++)
        fact_list_fill_idle(&fact_set, idle, i);
    assert_int_equal(idle->count, 1000);
    for (int64_t i = 0; i < 1000; i++)
        assert_int_equal(idle->relays[i], i);
}

static void a_loaded_desk_hears_of_a_tag_once(void **unused)
{
    struct tag tag = {.tenant = TENANT, .operator_id = "front", .tag = "K7F", .thread = 1};
    const struct fact *list = empty_list(FACT_DESK, SPAN("front"));
    const struct fact *other = empty_list(FACT_DESK, SPAN("back"));

    (void)unused;
    fact_list_hear_tag(&fact_set, &tag);
    tag.thread = 2; /* the same mark anew */
    fact_list_hear_tag(&fact_set, &tag);
    assert_int_equal(list->desk->count, 1);
    assert_int_equal(list->desk->tags[0].thread, 2);
    assert_int_equal(other->desk->count, 0);
}

static void loaded_duties_hear_the_latest_word_of_each(void **unused)
{
    struct duty duty = {.tenant = TENANT, .operator_id = "front", .until_ms = 1};
    const struct fact *list = empty_list(FACT_DUTIES, (struct span){NULL, 0});

    (void)unused;
    fact_list_hear_duty(&fact_set, &duty);
    duty.until_ms = 2;
    fact_list_hear_duty(&fact_set, &duty);
    assert_int_equal(list->duties->count, 1);
    assert_int_equal(list->duties->rows[0].until_ms, 2);
}

/* What the store has not seen is in a list that is loaded later, once; of that caller alone. */
static void a_list_loaded_late_is_completed(void **unused)
{
    (void)unused;
    (void)facts_add_cascade(
        &fact_set, &(struct cascade){
                       .tenant = TENANT, .id = 11, .call_sid = "CA11", .caller = "+13125550121"});
    (void)facts_add_cascade(
        &fact_set, &(struct cascade){
                       .tenant = TENANT, .id = 12, .call_sid = "CA12", .caller = "+13125550122"});
    const struct live *his = empty_list(FACT_LIVE, SPAN("+13125550121"))->live;
    assert_int_equal(his->count, 1);
    assert_int_equal(his->cascades[0], 11);
    assert_int_equal(empty_list(FACT_LIVE, (struct span){NULL, 0})->live->count, 2);
}

/* Of ANNA, done by BEN and MARA. */
static struct job a_job(int64_t id, const char *name)
{
    struct job j = {.tenant = TENANT, .id = id, .customer = ANNA, .crew_count = 2};

    strcpy(j.job_id, name);
    strcpy(j.crew[0].phone, BEN);
    strcpy(j.crew[1].phone, MARA);
    return j;
}

static const struct job_list *jobs_of(enum fact_kind kind, const char *number)
{
    return empty_list(kind, span_of(number))->jobs;
}

static void a_list_of_jobs_keeps_many_in_their_order(void **unused)
{
    struct job_list *list = empty_list(FACT_CREW_JOBS, SPAN(BEN))->jobs;

    (void)unused;
    for (int64_t i = 0; i < 1000; i++)
        fact_list_fill_jobs(&fact_set, list, i);
    assert_int_equal(list->count, 1000);
    for (int64_t i = 0; i < 1000; i++)
        assert_int_equal(list->ids[i], i);
}

/* By its customer and each of its crew; of other numbers, of other tenants and of the same number
 * in the other part nothing is heard. */
static void loaded_jobs_hear_of_one_once(void **unused)
{
    const struct {
        const struct job_list *list;
        size_t count;
    } rows[] = {
        {jobs_of(FACT_CUSTOMER_JOBS, ANNA), 2}, {jobs_of(FACT_CREW_JOBS, BEN), 2},
        {jobs_of(FACT_CREW_JOBS, MARA), 2},     {jobs_of(FACT_CREW_JOBS, ANNA), 0},
        {jobs_of(FACT_CUSTOMER_JOBS, BEN), 0},  {jobs_of(FACT_CUSTOMER_JOBS, BORIS), 0},
        {jobs_of(FACT_CREW_JOBS, BORIS), 0},
    };
    const struct job first = a_job(11, "17"), second = a_job(12, "18");
    struct job elsewhere = a_job(13, "17");

    (void)unused;
    elsewhere.tenant = TENANT + 1;
    fact_list_hear_job(&fact_set, &first);
    fact_list_hear_job(&fact_set, &first);
    fact_list_hear_job(&fact_set, &second);
    fact_list_hear_job(&fact_set, &elsewhere);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].list->count != rows[i].count)
            fail_msg("list %zu has %zu", i, rows[i].list->count);
        for (size_t k = 0; k < rows[i].count; k++)
            assert_int_equal(rows[i].list->ids[k], 11 + k);
    }
}

static void jobs_loaded_late_are_completed(void **unused)
{
    const struct job first = a_job(11, "17");
    struct job second = a_job(12, "18");

    (void)unused;
    strcpy(second.customer, BORIS);
    second.crew_count = 1;
    (void)facts_add_job(&fact_set, &first);
    (void)facts_add_job(&fact_set, &second);
    assert_int_equal(jobs_of(FACT_CREW_JOBS, BEN)->count, 2);
    assert_int_equal(jobs_of(FACT_CREW_JOBS, MARA)->count, 1);
    assert_int_equal(jobs_of(FACT_CREW_JOBS, MARA)->ids[0], 11);
    assert_int_equal(jobs_of(FACT_CUSTOMER_JOBS, BORIS)->count, 1);
    assert_int_equal(jobs_of(FACT_CUSTOMER_JOBS, BORIS)->ids[0], 12);
    assert_int_equal(jobs_of(FACT_CUSTOMER_JOBS, BEN)->count, 0);
}

static void who_owns_no_thread_has_no_burden(void **unused)
{
    (void)unused;
    assert_int_equal(*empty_list(FACT_BURDEN, SPAN("front"))->burden, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT_SET_CASE(a_list_is_never_absent_and_a_row_may_be),
        FACT_SET_CASE(an_empty_desk_knows_whose_it_is),
        FACT_SET_CASE(a_list_keeps_many_in_their_order),
        FACT_SET_CASE(a_loaded_desk_hears_of_a_tag_once),
        FACT_SET_CASE(loaded_duties_hear_the_latest_word_of_each),
        FACT_SET_CASE(a_list_loaded_late_is_completed),
        FACT_SET_CASE(a_list_of_jobs_keeps_many_in_their_order),
        FACT_SET_CASE(loaded_jobs_hear_of_one_once),
        FACT_SET_CASE(jobs_loaded_late_are_completed),
        FACT_SET_CASE(who_owns_no_thread_has_no_burden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
