#include "river/storage.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"

struct storage {
    struct loop *loop;
    struct apply *apply;
    pthread_t thread;
    /* What stands under the lock is the only thing that both threads touch. */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool has_batch, is_done, stop;
    struct storage_batch batch;
};

static void work_on(struct storage *s)
{
    struct storage_batch *b = &s->batch;
    struct claim *claim = &s->apply->claim;

    if (b->drain)
        claim->in_flight_max = 0;
    claim->looks_max = b->drain ? 0 : b->looks_max;
    b->wake_ms = INT64_MAX;
    s->apply->hold_timers = b->is_replay;
    b->errands = apply_batch(s->apply, b->book, b->works, b->now_ms, &b->wake_ms);
    for (struct reading *r = b->readings; r; r = r->next)
        r->err = r->read(r, s->apply->store, b->now_ms);
}

static void *run(void *ctx)
{
    struct storage *s = ctx;

    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (!s->has_batch && !s->stop)
            pthread_cond_wait(&s->wake, &s->lock);
        if (!s->has_batch)
            break;
        s->has_batch = false;
        pthread_mutex_unlock(&s->lock);
        work_on(s);
        pthread_mutex_lock(&s->lock);
        s->is_done = true;
        loop_wake(s->loop);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

struct storage *storage_open(struct loop *loop, struct apply *apply)
{
    struct storage *s = arena_must_alloc(sizeof *s);

    s->loop = loop;
    s->apply = apply;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
    return s;
}

void storage_close(struct storage **storage)
{
    struct storage *s = *storage;

    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    work_drop(s->is_done ? s->batch.works : NULL);
    for (struct errand *e = s->is_done ? s->batch.errands : NULL; e;) {
        struct errand *next = e->next;
        struct arena *arena = e->arena;
        arena_close(&arena);
        e = next;
    }
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    free(s);
    *storage = NULL;
}

void storage_put(struct storage *s, const struct storage_batch *batch)
{
    pthread_mutex_lock(&s->lock);
    s->batch = *batch;
    s->has_batch = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

bool storage_take(struct storage *s, struct storage_batch *out)
{
    pthread_mutex_lock(&s->lock);
    const bool done = s->is_done;
    s->is_done = false;
    pthread_mutex_unlock(&s->lock);
    if (done)
        *out = s->batch;
    return done;
}
