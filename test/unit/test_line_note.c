#include "core_world.h"

#include "desk/line_note.h"

static struct world *const w = &world_shared;

static struct event note(enum line_note what, int turn)
{
    return (struct event){.kind = EVENT_LINE,
                          .line_note = what,
                          .from = SPAN(LINE),
                          .at_ms = WORLD_START,
                          .until_ms = WORLD_START + 24 * (int64_t)HOUR,
                          .round = turn,
                          .by = SPAN("Mara")};
}

static struct span detail_of(const char *kind)
{
    struct span found = {NULL, 0};

    for (const struct appended *a = w->added; a; a = a->next)
        if (a->kind == APPEND_EVENT && strcmp(a->event.kind, kind) == 0)
            found = a->event.detail;
    return found;
}

static void switching_it_on_is_recorded_and_an_alarm(void **unused)
{
    (void)unused;
    assert_int_equal(world_do(w, note(LINE_NOTE_ON, 0)), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_logged(w, "line.report-only-on"), 1);
    assert_int_equal(world_logged(w, "line.report-only"), 1);
    assert_int_equal(world_alarms(w), 1);
    assert_true(span_is_text(detail_of("line.report-only-on"), LINE ", by Mara"));
    assert_true(span_is_text(detail_of("line.report-only"),
                             LINE " takes webhooks with a wrong signature until Tue 12:00 (24 h)"
                                  ", by Mara"));
}

static void each_hour_is_told_once_whoever_notices(void **unused)
{
    (void)unused;
    assert_int_equal(world_do(w, note(LINE_NOTE_STILL, 0)), ERR_NONE); /* before the note of it */
    assert_int_equal(world_do(w, note(LINE_NOTE_ON, 0)), ERR_NONE);
    assert_int_equal(world_logged(w, "line.report-only-on"), 1);
    assert_int_equal(world_alarms(w), 1);
    world_wait(w, HOUR);
    for (int node = 0; node < 3; node++)
        assert_int_equal(world_do(w, note(LINE_NOTE_STILL, 1)), ERR_NONE);
    assert_int_equal(world_alarms(w), 2);
    assert_true(memmem(detail_of("line.report-only").data, detail_of("line.report-only").size,
                       "(23 h)", 6) != NULL);
}

static void one_that_is_switched_on_again_is_told_anew(void **unused)
{
    struct event again = note(LINE_NOTE_ON, 0);

    (void)unused;
    assert_int_equal(world_do(w, note(LINE_NOTE_ON, 0)), ERR_NONE);
    again.at_ms += MIN;
    assert_int_equal(world_do(w, again), ERR_NONE);
    assert_int_equal(world_alarms(w), 2);
}

static void its_end_is_told_once_and_is_no_alarm(void **unused)
{
    (void)unused;
    world_do(w, note(LINE_NOTE_OVER, 0));
    world_do(w, note(LINE_NOTE_OVER, 0));
    assert_int_equal(world_logged(w, "line.report-only-over"), 1);
    world_do(w, note(LINE_NOTE_OFF, 0));
    assert_int_equal(world_logged(w, "line.report-only-off"), 1);
    assert_int_equal(world_alarms(w), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(switching_it_on_is_recorded_and_an_alarm),
        EACH(each_hour_is_told_once_whoever_notices),
        EACH(one_that_is_switched_on_again_is_told_anew),
        EACH(its_end_is_told_once_and_is_no_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
