#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>

#include "net/worker.h"

enum { MAX = 3 };

struct scene;

struct task {
    struct worker_job job;
    struct scene *scene;
    pthread_t ran_on;
    bool is_done;
    int order; /* in which it was handed back, from 1 */
};

static struct scene {
    struct loop *loop;
    struct worker *worker;
    pthread_t loop_thread;
    struct task tasks[MAX + 2];
    sem_t begun, gate; /* of a task that waits to be let go */
    int done, stop_after;
} scene;

static void run_it(struct worker_job *job)
{
    struct task *t = job->user;

    t->ran_on = pthread_self();
}

static void run_gated(struct worker_job *job)
{
    run_it(job);
    sem_post(&scene.begun);
    sem_wait(&scene.gate);
}

static void is_done(struct worker_job *job)
{
    struct task *t = job->user;

    assert_true(pthread_equal(pthread_self(), scene.loop_thread));
    t->is_done = true;
    t->order = ++scene.done;
    if (scene.done == scene.stop_after)
        loop_stop(scene.loop);
}

static int set_up(void **unused)
{
    (void)unused;
    scene = (struct scene){.loop_thread = pthread_self()};
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    scene.worker = worker_open(scene.loop, MAX);
    for (int i = 0; i < MAX + 2; i++)
        scene.tasks[i].job =
            (struct worker_job){.run = run_it, .done = is_done, .user = &scene.tasks[i]};
    assert_int_equal(sem_init(&scene.begun, 0, 0), 0);
    assert_int_equal(sem_init(&scene.gate, 0, 0), 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    worker_close(&scene.worker);
    assert_null(scene.worker);
    worker_close(&scene.worker);
    loop_close(&scene.loop);
    sem_destroy(&scene.begun);
    sem_destroy(&scene.gate);
    return 0;
}

static void put(int i)
{
    assert_int_equal(worker_put(scene.worker, &scene.tasks[i].job), ERR_NONE);
}

static void run_until(int done)
{
    scene.stop_after = done;
    loop_run(scene.loop);
}

static void a_job_runs_on_another_thread_and_comes_back_to_the_loop(void **unused)
{
    (void)unused;
    put(0);
    assert_int_equal(worker_waiting(scene.worker), 1);
    run_until(1);
    assert_true(scene.tasks[0].is_done);
    assert_false(pthread_equal(scene.tasks[0].ran_on, scene.loop_thread));
    assert_int_equal(worker_waiting(scene.worker), 0);
}

static void jobs_come_back_in_the_order_they_were_put(void **unused)
{
    (void)unused;
    for (int i = 0; i < MAX; i++)
        put(i);
    run_until(MAX);
    for (int i = 0; i < MAX; i++)
        assert_int_equal(scene.tasks[i].order, i + 1);
}

static void one_too_many_is_refused_until_one_came_back(void **unused)
{
    (void)unused;
    scene.tasks[0].job.run = run_gated;
    for (int i = 0; i < MAX; i++)
        put(i);
    assert_int_equal(worker_put(scene.worker, &scene.tasks[MAX].job), ERR_BUSY);
    sem_post(&scene.gate);
    run_until(1);
    put(MAX);
    run_until(MAX + 1);
    assert_true(scene.tasks[MAX].is_done);
}

static void put_another(struct worker_job *job)
{
    is_done(job);
    put(1);
}

static void a_job_that_comes_back_may_put_another(void **unused)
{
    (void)unused;
    scene.tasks[0].job.done = put_another;
    put(0);
    run_until(2);
    assert_true(scene.tasks[1].is_done);
}

static int64_t turns_after;

static int64_t count_turn(void *ctx)
{
    (void)ctx;
    turns_after += scene.done > 0;
    if (turns_after == 1 && scene.done > 0)
        loop_stop(scene.loop);
    return -1;
}

/* A hook that was added before the worker's has had its turn when a job comes back. */
static void another_turn_follows_at_once_when_a_job_came_back(void **unused)
{
    (void)unused;
    worker_close(&scene.worker);
    turns_after = 0;
    loop_add_turn(scene.loop, count_turn, NULL);
    scene.worker = worker_open(scene.loop, MAX);
    put(0);
    loop_run(scene.loop);
    assert_int_equal(turns_after, 1);
}

static void closing_ends_the_job_under_way_and_drops_the_rest(void **unused)
{
    (void)unused;
    scene.tasks[0].job.run = run_gated;
    put(0);
    put(1);
    sem_wait(&scene.begun);
    sem_post(&scene.gate);
    worker_close(&scene.worker);
    assert_false(scene.tasks[0].is_done);
    assert_false(scene.tasks[1].is_done);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_job_runs_on_another_thread_and_comes_back_to_the_loop),
        EACH(jobs_come_back_in_the_order_they_were_put),
        EACH(one_too_many_is_refused_until_one_came_back),
        EACH(a_job_that_comes_back_may_put_another),
        EACH(another_turn_follows_at_once_when_a_job_came_back),
        EACH(closing_ends_the_job_under_way_and_drops_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
