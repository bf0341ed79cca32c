/* app/minder with an engine that the test plays: when systemd hears what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "app/minder.h"
#include "base/clock.h"
#include "service/notify.h"
#include "store/store.h"

enum { WATCHDOG_MS = 60, SAID_BYTES = 4096 };

static struct scene {
    struct loop *loop;
    struct minder *minder;
    struct reading *asked; /* not answered yet */
    int asked_times, stop_after;
    enum err answer, spool; /* of the store, of the spool */
    int spool_times;        /* it was asked */
    bool hangs;             /* the storage thread */
    struct engine_stats stats;
    bool listens;
    char said[SAID_BYTES];
} scene;

/* ---- what minder.c calls ---- */

void engine_prove(struct engine *engine, struct reading *reading)
{
    (void)engine;
    scene.asked = reading;
    scene.asked_times++;
}

enum err engine_prove_spool(struct engine *engine)
{
    (void)engine;
    scene.spool_times++;
    return scene.spool;
}

struct engine_stats engine_stats(const struct engine *engine)
{
    (void)engine;
    return scene.stats;
}

int engine_tenants(const struct engine *engine)
{
    (void)engine;
    return 2;
}

enum err store_probe(struct store *store, int64_t now_ms)
{
    (void)store, (void)now_ms;
    return scene.answer;
}

int helper_fd(const struct helper *helper)
{
    (void)helper;
    return -1;
}

bool notify_is_wanted(void)
{
    return scene.listens;
}

int64_t notify_watchdog_ms(void)
{
    return scene.listens ? WATCHDOG_MS : 0;
}

void notify_say(const char *format, ...)
{
    const size_t size = strlen(scene.said);
    va_list args;

    va_start(args, format);
    vsnprintf(scene.said + size, sizeof scene.said - size, format, args);
    va_end(args);
    strncat(scene.said, "|", sizeof scene.said - strlen(scene.said) - 1);
}

/* ---- the storage thread's part, once a turn ---- */

static int64_t answer_turn(void *unused)
{
    struct reading *r = scene.asked;

    (void)unused;
    if (r && !scene.hangs) {
        scene.asked = NULL;
        r->err = r->read(r, NULL, 0);
        r->done(r);
    }
    if (scene.asked_times >= scene.stop_after && (!scene.asked || scene.hangs))
        loop_stop(scene.loop);
    return -1;
}

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.listens = true};
    return loop_open(&scene.loop) != ERR_NONE;
}

static int tear_down(void **unused)
{
    (void)unused;
    minder_close(&scene.minder);
    loop_close(&scene.loop);
    return 0;
}

static void open_minder(bool wants_proof)
{
    scene.minder = minder_open(&(struct minder_options){
        .loop = scene.loop, .engine = (struct engine *)&scene, .wants_proof = wants_proof});
    loop_add_turn(scene.loop, answer_turn, NULL);
    loop_wake(scene.loop);
}

/* Until it has asked for that many proofs, and was answered unless the thread hangs. */
static void run_until(int proofs)
{
    scene.stop_after = proofs;
    loop_run(scene.loop);
}

static int count(const char *what)
{
    int n = 0;

    for (const char *at = scene.said; (at = strstr(at, what)); at++)
        n++;
    return n;
}

static void ready_is_said_once_after_the_first_proven_commit(void **unused)
{
    (void)unused;
    open_minder(false);
    assert_string_equal(scene.said, "");
    assert_false(minder_is_proven(scene.minder));
    run_until(1);
    assert_string_equal(scene.said, "READY=1\nWATCHDOG=1\nSTATUS=2 tenants, 0 waiting|");
    assert_true(minder_is_proven(scene.minder));
    run_until(3);
    assert_int_equal(count("READY=1"), 1);
    assert_int_equal(count("WATCHDOG=1"), 3);
}

static void a_store_that_refuses_at_the_start_is_waited_for(void **unused)
{
    (void)unused;
    scene.answer = ERR_BUSY;
    open_minder(false);
    run_until(1);
    assert_int_equal(count("READY=1"), 0);
    assert_int_equal(count("WATCHDOG=1"), 0);
    assert_int_equal(count("EXTEND_TIMEOUT_USEC=30000000\n"), 1);
}

static void a_store_that_refuses_later_is_told_and_the_spool_feeds_the_watchdog(void **unused)
{
    (void)unused;
    open_minder(false);
    run_until(1);
    scene.answer = ERR_BROKEN;
    scene.stats.spooled = 12;
    run_until(2);
    assert_int_equal(count("WATCHDOG=1\n"), 2);
    assert_int_equal(count("12 in the spool: the store cannot be written"), 1);
}

static void while_the_store_commits_the_spool_is_left_alone(void **unused)
{
    (void)unused;
    scene.spool = ERR_BROKEN;
    open_minder(false);
    run_until(3);
    assert_int_equal(scene.spool_times, 0);
    assert_int_equal(count("WATCHDOG=1\n"), 3);
}

static void a_store_and_a_spool_that_refuse_stop_the_feed(void **unused)
{
    (void)unused;
    open_minder(false);
    run_until(1);
    scene.answer = ERR_BROKEN;
    run_until(3);
    assert_int_equal(scene.spool_times, 2);
    assert_int_equal(count("WATCHDOG=1\n"), 3); /* by the spool, each time anew */
    scene.spool = ERR_FULL;
    scene.said[0] = 0;
    run_until(6);
    assert_int_equal(scene.spool_times, 5);
    assert_int_equal(count("WATCHDOG=1"), 0);
    assert_int_equal(count("neither it nor the store can be written"), 3);
    scene.spool = ERR_NONE; /* one of them is enough */
    run_until(7);
    assert_int_equal(count("WATCHDOG=1\n"), 1);
    scene.spool = ERR_FULL;
    scene.answer = ERR_NONE;
    run_until(8);
    assert_int_equal(count("WATCHDOG=1\n"), 2);
}

static void a_thread_that_hangs_stops_the_feed(void **unused)
{
    (void)unused;
    open_minder(false);
    run_until(1);
    scene.hangs = true;
    run_until(2);
    scene.said[0] = 0;
    /* Long after its next proof was due it neither asks again nor says anything. */
    for (const int64_t end_ns = clock_mono_ns() + INT64_C(1000000) * WATCHDOG_MS;
         clock_mono_ns() < end_ns;) {
        loop_wake(scene.loop);
        loop_run(scene.loop);
    }
    assert_int_equal(scene.asked_times, 2);
    assert_string_equal(scene.said, "");
    scene.hangs = false;
    loop_wake(scene.loop);
    run_until(2);
    assert_int_equal(count("WATCHDOG=1"), 1);
}

static void reload_and_end_are_said(void **unused)
{
    (void)unused;
    open_minder(false);
    minder_reloading(scene.minder); /* before it is ready there is nothing to say */
    assert_string_equal(scene.said, "");
    run_until(1);
    minder_reloading(scene.minder);
    minder_reloaded(scene.minder);
    assert_int_equal(count("RELOADING=1\n"), 1);
    assert_int_equal(count("READY=1\n"), 2);
    minder_stopping(scene.minder);
    assert_int_equal(count("STOPPING=1\n"), 1);
    const int asked = scene.asked_times;
    for (int i = 0; i < 100; i++) {
        loop_wake(scene.loop);
        loop_run(scene.loop);
    }
    assert_int_equal(scene.asked_times, asked);
}

static void without_systemd_only_whoever_wants_proof_gets_it(void **unused)
{
    (void)unused;
    scene.listens = false;
    open_minder(false);
    run_until(0);
    assert_int_equal(scene.asked_times, 0);
    minder_close(&scene.minder);
    open_minder(true);
    run_until(1);
    assert_true(minder_is_proven(scene.minder));
    assert_string_equal(scene.said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ready_is_said_once_after_the_first_proven_commit, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_store_that_refuses_at_the_start_is_waited_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            a_store_that_refuses_later_is_told_and_the_spool_feeds_the_watchdog, set_up, tear_down),
        cmocka_unit_test_setup_teardown(while_the_store_commits_the_spool_is_left_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_store_and_a_spool_that_refuse_stop_the_feed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_thread_that_hangs_stops_the_feed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reload_and_end_are_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_systemd_only_whoever_wants_proof_gets_it, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
