#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/loop.h"

struct scene {
    struct loop *loop;
    int pair[2];
    int other[2];
    int calls, turns, stop_after;
    unsigned events;
    int64_t wish_ms;
    char order[8];
    int ordered;
};

static int set_up(void **state)
{
    static struct scene s;

    s = (struct scene){.wish_ms = -1, .stop_after = 1};
    assert_int_equal(loop_open(&s.loop), ERR_NONE);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s.pair), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s.other), 0);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;

    loop_close(&s->loop);
    assert_null(s->loop);
    loop_close(&s->loop);
    for (int i = 0; i < 2; i++) {
        close(s->pair[i]);
        close(s->other[i]);
    }
    return 0;
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct scene *s = ctx;
    char c;

    s->calls++;
    s->events |= events;
    if (events & LOOP_READ)
        (void)!read(fd, &c, 1);
    loop_stop(s->loop);
}

static void forgets_other(void *ctx, int fd, unsigned events)
{
    struct scene *s = ctx;

    on_ready(ctx, fd, events);
    loop_forget(s->loop, fd == s->pair[0] ? s->other[0] : s->pair[0]);
}

static int64_t on_turn(void *ctx)
{
    struct scene *s = ctx;

    if (++s->turns >= s->stop_after)
        loop_stop(s->loop);
    return s->wish_ms;
}

static int64_t first(void *ctx)
{
    struct scene *s = ctx;

    s->order[s->ordered++] = '1';
    return -1;
}

static int64_t second(void *ctx)
{
    struct scene *s = ctx;

    s->order[s->ordered++] = '2';
    loop_drop_turn(s->loop, first, s);
    return 0;
}

static void a_readable_descriptor_is_reported(void **state)
{
    struct scene *s = *state;

    assert_int_equal(loop_watch(s->loop, s->pair[0], LOOP_READ, on_ready, s), ERR_NONE);
    assert_int_equal(write(s->pair[1], "x", 1), 1);
    loop_run(s->loop);
    assert_int_equal(s->calls, 1);
    assert_int_equal(s->events, LOOP_READ);
}

static void events_can_be_changed(void **state)
{
    struct scene *s = *state;

    assert_int_equal(loop_watch(s->loop, s->pair[0], LOOP_READ, on_ready, s), ERR_NONE);
    assert_int_equal(loop_watch(s->loop, s->pair[0], LOOP_WRITE, on_ready, s), ERR_NONE);
    loop_run(s->loop);
    assert_int_equal(s->events, LOOP_WRITE);
}

static void a_closed_peer_is_reported_broken(void **state)
{
    struct scene *s = *state;

    assert_int_equal(loop_watch(s->loop, s->pair[0], LOOP_READ, on_ready, s), ERR_NONE);
    shutdown(s->pair[1], SHUT_RDWR);
    loop_run(s->loop);
    assert_true(s->events & LOOP_BROKEN);
}

static void a_bad_descriptor_is_refused(void **state)
{
    struct scene *s = *state;

    assert_int_equal(loop_watch(s->loop, -1, LOOP_READ, on_ready, s), ERR_BROKEN);
    assert_int_equal(loop_watch(s->loop, 4000, LOOP_READ, on_ready, s), ERR_BROKEN);
    loop_forget(s->loop, -1);
    loop_forget(s->loop, 4000);
    loop_forget(s->loop, 400000);
}

static void what_is_forgotten_in_the_same_turn_is_not_called(void **state)
{
    struct scene *s = *state;

    assert_int_equal(loop_watch(s->loop, s->pair[0], LOOP_READ, forgets_other, s), ERR_NONE);
    assert_int_equal(loop_watch(s->loop, s->other[0], LOOP_READ, forgets_other, s), ERR_NONE);
    assert_int_equal(write(s->pair[1], "x", 1), 1);
    assert_int_equal(write(s->other[1], "x", 1), 1);
    loop_run(s->loop);
    assert_int_equal(s->calls, 1);
}

static void a_wish_bounds_the_wait(void **state)
{
    struct scene *s = *state;
    const int64_t from = clock_mono_ns();

    s->wish_ms = 5;
    s->stop_after = 3;
    loop_add_turn(s->loop, on_turn, s);
    loop_run(s->loop);
    assert_int_equal(s->turns, 3);
    assert_true(clock_mono_ns() - from >= 9 * 1000000LL);
}

static void hooks_run_in_order_and_can_be_dropped(void **state)
{
    struct scene *s = *state;

    s->stop_after = 2;
    loop_add_turn(s->loop, first, s);
    loop_add_turn(s->loop, second, s);
    loop_add_turn(s->loop, on_turn, s);
    loop_run(s->loop);
    assert_string_equal(s->order, "122");
}

static int64_t wakes_itself(void *ctx)
{
    struct scene *s = ctx;

    loop_wake(s->loop);
    loop_wake(s->loop);
    return on_turn(ctx);
}

static void a_hook_can_ask_for_another_turn(void **state)
{
    struct scene *s = *state;

    s->stop_after = 3;
    loop_add_turn(s->loop, wakes_itself, s);
    loop_run(s->loop);
    assert_int_equal(s->turns, 3);
}

enum { WAKES = 20000 };

static void *wake_often(void *ctx)
{
    struct scene *s = ctx;

    for (int i = 0; i < WAKES; i++) {
        __atomic_add_fetch(&s->calls, 1, __ATOMIC_SEQ_CST);
        loop_wake(s->loop);
    }
    return NULL;
}

static int64_t until_all_seen(void *ctx)
{
    struct scene *s = ctx;

    s->turns++;
    if (__atomic_load_n(&s->calls, __ATOMIC_SEQ_CST) == WAKES)
        loop_stop(s->loop);
    return -1;
}

static void no_wake_up_of_another_thread_is_lost(void **state)
{
    struct scene *s = *state;
    pthread_t thread;

    loop_add_turn(s->loop, until_all_seen, s);
    assert_int_equal(pthread_create(&thread, NULL, wake_often, s), 0);
    loop_run(s->loop);
    pthread_join(thread, NULL);
    assert_true(s->turns > 0);
}

static struct loop *signalled;

static void on_signal(int number)
{
    (void)number;
    loop_stop(signalled);
}

static void *send_signal(void *ctx)
{
    pthread_kill(*(pthread_t *)ctx, SIGUSR1);
    return NULL;
}

static void a_signal_handler_can_stop(void **state)
{
    struct scene *s = *state;
    struct sigaction old, act = {.sa_handler = on_signal};
    pthread_t self = pthread_self(), thread;

    signalled = s->loop;
    assert_int_equal(sigaction(SIGUSR1, &act, &old), 0);
    assert_int_equal(pthread_create(&thread, NULL, send_signal, &self), 0);
    loop_run(s->loop);
    pthread_join(thread, NULL);
    sigaction(SIGUSR1, &old, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_readable_descriptor_is_reported, set_up, tear_down),
        cmocka_unit_test_setup_teardown(events_can_be_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_peer_is_reported_broken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_descriptor_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_forgotten_in_the_same_turn_is_not_called, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_wish_bounds_the_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hooks_run_in_order_and_can_be_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hook_can_ask_for_another_turn, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_wake_up_of_another_thread_is_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_handler_can_stop, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
