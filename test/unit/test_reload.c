#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "source/reload.h"

/* Two tenants' rosters have come into force; what wakes their relays is taken here. */
enum { TENANTS = 2, TAKEN_MAX = 8 };

static struct scene {
    struct clock *clock;
    struct source_options options;
    struct intake intake;
    struct loading under_way; /* so that no calendar is looked at */
    struct reload reload;
    struct work *taken[TAKEN_MAX];
    int count;
} scene;

static enum err take(void *ctx, struct work *work)
{
    (void)ctx;
    assert_true(scene.count < TAKEN_MAX);
    assert_int_equal(work->event.kind, EVENT_WAKE);
    scene.taken[scene.count++] = work;
    return ERR_NONE;
}

static int set_up(void **unused)
{
    static const struct roster nobody = {.zone = NULL};
    const struct book_entry entries[TENANTS] = {{.tenant = 1, .roster = &nobody, .is_fresh = true},
                                                {.tenant = 2, .roster = &nobody, .is_fresh = true}};

    (void)unused;
    scene = (struct scene){.count = 0};
    scene.intake.submit = take;
    scene.options.clock = scene.clock = clock_open_system();
    scene.reload = (struct reload){
        .options = &scene.options,
        .intake = &scene.intake,
        .loading = &scene.under_way,
        .book = book_open(entries, TENANTS),
    };
    reload_watch(&scene.reload);
    assert_int_equal(scene.count, TENANTS);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    book_close(&scene.reload.book);
    clock_close(&scene.clock);
    return 0;
}

static void decided(int which, enum err err, bool is_unstored)
{
    struct work *w = scene.taken[which];

    w->err = err;
    w->unstored = is_unstored;
    w->done(w);
}

static void time_passes(void)
{
    scene.reload.wake_ns = 0;
}

static void who_is_woken_is_so_once(void **unused)
{
    (void)unused;
    decided(0, ERR_NONE, false);
    decided(1, ERR_NONE, false);
    reload_watch(&scene.reload);
    assert_int_equal(scene.count, TENANTS);
}

static void what_was_given_up_is_tried_again(void **unused)
{
    static const struct {
        enum err err;
        bool is_unstored;
    } ways[] = {{ERR_BROKEN, true}, {ERR_BUSY, false}, {ERR_UNSURE, false}};

    (void)unused;
    decided(0, ERR_NONE, false);
    for (int i = 0; i < 3; i++) {
        decided(1 + i, ways[i].err, ways[i].is_unstored);
        reload_watch(&scene.reload); /* not at once */
        assert_int_equal(scene.count, TENANTS + i);
        time_passes();
        reload_watch(&scene.reload);
        assert_int_equal(scene.count, TENANTS + i + 1);
        assert_int_equal(scene.taken[TENANTS + i]->event.tenant, 2);
    }
    decided(TENANTS + 2, ERR_NONE, false);
    time_passes();
    reload_watch(&scene.reload);
    assert_int_equal(scene.count, TENANTS + 3);
}

static void what_is_refused_for_what_it_is_is_not(void **unused)
{
    (void)unused;
    decided(0, ERR_NONE, false);
    decided(1, ERR_BROKEN, false); /* a row of that tenant cannot be read */
    time_passes();
    reload_watch(&scene.reload);
    assert_int_equal(scene.count, TENANTS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(who_is_woken_is_so_once),
        TEST(what_was_given_up_is_tried_again),
        TEST(what_is_refused_for_what_it_is_is_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
