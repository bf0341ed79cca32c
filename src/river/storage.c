#include "river/storage.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"

enum { COPIES_BYTES = 256 << 10 };

/* A work and what the batch makes of it. */
struct pair {
    struct work *of; /* NULL: it was taken out; the loop thread's alone */
    struct work copy;
};

struct storage {
    struct loop *loop;
    struct apply *apply;
    pthread_t thread;
    struct arena *copies;
    struct pair *pairs;
    size_t count;
    /* What stands under the lock is the only thing that both threads touch. */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool has_batch, is_decided, is_done, stop;  /* decided: only readings are left */
    struct reading *unread, *read, **read_last; /* of the batch */
    struct storage_batch batch;
};

/* ---- the storage thread ---- */

static struct reading *next_unread(struct storage *s)
{
    pthread_mutex_lock(&s->lock);
    struct reading *r = s->unread;
    if (r) {
        s->unread = r->next;
        r->next = NULL;
        *s->read_last = r;
        s->read_last = &r->next;
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}

/* Those that were kept are older than the others. */
static struct work *list_of(struct storage *s)
{
    struct work *first = s->batch.kept, **last = &first;

    while (*last)
        last = &(*last)->next;
    for (size_t i = 0; i < s->count; i++) {
        *last = &s->pairs[i].copy;
        last = &s->pairs[i].copy.next;
    }
    *last = NULL;
    return first;
}

/* The kept ones end where the first copy stands. */
static void part(struct storage *s)
{
    for (struct work **at = &s->batch.kept; *at && s->count; at = &(*at)->next)
        if (*at == &s->pairs[0].copy) {
            *at = NULL;
            return;
        }
}

static void work_on(struct storage *s)
{
    struct storage_batch *b = &s->batch;
    struct claim *claim = &s->apply->claim;
    struct reading *r;

    if (b->drain)
        claim->in_flight_max = 0;
    claim->looks_max = b->drain ? 0 : b->looks_max;
    b->wake_ms = INT64_MAX;
    s->apply->timers_ms = b->timers_ms;
    b->errands = apply_batch(s->apply, b->book, list_of(s), b->now_ms, &b->wake_ms);
    part(s);
    pthread_mutex_lock(&s->lock);
    s->is_decided = true;
    pthread_mutex_unlock(&s->lock);
    while ((r = next_unread(s)) != NULL)
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

/* ---- the loop thread ---- */

struct storage *storage_open(struct loop *loop, struct apply *apply)
{
    struct storage *s = arena_must_alloc(sizeof *s);

    s->loop = loop;
    s->apply = apply;
    s->copies = arena_open(COPIES_BYTES);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
    return s;
}

static void drop_errands(struct errand *first)
{
    for (struct errand *e = first; e;) {
        struct errand *next = e->next;
        struct arena *arena = e->arena;
        arena_close(&arena);
        e = next;
    }
}

/* Those that wait still, in their order. */
static struct work *works_of(struct storage *s)
{
    struct work *first = NULL, **last = &first;

    for (size_t i = 0; i < s->count; i++) {
        if (!s->pairs[i].of)
            continue;
        *last = s->pairs[i].of;
        last = &s->pairs[i].of->next;
    }
    *last = NULL;
    return first;
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
    work_drop(s->is_done ? works_of(s) : NULL);
    drop_errands(s->is_done ? s->batch.errands : NULL);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
    arena_close(&s->copies);
    free(s);
    *storage = NULL;
}

static void copy_works(struct storage *s, struct work *works)
{
    arena_reset(s->copies);
    s->count = 0;
    for (const struct work *w = works; w; w = w->next)
        s->count++;
    s->pairs = ARENA_NEW_N(s->copies, struct pair, s->count);
    size_t i = 0;
    for (struct work *w = works; w; w = w->next, i++) {
        s->pairs[i].of = w;
        s->pairs[i].copy.roster = w->roster;
        event_copy(s->copies, &w->event, &s->pairs[i].copy.event);
    }
}

void storage_put(struct storage *s, const struct storage_batch *batch)
{
    copy_works(s, batch->works);
    pthread_mutex_lock(&s->lock);
    s->batch = *batch;
    s->unread = batch->readings;
    s->read_last = &s->read;
    s->read = NULL;
    s->is_decided = false;
    s->has_batch = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

static const struct script_use *keep_script(struct arena *arena, const struct script_use *use)
{
    struct script_use *kept = ARENA_NEW(arena, struct script_use);

    *kept = *use;
    for (int i = 0; i < SCRIPT_FIELDS; i++)
        kept->values[i] = arena_copy(arena, use->values[i]);
    return kept;
}

/* The answer outlives the batch: its spans go to the submitter's arena. */
static void keep_answer(struct work *w, const struct work *copy)
{
    struct span *const spans[] = {&w->answer.caller_id, &w->answer.words, &w->answer.again,
                                  &w->answer.still, &w->answer.job};

    w->answer = copy->answer;
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        if (spans[i]->size && w->arena)
            *spans[i] = arena_copy(w->arena, *spans[i]);
    for (int i = 0; i < w->answer.number_count && w->arena; i++)
        w->answer.numbers[i].number = arena_copy(w->arena, w->answer.numbers[i].number);
    if (w->answer.script && w->arena)
        w->answer.script = keep_script(w->arena, w->answer.script);
}

static void take_outcome(struct pair *pair)
{
    pair->of->err = pair->copy.err;
    pair->of->unstored = pair->copy.unstored;
    if (!pair->copy.err)
        keep_answer(pair->of, &pair->copy);
}

bool storage_take(struct storage *s, struct storage_batch *out)
{
    pthread_mutex_lock(&s->lock);
    const bool done = s->is_done;
    s->is_done = false;
    pthread_mutex_unlock(&s->lock);
    if (!done)
        return false;
    for (size_t i = 0; i < s->count; i++)
        if (s->pairs[i].of)
            take_outcome(&s->pairs[i]);
    s->batch.works = works_of(s);
    s->batch.readings = s->read;
    s->count = 0;
    *out = s->batch;
    return true;
}

static struct work *take_out(struct pair *pair)
{
    struct work *w = pair->of;

    pair->of = NULL;
    return w;
}

struct work *storage_take_stored(struct storage *s)
{
    struct work *first = NULL, **last = &first;

    pthread_mutex_lock(&s->lock);
    const bool decided = s->is_decided;
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < s->count && decided; i++) {
        struct pair *pair = &s->pairs[i];
        if (!pair->of || pair->copy.err)
            continue;
        take_outcome(pair);
        *last = take_out(pair);
        last = &(*last)->next;
    }
    *last = NULL;
    return first;
}

struct work *storage_pick(struct storage *s, queue_pick_fn *pick, void *ctx)
{
    struct work *first = NULL, **last = &first;

    for (size_t i = 0; i < s->count; i++) {
        struct work *w = s->pairs[i].of;
        if (!w || !pick(ctx, w))
            continue;
        *last = take_out(&s->pairs[i]);
        last = &w->next;
    }
    *last = NULL;
    return first;
}

struct reading *storage_pick_readings(struct storage *s, int64_t before_ns)
{
    pthread_mutex_lock(&s->lock);
    struct reading *first = work_tired(&s->unread, before_ns);
    pthread_mutex_unlock(&s->lock);
    return first;
}
