#include "core_world.h"

static struct world *const w = &world_shared;

static size_t noted(const char *kind, const char *detail)
{
    size_t n = 0;

    for (const struct appended *a = w->added; a; a = a->next)
        n += a->kind == APPEND_CALL_EVENT && strcmp(a->call_event.kind, kind) == 0 &&
             memmem(a->call_event.detail.data, a->call_event.detail.size, detail, strlen(detail));
    return n;
}

static void a_call_gets_its_row_and_its_thread(void **unused)
{
    (void)unused;
    world_call(w, ANNA);
    const struct cascade *k = world_cascade(w);
    assert_string_equal(k->call_sid, w->call);
    assert_int_equal(k->thread, world_thread(w, ANNA)->id);
    assert_int_equal(k->started_ms, w->now_ms);
    assert_int_equal(noted("inbound", ""), 1);
    assert_int_equal(world_logged(w, "call.arrived"), 1);
}

static void one_that_is_not_let_in_is_on_record_all_the_same(void **unused)
{
    (void)unused;
    world_call(w, LINE_2);
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    assert_int_equal(world_cascade(w)->state, CASCADE_OVER);
    assert_int_equal(noted("outcome", "own lines"), 1);
    assert_int_equal(world_count(w, FACT_OUTBOX), 0);
    assert_int_equal(w->timer_count, 0);
    world_again(w, w->last);
    assert_int_equal(w->answer.kind, ANSWER_REJECT);
    assert_int_equal(w->changes, 0);
}

static void with_nobody_on_duty_it_hears_so_at_once(void **unused)
{
    (void)unused;
    for (int i = 0; i < WORLD_PEOPLE; i++)
        world_off(w, i);
    world_call(w, ANNA);
    assert_int_equal(w->answer.kind, ANSWER_SAY);
    assert_int_equal(world_cascade(w)->state, CASCADE_CLOSED);
    assert_non_null(world_relay(w));
}

static void who_hides_may_be_left_to_the_mailbox(void **unused)
{
    (void)unused;
    w->roster.anonymous = ANONYMOUS_VOICEMAIL;
    world_call(w, "anonymous");
    assert_int_equal(w->answer.kind, ANSWER_VOICEMAIL);
    assert_int_equal(world_logged(w, "call.not-rung"), 1);
    assert_int_equal(world_logged(w, "call.ringing"), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_call_gets_its_row_and_its_thread),
        TEST(one_that_is_not_let_in_is_on_record_all_the_same),
        TEST(with_nobody_on_duty_it_hears_so_at_once),
        TEST(who_hides_may_be_left_to_the_mailbox),
    };

    return cmocka_run_group_tests_name("arrival", tests, NULL, NULL);
}
