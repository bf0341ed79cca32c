#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/fact_index.h"
#include "model/fact_list.h"
#include "model/facts.h"

enum { TENANT = 7 };

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

static struct fact *empty_list(enum fact_kind kind, struct span key)
{
    struct fact *list = fact_index_want(&facts, kind, TENANT, 0, key);

    facts_settle(&facts, list, NULL);
    return list;
}

static void a_list_is_never_absent_and_a_row_may_be(void **unused)
{
    (void)unused;
    for (int kind = 0; kind < FACT_KINDS; kind++) {
        struct fact *fact =
            fact_index_want(&facts, (enum fact_kind)kind, TENANT, 0, SPAN("somebody"));
        facts_settle(&facts, fact, NULL);
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
        fact_list_fill_idle(&facts, idle, i);
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
    fact_list_hear_tag(&facts, &tag);
    tag.thread = 2; /* the same mark anew */
    fact_list_hear_tag(&facts, &tag);
    assert_int_equal(list->desk->count, 1);
    assert_int_equal(list->desk->tags[0].thread, 2);
    assert_int_equal(other->desk->count, 0);
}

static void loaded_duties_hear_the_latest_word_of_each(void **unused)
{
    struct duty duty = {.tenant = TENANT, .operator_id = "front", .until_ms = 1};
    const struct fact *list = empty_list(FACT_DUTIES, (struct span){NULL, 0});

    (void)unused;
    fact_list_hear_duty(&facts, &duty);
    duty.until_ms = 2;
    fact_list_hear_duty(&facts, &duty);
    assert_int_equal(list->duties->count, 1);
    assert_int_equal(list->duties->rows[0].until_ms, 2);
}

/* What the store has not seen is in a list that is loaded later, once; of that caller alone. */
static void a_list_loaded_late_is_completed(void **unused)
{
    (void)unused;
    (void)facts_add_cascade(
        &facts, &(struct cascade){
                    .tenant = TENANT, .id = 11, .call_sid = "CA11", .caller = "+13125550121"});
    (void)facts_add_cascade(
        &facts, &(struct cascade){
                    .tenant = TENANT, .id = 12, .call_sid = "CA12", .caller = "+13125550122"});
    const struct live *his = empty_list(FACT_LIVE, SPAN("+13125550121"))->live;
    assert_int_equal(his->count, 1);
    assert_int_equal(his->cascades[0], 11);
    assert_int_equal(empty_list(FACT_LIVE, (struct span){NULL, 0})->live->count, 2);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(a_list_is_never_absent_and_a_row_may_be),    EACH(an_empty_desk_knows_whose_it_is),
        EACH(a_list_keeps_many_in_their_order),           EACH(a_loaded_desk_hears_of_a_tag_once),
        EACH(loaded_duties_hear_the_latest_word_of_each), EACH(a_list_loaded_late_is_completed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
