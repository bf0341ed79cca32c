#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "river/due.h"

enum { MANY = 1, FEW = 2, THIRD = 3, NOW = 1000000, TIMERS = 40000 };

/* A store that has timers and nothing else, and tells how many rows were looked at. */
static struct scene {
    struct store store;
    struct timer timers[TIMERS];
    size_t count, looked;
    enum err err;
    struct due due;
    int64_t next_ms;
} scene;

static enum err give(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                     size_t *out_count, int64_t *out_next_ms)
{
    size_t n = 0;

    (void)store;
    while (n < scene.count && n < max && scene.timers[n].due_ms <= now_ms) {
        out[n] = scene.timers[n];
        n++;
    }
    scene.looked += n;
    *out_count = n;
    *out_next_ms = n < scene.count ? scene.timers[n].due_ms : INT64_MAX;
    return scene.err;
}

static enum err give_others(struct store *store, const struct store_due_ask *ask, struct timer *out,
                            size_t *out_count, int64_t *out_up_to_ms)
{
    size_t n = 0;

    (void)store;
    *out_up_to_ms = ask->until_ms + 1;
    for (size_t i = 0; i < scene.count; i++) {
        const struct timer *t = &scene.timers[i];
        bool is_left_out = t->due_ms < ask->from_ms || t->due_ms > ask->until_ms;
        scene.looked += !is_left_out;
        for (size_t b = 0; b < ask->but_count; b++)
            is_left_out |= ask->but[b] == t->tenant;
        if (is_left_out)
            continue;
        if (n == ask->max) {
            *out_up_to_ms = t->due_ms;
            break;
        }
        out[n++] = *t;
    }
    *out_count = n;
    return scene.err;
}

static const struct store_ops ops = {.due = give, .due_others = give_others};

static int set_up(void **unused)
{
    (void)unused;
    memset(&scene, 0, sizeof scene);
    scene.store.ops = &ops;
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct timer *x = a, *y = b;

    if (x->due_ms != y->due_ms)
        return x->due_ms < y->due_ms ? -1 : 1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

static void add(int32_t tenant, int64_t due_ms)
{
    assert_true(scene.count < TIMERS);
    scene.timers[scene.count] =
        (struct timer){.due_ms = due_ms, .tenant = tenant, .subject = (int64_t)scene.count + 1};
    scene.count++;
    due_note(&scene.due, due_ms);
}

static void add_many(int32_t tenant, int64_t first_ms, int count)
{
    for (int i = 0; i < count; i++)
        add(tenant, first_ms + i);
    qsort(scene.timers, scene.count, sizeof *scene.timers, by_time);
}

static void drop(const struct timer *t)
{
    for (size_t i = 0; i < scene.count; i++)
        if (scene.timers[i].subject == t->subject) {
            scene.count--;
            memmove(scene.timers + i, scene.timers + i + 1, (scene.count - i) * sizeof *t);
            return;
        }
    fail_msg("the same timer twice");
}

/* One batch that works off what it takes; returns how many, and of `tenant`. */
static size_t batch(int64_t now_ms, int32_t tenant, size_t *out_of_tenant)
{
    struct timer out[DUE_MAX];
    size_t count = 0, of_tenant = 0;

    assert_int_equal(due_take(&scene.due, &scene.store, now_ms, out, &count, &scene.next_ms),
                     ERR_NONE);
    assert_true(count <= DUE_MAX);
    for (size_t i = 0; i < count; i++) {
        assert_true(out[i].due_ms <= now_ms);
        of_tenant += out[i].tenant == tenant;
        drop(&out[i]);
    }
    *out_of_tenant = of_tenant;
    return count;
}

static void a_few_are_all_taken(void **unused)
{
    size_t few;

    (void)unused;
    add_many(MANY, NOW - 100, 100);
    add_many(FEW, NOW + 500, 1);
    assert_int_equal(batch(NOW, FEW, &few), 100);
    assert_int_equal(few, 0);
    assert_int_equal(scene.next_ms, NOW + 500);
}

static void ten_thousand_of_one_hold_nobody_up(void **unused)
{
    size_t few;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    add_many(FEW, NOW - 50, 3);
    assert_int_equal(batch(NOW, FEW, &few), DUE_MAX);
    assert_int_equal(few, 3);
    assert_true(scene.next_ms <= NOW); /* the next batch comes at once */
}

static void what_comes_due_meanwhile_is_not_held_up_either(void **unused)
{
    size_t few, all = 0;
    int64_t now_ms = NOW;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    for (int i = 0; i < 50; i++, now_ms += 10) {
        add_many(i % 2 ? FEW : THIRD, now_ms, 1);
        (void)batch(now_ms, i % 2 ? FEW : THIRD, &few);
        assert_int_equal(few, 1);
        all += few;
    }
    assert_int_equal(all, 50);
}

static void the_crowd_is_worked_off_at_full_speed_beside_them(void **unused)
{
    size_t few;
    int batches = 0;

    (void)unused;
    add_many(MANY, NOW - 20000, 1280);
    while (scene.count) {
        assert_int_equal(batch(NOW + batches, FEW, &few), DUE_MAX);
        batches++;
    }
    assert_int_equal(batches, 10);
}

static void its_rows_are_passed_over_once_a_second(void **unused)
{
    size_t few;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    for (int i = 0; i < 40; i++)
        (void)batch(NOW + i, FEW, &few);
    assert_true(scene.looked < 10000 + 41 * DUE_MAX + 100);
}

static void three_may_crowd_at_once(void **unused)
{
    size_t few;

    (void)unused;
    for (int i = 0; i < 2000; i++)
        for (int32_t t = 10; t < 13; t++)
            add(t, NOW - 5000 + i);
    add_many(FEW, NOW - 10, 5);
    (void)batch(NOW, FEW, &few);
    assert_int_equal(few, 5);
}

static void one_that_is_added_late_for_an_earlier_time_is_found(void **unused)
{
    size_t few;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    (void)batch(NOW, FEW, &few);
    add_many(FEW, NOW - 7000, 1);
    (void)batch(NOW + 1, FEW, &few);
    assert_int_equal(few, 1);
}

static void what_another_node_adds_is_found_within_a_second(void **unused)
{
    size_t few;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    (void)batch(NOW, FEW, &few);
    const int64_t seen_ms = scene.due.seen_ms;
    add_many(FEW, NOW - 7000, 1);
    scene.due.seen_ms = seen_ms;
    (void)batch(NOW + 999, FEW, &few);
    assert_int_equal(few, 0);
    (void)batch(NOW + 1000, FEW, &few);
    assert_int_equal(few, 1);
}

static void a_batch_that_fails_takes_the_same_again(void **unused)
{
    struct timer first[DUE_MAX], again[DUE_MAX];
    size_t count, same;

    (void)unused;
    add_many(MANY, NOW - 20000, 10000);
    add_many(FEW, NOW - 100, 90);
    assert_int_equal(due_take(&scene.due, &scene.store, NOW, first, &count, &scene.next_ms),
                     ERR_NONE);
    due_forget(&scene.due);
    assert_int_equal(due_take(&scene.due, &scene.store, NOW + 1, again, &same, &scene.next_ms),
                     ERR_NONE);
    assert_int_equal(same, count);
    assert_memory_equal(first, again, count * sizeof *first);
}

static void a_store_that_fails_changes_nothing(void **unused)
{
    struct timer out[DUE_MAX];
    size_t count = 7;

    (void)unused;
    scene.err = ERR_BUSY;
    scene.next_ms = 5;
    add_many(MANY, NOW - 20000, 1000);
    assert_int_equal(due_take(&scene.due, &scene.store, NOW, out, &count, &scene.next_ms),
                     ERR_BUSY);
    assert_int_equal(count, 7);
    assert_int_equal(scene.next_ms, 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(a_few_are_all_taken),
        TEST(ten_thousand_of_one_hold_nobody_up),
        TEST(what_comes_due_meanwhile_is_not_held_up_either),
        TEST(the_crowd_is_worked_off_at_full_speed_beside_them),
        TEST(its_rows_are_passed_over_once_a_second),
        TEST(three_may_crowd_at_once),
        TEST(one_that_is_added_late_for_an_earlier_time_is_found),
        TEST(what_another_node_adds_is_found_within_a_second),
        TEST(a_batch_that_fails_takes_the_same_again),
        TEST(a_store_that_fails_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
