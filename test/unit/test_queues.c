/* engine/queues with a store that the test plays: what counts as standing still. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/queues.h"

enum { NOW = 1000000, LOOK = 30000, ROWS = 8 };

struct waits {
    int64_t whose;
    const char *sender, *class;
    int64_t id, due_ms;
};

static struct scene {
    struct queues *queues;
    struct waits rows[ROWS];
    enum err err;
    int64_t now_ms;
} scene;

enum err store_view(struct store *store, enum view view, const struct view_filter *filter,
                    view_row_fn *fn, void *ctx)
{
    (void)store;
    assert_int_equal(view, VIEW_QUEUES);
    assert_true(filter->limit > 0 && filter->limit <= 1000);
    if (scene.err)
        return scene.err;
    for (const struct waits *r = scene.rows; r < scene.rows + ROWS && r->id; r++) {
        const struct view_cell cells[] = {
            {"due_at", VIEW_NUMBER, r->due_ms, {0}}, {"row_id", VIEW_NUMBER, r->id, {0}},
            {"whose", VIEW_NUMBER, r->whose, {0}},   {"sender", VIEW_TEXT, 0, span_of(r->sender)},
            {"kind", VIEW_TEXT, 0, SPAN("text")},    {"class", VIEW_TEXT, 0, span_of(r->class)},
        };
        fn(ctx, cells, sizeof cells / sizeof cells[0]);
    }
    return ERR_NONE;
}

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.now_ms = NOW, .queues = queues_open()};
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    queues_close(&scene.queues);
    assert_null(scene.queues);
    return 0;
}

/* The next look; returns for how long something has stood still. */
static int64_t look(void)
{
    struct queues_sight sight = {.due_ms = -1, .stalled_ms = -1};

    assert_int_equal(queues_look(scene.queues, NULL, scene.now_ms, &sight), ERR_NONE);
    scene.now_ms += LOOK;
    return sight.stalled_ms;
}

static void nothing_waits(void **unused)
{
    struct queues_sight sight = {.due_ms = 5, .stalled_ms = 5};

    (void)unused;
    assert_int_equal(queues_look(scene.queues, NULL, NOW, &sight), ERR_NONE);
    assert_int_equal(sight.due_ms, 0);
    assert_int_equal(sight.stalled_ms, 0);
}

static void a_long_queue_that_moves_does_not_stand_still(void **unused)
{
    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "bulk", 100, NOW};
    for (int i = 0; i < 20; i++, scene.rows[0].id += 30)
        assert_int_equal(look(), 0); /* all were due at once: the oldest waits ever longer */
}

static void the_same_row_first_look_after_look_stands_still(void **unused)
{
    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "normal", 100, NOW};
    for (int i = 0; i < 5; i++)
        assert_int_equal(look(), i * LOOK);
    scene.rows[0].id++;
    assert_int_equal(look(), 0);
}

static void one_line_that_stands_still_is_not_hidden_by_another_that_moves(void **unused)
{
    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "normal", 100, NOW};
    scene.rows[1] = (struct waits){1, "+13125550102", "normal", 500, NOW};
    scene.rows[2] = (struct waits){2, "+13125550101", "normal", 900, NOW};
    for (int i = 0; i < 4; i++, scene.rows[0].id++, scene.rows[1].id++)
        assert_int_equal(look(), i * LOOK);
}

static void what_waits_for_the_more_urgent_of_its_line_does_not_stand_still(void **unused)
{
    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "bulk", 100, NOW - 60000};
    scene.rows[1] = (struct waits){1, "+13125550101", "urgent", 500, NOW};
    for (int i = 0; i < 5; i++, scene.rows[1].id++)
        assert_int_equal(look(), 0);
    scene.rows[1].id = 0;
    assert_int_equal(look(), 0); /* its turn has only come now */
    assert_int_equal(look(), LOOK);
}

static void what_is_not_due_yet_does_not_stand_still(void **unused)
{
    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "urgent", 100, NOW + 10 * LOOK};
    scene.rows[1] = (struct waits){1, "+13125550101", "normal", 500, NOW};
    for (int i = 0; i < 5; i++) /* nor does it stand before what is */
        assert_int_equal(look(), i * LOOK);
    scene.rows[1].id = 0;
    assert_int_equal(look(), 0);
}

static void a_look_that_failed_takes_nothing_away(void **unused)
{
    struct queues_sight sight = {.due_ms = 7, .stalled_ms = 7};

    (void)unused;
    scene.rows[0] = (struct waits){1, "+13125550101", "urgent", 100, NOW};
    assert_int_equal(look(), 0);
    scene.err = ERR_BUSY;
    assert_int_equal(queues_look(scene.queues, NULL, scene.now_ms, &sight), ERR_BUSY);
    assert_int_equal(sight.stalled_ms, 7);
    scene.err = ERR_NONE;
    assert_int_equal(look(), LOOK);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(nothing_waits),
        EACH(a_long_queue_that_moves_does_not_stand_still),
        EACH(the_same_row_first_look_after_look_stands_still),
        EACH(one_line_that_stands_still_is_not_hidden_by_another_that_moves),
        EACH(what_waits_for_the_more_urgent_of_its_line_does_not_stand_still),
        EACH(what_is_not_due_yet_does_not_stand_still),
        EACH(a_look_that_failed_takes_nothing_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
