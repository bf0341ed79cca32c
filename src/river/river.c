/* The loop thread collects works and readings; the storage thread takes all that has come since
 * it last looked, once a turn (storage.h). */
#include "river/river.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "river/catchup.h"
#include "river/inquiry.h"
#include "river/outage.h"
#include "river/queue.h"
#include "river/reconcile.h"
#include "river/retention.h"
#include "river/storage.h"
#include "river/work_list.h"

enum {
    BATCH_ARENA_BYTES = 1 << 20,
    IN_FLIGHT_MAX = 64,
    BATCH_MAX = 256,      /* events: more wait for the next batch, so that answers come soon */
    LOOK_EVERY_MS = 1000, /* real time: turns come at least as often */
    HAND_TURNED_POLL_MS = 2,
    OFFER_AGAIN_MS = 250,     /* real time until what could not be stored is offered again */
    PATIENCE_MS = 1000,       /* on this machine; in a rehearsal, whose time stands still then */
    PATIENCE_SHARED_MS = 150, /* a database that others use too may be away for half a minute */
    GIVE_UP_MS = 3000, /* real time until people and programs are told that it takes too long */
    OPTED_OUT_CODE = 21610,
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
    struct nodes *nodes;
    struct outage *outage;
    struct retention *retention;
    struct intake intake; /* what the stages bring their events to */
    const struct book *book;
    bool is_running;    /* the storage thread has a batch */
    int64_t running_ns; /* since when */
    int64_t before_ns;  /* when the batch before that one began */
    int64_t oldest_ns;  /* when the oldest work of the batch came */
    bool is_draining;
    struct queue *waiting;
    struct results *results;
    struct reading *readings, **readings_last;
    int64_t wake_ms;      /* the next batch without an event */
    int64_t catchup_ms;   /* the next pass over the carrier's log */
    int64_t retention_ms; /* the next look at what has grown old */
    struct river_counts counts;
};

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void run_errands(struct river *r, struct errand *errand)
{
    while (errand) {
        struct errand *next = errand->next;
        switch (errand->kind) {
        case ERRAND_SEND: /* once the lease is over, others have the row, and find no trace */
            if (errand->row.fence > 0 && !member_has_lease(&r->apply.member))
                results_leave(r->results, errand, SENT_RETRY, 0);
            else
                sender_send(r->sender, errand);
            break;
        case ERRAND_REFUSE:
            results_leave(r->results, errand, SENT_REFUSED, OPTED_OUT_CODE);
            break;
        case ERRAND_DROP:
            results_leave(r->results, errand, SENT_REFUSED, 0);
            break;
        case ERRAND_FREE:
            results_leave(r->results, errand, SENT_RETRY, 0);
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

static void be_read(struct reading *first, enum err err)
{
    for (struct reading *asked = first; asked;) {
        struct reading *next = asked->next;
        asked->err = err ? err : asked->err;
        asked->done(asked);
        asked = next;
    }
}

/* Answers them without the store, which has failed or only hangs. */
static void keep(struct river *r, const struct work_list *kept, bool has_failed)
{
    if (has_failed && kept->first)
        outage_fail(r->outage);
    struct errand *errands = outage_take(r->outage, r->book, kept->first, clock_now_ms(r->clock));

    work_list_answer(kept->first, ERR_NONE);
    run_errands(r, errands);
}

static bool collect(struct river *r)
{
    struct storage_batch batch;
    struct work_list kept, lost;

    if (!storage_take(r->storage, &batch))
        return false;
    r->is_running = false;
    outage_renumber(r->outage, r->apply.ids.node);
    r->wake_ms = batch.wake_ms;
    run_errands(r, batch.errands);
    if (batch.kept)
        outage_settle(r->outage, batch.kept);
    work_list_clear(&kept);
    work_list_clear(&lost);
    for (struct work *w = batch.works; w;) {
        struct work *next = w->next;
        if (w->err && w->unstored && outage_keeps(w))
            work_list_add(&kept, w);
        else if (results_is_lost(w))
            work_list_add(&lost, w);
        else if (w->done)
            w->done(w);
        w = next;
    }
    results_keep(r->results, lost.first);
    keep(r, &kept, true);
    be_read(batch.readings, ERR_NONE);
    return true;
}

/* ---- round the store ---- */

static int64_t ns(int64_t ms)
{
    return ms * 1000000;
}

/* The instant at which the batch under way has kept somebody waiting for too long. What came
 * before the batch before it was passed over for others' sake. */
static int64_t patience_ends_ns(const struct river *r)
{
    const int64_t since_ns = r->oldest_ns > r->before_ns ? r->oldest_ns : r->before_ns;

    return since_ns + ns(r->options.patience_ms);
}

static bool is_hanging(const struct river *r)
{
    return r->is_running && clock_mono_ns() > patience_ends_ns(r);
}

static bool is_failing(const struct river *r)
{
    return outage_is_on(r->outage) && outage_is_failing(r->outage);
}

static bool is_kept(void *ctx, const struct work *w)
{
    (void)ctx;
    return outage_keeps(w);
}

static bool is_result(void *ctx, const struct work *w)
{
    (void)ctx;
    return w->event.kind == EVENT_SENT;
}

/* What came before that, and neither is kept nor can be given up. */
static bool is_tired(void *ctx, const struct work *w)
{
    const int64_t *before_ns = ctx;

    return !outage_keeps(w) && w->event.kind != EVENT_SENT && w->since_ns < *before_ns;
}

/* People and programs hear that it takes too long; of what is in the batch under way nobody knows
 * what becomes of it. */
static void give_up(struct river *r)
{
    int64_t before_ns = clock_mono_ns() - ns(GIVE_UP_MS);

    if (r->is_running && r->running_ns < before_ns) {
        work_list_answer(storage_pick(r->storage, is_tired, &before_ns), ERR_UNSURE);
        work_list_answer(queue_pick(r->waiting, is_tired, &before_ns), ERR_BUSY);
        be_read(storage_pick_readings(r->storage, before_ns), ERR_BUSY);
        struct reading *tired = work_tired(&r->readings, before_ns);
        for (r->readings_last = &r->readings; *r->readings_last;)
            r->readings_last = &(*r->readings_last)->next;
        be_read(tired, ERR_BUSY);
    }
    before_ns = INT64_MAX;
    if (is_failing(r)) {
        results_keep(r->results, queue_pick(r->waiting, is_result, NULL));
        work_list_answer(queue_pick(r->waiting, is_tired, &before_ns), ERR_BUSY);
    }
}

/* While nothing can be stored, or not soon, what the carrier brings is kept, and the rest is told
 * so. What comes while the last of what was kept is brought in waits for it. */
static void pass_by_the_store(struct river *r)
{
    const bool hangs = is_hanging(r);
    const bool ends = r->is_running && !is_failing(r) && outage_is_ending(r->outage);
    struct work_list kept;
    work_list_clear(&kept);

    if (hangs) {
        work_list_answer(storage_take_stored(r->storage), ERR_NONE);
        work_list_join(&kept, storage_pick(r->storage, is_kept, NULL));
    }
    if (queue_count(r->waiting) && (hangs || (outage_is_on(r->outage) && !ends)))
        work_list_join(&kept, queue_pick(r->waiting, is_kept, NULL));
    keep(r, &kept, false);
    give_up(r);
}

static bool has_work(const struct river *r, int64_t now_ms)
{
    if (r->readings)
        return true;
    return outage_is_on(r->outage) || queue_count(r->waiting) || now_ms >= r->wake_ms;
}

static void hand_over(struct river *r, int64_t now_ms)
{
    const bool is_on = outage_is_on(r->outage);
    struct work *kept = is_on ? outage_replay(r->outage, now_ms) : NULL;

    if (is_on && !kept && !r->readings)
        return;
    const struct storage_batch batch = {
        .kept = kept,
        .works = is_failing(r) ? NULL : queue_take(r->waiting, BATCH_MAX),
        .readings = r->readings,
        .book = r->book,
        .now_ms = now_ms,
        .timers_ms = kept ? kept->event.at_ms : is_on,
        .drain = r->is_draining,
        .looks_max = reconcile_room(r->reconcile),
    };
    r->before_ns = r->running_ns;
    r->running_ns = r->oldest_ns = clock_mono_ns();
    for (struct work *w = batch.works; w; w = w->next) {
        r->oldest_ns = least(r->oldest_ns, w->since_ns);
        if (w->event.kind == EVENT_CALL && !w->event.begins)
            w->event.begins = outage_id(r->outage, now_ms);
    }
    r->readings = NULL;
    r->readings_last = &r->readings;
    r->is_running = true;
    storage_put(r->storage, &batch);
}

/* A try to bring in what was kept is none of the work that somebody waits for. */
static bool is_at_work(const struct river *r)
{
    const unsigned out = r->is_draining ? sender_sends(r->sender) : sender_busy(r->sender);

    return (r->is_running && !is_failing(r)) || queue_count(r->waiting) || r->readings || out > 0;
}

/* Whatever else there is would be busy itself. */
static bool only_waits_for_the_carrier(const struct river *r)
{
    return !r->is_running && !queue_count(r->waiting) && !r->readings &&
           !results_wait(r->results) && !outage_is_on(r->outage) && sender_busy(r->sender) > 0;
}

bool river_is_idle(const struct river *r)
{
    return !is_at_work(r) && !results_wait(r->results);
}

void river_drain(struct river *r)
{
    r->is_draining = true;
    reconcile_drain(r->reconcile);
    catchup_drain(r->catchup);
    inquiry_drain(r->inquiry);
    nodes_drain(r->nodes);
}

bool river_collect(struct river *r)
{
    const bool was_running = collect(r);

    if (!is_failing(r))
        results_offer(r->results);
    return was_running;
}

/* Until the batch under way has kept somebody waiting for too long; then, until the next look. */
static int64_t patience_ms(const struct river *r)
{
    const int64_t left_ns = patience_ends_ns(r) - clock_mono_ns();

    if (!r->is_running)
        return LOOK_EVERY_MS;
    return left_ns >= 0 ? left_ns / 1000000 + 1 : OFFER_AGAIN_MS;
}

static int64_t rest(struct river *r, int64_t due_ms)
{
    const bool waits = is_failing(r);
    const bool busy = waits ? is_at_work(r) : !river_is_idle(r) || outage_is_on(r->outage);

    if (busy && !waits && only_waits_for_the_carrier(r))
        clock_report_out(r->clock, sender_busy(r->sender), due_ms);
    else
        clock_report(r->clock, busy, waits ? INT64_MAX : due_ms);
    if (waits)
        return OFFER_AGAIN_MS;
    if (busy && !clock_is_rehearsal(r->clock))
        return least(results_wait(r->results) ? OFFER_AGAIN_MS : LOOK_EVERY_MS, patience_ms(r));
    const int64_t wait_ms = clock_wait_ms(r->clock, due_ms);
    if (clock_is_rehearsal(r->clock))
        return wait_ms >= 0 && wait_ms < HAND_TURNED_POLL_MS ? wait_ms : HAND_TURNED_POLL_MS;
    return wait_ms >= 0 && wait_ms < LOOK_EVERY_MS ? wait_ms : LOOK_EVERY_MS;
}

/* Returns the real milliseconds until it is to be called again. */
static int64_t turn_nodes(struct river *r)
{
    bool looks = false;
    const int64_t again_ms = nodes_turn(r->nodes, !r->is_running, &looks);

    if (looks)
        r->wake_ms = INT64_MIN;
    return again_ms;
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
    if (!r->is_running && !queue_count(r->waiting) && !r->readings)
        r->options.let_go(r->options.ctx);
    const int64_t node_ms = turn_nodes(r);
    if (!r->is_running && has_work(r, now_ms))
        hand_over(r, now_ms);
    const int64_t ask_ms = inquiry_turn(r->inquiry);
    r->counts.waiting = queue_count(r->waiting);
    r->counts.outbox_busy = sender_busy(r->sender);
    r->counts.spooled = outage_count(r->outage);
    outage_size(r->outage, &r->counts.spool_bytes, &r->counts.spool_size);
    const int64_t due_ms = least(least(r->wake_ms, r->catchup_ms), least(ask_ms, r->retention_ms));
    return least(rest(r, due_ms), node_ms);
}

enum err river_submit(struct river *r, struct work *work)
{
    const enum err err = queue_add(r->waiting, work, clock_mono_ns());

    if (!err)
        clock_report(r->clock, true, 0);
    return err;
}

enum err river_read(struct river *r, struct reading *reading)
{
    clock_report(r->clock, true, 0);
    reading->since_ns = clock_mono_ns();
    reading->next = NULL;
    *r->readings_last = reading;
    r->readings_last = &reading->next;
    return ERR_NONE;
}

enum err river_prove_spool(struct river *r)
{
    return outage_prove(r->outage);
}

static void sent(void *ctx, const struct sender_result *result)
{
    results_add(((struct river *)ctx)->results, result);
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
    if (!r->options.patience_ms)
        r->options.patience_ms = r->apply.store->is_shared && !clock_is_rehearsal(r->clock)
                                     ? PATIENCE_SHARED_MS
                                     : PATIENCE_MS;
    r->apply.claim.store = r->apply.store;
    r->apply.claim.pace = pace_open(r->options.call_rate);
    r->apply.claim.budget = budget_open();
    r->apply.guard = guard_open();
    r->apply.arena = arena_open(BATCH_ARENA_BYTES);
    r->apply.dice = dice_seed();
    r->apply.public_url = span_of(r->options.sender.public_url);
    r->apply.claim.in_flight_max = IN_FLIGHT_MAX;
    r->apply.member.self = r->options.self;
    r->apply.member.callback_key = r->options.callback_key;
    r->apply.ids.node = r->options.node_before;
    err = apply_begin(&r->apply, clock_now_ms(r->clock));
    if (!err)
        err = nodes_begin(r->clock, &r->apply);
    if (err)
        snprintf(why, RIVER_WHY_SIZE, "%s", store_why(r->apply.store));
    return err;
}

enum err river_open(const struct river_options *options, struct river **out,
                    char why[RIVER_WHY_SIZE])
{
    struct river *r = arena_must_alloc(sizeof *r);

    r->options = *options;
    r->clock = options->clock;
    r->intake = (struct intake){r, submit_to, read_from};
    r->waiting = queue_open(options->queue_max);
    r->results = results_open(&r->intake);
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

    enum err err = outage_open(o->spool, r->apply.ids.node, &r->outage, why);
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
    r->nodes = nodes_open(&(struct nodes_options){
        .clock = r->clock,
        .apply = &r->apply,
        .intake = &r->intake,
        .topic = o->topic,
        .changed = o->changed,
        .ctx = o->ctx,
    });
    r->storage = storage_open(o->loop, &r->apply);
    return ERR_NONE;
}

void river_take_book(struct river *r, const struct book *book)
{
    r->book = book;
    for (const struct book_entry *e = book->entries; e < book->entries + book->count; e++) {
        const int weight = e->terms.weight ? e->terms.weight : tenant_terms_usual.weight;
        queue_weigh(r->waiting, e->tenant, weight);
        pace_weigh(r->apply.claim.pace, e->tenant, weight);
    }
    catchup_take_book(r->catchup, book);
}

void river_stop(struct river *r)
{
    if (!r)
        return;
    storage_close(&r->storage);
    queue_close(&r->waiting);
    results_close(&r->results);
    sender_close(&r->sender);
    reconcile_close(&r->reconcile);
    catchup_close(&r->catchup);
    inquiry_close(&r->inquiry);
    outage_close(&r->outage);
    retention_close(&r->retention);
    nodes_close(&r->nodes);
}

void river_close(struct river **river)
{
    struct river *r = *river;

    if (!r)
        return;
    river_stop(r);
    member_leave(&r->apply.member, r->apply.store);
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

const struct store_pulse *river_nodes(const struct river *r)
{
    return nodes_pulse(r->nodes);
}

struct sender_sight river_sight(const struct river *r)
{
    return sender_sight(r->sender);
}

struct river_counts river_counts(const struct river *r)
{
    struct river_counts counts = r->counts;

    counts.results = results_counts(r->results);
    counts.places = r->options.queue_max;
    counts.sends = sender_tally(r->sender);
    return counts;
}
