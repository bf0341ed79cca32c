#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/fact_index.h"
#include "model/facts.h"

enum { TENANT = 7, MANY = 5000 };

static struct arena *arena;
static struct facts facts;

static int set_up(void **unused)
{
    static struct id_maker ids;

    (void)unused;
    arena = arena_open(4096);
    facts_init(&facts, arena, &ids, 1);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_close(&arena);
    return 0;
}

static void a_key_has_one_fact(void **unused)
{
    (void)unused;
    assert_null(fact_index_look_up(&facts, FACT_CLAIM, TENANT, 0, SPAN("a")));
    struct fact *fact = fact_index_want(&facts, FACT_CLAIM, TENANT, 0, SPAN("a"));
    assert_ptr_equal(fact_index_want(&facts, FACT_CLAIM, TENANT, 0, SPAN("a")), fact);
    assert_ptr_equal(fact_index_look_up(&facts, FACT_CLAIM, TENANT, 0, SPAN("a")), fact);
    assert_ptr_equal(facts.first, fact);
    assert_null(fact->next);
}

/* Kind, tenant, id and text: each tells keys apart, and so does each in many thousands. */
static void keys_are_told_apart(void **unused)
{
    struct fact *const fact = fact_index_want(&facts, FACT_RELAY, TENANT, 1, SPAN("a"));

    (void)unused;
    assert_ptr_not_equal(fact_index_want(&facts, FACT_THREAD, TENANT, 1, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&facts, FACT_RELAY, TENANT + 1, 1, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&facts, FACT_RELAY, TENANT, 2, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&facts, FACT_RELAY, TENANT, 1, SPAN("b")), fact);
    for (int64_t id = 10; id < MANY; id++)
        (void)fact_index_want(&facts, FACT_RELAY, TENANT, id, (struct span){NULL, 0});
    for (int64_t id = 10; id < MANY; id++)
        assert_int_equal(
            fact_index_look_up(&facts, FACT_RELAY, TENANT, id, (struct span){NULL, 0})->id, id);
}

static void the_key_outlives_the_asker(void **unused)
{
    char text[] = "abc";

    (void)unused;
    const struct fact *fact =
        fact_index_want(&facts, FACT_CLAIM, TENANT, 0, (struct span){text, 3});
    memset(text, 'x', 3);
    assert_ptr_equal(fact_index_look_up(&facts, FACT_CLAIM, TENANT, 0, SPAN("abc")), fact);
}

static void what_is_not_loaded_is_wanted_and_what_is_absent_is_not(void **unused)
{
    (void)unused;
    assert_null(fact_index_find(&facts, FACT_RELAY, TENANT, 1, (struct span){NULL, 0}));
    assert_true(facts.short_of);
    facts.short_of = false;
    facts.first->state = FACT_ABSENT;
    assert_null(fact_index_find(&facts, FACT_RELAY, TENANT, 1, (struct span){NULL, 0}));
    assert_false(facts.short_of);
}

static void a_second_name_leads_to_the_row_s_own_fact(void **unused)
{
    struct fact *home = fact_index_want(&facts, FACT_CASCADE, TENANT, 1, (struct span){NULL, 0});
    struct fact *other = fact_index_want(&facts, FACT_CASCADE, TENANT, 0, SPAN("CA1"));

    (void)unused;
    home->state = other->state = FACT_PRESENT;
    other->same = home;
    assert_ptr_equal(fact_index_find(&facts, FACT_CASCADE, TENANT, 0, SPAN("CA1")), home);
}

static void a_pair_is_cut_to_what_a_row_holds(void **unused)
{
    char room[FACT_INDEX_PAIR_SIZE], endless[500];

    (void)unused;
    memset(endless, '1', sizeof endless);
    assert_true(span_is_text(fact_index_pair(room, SPAN("+13125550100"), SPAN("+13125550121")),
                             "+13125550100 +13125550121"));
    assert_true(fact_index_pair(room, (struct span){endless, sizeof endless},
                                (struct span){endless, sizeof endless})
                    .size <= sizeof room);
    assert_int_equal(fact_index_pair(room, (struct span){NULL, 0}, (struct span){NULL, 0}).size, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_has_one_fact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_key_outlives_the_asker, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_loaded_is_wanted_and_what_is_absent_is_not,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_second_name_leads_to_the_row_s_own_fact, set_up,
                                        tear_down),
        cmocka_unit_test(a_pair_is_cut_to_what_a_row_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
