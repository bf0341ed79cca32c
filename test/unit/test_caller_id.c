#include "core_world.h"

#include "call/caller_id.h"
#include "rules/guard.h"

static struct world *const w = &world_shared;

static int set_up(void **unused)
{
    world_set_up(unused);
    w->guard = guard_open();
    return 0;
}

static int tear_down(void **unused)
{
    guard_close(&w->guard);
    return world_tear_down(unused);
}

static bool shows(const char *number)
{
    return span_is_text(w->answer.caller_id, number);
}

/* The dial of this round has ended. */
static void dialled(int attempt, int round, const char *status, int32_t code)
{
    struct event e = {.kind = EVENT_CALL,
                      .account = SPAN("AC1"),
                      .sid = arena_copy(w->arena, span_of(w->call)),
                      .from = arena_copy(w->arena, span_of(world_cascade(w)->caller)),
                      .to = SPAN(LINE),
                      .call_status = SPAN("in-progress"),
                      .dial_status = span_of(status),
                      .error_code = code,
                      .attempt = attempt + 1,
                      .round = round};

    assert_int_equal(world_do(w, e), ERR_NONE);
}

static void refused_at_once_the_phone_rings_once_more_with_the_lines_number(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    assert_true(shows(ANNA));
    world_wait(w, S);
    dialled(0, 0, "failed", 0);
    assert_int_equal(w->answer.kind, ANSWER_RING);
    assert_int_equal(w->answer.attempt, 0);
    assert_int_equal(w->answer.round, 1);
    assert_true(shows(LINE));
    assert_int_equal(world_count_to(w, PRIMARY), 1); /* he has been told */
    assert_int_equal(world_logged(w, "call.caller-id-refused"), 1);
    dialled(0, 0, "failed", 0); /* repeated */
    assert_int_equal(w->answer.round, 1);
    world_leg(w, 0, "CAleg", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
}

static void from_then_on_the_call_and_the_next_ones_show_it(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    dialled(0, 0, "failed", 21210);
    world_wait(w, 15 * S);
    dialled(0, 1, "no-answer", 0);
    assert_int_equal(w->answer.attempt, 1);
    assert_true(shows(LINE));
    world_call(w, BORIS);
    assert_true(shows(LINE));
    assert_int_equal(w->answer.round, 0);
    world_wait(w, HOUR);
    world_call(w, CLARA); /* it is tried anew */
    assert_true(shows(CLARA));
}

static void without_a_memory_each_call_tries(void **unused)
{
    (void)unused;
    guard_close(&w->guard);
    world_call(w, ANNA);
    dialled(0, 0, "failed", 0);
    assert_true(shows(LINE));
    world_call(w, BORIS);
    assert_true(shows(BORIS));
}

static void a_number_that_cannot_be_dialled_blames_nobody(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    dialled(0, 0, "failed", 0);
    dialled(0, 1, "failed", 0);
    assert_int_equal(w->answer.attempt, 1);
    assert_int_equal(w->answer.round, 0);
    world_call(w, BORIS);
    assert_true(shows(BORIS));
}

static void it_is_the_reason_only_when_that_may_be(void **unused)
{
    static const struct row {
        const char *says, *status;
        int32_t code;
        int64_t after_ms;
    } rows[] = {
        {"it rang", "no-answer", 0, 0},
        {"busy", "busy", 0, 0},
        {"a number that cannot be called", "failed", 13224, 0},
        {"it took a while", "failed", 0, CALLER_ID_AT_ONCE_MS + 1},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_call(w, ANNA);
        world_wait(w, rows[i].after_ms);
        dialled(0, 0, rows[i].status, rows[i].code);
        if (w->answer.attempt != 1 || !shows(ANNA))
            fail_msg("not so: %s", rows[i].says);
        world_call_status(w, "completed", arena_printf(w->arena, "%zu", i));
    }
}

static void who_was_reached_was_rung(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    world_leg(w, 0, "CAleg", NULL);
    dialled(0, 0, "failed", 0);
    assert_int_equal(w->answer.attempt, 1);
    assert_true(shows(ANNA));
}

static void a_line_that_is_shown_anyway_is_not_shown_again(void **unused)
{
    (void)unused;
    w->people[AT_PRIMARY].caller_id = CALLER_ID_LINE;
    world_call(w, ANNA);
    dialled(0, 0, "failed", 0);
    assert_int_equal(w->answer.attempt, 1);
    world_call(w, "anonymous");
    dialled(0, 0, "failed", 0);
    assert_int_equal(w->answer.attempt, 1);
}

static void those_that_ring_together_ring_once_more_together(void **unused)
{
    (void)unused;
    struct step *s = &w->chains[0].steps[0];
    s->how = RING_PARALLEL;
    s->operators[1] = AT_BACKUP;
    s->operator_count = 2;
    world_call(w, ANNA);
    assert_int_equal(w->answer.number_count, 2);
    const struct event status = {.kind = EVENT_CALL_STATUS,
                                 .cascade = world_cascade(w)->id,
                                 .leg_sid = SPAN("CAleg"),
                                 .sid = SPAN("CAleg"),
                                 .call_status = SPAN("failed"),
                                 .sequence = SPAN("1"),
                                 .attempt = 1};
    world_again(w, status);
    dialled(0, 0, "failed", 0);
    assert_int_equal(w->answer.number_count, 2);
    assert_int_equal(w->answer.round, 1);
    assert_true(shows(LINE));
    struct event late = status; /* of the dial that was refused */
    late.attempt = 0;
    late.sid = late.leg_sid = SPAN("CAother");
    world_again(w, late);
    world_leg(w, 0, "CAnew", "1");
    assert_int_equal(w->answer.kind, ANSWER_CONNECT);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(refused_at_once_the_phone_rings_once_more_with_the_lines_number),
        TEST(from_then_on_the_call_and_the_next_ones_show_it),
        TEST(without_a_memory_each_call_tries),
        TEST(a_number_that_cannot_be_dialled_blames_nobody),
        TEST(it_is_the_reason_only_when_that_may_be),
        TEST(who_was_reached_was_rung),
        TEST(a_line_that_is_shown_anyway_is_not_shown_again),
        TEST(those_that_ring_together_ring_once_more_together),
    };

    return cmocka_run_group_tests_name("caller_id", tests, NULL, NULL);
}
