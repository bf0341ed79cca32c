/* The loop thread collects works and readings; the storage thread takes all that has come since
 * it last looked, once a turn. They meet in `post`: what stands under its lock is the only thing
 * that both touch. */
#include "engine/engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "engine/apply.h"
#include "engine/book.h"
#include "engine/loading.h"
#include "engine/rosters.h"
#include "engine/sender.h"

enum {
    BATCH_ARENA_BYTES = 1 << 20,
    IN_FLIGHT_MAX = 64,
    BATCH_MAX = 256,       /* events: more wait for the next batch, so that answers come soon */
    WATCH_EVERY_MS = 1000, /* real time between looks at the roster files */
    HAND_TURNED_POLL_MS = 2,
    OFFER_AGAIN_MS = 250, /* real time until what could not be stored is offered again */
};

struct list {
    struct work *first, **last;
    size_t count;
};

struct post {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool has_batch, is_done, stop, drain;
    struct work *works;
    struct reading *readings;
    const struct book *book;
    int64_t now_ms;
    /* Filled when is_done. */
    struct apply_send *sends;
    int64_t wake_ms;
};

struct engine {
    struct loop *loop;
    struct clock *clock;
    const struct engine_options *options;
    struct apply apply;
    struct sender *sender;
    struct book *book;
    struct post post;
    pthread_t thread;
    bool is_running; /* the storage thread has a batch */
    bool is_draining;
    struct list waiting;
    struct list unstored; /* results that wait to be offered again */
    int64_t unstored_ns;  /* since when */
    struct reading *readings, **readings_last;
    int64_t wake_ms; /* the next batch without an event */
    struct engine_stats stats;
    struct loading *loadings; /* reloads under way, the latest first */
    uint64_t roster_mark;
    int64_t watched_ns;
};

static void list_clear(struct list *l)
{
    l->first = NULL;
    l->last = &l->first;
    l->count = 0;
}

static void list_add(struct list *l, struct work *w)
{
    w->next = NULL;
    *l->last = w;
    l->last = &w->next;
    l->count++;
}

/* ---- the storage thread ---- */

static void *storage(void *ctx)
{
    struct engine *e = ctx;
    struct post *p = &e->post;

    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->has_batch && !p->stop)
            pthread_cond_wait(&p->wake, &p->lock);
        if (!p->has_batch)
            break;
        p->has_batch = false;
        pthread_mutex_unlock(&p->lock);

        if (p->drain)
            e->apply.in_flight_max = 0;
        int64_t wake_ms = INT64_MAX;
        struct apply_send *sends = apply_batch(&e->apply, p->book, p->works, p->now_ms, &wake_ms);
        for (struct reading *r = p->readings; r; r = r->next)
            r->err = r->read(r, e->apply.store, p->now_ms);

        pthread_mutex_lock(&p->lock);
        p->sends = sends;
        p->wake_ms = wake_ms;
        p->is_done = true;
        loop_wake(e->loop);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* ---- the loop thread ---- */

/* A sender's result that could not be stored is tried again: its row would stay "sending". */
static bool must_be_stored(const struct work *w)
{
    return w->event.kind == EVENT_SENT && w->err != ERR_NONE;
}

static void copy_stats(struct engine *e)
{
    const struct apply *a = &e->apply; /* the storage thread sleeps now */

    e->stats.events = a->events;
    e->stats.batches = a->batches;
    e->stats.commits_failed = a->commits_failed;
    e->stats.unsure = a->unsure;
    e->stats.alarms = a->alarms;
    e->stats.commit_us_last = a->commit_us_last;
    e->stats.timer_late_ms_max = a->timer_late_ms_max;
    e->stats.ready = a->ready;
}

static void close_old_books(struct engine *e)
{
    if (e->waiting.count > 0 || !e->book)
        return;
    for (struct book *b = e->book->older; b;) {
        struct book *older = b->older;
        book_close(&b);
        b = older;
    }
    e->book->older = NULL;
}

static void collect(struct engine *e)
{
    struct post *p = &e->post;

    pthread_mutex_lock(&p->lock);
    const bool done = p->is_done;
    p->is_done = false;
    pthread_mutex_unlock(&p->lock);
    if (!done)
        return;
    e->is_running = false;
    e->wake_ms = p->wake_ms;
    copy_stats(e);
    for (struct apply_send *s = p->sends; s;) {
        struct apply_send *next = s->next;
        sender_send(e->sender, s);
        s = next;
    }
    for (struct work *w = p->works; w;) {
        struct work *next = w->next;
        if (must_be_stored(w)) {
            list_add(&e->unstored, w);
            e->unstored_ns = clock_mono_ns();
        } else if (w->done) {
            w->done(w);
        }
        w = next;
    }
    for (struct reading *r = p->readings; r;) {
        struct reading *next = r->next;
        r->done(r);
        r = next;
    }
}

static void offer_again(struct engine *e)
{
    struct list *l = &e->unstored;

    if (!l->first || clock_mono_ns() - e->unstored_ns < (int64_t)OFFER_AGAIN_MS * 1000000)
        return;
    *e->waiting.last = l->first;
    e->waiting.last = l->last;
    e->waiting.count += l->count;
    list_clear(l);
}

static struct work *take_waiting(struct engine *e)
{
    struct work *first = e->waiting.first, *last = first;
    size_t n = 1;

    if (!first)
        return NULL;
    while (last->next && n < BATCH_MAX) {
        last = last->next;
        n++;
    }
    e->waiting.first = last->next;
    e->waiting.count -= n;
    if (!last->next)
        e->waiting.last = &e->waiting.first;
    last->next = NULL;
    return first;
}

static bool has_work(const struct engine *e, int64_t now_ms)
{
    return e->waiting.first || e->readings || now_ms >= e->wake_ms;
}

static void hand_over(struct engine *e, int64_t now_ms)
{
    struct post *p = &e->post;

    close_old_books(e);
    pthread_mutex_lock(&p->lock);
    p->works = take_waiting(e);
    p->readings = e->readings;
    p->book = e->book;
    p->now_ms = now_ms;
    p->drain = e->is_draining;
    p->has_batch = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    e->readings = NULL;
    e->readings_last = &e->readings;
    e->is_running = true;
}

static void watch_rosters(struct engine *e)
{
    const int64_t now_ns = clock_mono_ns();
    char why[ENGINE_WHY_SIZE];

    if (!e->options->roster || e->loadings ||
        now_ns - e->watched_ns < (int64_t)WATCH_EVERY_MS * 1000000)
        return;
    e->watched_ns = now_ns;
    const uint64_t mark = rosters_mark(e->options->roster);
    if (mark == e->roster_mark)
        return;
    e->roster_mark = mark;
    if (engine_reload(e, why))
        log_line(LOG_ERROR, "%s", why);
    else
        log_line(LOG_INFO, "%s", why);
}

bool engine_is_idle(const struct engine *e)
{
    return !e->is_running && !e->waiting.first && !e->unstored.first && !e->readings &&
           sender_busy(e->sender) == 0;
}

void engine_drain(struct engine *e)
{
    e->is_draining = true;
}

static int64_t turn(void *ctx)
{
    struct engine *e = ctx;

    collect(e);
    offer_again(e);
    watch_rosters(e);
    const int64_t now_ms = clock_now_ms(e->clock);
    if (!e->is_running && has_work(e, now_ms))
        hand_over(e, now_ms);
    e->stats.waiting = e->waiting.count;
    e->stats.outbox_busy = sender_busy(e->sender);
    const bool busy = !engine_is_idle(e);
    clock_report(e->clock, busy, e->wake_ms);
    if (busy)
        return e->unstored.first ? OFFER_AGAIN_MS : WATCH_EVERY_MS;
    const int64_t wait_ms = clock_wait_ms(e->clock, e->wake_ms);
    if (clock_is_rehearsal(e->clock))
        return wait_ms >= 0 && wait_ms < HAND_TURNED_POLL_MS ? wait_ms : HAND_TURNED_POLL_MS;
    return wait_ms >= 0 && wait_ms < WATCH_EVERY_MS ? wait_ms : WATCH_EVERY_MS;
}

enum err engine_submit(struct engine *e, struct work *work)
{
    if (e->waiting.count >= e->options->queue_max && work->event.kind != EVENT_SENT)
        return ERR_BUSY;
    clock_report(e->clock, true, 0);
    list_add(&e->waiting, work);
    return ERR_NONE;
}

enum err engine_read(struct engine *e, struct reading *reading)
{
    clock_report(e->clock, true, 0);
    reading->next = NULL;
    *e->readings_last = reading;
    e->readings_last = &reading->next;
    return ERR_NONE;
}

static void result_is_stored(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

/* What the carrier answered becomes an event. */
static void sent(void *ctx, const struct sender_result *result)
{
    struct engine *e = ctx;
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->done = result_is_stored;
    w->event.kind = EVENT_SENT;
    w->event.tenant = result->tenant;
    w->event.message = result->id;
    w->event.fence = result->fence;
    w->event.sent = result->sent;
    w->event.sid = arena_copy(arena, result->sid);
    w->event.error_code = result->error_code;
    e->stats.sent += result->sent == SENT_ACCEPTED;
    e->stats.refused += result->sent == SENT_REFUSED;
    e->stats.retried += result->sent == SENT_RETRY;
    CHECK(engine_submit(e, w) == ERR_NONE);
}

/* ---- rosters ---- */

static void take_over(struct engine *e, struct loading *l)
{
    struct book *book = loading_book(l, e->book);

    for (size_t i = 0; i < book->count; i++)
        for (int n = 0; n < book->entries[i].roster->line_count; n++) {
            const struct line *line = &book->entries[i].roster->lines[n];
            pace_set_rate(e->apply.pace, book->entries[i].tenant, line->number,
                          line->texts_per_second);
        }
    book->older = e->book;
    e->book = book;
    if (l->version) /* else none of the documents is good */
        e->stats.roster_version = l->version;
    e->stats.roster_good = l->refused == 0;
    e->apply.alarms += l->refused;
}

static enum err read_loading(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct loading *l = reading->user;
    struct engine *e = l->user;

    return loading_keep(l, store, &e->apply.ids, now_ms);
}

static void loaded(struct reading *reading)
{
    struct loading *l = reading->user;
    struct engine *e = l->user;

    if (reading->err) {
        log_line(LOG_ERROR, "roster not kept: %s", store_why(e->apply.store));
        e->stats.roster_good = false;
        e->roster_mark = 0; /* the watch reads it again */
    } else {
        take_over(e, l);
    }
    for (struct loading **at = &e->loadings; *at; at = &(*at)->next)
        if (*at == l) {
            *at = l->next;
            break;
        }
    loading_close(&l);
}

enum err engine_reload(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    if (!e->options->roster) {
        snprintf(why, ENGINE_WHY_SIZE, "no roster file is set: the database's stays in force");
        return ERR_NONE;
    }
    struct loading *l = NULL;
    const enum err err = loading_open(e->options, &l, why);
    const size_t said = strlen(why);
    if (err) {
        e->stats.roster_good = false;
        snprintf(why + said, ENGINE_WHY_SIZE - said, "; the last good version stays in force");
    }
    if (!l)
        return err;
    l->reading = (struct reading){.read = read_loading, .done = loaded, .user = l};
    l->user = e;
    l->tenant = e->book->count == 1 ? e->book->entries[0].tenant : 0;
    l->next = e->loadings;
    e->loadings = l;
    const enum err posted = engine_read(e, &l->reading);
    return err ? err : posted;
}

/* At start, before the storage thread runs: the files, or what the store has in force. */
static enum err load_first(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    struct loading *l = NULL;

    /* Before the reading: a change in between is then seen by the watch. */
    if (e->options->roster)
        e->roster_mark = rosters_mark(e->options->roster);
    enum err err = loading_first(e->options, e->apply.store, &l, why);

    if (!err)
        err = loading_keep(l, e->apply.store, &e->apply.ids, clock_now_ms(e->clock));
    if (!err)
        take_over(e, l);
    else if (l)
        snprintf(why, ENGINE_WHY_SIZE, "roster not kept: %s", store_why(e->apply.store));
    loading_close(&l);
    return err;
}

/* ---- opening and closing ---- */

static enum err open_parts(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    const struct engine_options *o = e->options;

    enum err err = store_open(o->database, &e->apply.store, why);
    if (err)
        return err;
    e->apply.pace = pace_open(o->call_rate);
    e->apply.arena = arena_open(BATCH_ARENA_BYTES);
    e->apply.dice = dice_seed();
    e->apply.public_url = span_of(o->public_url);
    e->apply.in_flight_max = IN_FLIGHT_MAX;
    err = apply_begin(&e->apply, clock_now_ms(e->clock));
    if (err) {
        snprintf(why, ENGINE_WHY_SIZE, "%s: %s", o->database, store_why(e->apply.store));
        return err;
    }
    err = load_first(e, why);
    if (!err)
        err = sender_open(e->loop, o, e->clock, sent, e, &e->sender);
    return err;
}

static void close_parts(struct engine *e)
{
    for (struct loading *l = e->loadings; l;) {
        struct loading *next = l->next;
        loading_close(&l);
        l = next;
    }
    sender_close(&e->sender);
    if (e->book)
        for (struct book *b = e->book->older; b;) {
            struct book *older = b->older;
            book_close(&b);
            b = older;
        }
    book_close(&e->book);
    store_close(&e->apply.store);
    pace_close(&e->apply.pace);
    arena_close(&e->apply.arena);
}

enum err engine_open(struct loop *loop, struct clock *clock, const struct engine_options *options,
                     struct engine **out, char why[ENGINE_WHY_SIZE])
{
    struct engine *e = arena_must_alloc(sizeof *e);

    e->loop = loop;
    e->clock = clock;
    e->options = options;
    e->watched_ns = clock_mono_ns();
    list_clear(&e->waiting);
    list_clear(&e->unstored);
    e->readings_last = &e->readings;
    pthread_mutex_init(&e->post.lock, NULL);
    pthread_cond_init(&e->post.wake, NULL);
    const enum err err = open_parts(e, why);
    if (err) {
        close_parts(e);
        free(e);
        return err;
    }
    copy_stats(e);
    CHECK(pthread_create(&e->thread, NULL, storage, e) == 0);
    loop_add_turn(loop, turn, e);
    *out = e;
    return ERR_NONE;
}

void engine_close(struct engine **engine)
{
    struct engine *e = *engine;

    if (!e)
        return;
    pthread_mutex_lock(&e->post.lock);
    e->post.stop = true;
    pthread_cond_signal(&e->post.wake);
    pthread_mutex_unlock(&e->post.lock);
    pthread_join(e->thread, NULL);
    for (struct apply_send *s = e->post.is_done ? e->post.sends : NULL; s;) {
        struct apply_send *next = s->next;
        struct arena *arena = s->arena;
        arena_close(&arena);
        s = next;
    }
    close_parts(e);
    pthread_mutex_destroy(&e->post.lock);
    pthread_cond_destroy(&e->post.wake);
    free(e);
    *engine = NULL;
}

/* ---- what others ask ---- */

bool engine_find_line(struct engine *e, struct span account, struct span number,
                      struct engine_place *out)
{
    const struct book_line *at = book_find(e->book, account, number);

    if (!at)
        return false;
    *out = (struct engine_place){at->tenant, at->roster, at->line};
    return true;
}

bool engine_has_account(const struct engine *e, struct span account)
{
    return account.size > 0 &&
           (span_is_text(account, e->options->account_sid) || book_has_account(e->book, account));
}

const struct roster *engine_roster(const struct engine *e, int32_t tenant)
{
    return book_roster(e->book, tenant);
}

int32_t engine_tenant(const struct engine *e, struct span slug)
{
    return book_tenant(e->book, slug);
}

int engine_tenants(const struct engine *e)
{
    return (int)e->book->count;
}

int32_t engine_tenant_at(const struct engine *e, int index)
{
    return e->book->entries[index].tenant;
}

int64_t engine_now_ms(const struct engine *e)
{
    return clock_now_ms(e->clock);
}

struct clock *engine_clock(const struct engine *e)
{
    return e->clock;
}

struct engine_stats engine_stats(const struct engine *e)
{
    return e->stats;
}
