#include "core_world.h"

static struct world *const w = &world_shared;
enum { DAY = 24 * HOUR };

static void assert_closes(const char *customer, int64_t at_ms)
{
    const struct thread *t = world_thread(w, customer);

    assert_int_equal(t->closes_ms, at_ms);
    if (at_ms)
        assert_true(world_has_timer(w, TIMER_THREAD, t->id, at_ms));
}

static void taken(void)
{
    world_text(w, ANNA, "no heat");
    world_text(w, PRIMARY, "ok");
}

static void a_day_after_the_last_message_it_closes(void **unused)
{
    (void)unused;
    taken();
    const struct thread *t = world_thread(w, ANNA);
    assert_closes(ANNA, WORLD_START + DAY);
    world_wait(w, DAY - 1);
    assert_false(t->closed);
    assert_string_equal(t->owner, "primary");
    world_wait(w, 1);
    assert_true(t->closed);
    assert_string_equal(t->owner, "");
    assert_closes(ANNA, 0);
    assert_int_equal(w->timer_count, 0);
    assert_int_equal(world_logged(w, "thread.closed"), 1);
}

static void each_message_puts_it_off(void **unused)
{
    (void)unused;
    taken();
    const struct thread *t = world_thread(w, ANNA);
    world_wait(w, 10 * (int64_t)HOUR);
    world_text(w, PRIMARY, "ten minutes"); /* his reply counts */
    world_go(w, WORLD_START + DAY);
    assert_false(t->closed);
    assert_closes(ANNA, WORLD_START + DAY + 10 * (int64_t)HOUR);
    world_text(w, ANNA, "thanks"); /* and so does hers: once somebody has it */
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "ok"));
    world_go(w, WORLD_START + 2 * (int64_t)DAY - 1);
    assert_false(t->closed);
    world_wait(w, 1);
    assert_true(t->closed);
}

static void what_waits_does_not_close(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    assert_closes(ANNA, 0);
    world_wait(w, 5 * (int64_t)DAY); /* exhausted, and nobody has it */
    assert_false(world_thread(w, ANNA)->closed);
    world_text(w, OWNER, world_tagged(w, world_to(w, OWNER, 0), "ok"));
    assert_closes(ANNA, w->now_ms + DAY);
}

static void a_new_text_that_waits_stops_the_clock(void **unused)
{
    (void)unused;
    taken();
    world_wait(w, DAY - HOUR);
    world_text(w, ANNA, "cold again");
    world_wait(w, 3 * (int64_t)DAY);
    const struct thread *t = world_thread(w, ANNA);
    assert_false(t->closed);
    assert_closes(ANNA, 0);
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "coming"));
    assert_closes(ANNA, w->now_ms + DAY);
    world_wait(w, DAY);
    assert_true(t->closed);
}

static void done_closes_it_now(void **unused)
{
    (void)unused;
    taken();
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "done"));
    const struct thread *t = world_thread(w, ANNA);
    assert_true(t->closed);
    assert_string_equal(t->owner, "");
    assert_closes(ANNA, 0);
    assert_int_equal(w->timer_count, 0);
    SAYS(world_last_to(w, PRIMARY), "is closed");
}

static void the_next_text_opens_it_and_goes_to_the_chain(void **unused)
{
    (void)unused;
    world_text(w, ANNA, "no heat");
    world_wait(w, 900 * S);
    world_text(w, BACKUP, world_tagged(w, world_to(w, BACKUP, 0), "ok"));
    world_wait(w, 2 * (int64_t)DAY);
    const size_t backup = world_count_to(w, BACKUP);
    world_text(w, ANNA, "me again");
    assert_false(world_thread(w, ANNA)->closed);
    assert_int_equal(world_count_to(w, BACKUP), backup);
    SAYS(world_last_to(w, PRIMARY), "me again");
}

static void a_reply_opens_it_and_it_is_his(void **unused)
{
    (void)unused;
    taken();
    world_wait(w, 2 * (int64_t)DAY);
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "still warm?"));
    const struct thread *t = world_thread(w, ANNA);
    assert_false(t->closed);
    assert_string_equal(t->owner, "primary");
    assert_closes(ANNA, w->now_ms + DAY);
}

static void held_texts_leave_it_closed(void **unused)
{
    (void)unused;
    taken();
    world_wait(w, 2 * (int64_t)DAY);
    world_text(w, ANNA, "Automatic reply: away");
    assert_true(world_thread(w, ANNA)->closed);
}

static void early_and_stale_timers_change_nothing(void **unused)
{
    (void)unused;
    taken();
    const struct thread *t = world_thread(w, ANNA);
    struct timer timer = {w->now_ms + DAY, WORLD_TENANT, TIMER_THREAD, t->id, false};
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    assert_true(world_has_timer(w, TIMER_THREAD, t->id, timer.due_ms));
    timer.due_ms = w->now_ms - 1; /* not the one that it has */
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    timer.subject = 77;
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_int_equal(w->changes, 0);
    assert_false(t->closed);
}

static void a_timer_that_comes_late_closes_by_what_was_said_since(void **unused)
{
    (void)unused;
    taken();
    const struct thread *t = world_thread(w, ANNA);
    const struct timer timer = {t->closes_ms, WORLD_TENANT, TIMER_THREAD, t->id, false};
    w->now_ms += 30 * (int64_t)HOUR; /* we were down */
    world_text(w, PRIMARY, world_tagged(w, world_to(w, PRIMARY, 0), "and now?"));
    world_again(w, (struct event){.kind = EVENT_TIMER, .timer = timer});
    assert_false(t->closed);
    assert_closes(ANNA, w->now_ms + DAY);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_day_after_the_last_message_it_closes),
        TEST(each_message_puts_it_off),
        TEST(what_waits_does_not_close),
        TEST(a_new_text_that_waits_stops_the_clock),
        TEST(done_closes_it_now),
        TEST(the_next_text_opens_it_and_goes_to_the_chain),
        TEST(a_reply_opens_it_and_it_is_his),
        TEST(held_texts_leave_it_closed),
        TEST(early_and_stale_timers_change_nothing),
        TEST(a_timer_that_comes_late_closes_by_what_was_said_since),
    };

    return cmocka_run_group_tests_name("thread_end", tests, NULL, NULL);
}
