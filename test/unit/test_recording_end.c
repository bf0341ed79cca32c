#include "call/recording_end.h"

#include "core_world.h"

#define DAY_MS (24 * (int64_t)HOUR)

static struct world *const w = &world_shared;

static void leave_voicemail(void)
{
    world_call(w, ANNA);
    for (int i = 1; i <= 3; i++)
        world_dialled(w, i, "busy");
    world_recorded(w, 12);
}

static struct outbox *erase_row(void)
{
    for (size_t i = 0; world_row(w, FACT_OUTBOX, i); i++) {
        struct outbox *o = world_row(w, FACT_OUTBOX, i);
        if (o->kind == OUTBOX_ERASE)
            return o;
    }
    return NULL;
}

static bool has_timer(void)
{
    for (size_t i = 0; i < w->timer_count; i++)
        if (w->timers[i].kind == TIMER_RECORDING)
            return true;
    return false;
}

static struct outbox *ended(void)
{
    w->roster.keep_recordings_days = 30;
    leave_voicemail();
    assert_true(has_timer());
    world_wait(w, 30 * DAY_MS);
    return erase_row();
}

/* The sender takes the row, and this is what becomes of it. */
static void answer(struct outbox *o, enum sent sent, int32_t error_code)
{
    const struct event e = {
        .kind = EVENT_SENT, .message = o->id, .sent = sent, .error_code = error_code, .fence = 1};

    o->state = OUTBOX_SENDING;
    o->fence = 1;
    o->attempt = 1;
    world_do(w, e);
}

static void it_ends_when_it_was_kept_long_enough(void **unused)
{
    (void)unused;
    w->roster.keep_recordings_days = 30;
    leave_voicemail();
    const struct cascade *k = world_cascade(w);
    const struct span address = arena_copy(w->arena, k->recording);
    assert_true(address.size > 0);
    world_wait(w, 30 * DAY_MS - MIN);
    assert_true(world_cascade(w)->recording.size > 0);
    assert_null(erase_row());
    world_wait(w, MIN);
    assert_int_equal(world_cascade(w)->recording.size, 0);
    assert_int_equal(world_cascade(w)->recording_s, 12); /* there was one */
    const struct outbox *o = erase_row();
    assert_true(span_is(o->body, address));
    assert_int_equal(o->class, OUTBOX_BULK);
    assert_int_equal(world_logged(w, "call.recording-ended"), 1);
    assert_false(has_timer());
}

static void days_of_none_keep_it_for_ever(void **unused)
{
    (void)unused;
    w->roster.keep_recordings_days = 0;
    leave_voicemail();
    assert_false(has_timer());
}

static void the_carrier_has_deleted_it(void **unused)
{
    struct outbox *o = ended();

    (void)unused;
    answer(o, SENT_ACCEPTED, 0);
    assert_true(erase_row()->gone);
}

static void it_had_none_which_is_as_good(void **unused)
{
    struct outbox *o = ended();
    const size_t alarms = world_alarms(w);

    (void)unused;
    answer(o, SENT_REFUSED, 20404);
    assert_true(erase_row()->gone);
    assert_int_equal(world_alarms(w), alarms);
}

static void what_it_refuses_is_an_alarm(void **unused)
{
    struct outbox *o = ended();

    (void)unused;
    answer(o, SENT_REFUSED, 20003);
    assert_true(erase_row()->gone);
    assert_int_equal(world_logged(w, "recording.not-erased"), 1);
}

static void what_is_still_on_its_way_is_asked_for_later(void **unused)
{
    struct outbox *o = ended();

    (void)unused;
    answer(o, SENT_REFUSED, 20009);
    assert_int_equal(o->state, OUTBOX_QUEUED);
    assert_false(o->gone);
    assert_int_equal(world_logged(w, "recording.not-erased"), 0);
}

static void a_lost_answer_is_asked_again(void **unused)
{
    static const enum sent again[] = {SENT_UNSURE, SENT_RETRY};
    struct outbox *o = ended();

    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        answer(o, again[i], 0);
        assert_int_equal(o->state, OUTBOX_QUEUED);
        assert_false(o->gone);
        assert_true(o->due_ms > w->now_ms);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_ends_when_it_was_kept_long_enough),
        TEST(days_of_none_keep_it_for_ever),
        TEST(the_carrier_has_deleted_it),
        TEST(it_had_none_which_is_as_good),
        TEST(what_it_refuses_is_an_alarm),
        TEST(what_is_still_on_its_way_is_asked_for_later),
        TEST(a_lost_answer_is_asked_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
