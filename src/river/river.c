/* The loop thread collects works and readings; the storage thread takes all that has come since
 * it last looked, once a turn (storage.h). */
#include "river/river.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "river/catchup.h"
#include "river/inquiry.h"
#include "river/outage.h"
#include "river/reconcile.h"
#include "river/retention.h"
#include "river/storage.h"

enum {
    BATCH_ARENA_BYTES = 1 << 20,
    IN_FLIGHT_MAX = 64,
    BATCH_MAX = 256,      /* events: more wait for the next batch, so that answers come soon */
    LOOK_EVERY_MS = 1000, /* real time: turns come at least as often */
    HAND_TURNED_POLL_MS = 2,
    STALL_MS = 1000,      /* real time after which a batch that hangs counts as an outage */
    OFFER_AGAIN_MS = 250, /* real time until what could not be stored is offered again */
    OPTED_OUT_CODE = 21610,
};

struct list {
    struct work *first, **last;
    size_t count;
};

struct river {
    struct river_options options;
    struct clock *clock;
    struct apply apply;
    struct storage *storage;
    struct sender *sender;
    struct reconcile *reconcile;
    struct catchup *catchup;
    struct inquiry *inquiry;
    struct outage *outage;
    struct retention *retention;
    struct intake intake; /* what the stages bring their events to */
    const struct book *book;
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
    struct river_counts counts;
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

/* A sender's result that could not be stored is tried again: its row would stay "sending". */
static bool must_be_stored(const struct work *w)
{
    return w->event.kind == EVENT_SENT && w->err != ERR_NONE;
}

static void report(struct river *r, const struct sender_result *result);

/* It is not sent: the carrier would refuse it, and say so by that code; or we do, by none. */
static void refuse(struct river *r, const struct errand *errand, int32_t error_code)
{
    const struct sender_result result = {
        .tenant = errand->row.tenant,
        .id = errand->row.id,
        .fence = errand->row.fence,
        .sent = SENT_REFUSED,
        .error_code = error_code,
    };
    struct arena *arena = errand->arena;

    report(r, &result);
    arena_close(&arena);
}

static void run_errands(struct river *r, struct errand *errand)
{
    while (errand) {
        struct errand *next = errand->next;
        switch (errand->kind) {
        case ERRAND_SEND:
            sender_send(r->sender, errand);
            break;
        case ERRAND_REFUSE:
            refuse(r, errand, OPTED_OUT_CODE);
            break;
        case ERRAND_DROP:
            refuse(r, errand, 0);
            break;
        case ERRAND_LOOK:
            reconcile_add(r->reconcile, errand);
            break;
        case ERRAND_ASK:
            inquiry_add(r->inquiry, errand);
            break;
        }
        errand = next;
    }
    reconcile_start(r->reconcile);
}

/* Answers them without the store. */
static void keep(struct river *r, struct list *kept)
{
    struct errand *errands = outage_take(r->outage, r->book, kept->first, clock_now_ms(r->clock));

    for (struct work *w = kept->first; w;) {
        struct work *next = w->next;
        w->done(w);
        w = next;
    }
    run_errands(r, errands);
}

static bool collect(struct river *r)
{
    struct storage_batch batch;

    if (!storage_take(r->storage, &batch))
        return false;
    r->is_running = false;
    r->wake_ms = batch.wake_ms;
    run_errands(r, batch.errands);
    if (batch.is_replay && batch.works)
        outage_settle(r->outage, batch.works);
    if (batch.is_replay)
        batch.works = NULL;
    struct list kept;
    list_clear(&kept);
    for (struct work *w = batch.works; w;) {
        struct work *next = w->next;
        if (w->err && w->unstored && outage_keeps(w)) {
            list_add(&kept, w);
        } else if (must_be_stored(w)) {
            list_add(&r->unstored, w);
            r->unstored_ns = clock_mono_ns();
        } else if (w->done) {
            w->done(w);
        }
        w = next;
    }
    keep(r, &kept);
    for (struct reading *asked = batch.readings; asked;) {
        struct reading *next = asked->next;
        asked->done(asked);
        asked = next;
    }
    return true;
}

static bool is_stalled(const struct river *r)
{
    return r->is_running && clock_mono_ns() - r->running_ns > (int64_t)STALL_MS * 1000000;
}

/* While nothing can be stored, what the carrier brings is kept, and the rest is told so. */
static void pass_by_the_store(struct river *r)
{
    const bool is_failing = outage_is_on(r->outage) && outage_is_failing(r->outage);
    struct list waiting = r->waiting, kept;

    if (!waiting.first || !(outage_is_on(r->outage) || is_stalled(r)))
        return;
    list_clear(&r->waiting);
    list_clear(&kept);
    for (struct work *w = waiting.first; w;) {
        struct work *next = w->next;
        if (outage_keeps(w)) {
            list_add(&kept, w);
        } else if (is_failing && w->event.kind == EVENT_SENT) {
            list_add(&r->unstored, w);
            r->unstored_ns = clock_mono_ns();
        } else if (is_failing && w->done) {
            w->err = ERR_BUSY;
            w->done(w);
        } else {
            list_add(&r->waiting, w);
        }
        w = next;
    }
    keep(r, &kept);
}

static void offer_again(struct river *r)
{
    struct list *l = &r->unstored;

    if (!l->first || outage_is_on(r->outage) ||
        clock_mono_ns() - r->unstored_ns < (int64_t)OFFER_AGAIN_MS * 1000000)
        return;
    *r->waiting.last = l->first;
    r->waiting.last = l->last;
    r->waiting.count += l->count;
    list_clear(l);
}

static struct work *take_waiting(struct river *r)
{
    struct work *first = r->waiting.first, *last = first;
    size_t n = 1;

    if (!first)
        return NULL;
    while (last->next && n < BATCH_MAX) {
        last = last->next;
        n++;
    }
    r->waiting.first = last->next;
    r->waiting.count -= n;
    if (!last->next)
        r->waiting.last = &r->waiting.first;
    last->next = NULL;
    return first;
}

static bool has_work(const struct river *r, int64_t now_ms)
{
    if (r->readings)
        return true;
    return outage_is_on(r->outage) || r->waiting.first || now_ms >= r->wake_ms;
}

static void hand_over(struct river *r, int64_t now_ms)
{
    const bool is_replay = outage_is_on(r->outage);
    struct work *replay = is_replay ? outage_replay(r->outage, now_ms) : NULL;

    if (is_replay && !replay && !r->readings)
        return;
    const struct storage_batch batch = {
        .works = is_replay ? replay : take_waiting(r),
        .is_replay = is_replay,
        .readings = r->readings,
        .book = r->book,
        .now_ms = now_ms,
        .drain = r->is_draining,
        .looks_max = reconcile_room(r->reconcile),
    };
    storage_put(r->storage, &batch);
    r->readings = NULL;
    r->readings_last = &r->readings;
    r->is_running = true;
    r->running_ns = clock_mono_ns();
}

static bool is_at_work(const struct river *r)
{
    const unsigned out = r->is_draining ? sender_sends(r->sender) : sender_busy(r->sender);

    return r->is_running || r->waiting.first || r->readings || out > 0;
}

/* Whatever else there is would be busy itself. */
static bool only_waits_for_the_carrier(const struct river *r)
{
    return !r->is_running && !r->waiting.first && !r->readings && !r->unstored.first &&
           !outage_is_on(r->outage) && sender_busy(r->sender) > 0;
}

bool river_is_idle(const struct river *r)
{
    return !is_at_work(r) && !r->unstored.first;
}

void river_drain(struct river *r)
{
    r->is_draining = true;
    reconcile_drain(r->reconcile);
    catchup_drain(r->catchup);
    inquiry_drain(r->inquiry);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool river_collect(struct river *r)
{
    const bool was_running = collect(r);

    offer_again(r);
    return was_running;
}

static int64_t rest(struct river *r, int64_t due_ms)
{
    const bool waits = outage_is_on(r->outage) && outage_is_failing(r->outage);
    const bool busy = waits ? is_at_work(r) : !river_is_idle(r) || outage_is_on(r->outage);

    if (busy && !waits && only_waits_for_the_carrier(r))
        clock_report_out(r->clock, sender_busy(r->sender), due_ms);
    else
        clock_report(r->clock, busy, waits ? INT64_MAX : due_ms);
    if (waits)
        return OFFER_AGAIN_MS;
    if (busy && !clock_is_rehearsal(r->clock))
        return r->unstored.first ? OFFER_AGAIN_MS : LOOK_EVERY_MS;
    const int64_t wait_ms = clock_wait_ms(r->clock, due_ms);
    if (clock_is_rehearsal(r->clock))
        return wait_ms >= 0 && wait_ms < HAND_TURNED_POLL_MS ? wait_ms : HAND_TURNED_POLL_MS;
    return wait_ms >= 0 && wait_ms < LOOK_EVERY_MS ? wait_ms : LOOK_EVERY_MS;
}

int64_t river_turn(struct river *r)
{
    if (sender_has_returned(r->sender))
        catchup_hurry(r->catchup);
    pass_by_the_store(r);
    if (!outage_is_on(r->outage)) /* what is kept is not missing */
        r->catchup_ms = catchup_turn(r->catchup);
    if (!outage_is_on(r->outage) && !r->is_draining)
        r->retention_ms = retention_turn(r->retention);
    const int64_t now_ms = clock_now_ms(r->clock);
    if (!r->is_running && !r->waiting.first && !r->readings)
        r->options.let_go(r->options.ctx);
    if (!r->is_running && has_work(r, now_ms))
        hand_over(r, now_ms);
    const int64_t ask_ms = inquiry_turn(r->inquiry);
    r->counts.waiting = r->waiting.count;
    r->counts.outbox_busy = sender_busy(r->sender);
    r->counts.spooled = outage_count(r->outage);
    return rest(r, least(least(r->wake_ms, r->catchup_ms), least(ask_ms, r->retention_ms)));
}

enum err river_submit(struct river *r, struct work *work)
{
    if (r->waiting.count >= r->options.queue_max && work->event.kind != EVENT_SENT)
        return ERR_BUSY;
    clock_report(r->clock, true, 0);
    list_add(&r->waiting, work);
    return ERR_NONE;
}

enum err river_read(struct river *r, struct reading *reading)
{
    clock_report(r->clock, true, 0);
    reading->next = NULL;
    *r->readings_last = reading;
    r->readings_last = &reading->next;
    return ERR_NONE;
}

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

/* What the carrier answered becomes an event. */
static void report(struct river *r, const struct sender_result *result)
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
    r->counts.sent += result->sent == SENT_ACCEPTED;
    r->counts.refused += result->sent == SENT_REFUSED;
    r->counts.retried += result->sent == SENT_RETRY;
    CHECK(river_submit(r, w) == ERR_NONE);
}

static void sent(void *ctx, const struct sender_result *result)
{
    report(ctx, result);
}

/* ---- opening and closing ---- */

static enum err submit_to(void *ctx, struct work *work)
{
    return river_submit(ctx, work);
}

static enum err read_from(void *ctx, struct reading *reading)
{
    return river_read(ctx, reading);
}

static enum err open_apply(struct river *r, char why[RIVER_WHY_SIZE])
{
    enum err err = store_open(r->options.database, &r->apply.store, why);
    if (err)
        return err;
    r->apply.claim.store = r->apply.store;
    r->apply.claim.pace = pace_open(r->options.call_rate);
    r->apply.claim.budget = budget_open();
    r->apply.guard = guard_open();
    r->apply.arena = arena_open(BATCH_ARENA_BYTES);
    r->apply.dice = dice_seed();
    r->apply.public_url = span_of(r->options.sender.public_url);
    r->apply.claim.in_flight_max = IN_FLIGHT_MAX;
    err = apply_begin(&r->apply, clock_now_ms(r->clock));
    if (err)
        snprintf(why, RIVER_WHY_SIZE, "%s: %s", r->options.database, store_why(r->apply.store));
    return err;
}

enum err river_open(const struct river_options *options, struct river **out,
                    char why[RIVER_WHY_SIZE])
{
    struct river *r = arena_must_alloc(sizeof *r);

    r->options = *options;
    r->clock = options->clock;
    r->intake = (struct intake){r, submit_to, read_from};
    list_clear(&r->waiting);
    list_clear(&r->unstored);
    r->readings_last = &r->readings;
    const enum err err = open_apply(r, why);
    if (err)
        river_close(&r);
    else
        *out = r;
    return err;
}

enum err river_start(struct river *r, const struct book *book, char why[RIVER_WHY_SIZE])
{
    const struct river_options *o = &r->options;
    const struct span api = span_of(o->sender.api);

    enum err err = outage_open(o->spool, &r->outage, why);
    if (!err)
        err = sender_open(o->loop, &o->sender, r->clock, sent, r, &r->sender);
    if (err)
        return err;
    r->reconcile = reconcile_open(r->sender, &r->intake, api);
    r->inquiry = inquiry_open(r->sender, &r->intake, r->clock, span_of(o->lookup_api));
    r->catchup = catchup_open(&(struct pass_tools){
        .clock = r->clock,
        .sender = r->sender,
        .intake = &r->intake,
        .api = api,
    });
    river_take_book(r, book);
    r->retention = retention_open(r->clock, &r->intake, o->keep_bodies_days, o->keep_metadata_days);
    r->storage = storage_open(o->loop, &r->apply);
    return ERR_NONE;
}

void river_take_book(struct river *r, const struct book *book)
{
    r->book = book;
    catchup_take_book(r->catchup, book);
}

void river_stop(struct river *r)
{
    if (!r)
        return;
    storage_close(&r->storage);
    work_drop(r->waiting.first);
    work_drop(r->unstored.first);
    list_clear(&r->waiting);
    list_clear(&r->unstored);
    sender_close(&r->sender);
    reconcile_close(&r->reconcile);
    catchup_close(&r->catchup);
    inquiry_close(&r->inquiry);
    outage_close(&r->outage);
    retention_close(&r->retention);
}

void river_close(struct river **river)
{
    struct river *r = *river;

    if (!r)
        return;
    river_stop(r);
    store_close(&r->apply.store);
    claim_done(&r->apply.claim);
    pace_close(&r->apply.claim.pace);
    budget_close(&r->apply.claim.budget);
    guard_close(&r->apply.guard);
    arena_close(&r->apply.arena);
    free(r);
    *river = NULL;
}

struct apply *river_apply(struct river *r)
{
    return &r->apply;
}

const struct intake *river_intake(const struct river *r)
{
    return &r->intake;
}

struct sender_sight river_sight(const struct river *r)
{
    return sender_sight(r->sender);
}

struct river_counts river_counts(const struct river *r)
{
    return r->counts;
}
