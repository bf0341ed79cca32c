#include "core_world_jobs.h"

#include "rules/words.h"

#define BEN CREW
#define MARA CREW_2

static struct world *const w = &world_shared;

/* With a customer and an operator, none at first; the stakeholder hears of it in English. */
static struct job_draft draft_of(const char *id)
{
    struct job_draft d = world_job_draft(id, JOB_ASSIGNED);

    d.given |= 1u << JOB_FIELD_CUSTOMER | 1u << JOB_FIELD_OPERATOR;
    d.job.stakeholders[0].language[0] = 0;
    return d;
}

static struct job *assigned(const char *id)
{
    const struct job_draft d = draft_of(id);

    return world_job_from(w, &d);
}

static const struct message *last_from(const char *from)
{
    const struct message *found = NULL;

    for (size_t i = 0; i < world_count(w, FACT_MESSAGE); i++) {
        const struct message *m = world_row(w, FACT_MESSAGE, i);
        if (m->direction == DIRECTION_IN && strcmp(m->from, from) == 0)
            found = m;
    }
    assert_non_null(found);
    return found;
}

static void a_job_goes_from_claim_to_its_end_by_text(void **unused)
{
    const struct job *job = assigned("17");

    (void)unused;
    world_text(w, BEN, "CLAIM!");
    assert_string_equal(job->claimed_by, BEN);
    SAYS(world_last_to(w, BEN), "Job 17 is yours. When you start, text: begin");
    world_text(w, BEN, "Begin");
    assert_int_equal(job->state, JOB_IN_PROGRESS);
    world_text(w, BEN, "17 complete");
    assert_int_equal(job->state, JOB_COMPLETED);
    SAYS(world_last_to(w, BEN), "Job 17 is completed.");
    SAYS(world_last_to(w, BOSS), "job 17 was completed");
    assert_string_equal(last_from(BEN)->job, "17");
    assert_int_equal(last_from(BEN)->kind, MESSAGE_COMMAND);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
    assert_int_equal(world_count_to(w, PRIMARY), 0);
    assert_int_equal(world_logged(w, "job.claimed"), 1);
    assert_true(world_thread(w, BEN)->closed);
}

static void a_word_that_comes_twice_does_no_more(void **unused)
{
    const struct job *job = assigned("17");

    (void)unused;
    world_text(w, BEN, "claim");
    const int32_t version = job->version;
    world_text(w, BEN, "claim");
    assert_int_equal(job->version, version);
    SAYS(world_last_to(w, BEN), "Job 17 is yours");
    world_again(w, w->last); /* the carrier's own repeat */
    assert_int_equal(w->changes, 0);
    world_text(w, BEN, "complete");
    world_text(w, BEN, "complete");
    SAYS(world_last_to(w, BEN), "Job 17 is completed. Thank you.");
    assert_int_equal(world_count_to(w, BOSS), 1);
    world_text(w, BEN, "begin");
    SAYS(world_last_to(w, BEN), "Nothing done: job 17 is completed.");
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

static void what_is_given_back_is_told(void **unused)
{
    const struct job *job = assigned("17");

    (void)unused;
    world_text(w, BEN, "give back 17");
    assert_int_equal(job->state, JOB_PENDING);
    SAYS(world_last_to(w, BEN), "Job 17 is given back");
    SAYS(world_last_to(w, PRIMARY), "was given back (Ben)");
    world_text(w, BEN, "give back");
    SAYS(world_last_to(w, BEN),
         "Nothing done: job 17 is pending. Possible: claim, begin, complete");
}

static void of_several_he_is_asked_which(void **unused)
{
    const struct job *first = assigned("17"), *second = assigned("18");

    (void)unused;
    world_text(w, BEN, "claim");
    SAYS(world_last_to(w, BEN), "which job? Text claim and one of: 18, 17");
    assert_string_equal(first->claimed_by, "");
    assert_string_equal(second->claimed_by, "");
    world_text(w, BEN, "claim 17");
    assert_string_equal(first->claimed_by, BEN);
    assert_string_equal(second->claimed_by, "");
    world_text(w, BEN, "claim 99");
    SAYS(world_last_to(w, BEN), "99 is no job of yours. Yours: 18, 17");
    world_text(w, MARA, "annehmen"); /* 17 is with Ben */
    assert_string_equal(second->claimed_by, MARA);
    SAYS(world_last_to(w, MARA), "Auftrag 18 ist Ihrer");
}

static void what_somebody_else_has_stays_with_him(void **unused)
{
    const struct job *job = assigned("17");

    (void)unused;
    world_text(w, BEN, "claim");
    world_text(w, MARA, "fertig");
    assert_int_equal(job->state, JOB_ASSIGNED);
    SAYS(world_last_to(w, MARA), "Nichts getan: Auftrag 17 hat Ben.");
}

static void start_is_the_carriers_and_the_word_is_told(void **unused)
{
    const struct job *job = assigned("17");

    (void)unused;
    world_text(w, BEN, "start");
    assert_int_equal(job->state, JOB_ASSIGNED);
    SAYS(world_last_to(w, BEN), "that word is the carrier's. To begin a job, text: begin");
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

static void who_says_stop_is_an_exception_of_his_jobs_at_once(void **unused)
{
    const struct job *first = assigned("17"), *second = assigned("18"), *others = assigned("19");

    (void)unused;
    world_text(w, MARA, "claim 19");
    world_text(w, BEN, "STOP");
    assert_int_equal(first->exception, JOB_CREW_UNREACHABLE);
    assert_int_equal(second->exception, JOB_CREW_UNREACHABLE);
    assert_int_equal(others->exception, JOB_FINE);
    SAYS(world_to(w, PRIMARY, 0), "cannot be delivered (Ben)");
    SAYS(world_to(w, PRIMARY, 1), "cannot be delivered (Ben)");
    assert_int_equal(world_count(w, FACT_RELAY), 1);
    const size_t told = world_count_to(w, BEN);
    world_text(w, BEN, "claim 17"); /* it acts, and cannot be echoed */
    assert_string_equal(first->claimed_by, BEN);
    assert_int_equal(world_count_to(w, BEN), told);
    assert_int_equal(world_logged(w, "job.not-told"), 1);
    world_text(w, BEN, "START");
    assert_int_equal(world_count_to(w, BEN), told + 1);
}

static void his_words_go_to_the_jobs_operator_and_the_reply_to_him(void **unused)
{
    struct job_draft d = draft_of("17");

    (void)unused;
    context_set(d.job.operator_id, sizeof d.job.operator_id, span_of(world_id(AT_SPARE)));
    world_job_from(w, &d);
    world_text(w, BEN, "where is the key?");
    const struct message *told = world_last_to(w, SPARE);
    assert_non_null(told);
    SAYS(told, "Ben " BEN ", crew of job 17: where is the key?");
    assert_string_equal(told->job, "17");
    assert_int_equal(world_count_to(w, PRIMARY), 0);
    world_text(w, SPARE, world_tagged(w, told, "under the mat"));
    SAYS(world_last_to(w, BEN), "under the mat");
    assert_string_equal(world_last_to(w, BEN)->job, "17");
    world_text(w, BEN, "and the code?");
    SAYS(world_last_to(w, SPARE), "and the code?");
    assert_string_equal(last_from(BEN)->job, "17");
}

static void nobody_acknowledges_and_the_chain_comes_next(void **unused)
{
    struct job_draft d = draft_of("17");

    (void)unused;
    context_set(d.job.operator_id, sizeof d.job.operator_id, span_of(world_id(AT_SPARE)));
    d.job.claim_s = 0;
    d.given |= 1u << JOB_FIELD_CLAIM_SECONDS;
    world_job_from(w, &d);
    world_text(w, BEN, "where is the key?");
    world_wait(w, HOUR);
    SAYS(world_to(w, PRIMARY, 0), "crew of job 17");
}

static void of_his_jobs_it_is_the_one_he_names_or_works_on(void **unused)
{
    (void)unused;
    assigned("17");
    assigned("18");
    world_text(w, BEN, "claim 17");
    world_text(w, BEN, "I am late");
    SAYS(world_last_to(w, PRIMARY), "crew of job 17");
    world_text(w, MARA, "18: no parts");
    SAYS(world_last_to(w, PRIMARY), "Mara " MARA ", crew of job 18");
}

static void a_customer_of_one_job_and_crew_of_another(void **unused)
{
    struct job_draft d = draft_of("20");
    const struct job *own = assigned("17");

    (void)unused;
    d.job.crew_count = 0;
    context_set(d.job.customer, sizeof d.job.customer, span_of(BEN));
    world_job_from(w, &d);
    world_text(w, BEN, "when do you come?");
    SAYS(world_last_to(w, PRIMARY), "about 20");
    world_text(w, BEN, "claim");
    assert_string_equal(own->claimed_by, BEN);
}

static void a_call_rings_the_jobs_operator_and_says_whose_it_is(void **unused)
{
    struct job_draft d = draft_of("17");

    (void)unused;
    context_set(d.job.operator_id, sizeof d.job.operator_id, span_of(world_id(AT_SPARE)));
    world_job_from(w, &d);
    world_call(w, BEN);
    SAYS(world_last_to(w, SPARE), "call from Ben " BEN ", crew of job 17");
    assert_string_equal(world_cascade(w)->job, "17");
    assert_int_equal(world_count_to(w, PRIMARY), 0);
}

static void who_is_no_crew_is_a_customer(void **unused)
{
    (void)unused;
    assigned("17");
    world_text(w, ANNA, "claim");
    SAYS(world_last_to(w, PRIMARY), "claim");
    assert_int_equal(world_logged(w, "job.claimed"), 0);
}

static void too_many_words_do_nothing_more(void **unused)
{
    (void)unused;
    assigned("17");
    for (int i = 0; i < 30; i++)
        world_text(w, BEN, "claim");
    assert_true(world_count_to(w, BEN) <= 12);
    assert_true(world_logged(w, "text.held-back") > 0);
}

static void hostile_words_are_words_for_people(void **unused)
{
    static const char *const texts[] = {
        "claim\n17; DROP TABLE job", "{{claim}}",     "claim %n%n", "<claim/>",
        "cla\xc3\xad\xc3",           "\xff\xfe claim"};

    (void)unused;
    const struct job *job = assigned("17");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        world_text(w, BEN, texts[i]);
        assert_string_equal(job->claimed_by, "");
    }
    assert_int_equal(world_count(w, FACT_RELAY), 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_job_goes_from_claim_to_its_end_by_text),
        T(a_word_that_comes_twice_does_no_more),
        T(what_is_given_back_is_told),
        T(of_several_he_is_asked_which),
        T(what_somebody_else_has_stays_with_him),
        T(start_is_the_carriers_and_the_word_is_told),
        T(who_says_stop_is_an_exception_of_his_jobs_at_once),
        T(his_words_go_to_the_jobs_operator_and_the_reply_to_him),
        T(nobody_acknowledges_and_the_chain_comes_next),
        T(of_his_jobs_it_is_the_one_he_names_or_works_on),
        T(a_customer_of_one_job_and_crew_of_another),
        T(a_call_rings_the_jobs_operator_and_says_whose_it_is),
        T(who_is_no_crew_is_a_customer),
        T(too_many_words_do_nothing_more),
        T(hostile_words_are_words_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
