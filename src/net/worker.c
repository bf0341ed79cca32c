#include "net/worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"

struct line_up {
    struct worker_job *first, *last;
};

struct worker {
    struct loop *loop;
    pthread_t thread;
    size_t max, taken; /* the loop thread's alone */
    /* What stands under the lock is the only thing that both threads touch. */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct line_up waiting, over;
    bool stop;
};

static void add(struct line_up *line, struct worker_job *job)
{
    job->next = NULL;
    if (line->last)
        line->last->next = job;
    else
        line->first = job;
    line->last = job;
}

static struct worker_job *take(struct line_up *line)
{
    struct worker_job *job = line->first;

    if (!job)
        return NULL;
    line->first = job->next;
    if (!line->first)
        line->last = NULL;
    return job;
}

static void *run(void *ctx)
{
    struct worker *w = ctx;

    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->waiting.first && !w->stop)
            pthread_cond_wait(&w->wake, &w->lock);
        if (w->stop)
            break;
        struct worker_job *job = take(&w->waiting);
        pthread_mutex_unlock(&w->lock);
        job->run(job);
        pthread_mutex_lock(&w->lock);
        add(&w->over, job);
        loop_wake(w->loop);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static int64_t hand_back(void *ctx)
{
    struct worker *w = ctx;

    pthread_mutex_lock(&w->lock);
    struct line_up over = w->over;
    w->over = (struct line_up){NULL, NULL};
    pthread_mutex_unlock(&w->lock);
    /* What is handed back may lead to work for a hook that has had its turn already. */
    const int64_t wish_ms = over.first ? 0 : -1;
    for (struct worker_job *job; (job = take(&over));) {
        w->taken--;
        job->done(job);
    }
    return wish_ms;
}

struct worker *worker_open(struct loop *loop, size_t max)
{
    struct worker *w = arena_must_alloc(sizeof *w);

    memset(w, 0, sizeof *w);
    w->loop = loop;
    w->max = max;
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->wake, NULL);
    CHECK(pthread_create(&w->thread, NULL, run, w) == 0);
    loop_add_turn(loop, hand_back, w);
    return w;
}

void worker_close(struct worker **worker)
{
    struct worker *w = *worker;

    if (!w)
        return;
    loop_drop_turn(w->loop, hand_back, w);
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->wake);
    pthread_mutex_destroy(&w->lock);
    free(w);
    *worker = NULL;
}

enum err worker_put(struct worker *w, struct worker_job *job)
{
    if (w->taken >= w->max)
        return ERR_BUSY;
    w->taken++;
    pthread_mutex_lock(&w->lock);
    add(&w->waiting, job);
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    return ERR_NONE;
}

size_t worker_waiting(const struct worker *w)
{
    return w->taken;
}
