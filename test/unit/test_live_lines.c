/* hooks/live_lines with an engine and a store that the test plays: what is asked of the store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hooks/live_lines.h"

enum { NOW_MS = 1000000, KEPT_MAX = 2000 };

static const struct roster first_roster, second_roster;

static struct scene {
    struct site site;
    loop_turn_fn *turn;
    void *turn_ctx;
    int64_t now_ns;
    enum err read_err, store_err;
    struct reading *reading; /* handed over, and not answered yet */
    int kept;
    char numbers[KEPT_MAX][LIMIT_NUMBER_SIZE];
} scene;

int64_t clock_mono_ns(void)
{
    return scene.now_ns;
}

void loop_add_turn(struct loop *loop, loop_turn_fn *fn, void *ctx)
{
    (void)loop;
    scene.turn = fn;
    scene.turn_ctx = ctx;
}

void loop_drop_turn(struct loop *loop, loop_turn_fn *fn, void *ctx)
{
    (void)loop;
    assert_ptr_equal(fn, scene.turn);
    assert_ptr_equal(ctx, scene.turn_ctx);
}

void loop_wake(struct loop *loop)
{
    (void)loop;
}

enum err engine_read(struct engine *engine, struct reading *reading)
{
    (void)engine;
    assert_null(scene.reading);
    if (!scene.read_err)
        scene.reading = reading;
    return scene.read_err;
}

int64_t engine_now_ms(const struct engine *engine)
{
    (void)engine;
    return NOW_MS;
}

enum err store_line_live(struct store *store, int32_t tenant, struct span line, int64_t now_ms)
{
    (void)store;
    assert_int_equal(tenant, 1);
    assert_int_equal(now_ms, NOW_MS);
    if (!scene.store_err)
        snprintf(scene.numbers[scene.kept++], LIMIT_NUMBER_SIZE, "%.*s", SPAN_ARG(line));
    return scene.store_err;
}

enum err store_line_leave(struct store *store, int32_t tenant, struct span line)
{
    (void)store, (void)tenant, (void)line;
    fail();
    return ERR_NONE;
}

const struct roster *engine_roster(const struct engine *engine, int32_t tenant)
{
    (void)engine, (void)tenant;
    return NULL;
}

bool engine_find_line(struct engine *engine, struct span account, struct span number,
                      struct engine_place *out)
{
    (void)engine, (void)account, (void)number, (void)out;
    return false;
}

void visit_read(struct visit *v, visit_read_fn *read, visit_fn *then)
{
    (void)v, (void)read, (void)then;
    fail();
}

void visit_fail_busy(struct visit *v)
{
    (void)v;
    fail();
}

static int refused; /* status */

void visit_fail(struct visit *v, const struct visit_error *e)
{
    (void)v;
    refused = e->status;
}

void visit_answer_json(struct visit *v, int status, const struct buf *body)
{
    (void)v, (void)status, (void)body;
    fail();
}

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.now_ns = INT64_C(1000000000000)};
    live_lines_open(&scene.site, NULL);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    live_lines_close(&scene.site);
    assert_null(scene.site.live_lines);
    return 0;
}

static int64_t turn(void)
{
    return scene.turn(scene.turn_ctx);
}

static void see(const struct roster *roster, const char *number)
{
    const struct engine_place place = {.tenant = 1, .roster = roster};

    live_lines_see(scene.site.live_lines, &place, span_of(number));
}

/* The store answers what it was asked. */
static void answer(void)
{
    struct reading *r = scene.reading;

    scene.reading = NULL;
    r->err = r->read(r, NULL, NOW_MS);
    r->done(r);
}

static void a_line_is_kept_once_however_often_the_carrier_comes(void **unused)
{
    (void)unused;
    for (int i = 0; i < 100; i++)
        see(&first_roster, "+16195550100");
    (void)turn();
    assert_non_null(scene.reading);
    see(&first_roster, "+16195550100");
    answer();
    see(&first_roster, "+16195550100");
    (void)turn();
    assert_null(scene.reading);
    assert_int_equal(scene.kept, 1);
    assert_string_equal(scene.numbers[0], "+16195550100");
}

static void after_ten_minutes_the_store_is_asked_again(void **unused)
{
    (void)unused;
    see(&first_roster, "+16195550100");
    (void)turn();
    answer();
    scene.now_ns += INT64_C(601) * 1000000000;
    see(&first_roster, "+16195550100");
    (void)turn();
    assert_non_null(scene.reading);
    answer();
    assert_int_equal(scene.kept, 2);
}

static void another_roster_has_it_kept_anew(void **unused)
{
    (void)unused;
    see(&first_roster, "+16195550100");
    (void)turn();
    see(&second_roster, "+16195550100"); /* while the first is under way */
    answer();
    (void)turn();
    assert_non_null(scene.reading);
    answer();
    assert_int_equal(scene.kept, 2);
}

static void what_the_store_refuses_waits_for_another_try(void **unused)
{
    (void)unused;
    see(&first_roster, "+16195550100");
    (void)turn();
    scene.store_err = ERR_BUSY;
    answer();
    assert_int_equal(scene.kept, 0);
    scene.store_err = ERR_NONE;
    const int64_t wait_ms = turn();
    assert_null(scene.reading);
    assert_true(wait_ms > 0 && wait_ms <= 1001);
    scene.now_ns += wait_ms * 1000000;
    scene.read_err = ERR_BUSY; /* the engine itself does not take it now */
    assert_true(turn() > 0);
    scene.read_err = ERR_NONE;
    scene.now_ns += INT64_C(1001) * 1000000;
    (void)turn();
    assert_non_null(scene.reading);
    answer();
    assert_int_equal(scene.kept, 1);
}

static void a_thousand_lines_are_kept_each_once(void **unused)
{
    char number[LIMIT_NUMBER_SIZE];

    (void)unused;
    for (int i = 0; i < 1000; i++) {
        snprintf(number, sizeof number, "+1619555%04d", i);
        see(&first_roster, number);
    }
    for ((void)turn(); scene.reading; (void)turn())
        answer();
    assert_int_equal(scene.kept, 1000);
    for (int i = 0; i < 1000; i++) {
        snprintf(number, sizeof number, "+1619555%04d", i);
        assert_string_equal(scene.numbers[i], number);
    }
}

static void without_a_tenant_no_line_is_found(void **unused)
{
    struct visit v = {.site = &scene.site};

    (void)unused;
    v.arena = arena_open(4096);
    live_lines_begin(&v);
    assert_int_equal(refused, 404);
    arena_close(&v.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_kept_once_however_often_the_carrier_comes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(after_ten_minutes_the_store_is_asked_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_roster_has_it_kept_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_store_refuses_waits_for_another_try, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_thousand_lines_are_kept_each_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_tenant_no_line_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
