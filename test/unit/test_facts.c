#include "fact_set.h"

#include <string.h>

enum { T1 = 1, T2 = 2 };

static struct thread *a_thread(int64_t id, const char *customer)
{
    struct thread *t = ARENA_NEW(fact_set.arena, struct thread);

    t->id = id;
    t->tenant = T1;
    strcpy(t->line, "+13125550101");
    strcpy(t->customer, customer);
    return t;
}

static size_t count_facts(void)
{
    size_t n = 0;

    for (const struct fact *fact = fact_set.first; fact; fact = fact->next)
        n++;
    return n;
}

/* What a store does that has nothing. */
static void settle_all_absent(void)
{
    for (struct fact *fact = fact_set.first; fact; fact = fact->next)
        if (fact->state == FACT_WANTED)
            facts_settle(&fact_set, fact, NULL);
    fact_set.short_of = false;
}

static void a_find_of_something_not_asked_wants_it(void **unused)
{
    (void)unused;
    assert_null(facts_relay(&fact_set, T1, 7));
    assert_true(fact_set.short_of);
    assert_int_equal(fact_set.first->kind, FACT_RELAY);
    assert_int_equal(fact_set.first->state, FACT_WANTED);

    settle_all_absent();
    assert_null(facts_relay(&fact_set, T1, 7));
    assert_false(fact_set.short_of);
}

static void wanting_twice_is_wanting_once(void **unused)
{
    (void)unused;
    facts_want_claim(&fact_set, T1, SPAN("SM1"));
    facts_want_claim(&fact_set, T1, SPAN("SM1"));
    assert_int_equal(count_facts(), 1);
    facts_want_claim(&fact_set, T2, SPAN("SM1"));
    facts_want_claim(&fact_set, T1, SPAN("SM2"));
    facts_want_call(&fact_set, T1, SPAN("SM1"));
    assert_int_equal(count_facts(), 4);

    settle_all_absent();
    facts_want_claim(&fact_set, T1, SPAN("SM1"));
    assert_false(fact_set.short_of);
}

static void a_thread_found_by_its_key_is_found_by_its_id(void **unused)
{
    struct thread *t = a_thread(5, "+13125550150");

    (void)unused;
    facts_want_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_settle(&fact_set, fact_set.first, t);
    fact_set.short_of = false;
    assert_ptr_equal(facts_thread_by_id(&fact_set, T1, 5), t);
    assert_ptr_equal(facts_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150")), t);
    assert_false(fact_set.short_of);
}

static void a_job_that_has_been_loaded_by_its_id_is_seen_once_its_name_is_asked(void **unused)
{
    struct job *j = ARENA_NEW(fact_set.arena, struct job);

    (void)unused;
    j->id = 5;
    j->tenant = T1;
    strcpy(j->job_id, "17");
    assert_null(facts_job_seen(&fact_set, T1, SPAN("17")));
    assert_int_equal(count_facts(), 0); /* it asks for nothing */
    facts_want_id(&fact_set, FACT_JOB, T1, 5);
    facts_want_job(&fact_set, T1, SPAN("17"));
    assert_null(facts_job_seen(&fact_set, T1, SPAN("17")));
    facts_settle(&fact_set, fact_set.first, j);
    facts_settle(&fact_set, fact_set.first->next, j);
    assert_ptr_equal(facts_job_seen(&fact_set, T1, SPAN("17")), j);
    assert_null(facts_job_seen(&fact_set, T2, SPAN("17")));
}

static void a_row_loaded_by_two_keys_stands_once(void **unused)
{
    struct thread *first = a_thread(5, "+13125550150");
    struct thread *second = a_thread(5, "+13125550150");

    (void)unused;
    facts_want_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_want_id(&fact_set, FACT_THREAD, T1, 5);
    struct fact *by_key = fact_set.first, *by_id = fact_set.first->next;

    facts_settle(&fact_set, by_id, first);
    assert_int_equal(by_key->state, FACT_PRESENT); /* known without asking the store */
    facts_settle(&fact_set, by_key, second);
    assert_ptr_equal(by_key->same, by_id);
    assert_ptr_equal(facts_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150")),
                     first);
    assert_ptr_equal(facts_thread_by_id(&fact_set, T1, 5), first);
}

static void a_row_added_is_found_under_all_its_keys(void **unused)
{
    const struct thread *t = a_thread(5, "+13125550150");
    struct cascade c = {.id = 9, .tenant = T1, .call_sid = "CA1"};

    (void)unused;
    facts_want_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    settle_all_absent();
    struct thread *added = facts_add_thread(&fact_set, t);
    assert_ptr_not_equal(added, t);
    assert_ptr_equal(facts_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150")),
                     added);
    assert_ptr_equal(facts_thread_by_id(&fact_set, T1, 5), added);

    struct cascade *call = facts_add_cascade(&fact_set, &c);
    assert_ptr_equal(facts_cascade(&fact_set, T1, 9), call);
    assert_ptr_equal(facts_cascade_by_call(&fact_set, T1, SPAN("CA1")), call);
    assert_null(facts_cascade_by_call(&fact_set, T2, SPAN("CA1")));
}

static void an_added_row_is_fresh_in_one_fact_alone(void **unused)
{
    int fresh = 0;

    (void)unused;
    facts_add_thread(&fact_set, a_thread(5, "+13125550150"));
    for (const struct fact *fact = fact_set.first; fact; fact = fact->next)
        fresh += fact->fresh;
    assert_int_equal(fresh, 1);
    assert_int_equal(count_facts(), 2);
}

static void a_touch_marks_the_fact_that_holds_the_row(void **unused)
{
    struct thread *t = a_thread(5, "+13125550150");
    struct link l = {.hash = {1, 2, 0, 3}, .tenant = T1};
    int dirty = 0;

    (void)unused;
    facts_want_thread(&fact_set, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_settle(&fact_set, fact_set.first, t);
    facts_touch(&fact_set, FACT_THREAD, t);
    for (const struct fact *fact = fact_set.first; fact; fact = fact->next) {
        dirty += fact->dirty;
        if (fact->dirty)
            assert_null(fact->same);
    }
    assert_int_equal(dirty, 1);

    struct link *link = facts_add_link(&fact_set, &l);
    facts_touch(&fact_set, FACT_LINK, link);
    assert_ptr_equal(facts_link(&fact_set, l.hash), link);
}

static void a_claim_is_seen_by_the_next_event_of_the_batch(void **unused)
{
    (void)unused;
    facts_want_claim(&fact_set, T1, SPAN("SM1"));
    settle_all_absent();
    assert_false(facts_is_claimed(&fact_set, T1, SPAN("SM1")));
    assert_int_equal(facts_claimed_by(&fact_set, T1, SPAN("SM1")), 0);
    facts_claim(&fact_set, T1, SPAN("SM1"), 77);
    assert_true(facts_is_claimed(&fact_set, T1, SPAN("SM1")));
    assert_int_equal(facts_claimed_by(&fact_set, T1, SPAN("SM1")), 77);
    assert_true(fact_set.first->fresh);
    assert_false(fact_set.short_of);
}

static void a_desk_without_tags_is_empty_and_takes_tags(void **unused)
{
    struct tag tag = {.tenant = T1, .operator_id = "anna", .tag = "K7F", .thread = 5, .sent_ms = 1};

    (void)unused;
    facts_want_desk(&fact_set, T1, SPAN("anna"));
    settle_all_absent();
    struct desk *desk = facts_desk(&fact_set, T1, SPAN("anna"));
    assert_non_null(desk);
    assert_string_equal(desk->operator_id, "anna");
    assert_int_equal(desk->count, 0);

    facts_put_tag(&fact_set, &tag);
    tag.sent_ms = 2;
    facts_put_tag(&fact_set, &tag);
    assert_int_equal(desk->count, 1);
    assert_int_equal(desk->tags[0].sent_ms, 2);
    for (int i = 0; i < 20; i++) {
        tag.tag[0] = (char)('A' + i);
        tag.tag[1] = '2';
        facts_put_tag(&fact_set, &tag);
    }
    assert_int_equal(desk->count, 21);
    assert_string_equal(desk->tags[0].tag, "K7F");
    assert_string_equal(desk->tags[20].tag, "T2F");
    assert_ptr_equal(facts_desk(&fact_set, T1, SPAN("anna")), desk);
}

static struct cascade a_call(int64_t id, const char *caller, enum cascade_state state)
{
    struct cascade k = {.id = id, .tenant = T1, .state = state};

    strcpy(k.caller, caller);
    strcpy(k.call_sid, id == 1 ? "CA1" : id == 2 ? "CA2" : "CA3");
    return k;
}

/* Whether a list was asked for before or after a call of the same batch began. */
static void a_call_that_begins_is_among_those_that_ring(void **unused)
{
    const struct span anna = SPAN("+13125550121"), all = {NULL, 0};
    const struct cascade first = a_call(1, "+13125550121", CASCADE_RINGING);
    const struct cascade second = a_call(2, "+13125550122", CASCADE_RINGING);
    const struct cascade elsewhere = {.id = 3, .tenant = T1 + 1, .call_sid = "CA3"};

    (void)unused;
    facts_want_live(&fact_set, T1, anna);
    facts_settle(&fact_set, fact_set.first, NULL);
    assert_int_equal(facts_live(&fact_set, T1, anna)->count, 0);
    facts_add_cascade(&fact_set, &first);
    facts_add_cascade(&fact_set, &second);
    facts_add_cascade(&fact_set, &elsewhere);
    assert_int_equal(facts_live(&fact_set, T1, anna)->count, 1);
    assert_null(facts_live(&fact_set, T1, all));
    struct fact *last = fact_set.first;
    while (last->next)
        last = last->next;
    facts_settle(&fact_set, last, NULL);
    const struct live *live = facts_live(&fact_set, T1, all);
    assert_int_equal(live->count, 2);
    assert_true(live->cascades[0] == 1 && live->cascades[1] == 2);
    assert_int_equal(facts_waiting(&fact_set, T1, SPAN("+13125550100")), 0);
}

static struct job a_job(int64_t id, const char *name)
{
    struct job j = {.id = id, .tenant = T1, .customer = "+13125550121", .crew_count = 1};

    strcpy(j.job_id, name);
    strcpy(j.crew[0].phone, "+13125550141");
    return j;
}

static void a_job_added_is_found_by_its_name_and_its_id(void **unused)
{
    const struct job row = a_job(5, "17");

    (void)unused;
    facts_want_job(&fact_set, T1, SPAN("17"));
    settle_all_absent();
    assert_null(facts_job(&fact_set, T1, SPAN("17")));
    assert_false(fact_set.short_of);
    struct job *job = facts_add_job(&fact_set, &row);
    assert_ptr_equal(facts_job(&fact_set, T1, SPAN("17")), job);
    assert_ptr_equal(facts_job_by_id(&fact_set, T1, 5), job);
    assert_ptr_equal(facts_job_seen(&fact_set, T1, SPAN("17")), job);
    assert_false(fact_set.short_of);
    assert_null(facts_job(&fact_set, T2, SPAN("17")));
    assert_true(fact_set.short_of);
}

/* As somebody takes it over in the middle of a batch: it is on his list once he is of its crew. */
static void a_job_touched_is_on_the_lists_of_its_people(void **unused)
{
    const struct span ben = SPAN("+13125550141"), mara = SPAN("+13125550142");
    const struct job row = a_job(5, "17");

    (void)unused;
    facts_want_jobs(&fact_set, FACT_CUSTOMER_JOBS, T1, SPAN("+13125550121"));
    facts_want_jobs(&fact_set, FACT_CREW_JOBS, T1, ben);
    facts_want_jobs(&fact_set, FACT_CREW_JOBS, T1, mara);
    settle_all_absent();
    struct job *job = facts_add_job(&fact_set, &row);
    assert_int_equal(facts_jobs(&fact_set, FACT_CREW_JOBS, T1, ben)->count, 1);
    assert_int_equal(facts_jobs(&fact_set, FACT_CREW_JOBS, T1, mara)->count, 0);
    strcpy(job->crew[job->crew_count++].phone, "+13125550142");
    facts_touch(&fact_set, FACT_JOB, job);
    assert_int_equal(facts_jobs(&fact_set, FACT_CREW_JOBS, T1, ben)->count, 1);
    assert_int_equal(facts_jobs(&fact_set, FACT_CREW_JOBS, T1, mara)->count, 1);
    assert_int_equal(facts_jobs(&fact_set, FACT_CREW_JOBS, T1, mara)->ids[0], 5);
    assert_int_equal(facts_jobs(&fact_set, FACT_CUSTOMER_JOBS, T1, SPAN("+13125550121"))->count, 1);
    assert_false(fact_set.short_of);
}

static void a_burden_is_each_operators_own(void **unused)
{
    int64_t *threads = ARENA_NEW(fact_set.arena, int64_t);

    (void)unused;
    *threads = 3;
    assert_int_equal(facts_burden(&fact_set, T1, SPAN("anna")), 0);
    assert_true(fact_set.short_of);
    assert_int_equal(fact_set.first->kind, FACT_BURDEN);
    facts_settle(&fact_set, fact_set.first, threads);
    fact_set.short_of = false;
    assert_int_equal(facts_burden(&fact_set, T1, SPAN("anna")), 3);
    assert_false(fact_set.short_of);
    assert_int_equal(facts_burden(&fact_set, T1, SPAN("boris")), 0);
    assert_true(fact_set.short_of);
    settle_all_absent();
    assert_int_equal(facts_burden(&fact_set, T1, SPAN("boris")), 0);
    assert_false(fact_set.short_of);
}

static void appended_rows_keep_their_order(void **unused)
{
    const struct event_row event = {.tenant = T1, .kind = "relay.raised"};
    const struct call_event call = {.tenant = T1, .kind = "inbound", .id = 3, .at_ms = 4};
    const struct timer timer = {.due_ms = 9, .tenant = T1, .subject = 5};

    (void)unused;
    const struct event_row *logged = facts_log(&fact_set, &event);
    assert_true(logged->id > 0);
    assert_int_equal(logged->at_ms, FACT_SET_NOW);
    const struct call_event *called = facts_log_call(&fact_set, &call);
    assert_int_equal(called->id, 3);
    assert_int_equal(called->at_ms, 4);
    facts_put_timer(&fact_set, &timer);

    assert_int_equal(fact_set.added->kind, APPEND_EVENT);
    assert_int_equal(fact_set.added->next->kind, APPEND_CALL_EVENT);
    assert_int_equal(fact_set.added->next->next->kind, APPEND_TIMER);
    assert_null(fact_set.added->next->next->next);
}

static void a_customer_too_long_for_a_row_is_found_by_none(void **unused)
{
    char long_name[400];

    (void)unused;
    memset(long_name, 'x', sizeof long_name);
    const struct span customer = {long_name, sizeof long_name};
    facts_want_thread(&fact_set, T1, SPAN("+13125550101"), customer);
    settle_all_absent();
    assert_null(facts_thread(&fact_set, T1, SPAN("+13125550101"), customer));
    assert_false(fact_set.short_of);
}

static void rows_stay_where_they_are_while_many_are_added(void **unused)
{
    static struct message *got[5000];

    (void)unused;
    for (int i = 0; i < 5000; i++) {
        const struct message m = {.id = i + 1, .tenant = T1, .at_ms = i};
        got[i] = facts_add_message(&fact_set, &m);
    }
    for (int i = 0; i < 5000; i++) {
        assert_ptr_equal(facts_message(&fact_set, T1, i + 1), got[i]);
        assert_int_equal(got[i]->at_ms, i);
    }
    assert_null(facts_message(&fact_set, T2, 1));
}

static void what_is_spent_in_a_batch_is_one_row_a_count(void **unused)
{
    const struct spent texts = {.tenant = T1, .day = 1, .what = "texts", .count = 1};
    const struct spent others[] = {
        {.tenant = T2, .day = 1, .what = "texts", .count = 1},
        {.tenant = T1, .day = 2, .what = "texts", .count = 1},
        {.tenant = T1, .day = 1, .what = "calls", .count = 1},
    };
    int rows = 0;

    (void)unused;
    facts_put_spent(&fact_set, &texts);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        facts_put_spent(&fact_set, &others[i]);
    facts_put_spent(&fact_set, &texts);
    for (const struct appended *a = fact_set.added; a; a = a->next, rows++)
        assert_int_equal(a->spent.count, rows == 0 ? 2 : 1);
    assert_int_equal(rows, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT_SET_CASE(a_find_of_something_not_asked_wants_it),
        FACT_SET_CASE(what_is_spent_in_a_batch_is_one_row_a_count),
        FACT_SET_CASE(wanting_twice_is_wanting_once),
        FACT_SET_CASE(a_thread_found_by_its_key_is_found_by_its_id),
        FACT_SET_CASE(a_job_that_has_been_loaded_by_its_id_is_seen_once_its_name_is_asked),
        FACT_SET_CASE(a_row_loaded_by_two_keys_stands_once),
        FACT_SET_CASE(a_row_added_is_found_under_all_its_keys),
        FACT_SET_CASE(an_added_row_is_fresh_in_one_fact_alone),
        FACT_SET_CASE(a_touch_marks_the_fact_that_holds_the_row),
        FACT_SET_CASE(a_claim_is_seen_by_the_next_event_of_the_batch),
        FACT_SET_CASE(a_desk_without_tags_is_empty_and_takes_tags),
        FACT_SET_CASE(a_call_that_begins_is_among_those_that_ring),
        FACT_SET_CASE(a_job_added_is_found_by_its_name_and_its_id),
        FACT_SET_CASE(a_job_touched_is_on_the_lists_of_its_people),
        FACT_SET_CASE(a_burden_is_each_operators_own),
        FACT_SET_CASE(appended_rows_keep_their_order),
        FACT_SET_CASE(a_customer_too_long_for_a_row_is_found_by_none),
        FACT_SET_CASE(rows_stay_where_they_are_while_many_are_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
