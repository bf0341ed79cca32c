#include "core_world.h"

#include "core/once.h"

static struct world *const w = &world_shared;

static struct event reply_with(const char *key, int64_t print)
{
    return (struct event){
        .kind = EVENT_REPLY,
        .thread = world_thread(w, ANNA)->id,
        .body = SPAN("on our way"),
        .origin = ORIGIN_API,
        .once_key = span_of(key),
        .once_print = print,
    };
}

static void the_same_request_is_answered_the_same_and_acts_once(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, reply_with("a", INT64_MAX));
    const struct answer first = w->answer;
    assert_int_equal(first.kind, ANSWER_DONE);
    for (int i = 0; i < 2; i++) {
        world_wait(w, 60 * S);
        world_again(w, reply_with("a", INT64_MAX));
        assert_int_equal(w->answer.kind, ANSWER_DONE);
        assert_int_equal(w->answer.id, first.id);
        assert_true(span_is_text(w->answer.words, "queued"));
        assert_int_equal(w->changes, 0);
    }
    assert_int_equal(world_count_to(w, ANNA), 1);
}

static void another_request_with_the_key_is_refused(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_again(w, reply_with("a", 7));
    world_again(w, reply_with("a", 8));
    assert_int_equal(w->answer.kind, ANSWER_REFUSED);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    assert_int_equal(w->changes, 0);
    world_again(w, reply_with("b", 7));
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    assert_int_equal(world_count_to(w, ANNA), 2);
}

static void what_was_refused_is_decided_anew(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    struct event e = {.kind = EVENT_REOPEN,
                      .thread = world_thread(w, ANNA)->id,
                      .once_key = SPAN("a"),
                      .once_print = 1};
    world_again(w, e);
    assert_int_equal(w->answer.error, ERR_CONFLICT);
    e.once_key = SPAN("");
    e.kind = EVENT_CLOSE;
    world_again(w, e);
    e.kind = EVENT_REOPEN;
    e.once_key = SPAN("a");
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE);
    world_again(w, e);
    assert_int_equal(w->answer.kind, ANSWER_DONE); /* as before, though it is open now */
    assert_int_equal(w->changes, 0);
}

static void only_what_is_asked_with_a_key_is_claimed(void **unused)
{
    (void)unused;
    assert_false(once_is_asked(&(struct event){.kind = EVENT_REPLY}));
    assert_true(once_is_asked(&(struct event){.kind = EVENT_PASS, .once_key = SPAN("a")}));
    assert_false(once_is_asked(&(struct event){.kind = EVENT_LINK, .once_key = SPAN("a")}));
    assert_false(once_is_asked(&(struct event){.kind = EVENT_TEXT, .once_key = SPAN("a")}));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_request_is_answered_the_same_and_acts_once),
        TEST(another_request_with_the_key_is_refused),
        TEST(what_was_refused_is_decided_anew),
        TEST(only_what_is_asked_with_a_key_is_claimed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
