#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "river/queue.h"

enum { FLOODS = 1, QUIET = 2, THIRD = 3, MAX = 900, WORKS = 2 * MAX };

static struct scene {
    struct queue *queue;
    struct work works[WORKS];
    int used;
} scene;

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.queue = queue_open(MAX)};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    queue_close(&scene.queue);
    assert_null(scene.queue);
    return 0;
}

static enum err add(int32_t tenant, enum event_kind kind)
{
    struct work *w = &scene.works[scene.used];

    assert_true(scene.used < WORKS);
    *w = (struct work){.event = {.kind = kind, .tenant = tenant, .id = scene.used}};
    const enum err err = queue_add(scene.queue, w, 1000 + scene.used);
    scene.used += !err;
    return err;
}

static void add_many(int32_t tenant, enum event_kind kind, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(add(tenant, kind), ERR_NONE);
}

static int count_of(const struct work *first, int32_t tenant)
{
    int n = 0;

    for (const struct work *w = first; w; w = w->next)
        n += w->event.tenant == tenant;
    return n;
}

static int length(const struct work *first)
{
    int n = 0;

    for (const struct work *w = first; w; w = w->next)
        n++;
    return n;
}

static void one_that_floods_delays_nobody(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_TEXT, 700);
    add_many(QUIET, EVENT_TEXT, 1);
    add_many(THIRD, EVENT_TEXT, 2);
    const struct work *w = queue_take(scene.queue, 10);
    assert_int_equal(count_of(w, QUIET), 1);
    assert_int_equal(count_of(w, THIRD), 2);
    assert_int_equal(count_of(w, FLOODS), 7); /* what nobody else wants is his */
    assert_int_equal(queue_count(scene.queue), 693);
}

static void a_tenants_events_keep_their_order(void **unused)
{
    int64_t last[4] = {-1, -1, -1, -1};
    int seen = 0;

    (void)unused;
    for (int i = 0; i < 300; i++)
        assert_int_equal(add(1 + i * 7 % 3, EVENT_TEXT), ERR_NONE);
    for (struct work *w; (w = queue_take(scene.queue, 7)) != NULL;)
        for (; w; w = w->next, seen++) {
            assert_true(w->event.id > last[w->event.tenant]);
            last[w->event.tenant] = w->event.id;
        }
    assert_int_equal(seen, 300);
    assert_int_equal(queue_count(scene.queue), 0);
}

static void a_tenant_of_weight_three_gets_three_times_as_many_in(void **unused)
{
    (void)unused;
    queue_weigh(scene.queue, QUIET, 3);
    add_many(FLOODS, EVENT_TEXT, 200);
    add_many(QUIET, EVENT_TEXT, 200);
    const struct work *w = queue_take(scene.queue, 100);
    assert_int_equal(count_of(w, FLOODS), 25);
    assert_int_equal(count_of(w, QUIET), 75);
}

/* A turn that a batch cuts off goes on in the next one. */
static void weights_hold_over_batches_of_any_size(void **unused)
{
    int got[4] = {0};

    (void)unused;
    queue_weigh(scene.queue, QUIET, 3);
    add_many(FLOODS, EVENT_TEXT, 200);
    add_many(QUIET, EVENT_TEXT, 200);
    for (int i = 0; i < 50; i++)
        for (const struct work *w = queue_take(scene.queue, 2); w; w = w->next)
            got[w->event.tenant]++;
    assert_int_equal(got[FLOODS], 25);
    assert_int_equal(got[QUIET], 75);
}

static void a_call_goes_before_texts(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_TEXT, 50);
    add_many(QUIET, EVENT_CALL, 1);
    add_many(FLOODS, EVENT_PRESS, 1);
    const struct work *w = queue_take(scene.queue, 3);
    assert_int_equal(w->event.kind, EVENT_CALL);
    assert_int_equal(w->next->event.kind, EVENT_PRESS);
    assert_int_equal(w->next->next->event.kind, EVENT_TEXT);
}

static void a_flood_of_calls_leaves_a_quarter_to_the_rest(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_CALL, 400);
    add_many(QUIET, EVENT_TEXT, 40);
    assert_int_equal(count_of(queue_take(scene.queue, 40), QUIET), 10);
    assert_int_equal(count_of(queue_take(scene.queue, 40), FLOODS), 30);
}

static void a_batch_is_filled_with_whatever_there_is(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_CALL, 4);
    add_many(QUIET, EVENT_TEXT, 40);
    assert_int_equal(length(queue_take(scene.queue, 40)), 40);
    add_many(FLOODS, EVENT_CALL, 40);
    assert_int_equal(length(queue_take(scene.queue, 40)), 40);
    assert_int_equal(length(queue_take(scene.queue, 40)), 4);
    assert_null(queue_take(scene.queue, 40));
}

static void who_floods_is_refused_and_others_are_not(void **unused)
{
    int taken = 0;

    (void)unused;
    while (add(FLOODS, EVENT_TEXT) == ERR_NONE)
        taken++;
    assert_in_range(taken, MAX * 8 / 9 - 1, MAX * 8 / 9 + 1);
    add_many(QUIET, EVENT_TEXT, 50);
    assert_int_equal(add(FLOODS, EVENT_TEXT), ERR_BUSY);
    (void)queue_take(scene.queue, 200);
    assert_int_equal(add(FLOODS, EVENT_TEXT), ERR_NONE);
}

static void the_queue_is_bounded_however_many_flood(void **unused)
{
    (void)unused;
    for (int round = 0; round < 30; round++)
        for (int32_t t = 1; t <= 40; t++)
            (void)add(t, EVENT_TEXT);
    assert_true(queue_count(scene.queue) <= MAX);
    for (int32_t t = 100; t < 1000; t++)
        (void)add(t, EVENT_TEXT);
    assert_int_equal(queue_count(scene.queue), MAX);
    assert_int_equal(add(QUIET, EVENT_TEXT), ERR_BUSY);
}

static void a_sends_result_always_has_a_place(void **unused)
{
    (void)unused;
    while (add(FLOODS, EVENT_TEXT) == ERR_NONE)
        ;
    add_many(FLOODS, EVENT_SENT, 300);
    assert_int_equal(add(FLOODS, EVENT_TEXT), ERR_BUSY);
    assert_int_equal(count_of(queue_take(scene.queue, 150), FLOODS), 150);
}

static void results_take_nobodys_place(void **unused)
{
    int taken = 0;

    (void)unused;
    add_many(FLOODS, EVENT_SENT, MAX - 1);
    while (add(FLOODS, EVENT_TEXT) == ERR_NONE)
        taken++;
    assert_in_range(taken, MAX * 8 / 9 - 1, MAX * 8 / 9 + 1);
    assert_int_equal(count_of(queue_take(scene.queue, MAX), FLOODS), MAX);
    assert_int_equal(add(QUIET, EVENT_TEXT), ERR_NONE);
    while (queue_take(scene.queue, MAX))
        ;
    scene.used = 0;
    for (taken = 0; add(FLOODS, EVENT_TEXT) == ERR_NONE;)
        taken++;
    assert_in_range(taken, MAX * 8 / 9 - 1, MAX * 8 / 9 + 1); /* all places are free again */
}

static void nobody_starves_among_many(void **unused)
{
    bool is_served[MAX] = {false};

    (void)unused;
    for (int32_t t = 0; t < 600; t++) /* more than one table's slots */
        add_many(t, EVENT_TEXT, 1);
    add_many(FLOODS, EVENT_TEXT, 250);
    for (int i = 0; i < 13; i++)
        for (const struct work *w = queue_take(scene.queue, 47); w; w = w->next)
            is_served[w->event.tenant] = true;
    for (int32_t t = 0; t < 600; t++)
        assert_true(is_served[t]);
}

static bool is_even(void *ctx, const struct work *w)
{
    (void)ctx;
    return w->event.id % 2 == 0;
}

static void what_leaves_is_taken_out_and_the_rest_goes_on(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_TEXT, 5); /* 0 to 4 */
    add_many(QUIET, EVENT_TEXT, 1);  /* 5 */
    add_many(THIRD, EVENT_CALL, 1);  /* 6: nothing of his stays */
    const struct work *left = queue_pick(scene.queue, is_even, NULL);
    assert_int_equal(length(left), 4);
    for (int64_t id = 0; left; left = left->next, id += 2)
        assert_int_equal(left->event.id, id);
    assert_int_equal(queue_since_ns(scene.queue), 1001);
    assert_int_equal(queue_count(scene.queue), 3);
    add_many(THIRD, EVENT_CALL, 1); /* 7 */
    const struct work *w = queue_take(scene.queue, 10);
    assert_int_equal(length(w), 4);
    assert_int_equal(w->event.id, 7);
    assert_int_equal(count_of(w, FLOODS), 2);
    assert_int_equal(count_of(w, QUIET), 1);
    assert_int_equal(queue_count(scene.queue), 0);
    assert_int_equal(queue_since_ns(scene.queue), INT64_MAX);
}

static void the_age_is_that_of_the_one_who_waits_longest(void **unused)
{
    (void)unused;
    add_many(FLOODS, EVENT_TEXT, 3);
    add_many(QUIET, EVENT_CALL, 1);
    assert_int_equal(queue_take(scene.queue, 1)->event.kind, EVENT_CALL);
    assert_int_equal(queue_since_ns(scene.queue), 1000);
    (void)queue_take(scene.queue, 1);
    assert_int_equal(queue_since_ns(scene.queue), 1001);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(one_that_floods_delays_nobody),
        TEST(a_tenants_events_keep_their_order),
        TEST(a_tenant_of_weight_three_gets_three_times_as_many_in),
        TEST(weights_hold_over_batches_of_any_size),
        TEST(a_call_goes_before_texts),
        TEST(a_flood_of_calls_leaves_a_quarter_to_the_rest),
        TEST(a_batch_is_filled_with_whatever_there_is),
        TEST(who_floods_is_refused_and_others_are_not),
        TEST(the_queue_is_bounded_however_many_flood),
        TEST(a_sends_result_always_has_a_place),
        TEST(results_take_nobodys_place),
        TEST(nobody_starves_among_many),
        TEST(the_age_is_that_of_the_one_who_waits_longest),
        TEST(what_leaves_is_taken_out_and_the_rest_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
