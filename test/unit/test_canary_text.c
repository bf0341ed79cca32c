#include "core_world.h"

#include "core/canary_text.h"

static struct world *const w = &world_shared;

static struct event from_line(const char *body, const char *sid)
{
    return (struct event){.kind = EVENT_TEXT,
                          .sid = span_of(sid),
                          .from = SPAN(LINE),
                          .to = SPAN(LINE_2),
                          .body = span_of(body)};
}

static const struct message *sent(void)
{
    const struct event e = {
        .kind = EVENT_CANARY, .from = SPAN(LINE), .to = SPAN(LINE_2), .until_ms = w->now_ms + MIN};

    assert_int_equal(world_do(w, e), ERR_NONE);
    return world_last_to(w, LINE_2);
}

static void it_leaves_and_is_known_when_it_comes_in(void **unused)
{
    (void)unused;
    const struct message *m = sent();
    assert_int_equal(world_outbox(w, m->id)->expires_ms, w->now_ms + MIN);
    assert_int_equal(world_logged(w, "canary.sent"), 1);
    world_wait(w, 5 * S);
    world_do(w, from_line(arena_text(w->arena, m->body), "SM1"));
    assert_int_equal(world_logged(w, "canary.returned"), 1);
    assert_int_equal(world_count(w, FACT_THREAD), 0);
    assert_int_equal(world_count(w, FACT_RELAY), 0);
}

static void one_that_was_found_in_the_log_has_not_returned(void **unused)
{
    (void)unused;
    const struct message *m = sent();
    struct event e = from_line(arena_text(w->arena, m->body), "SM1");

    e.late = true;
    e.at_ms = w->now_ms;
    world_do(w, e);
    assert_int_equal(world_logged(w, "canary.returned"), 0);
    assert_int_equal(world_logged(w, "canary.late"), 1);
}

static void words_alone_make_none(void **unused)
{
    (void)unused;
    world_do(w, from_line("nextring canary 0000000000001", "SM1"));
    world_do(w, from_line("nextring canary", "SM2"));
    assert_int_equal(world_logged(w, "canary.returned"), 0);
    assert_int_equal(world_logged(w, "text.held-back"), 2);
}

static void a_number_that_is_no_line_gets_none(void **unused)
{
    (void)unused;
    const struct event e = {.kind = EVENT_CANARY, .from = SPAN(LINE), .to = SPAN(ANNA)};

    assert_int_equal(world_do(w, e), ERR_NONE);
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(world_count(w, FACT_MESSAGE), 0);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(it_leaves_and_is_known_when_it_comes_in),
        EACH(one_that_was_found_in_the_log_has_not_returned),
        EACH(words_alone_make_none),
        EACH(a_number_that_is_no_line_gets_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
