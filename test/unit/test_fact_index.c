#include "fact_set.h"

#include <string.h>

#include "model/fact_index.h"

enum { TENANT = 7, MANY = 5000 };

static void a_key_has_one_fact(void **unused)
{
    (void)unused;
    assert_null(fact_index_look_up(&fact_set, FACT_CLAIM, TENANT, 0, SPAN("a")));
    struct fact *fact = fact_index_want(&fact_set, FACT_CLAIM, TENANT, 0, SPAN("a"));
    assert_ptr_equal(fact_index_want(&fact_set, FACT_CLAIM, TENANT, 0, SPAN("a")), fact);
    assert_ptr_equal(fact_index_look_up(&fact_set, FACT_CLAIM, TENANT, 0, SPAN("a")), fact);
    assert_ptr_equal(fact_set.first, fact);
    assert_null(fact->next);
}

/* Kind, tenant, id and text: each tells keys apart, and so does each in many thousands. */
static void keys_are_told_apart(void **unused)
{
    struct fact *const fact = fact_index_want(&fact_set, FACT_RELAY, TENANT, 1, SPAN("a"));

    (void)unused;
    assert_ptr_not_equal(fact_index_want(&fact_set, FACT_THREAD, TENANT, 1, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&fact_set, FACT_RELAY, TENANT + 1, 1, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&fact_set, FACT_RELAY, TENANT, 2, SPAN("a")), fact);
    assert_ptr_not_equal(fact_index_want(&fact_set, FACT_RELAY, TENANT, 1, SPAN("b")), fact);
    for (int64_t id = 10; id < MANY; id++)
        (void)fact_index_want(&fact_set, FACT_RELAY, TENANT, id, (struct span){NULL, 0});
    for (int64_t id = 10; id < MANY; id++)
        assert_int_equal(
            fact_index_look_up(&fact_set, FACT_RELAY, TENANT, id, (struct span){NULL, 0})->id, id);
}

static void the_key_outlives_the_asker(void **unused)
{
    char text[] = "abc";

    (void)unused;
    const struct fact *fact =
        fact_index_want(&fact_set, FACT_CLAIM, TENANT, 0, (struct span){text, 3});
    memset(text, 'x', 3);
    assert_ptr_equal(fact_index_look_up(&fact_set, FACT_CLAIM, TENANT, 0, SPAN("abc")), fact);
}

static void what_is_not_loaded_is_wanted_and_what_is_absent_is_not(void **unused)
{
    (void)unused;
    assert_null(fact_index_find(&fact_set, FACT_RELAY, TENANT, 1, (struct span){NULL, 0}));
    assert_true(fact_set.short_of);
    fact_set.short_of = false;
    fact_set.first->state = FACT_ABSENT;
    assert_null(fact_index_find(&fact_set, FACT_RELAY, TENANT, 1, (struct span){NULL, 0}));
    assert_false(fact_set.short_of);
}

static void a_second_name_leads_to_the_row_s_own_fact(void **unused)
{
    struct fact *home = fact_index_want(&fact_set, FACT_CASCADE, TENANT, 1, (struct span){NULL, 0});
    struct fact *other = fact_index_want(&fact_set, FACT_CASCADE, TENANT, 0, SPAN("CA1"));

    (void)unused;
    home->state = other->state = FACT_PRESENT;
    other->same = home;
    assert_ptr_equal(fact_index_find(&fact_set, FACT_CASCADE, TENANT, 0, SPAN("CA1")), home);
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
        FACT_SET_CASE(a_key_has_one_fact),
        FACT_SET_CASE(keys_are_told_apart),
        FACT_SET_CASE(the_key_outlives_the_asker),
        FACT_SET_CASE(what_is_not_loaded_is_wanted_and_what_is_absent_is_not),
        FACT_SET_CASE(a_second_name_leads_to_the_row_s_own_fact),
        cmocka_unit_test(a_pair_is_cut_to_what_a_row_holds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
