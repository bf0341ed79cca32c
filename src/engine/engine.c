/* The loop thread collects works and readings; the storage thread takes all that has come since
 * it last looked, once a turn (engine/storage.h). */
#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/log.h"
#include "engine/apply.h"
#include "engine/book.h"
#include "engine/catchup.h"
#include "engine/feeds.h"
#include "engine/fetching.h"
#include "engine/inquiry.h"
#include "engine/outage.h"
#include "engine/publish.h"
#include "engine/reconcile.h"
#include "engine/reload.h"
#include "engine/retention.h"
#include "engine/sender.h"
#include "engine/storage.h"

enum {
    BATCH_ARENA_BYTES = 1 << 20,
    IN_FLIGHT_MAX = 64,
    BATCH_MAX = 256,       /* events: more wait for the next batch, so that answers come soon */
    WATCH_EVERY_MS = 1000, /* real time between looks at the roster files */
    HAND_TURNED_POLL_MS = 2,
    STALL_MS = 1000,      /* real time after which a batch that hangs counts as an outage */
    OFFER_AGAIN_MS = 250, /* real time until what could not be stored is offered again */
    OPTED_OUT_CODE = 21610,
};

struct list {
    struct work *first, **last;
    size_t count;
};

struct engine {
    struct loop *loop;
    struct clock *clock;
    const struct engine_options *options;
    struct apply apply;
    struct storage *storage;
    struct sender *sender;
    struct reconcile *reconcile;
    struct catchup *catchup;
    struct inquiry *inquiry;
    struct outage *outage;
    struct retention *retention;
    struct fetching *fetching;
    struct feeds *feeds;
    struct publish *publish;
    struct intake intake; /* what the stages bring their events to */
    struct reload reload;
    bool is_running;    /* the storage thread has a batch */
    int64_t running_ns; /* since when */
    bool is_draining;
    struct list waiting;
    struct list unstored; /* results that wait to be offered again */
    int64_t unstored_ns;  /* since when */
    struct reading *readings, **readings_last;
    int64_t wake_ms;      /* the next batch without an event */
    int64_t catchup_ms;   /* the next pass over the carrier's log */
    int64_t retention_ms; /* the next look at what has grown old */
    struct engine_stats stats;
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
    e->stats.unsure_now = a->claim.unsure_count;
    e->stats.opted_out = a->claim.opted_out;
    e->stats.settled_by_list = a->settled_by_list;
    e->stats.duplicates_possible = a->duplicates_possible;
    e->stats.late_texts = a->late_texts;
    e->stats.late_calls = a->late_calls;
}

static void report(struct engine *e, const struct sender_result *result);

/* It is not sent: the carrier would refuse it, and say so by that code; or we do, by none. */
static void refuse(struct engine *e, const struct errand *errand, int32_t error_code)
{
    const struct sender_result result = {
        .tenant = errand->row.tenant,
        .id = errand->row.id,
        .fence = errand->row.fence,
        .sent = SENT_REFUSED,
        .error_code = error_code,
    };
    struct arena *arena = errand->arena;

    report(e, &result);
    arena_close(&arena);
}

static void run_errands(struct engine *e, struct errand *errand)
{
    while (errand) {
        struct errand *next = errand->next;
        switch (errand->kind) {
        case ERRAND_SEND:
            sender_send(e->sender, errand);
            break;
        case ERRAND_REFUSE:
            refuse(e, errand, OPTED_OUT_CODE);
            break;
        case ERRAND_DROP:
            refuse(e, errand, 0);
            break;
        case ERRAND_LOOK:
            reconcile_add(e->reconcile, errand);
            break;
        case ERRAND_ASK:
            inquiry_add(e->inquiry, errand);
            break;
        }
        errand = next;
    }
    reconcile_start(e->reconcile);
}

/* Answers them without the store. */
static void keep(struct engine *e, struct list *kept)
{
    struct errand *errands =
        outage_take(e->outage, e->reload.book, kept->first, clock_now_ms(e->clock));

    for (struct work *w = kept->first; w;) {
        struct work *next = w->next;
        w->done(w);
        w = next;
    }
    run_errands(e, errands);
}

static void collect(struct engine *e)
{
    struct storage_batch batch;

    if (!storage_take(e->storage, &batch))
        return;
    e->is_running = false;
    e->wake_ms = batch.wake_ms;
    run_errands(e, batch.errands);
    if (batch.is_replay && batch.works)
        outage_settle(e->outage, batch.works);
    if (batch.is_replay)
        batch.works = NULL;
    struct list kept;
    list_clear(&kept);
    for (struct work *w = batch.works; w;) {
        struct work *next = w->next;
        if (w->err && w->unstored && outage_keeps(w)) {
            list_add(&kept, w);
        } else if (must_be_stored(w)) {
            list_add(&e->unstored, w);
            e->unstored_ns = clock_mono_ns();
        } else if (w->done) {
            w->done(w);
        }
        w = next;
    }
    keep(e, &kept);
    for (struct reading *r = batch.readings; r;) {
        struct reading *next = r->next;
        r->done(r);
        r = next;
    }
    copy_stats(e); /* a reading may have taken a roster over */
}

static bool is_stalled(const struct engine *e)
{
    return e->is_running && clock_mono_ns() - e->running_ns > (int64_t)STALL_MS * 1000000;
}

/* While nothing can be stored, what the carrier brings is kept, and the rest is told so. */
static void pass_by_the_store(struct engine *e)
{
    const bool is_failing = outage_is_on(e->outage) && outage_is_failing(e->outage);
    struct list waiting = e->waiting, kept;

    if (!waiting.first || !(outage_is_on(e->outage) || is_stalled(e)))
        return;
    list_clear(&e->waiting);
    list_clear(&kept);
    for (struct work *w = waiting.first; w;) {
        struct work *next = w->next;
        if (outage_keeps(w)) {
            list_add(&kept, w);
        } else if (is_failing && w->event.kind == EVENT_SENT) {
            list_add(&e->unstored, w);
            e->unstored_ns = clock_mono_ns();
        } else if (is_failing && w->done) {
            w->err = ERR_BUSY;
            w->done(w);
        } else {
            list_add(&e->waiting, w);
        }
        w = next;
    }
    keep(e, &kept);
}

static void offer_again(struct engine *e)
{
    struct list *l = &e->unstored;

    if (!l->first || outage_is_on(e->outage) ||
        clock_mono_ns() - e->unstored_ns < (int64_t)OFFER_AGAIN_MS * 1000000)
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
    if (e->readings)
        return true;
    return outage_is_on(e->outage) || e->waiting.first || now_ms >= e->wake_ms;
}

static void hand_over(struct engine *e, int64_t now_ms)
{
    const bool is_replay = outage_is_on(e->outage);
    struct work *replay = is_replay ? outage_replay(e->outage, now_ms) : NULL;

    if (is_replay && !replay && !e->readings)
        return;
    if (!e->waiting.first)
        reload_close_old(&e->reload);
    const struct storage_batch batch = {
        .works = is_replay ? replay : take_waiting(e),
        .is_replay = is_replay,
        .readings = e->readings,
        .book = e->reload.book,
        .now_ms = now_ms,
        .drain = e->is_draining,
        .looks_max = reconcile_room(e->reconcile),
    };
    storage_put(e->storage, &batch);
    e->readings = NULL;
    e->readings_last = &e->readings;
    e->is_running = true;
    e->running_ns = clock_mono_ns();
}

static bool is_at_work(const struct engine *e)
{
    const unsigned out = e->is_draining ? sender_sends(e->sender) : sender_busy(e->sender);

    return e->is_running || e->waiting.first || e->readings || out > 0;
}

bool engine_is_idle(const struct engine *e)
{
    return !is_at_work(e) && !e->unstored.first;
}

void engine_drain(struct engine *e)
{
    e->is_draining = true;
    reconcile_drain(e->reconcile);
    catchup_drain(e->catchup);
    inquiry_drain(e->inquiry);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t turn(void *ctx)
{
    struct engine *e = ctx;

    collect(e);
    offer_again(e);
    reload_watch(&e->reload);
    fetching_turn(e->fetching);
    if (!e->is_draining)
        publish_turn(e->publish, e->stats.events);
    if (sender_has_returned(e->sender))
        catchup_hurry(e->catchup);
    pass_by_the_store(e);
    if (!outage_is_on(e->outage)) /* what is kept is not missing */
        e->catchup_ms = catchup_turn(e->catchup);
    if (!outage_is_on(e->outage) && !e->is_draining)
        e->retention_ms = retention_turn(e->retention);
    const int64_t now_ms = clock_now_ms(e->clock);
    if (!e->is_running && has_work(e, now_ms))
        hand_over(e, now_ms);
    const int64_t ask_ms = inquiry_turn(e->inquiry);
    e->stats.waiting = e->waiting.count;
    e->stats.outbox_busy = sender_busy(e->sender);
    e->stats.spooled = outage_count(e->outage);
    const bool waits = outage_is_on(e->outage) && outage_is_failing(e->outage);
    const bool busy = waits ? is_at_work(e) : !engine_is_idle(e) || outage_is_on(e->outage);
    const int64_t due_ms = least(least(e->wake_ms, e->catchup_ms), least(ask_ms, e->retention_ms));
    clock_report(e->clock, busy, waits ? INT64_MAX : due_ms);
    if (waits)
        return OFFER_AGAIN_MS;
    if (busy)
        return e->unstored.first ? OFFER_AGAIN_MS : WATCH_EVERY_MS;
    const int64_t wait_ms = clock_wait_ms(e->clock, due_ms);
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

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

/* What the carrier answered becomes an event. */
static void report(struct engine *e, const struct sender_result *result)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->is_alone = true;
    w->done = work_is_done;
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

static void sent(void *ctx, const struct sender_result *result)
{
    report(ctx, result);
}

/* ---- opening and closing ---- */

static enum err open_parts(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    const struct engine_options *o = e->options;

    enum err err = store_open(o->database, &e->apply.store, why);
    if (err)
        return err;
    e->apply.claim.store = e->apply.store;
    e->apply.claim.pace = pace_open(o->call_rate);
    e->apply.claim.budget = budget_open();
    e->apply.guard = guard_open();
    e->apply.arena = arena_open(BATCH_ARENA_BYTES);
    e->apply.dice = dice_seed();
    e->apply.public_url = span_of(o->public_url);
    e->apply.claim.in_flight_max = IN_FLIGHT_MAX;
    err = apply_begin(&e->apply, clock_now_ms(e->clock));
    if (err) {
        snprintf(why, ENGINE_WHY_SIZE, "%s: %s", o->database, store_why(e->apply.store));
        return err;
    }
    err = fetching_open(e->loop, &o->aws, o->is_rehearsal, &e->fetching);
    if (err) {
        snprintf(why, ENGINE_WHY_SIZE, "the HTTP client could not be opened");
        return err;
    }
    e->reload.fetching = e->fetching;
    e->feeds = feeds_open(&(struct feeds_tools){
        .clock = e->clock,
        .fetching = e->fetching,
        .intake = &e->intake,
        .apply = &e->apply,
        .is_rehearsal = o->is_rehearsal,
        .folder = o->feeds,
    });
    e->reload.feeds = e->feeds;
    err = reload_first(&e->reload, clock_now_ms(e->clock), why);
    if (!err)
        err = outage_open(o->spool, &e->outage, why);
    if (!err)
        err = sender_open(e->loop, o, e->clock, sent, e, &e->sender);
    return err;
}

static enum err submit_to(void *ctx, struct work *work)
{
    return engine_submit(ctx, work);
}

static enum err read_from(void *ctx, struct reading *reading)
{
    return engine_read(ctx, reading);
}

static void take_book(void *ctx, const struct book *book)
{
    catchup_take_book(ctx, book);
}

static void open_stages(struct engine *e)
{
    const struct pass_tools tools = {
        .clock = e->clock,
        .sender = e->sender,
        .intake = &e->intake,
        .api = span_of(e->options->carrier_api),
    };

    e->reconcile = reconcile_open(e->sender, &e->intake, tools.api);
    e->inquiry = inquiry_open(e->sender, &e->intake, e->clock, span_of(e->options->lookup_api));
    e->catchup = catchup_open(&tools);
    catchup_take_book(e->catchup, e->reload.book);
    e->reload.taken = take_book;
    e->reload.ctx = e->catchup;
    e->retention = retention_open(e->clock, &e->intake, e->options->keep_bodies_days,
                                  e->options->keep_metadata_days);
    e->publish = publish_open(&(struct publish_tools){
        .loop = e->loop,
        .clock = e->clock,
        .options = e->options,
        .intake = &e->intake,
        .fetching = e->fetching,
        .apply = &e->apply,
        .reload = &e->reload,
    });
    e->storage = storage_open(e->loop, &e->apply);
}

static void close_parts(struct engine *e)
{
    work_drop(e->waiting.first);
    work_drop(e->unstored.first);
    sender_close(&e->sender);
    reconcile_close(&e->reconcile);
    catchup_close(&e->catchup);
    inquiry_close(&e->inquiry);
    outage_close(&e->outage);
    retention_close(&e->retention);
    fetching_close(&e->fetching);
    feeds_close(&e->feeds);
    publish_close(&e->publish);
    reload_done(&e->reload);
    store_close(&e->apply.store);
    claim_done(&e->apply.claim);
    pace_close(&e->apply.claim.pace);
    budget_close(&e->apply.claim.budget);
    guard_close(&e->apply.guard);
    arena_close(&e->apply.arena);
}

enum err engine_open(struct loop *loop, struct clock *clock, const struct engine_options *options,
                     struct engine **out, char why[ENGINE_WHY_SIZE])
{
    struct engine *e = arena_must_alloc(sizeof *e);

    e->loop = loop;
    e->clock = clock;
    e->options = options;
    e->intake = (struct intake){e, submit_to, read_from};
    e->reload = (struct reload){.options = options, .apply = &e->apply, .intake = &e->intake};
    e->reload.watched_ns = clock_mono_ns();
    list_clear(&e->waiting);
    list_clear(&e->unstored);
    e->readings_last = &e->readings;
    const enum err err = open_parts(e, why);
    if (err) {
        close_parts(e);
        free(e);
        return err;
    }
    copy_stats(e);
    open_stages(e);
    loop_add_turn(loop, turn, e);
    *out = e;
    return ERR_NONE;
}

void engine_close(struct engine **engine)
{
    struct engine *e = *engine;

    if (!e)
        return;
    storage_close(&e->storage);
    close_parts(e);
    free(e);
    *engine = NULL;
}

/* ---- what others ask ---- */

enum err engine_reload(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    return reload_start(&e->reload, why);
}

bool engine_find_line(struct engine *e, struct span account, struct span number,
                      struct engine_place *out)
{
    const struct book_line *at = book_find(e->reload.book, account, number);

    if (!at)
        return false;
    *out = (struct engine_place){at->tenant, at->roster, at->line};
    return true;
}

bool engine_has_account(const struct engine *e, struct span account)
{
    return account.size > 0 && (span_is_text(account, e->options->account_sid) ||
                                book_has_account(e->reload.book, account));
}

const struct roster *engine_roster(const struct engine *e, int32_t tenant)
{
    return book_roster(e->reload.book, tenant);
}

int32_t engine_tenant(const struct engine *e, struct span slug)
{
    return book_tenant(e->reload.book, slug);
}

int engine_tenants(const struct engine *e)
{
    return (int)e->reload.book->count;
}

int32_t engine_tenant_at(const struct engine *e, int index)
{
    return e->reload.book->entries[index].tenant;
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
    struct engine_stats stats = e->stats;

    stats.roster_version = e->reload.version;
    stats.roster_good = reload_is_good(&e->reload);
    stats.published = publish_counts(e->publish).written;
    stats.publish_failed = publish_counts(e->publish).failed;
    stats.roster_refused = e->reload.refused;
    stats.roster_age_s = (clock_mono_ns() - e->reload.checked_ns) / 1000000000;
    return stats;
}
