#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "river/member.h"
#include "sql/backend.h"

/* A database that answers each beat as a test says. */
static struct scene {
    struct store store;
    struct store_ops ops;
    struct member member;
    struct id_maker ids;
    struct store_beat beat; /* as it was told */
    enum err err;           /* what it answers */
    int64_t at_ms;
    bool has_leapt;
} scene;

static enum err join(struct store *store, const struct store_self *self)
{
    (void)self;
    store->node = 0;
    return ERR_NONE;
}

static enum err beat(struct store *store, const struct store_beat *told, struct store_pulse *out)
{
    (void)store;
    memset(out, 0, sizeof *out);
    scene.beat = *told;
    if (scene.err)
        return scene.err;
    out->at_ms = scene.at_ms;
    out->at_ns = clock_boot_ns();
    out->until_ns = out->at_ns + STORE_LEASE_MS * INT64_C(1000000);
    out->has_leapt = scene.has_leapt;
    return ERR_NONE;
}

static enum err orphans(struct store *store, int64_t now_ms, struct id_maker *ids, size_t *out)
{
    (void)store, (void)now_ms, (void)ids;
    *out = 0;
    return ERR_NONE;
}

static int set_up(void **unused)
{
    (void)unused;
    memset(&scene, 0, sizeof scene);
    scene.ops = (struct store_ops){.join = join, .beat = beat, .orphans = orphans};
    scene.store = (struct store){.ops = &scene.ops, .is_shared = true};
    scene.at_ms = 5000;
    assert_int_equal(member_join(&scene.member, &scene.store, &scene.ids), ERR_NONE);
    return 0;
}

static enum err do_beat(void)
{
    bool has_changed;

    return member_beat(&scene.member, &scene.store, &scene.ids, 1, &has_changed);
}

/* As if so much time had passed since the lease began. */
static void pass(int64_t ms)
{
    scene.member.unbroken_ns -= ms * 1000000;
}

static void who_has_just_joined_judges_nobody(void **unused)
{
    (void)unused;
    assert_int_equal(do_beat(), ERR_NONE);
    assert_false(scene.beat.judges);
    pass(STORE_LEASE_MS);
    assert_int_equal(do_beat(), ERR_NONE);
    assert_true(scene.beat.judges);
}

static void after_a_leap_of_the_clock_nobody_is_judged_for_a_lease(void **unused)
{
    (void)unused;
    pass(STORE_LEASE_MS);
    scene.has_leapt = true;
    assert_int_equal(do_beat(), ERR_NONE);
    scene.has_leapt = false;
    assert_int_equal(do_beat(), ERR_NONE);
    assert_false(scene.beat.judges);
    pass(STORE_LEASE_MS);
    assert_int_equal(do_beat(), ERR_NONE);
    assert_true(scene.beat.judges);
}

static void each_beat_bears_the_time_of_the_last_one_that_succeeded(void **unused)
{
    (void)unused;
    assert_int_equal(do_beat(), ERR_NONE);
    assert_int_equal(scene.beat.at_ms, 0);
    scene.at_ms = 99000;
    const int64_t before_ns = scene.member.at_ns;
    scene.err = ERR_BUSY; /* it fails over, to one that is ahead */
    assert_int_equal(do_beat(), ERR_BUSY);
    scene.err = ERR_NONE;
    assert_int_equal(do_beat(), ERR_NONE);
    assert_int_equal(scene.beat.at_ms, 5000);
    assert_true(before_ns && scene.beat.at_ns == before_ns);
    assert_int_equal(do_beat(), ERR_NONE);
    assert_int_equal(scene.beat.at_ms, 99000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(who_has_just_joined_judges_nobody),
        TEST(after_a_leap_of_the_clock_nobody_is_judged_for_a_lease),
        TEST(each_beat_bears_the_time_of_the_last_one_that_succeeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
