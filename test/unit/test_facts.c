#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/facts.h"

enum { NOW = 1000, T1 = 1, T2 = 2 };

static struct arena *arena;
static struct id_maker ids;
static struct facts facts;

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_open(0);
    ids = (struct id_maker){0};
    facts_init(&facts, arena, &ids, NOW);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static struct thread *a_thread(int64_t id, const char *customer)
{
    struct thread *t = ARENA_NEW(arena, struct thread);

    t->id = id;
    t->tenant = T1;
    strcpy(t->line, "+13125550101");
    strcpy(t->customer, customer);
    return t;
}

static size_t count_facts(void)
{
    size_t n = 0;

    for (const struct fact *fact = facts.first; fact; fact = fact->next)
        n++;
    return n;
}

/* What a store does that has nothing. */
static void settle_all_absent(void)
{
    for (struct fact *fact = facts.first; fact; fact = fact->next)
        if (fact->state == FACT_WANTED)
            facts_settle(&facts, fact, NULL);
    facts.short_of = false;
}

static void a_find_of_something_not_asked_wants_it(void **unused)
{
    (void)unused;
    assert_null(facts_relay(&facts, T1, 7));
    assert_true(facts.short_of);
    assert_int_equal(facts.first->kind, FACT_RELAY);
    assert_int_equal(facts.first->state, FACT_WANTED);

    settle_all_absent();
    assert_null(facts_relay(&facts, T1, 7));
    assert_false(facts.short_of);
}

static void wanting_twice_is_wanting_once(void **unused)
{
    (void)unused;
    facts_want_claim(&facts, T1, SPAN("SM1"));
    facts_want_claim(&facts, T1, SPAN("SM1"));
    assert_int_equal(count_facts(), 1);
    facts_want_claim(&facts, T2, SPAN("SM1"));
    facts_want_claim(&facts, T1, SPAN("SM2"));
    facts_want_call(&facts, T1, SPAN("SM1"));
    assert_int_equal(count_facts(), 4);

    settle_all_absent();
    facts_want_claim(&facts, T1, SPAN("SM1"));
    assert_false(facts.short_of);
}

static void a_thread_found_by_its_key_is_found_by_its_id(void **unused)
{
    struct thread *t = a_thread(5, "+13125550150");

    (void)unused;
    facts_want_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_settle(&facts, facts.first, t);
    facts.short_of = false;
    assert_ptr_equal(facts_thread_by_id(&facts, T1, 5), t);
    assert_ptr_equal(facts_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150")), t);
    assert_false(facts.short_of);
}

static void a_job_that_has_been_loaded_by_its_id_is_seen_once_its_name_is_asked(void **unused)
{
    struct job *j = ARENA_NEW(facts.arena, struct job);

    (void)unused;
    j->id = 5;
    j->tenant = T1;
    strcpy(j->job_id, "17");
    assert_null(facts_job_seen(&facts, T1, SPAN("17")));
    assert_int_equal(count_facts(), 0); /* it asks for nothing */
    facts_want_id(&facts, FACT_JOB, T1, 5);
    facts_want_job(&facts, T1, SPAN("17"));
    assert_null(facts_job_seen(&facts, T1, SPAN("17")));
    facts_settle(&facts, facts.first, j);
    facts_settle(&facts, facts.first->next, j);
    assert_ptr_equal(facts_job_seen(&facts, T1, SPAN("17")), j);
    assert_null(facts_job_seen(&facts, T2, SPAN("17")));
}

static void a_row_loaded_by_two_keys_stands_once(void **unused)
{
    struct thread *first = a_thread(5, "+13125550150");
    struct thread *second = a_thread(5, "+13125550150");

    (void)unused;
    facts_want_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_want_id(&facts, FACT_THREAD, T1, 5);
    struct fact *by_key = facts.first, *by_id = facts.first->next;

    facts_settle(&facts, by_id, first);
    assert_int_equal(by_key->state, FACT_PRESENT); /* known without asking the store */
    facts_settle(&facts, by_key, second);
    assert_ptr_equal(by_key->same, by_id);
    assert_ptr_equal(facts_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150")), first);
    assert_ptr_equal(facts_thread_by_id(&facts, T1, 5), first);
}

static void a_row_added_is_found_under_all_its_keys(void **unused)
{
    const struct thread *t = a_thread(5, "+13125550150");
    struct cascade c = {.id = 9, .tenant = T1, .call_sid = "CA1"};

    (void)unused;
    facts_want_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    settle_all_absent();
    struct thread *added = facts_add_thread(&facts, t);
    assert_ptr_not_equal(added, t);
    assert_ptr_equal(facts_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150")), added);
    assert_ptr_equal(facts_thread_by_id(&facts, T1, 5), added);

    struct cascade *call = facts_add_cascade(&facts, &c);
    assert_ptr_equal(facts_cascade(&facts, T1, 9), call);
    assert_ptr_equal(facts_cascade_by_call(&facts, T1, SPAN("CA1")), call);
    assert_null(facts_cascade_by_call(&facts, T2, SPAN("CA1")));
}

static void an_added_row_is_fresh_in_one_fact_alone(void **unused)
{
    int fresh = 0;

    (void)unused;
    facts_add_thread(&facts, a_thread(5, "+13125550150"));
    for (const struct fact *fact = facts.first; fact; fact = fact->next)
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
    facts_want_thread(&facts, T1, SPAN("+13125550101"), SPAN("+13125550150"));
    facts_settle(&facts, facts.first, t);
    facts_touch(&facts, FACT_THREAD, t);
    for (const struct fact *fact = facts.first; fact; fact = fact->next) {
        dirty += fact->dirty;
        if (fact->dirty)
            assert_null(fact->same);
    }
    assert_int_equal(dirty, 1);

    struct link *link = facts_add_link(&facts, &l);
    facts_touch(&facts, FACT_LINK, link);
    assert_ptr_equal(facts_link(&facts, l.hash), link);
}

static void a_claim_is_seen_by_the_next_event_of_the_batch(void **unused)
{
    (void)unused;
    facts_want_claim(&facts, T1, SPAN("SM1"));
    settle_all_absent();
    assert_false(facts_is_claimed(&facts, T1, SPAN("SM1")));
    assert_int_equal(facts_claimed_by(&facts, T1, SPAN("SM1")), 0);
    facts_claim(&facts, T1, SPAN("SM1"), 77);
    assert_true(facts_is_claimed(&facts, T1, SPAN("SM1")));
    assert_int_equal(facts_claimed_by(&facts, T1, SPAN("SM1")), 77);
    assert_true(facts.first->fresh);
    assert_false(facts.short_of);
}

static void a_desk_without_tags_is_empty_and_takes_tags(void **unused)
{
    struct tag tag = {.tenant = T1, .operator_id = "anna", .tag = "K7F", .thread = 5, .sent_ms = 1};

    (void)unused;
    facts_want_desk(&facts, T1, SPAN("anna"));
    settle_all_absent();
    struct desk *desk = facts_desk(&facts, T1, SPAN("anna"));
    assert_non_null(desk);
    assert_string_equal(desk->operator_id, "anna");
    assert_int_equal(desk->count, 0);

    facts_put_tag(&facts, &tag);
    tag.sent_ms = 2;
    facts_put_tag(&facts, &tag);
    assert_int_equal(desk->count, 1);
    assert_int_equal(desk->tags[0].sent_ms, 2);
    for (int i = 0; i < 20; i++) {
        tag.tag[0] = (char)('A' + i);
        tag.tag[1] = '2';
        facts_put_tag(&facts, &tag);
    }
    assert_int_equal(desk->count, 21);
    assert_string_equal(desk->tags[0].tag, "K7F");
    assert_string_equal(desk->tags[20].tag, "T2F");
    assert_ptr_equal(facts_desk(&facts, T1, SPAN("anna")), desk);
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
    facts_want_live(&facts, T1, anna);
    facts_settle(&facts, facts.first, NULL);
    assert_int_equal(facts_live(&facts, T1, anna)->count, 0);
    facts_add_cascade(&facts, &first);
    facts_add_cascade(&facts, &second);
    facts_add_cascade(&facts, &elsewhere);
    assert_int_equal(facts_live(&facts, T1, anna)->count, 1);
    assert_null(facts_live(&facts, T1, all));
    struct fact *last = facts.first;
    while (last->next)
        last = last->next;
    facts_settle(&facts, last, NULL);
    const struct live *live = facts_live(&facts, T1, all);
    assert_int_equal(live->count, 2);
    assert_true(live->cascades[0] == 1 && live->cascades[1] == 2);
    assert_int_equal(facts_waiting(&facts, T1, SPAN("+13125550100")), 0);
}

static void appended_rows_keep_their_order(void **unused)
{
    const struct event_row event = {.tenant = T1, .kind = "relay.raised"};
    const struct call_event call = {.tenant = T1, .kind = "inbound", .id = 3, .at_ms = 4};
    const struct timer timer = {.due_ms = 9, .tenant = T1, .subject = 5};

    (void)unused;
    const struct event_row *logged = facts_log(&facts, &event);
    assert_true(logged->id > 0);
    assert_int_equal(logged->at_ms, NOW);
    const struct call_event *called = facts_log_call(&facts, &call);
    assert_int_equal(called->id, 3);
    assert_int_equal(called->at_ms, 4);
    facts_put_timer(&facts, &timer);

    assert_int_equal(facts.added->kind, APPEND_EVENT);
    assert_int_equal(facts.added->next->kind, APPEND_CALL_EVENT);
    assert_int_equal(facts.added->next->next->kind, APPEND_TIMER);
    assert_null(facts.added->next->next->next);
}

static void a_customer_too_long_for_a_row_is_found_by_none(void **unused)
{
    char long_name[400];

    (void)unused;
    memset(long_name, 'x', sizeof long_name);
    const struct span customer = {long_name, sizeof long_name};
    facts_want_thread(&facts, T1, SPAN("+13125550101"), customer);
    settle_all_absent();
    assert_null(facts_thread(&facts, T1, SPAN("+13125550101"), customer));
    assert_false(facts.short_of);
}

static void rows_stay_where_they_are_while_many_are_added(void **unused)
{
    static struct message *got[5000];

    (void)unused;
    for (int i = 0; i < 5000; i++) {
        const struct message m = {.id = i + 1, .tenant = T1, .at_ms = i};
        got[i] = facts_add_message(&facts, &m);
    }
    for (int i = 0; i < 5000; i++) {
        assert_ptr_equal(facts_message(&facts, T1, i + 1), got[i]);
        assert_int_equal(got[i]->at_ms, i);
    }
    assert_null(facts_message(&facts, T2, 1));
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
    facts_put_spent(&facts, &texts);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        facts_put_spent(&facts, &others[i]);
    facts_put_spent(&facts, &texts);
    for (const struct appended *a = facts.added; a; a = a->next, rows++)
        assert_int_equal(a->spent.count, rows == 0 ? 2 : 1);
    assert_int_equal(rows, 4);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(a_find_of_something_not_asked_wants_it),
        EACH(what_is_spent_in_a_batch_is_one_row_a_count),
        EACH(wanting_twice_is_wanting_once),
        EACH(a_thread_found_by_its_key_is_found_by_its_id),
        EACH(a_job_that_has_been_loaded_by_its_id_is_seen_once_its_name_is_asked),
        EACH(a_row_loaded_by_two_keys_stands_once),
        EACH(a_row_added_is_found_under_all_its_keys),
        EACH(an_added_row_is_fresh_in_one_fact_alone),
        EACH(a_touch_marks_the_fact_that_holds_the_row),
        EACH(a_claim_is_seen_by_the_next_event_of_the_batch),
        EACH(a_desk_without_tags_is_empty_and_takes_tags),
        EACH(a_call_that_begins_is_among_those_that_ring),
        EACH(appended_rows_keep_their_order),
        EACH(a_customer_too_long_for_a_row_is_found_by_none),
        EACH(rows_stay_where_they_are_while_many_are_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
