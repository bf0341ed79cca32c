#include "river/apply.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/phone.h"
#include "core/decide.h"
#include "river/held_back.h"
#include "river/inquiry.h"
#include "store/store_restore.h"

enum {
    ROUNDS_MAX = 12, /* loads that one decision may ask for */
    TRIES = 5,       /* of a batch that fails for others' sake */
    RETRY_MS = 250,  /* until what could not be stored is tried again */
};

/* While nothing can be stored there is a try each RETRY_MS. */
static const int64_t COMPLAIN_NS = 10000000000;

/* Possible, and neither of premium rate nor of shared cost. */
static bool may_dial(const char *number)
{
    char out[PHONE_TEXT_SIZE];

    return phone_parse(number, strlen(number), NULL, out) == PHONE_GOOD;
}

static void new_link(struct context_link *out)
{
    uint8_t secret[LINK_SECRET_BYTES];
    struct arena *arena = arena_open(256);

    arena_mark_secret(arena);
    dice_fill(secret, sizeof secret);
    const struct span text = base64_url_render(arena, secret, sizeof secret);
    memcpy(out->text, text.data, CONTEXT_LINK_SIZE - 1);
    out->text[CONTEXT_LINK_SIZE - 1] = 0;
    digest_sha256((struct span){out->text, CONTEXT_LINK_SIZE - 1}, out->hash);
    arena_close(&arena);
}

/* A tenant whose roster is gone still has timers and receipts: nobody is on it. */
static const struct roster nobody = {.zone = NULL};

static const struct roster *roster_of(const struct book *book, const struct work *w)
{
    const struct roster *r = w->roster;

    if (!r && w->event.tenant)
        r = book_roster(book, w->event.tenant);
    return r ? r : &nobody;
}

/* Returns what the store could not do, which undoes the whole batch; what became of the
 * decision itself is in the work. */
static enum err decide_one(struct apply *a, const struct book *book, struct facts *f,
                           struct work *w)
{
    const struct context c = {
        .facts = f,
        .roster = roster_of(book, w),
        .event = &w->event,
        .answer = &w->answer,
        .dice = &a->dice,
        .guard = a->guard,
        .public_url = a->public_url,
        .new_link = new_link,
        .may_dial = may_dial,
        .restored_ms = a->restored_ms,
        .open = book ? &book->open : NULL,
    };
    struct fact **const before = f->last;

    w->event.id = id_next(&a->ids, f->now_ms);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        memset(&w->answer, 0, sizeof w->answer);
        w->err = decide(&c);
        if (w->err != ERR_BUSY || !f->short_of) {
            if (!w->err && w->event.is_unproven)
                held_back(&c, before);
            return ERR_NONE;
        }
        const enum err e = store_load(a->store, f);
        if (e)
            return e;
    }
    return ERR_NONE;
}

/* ---- what is due ---- */

/* One unit of work at the store, from what it holds to its commit. */
struct batch {
    struct apply *apply;
    const struct book *book;
    int64_t now_ms;
    struct work *list;    /* what was brought, and behind it the timers that are due */
    struct work **timers; /* ... from here on; NULL: none shall fire */
    struct facts facts;
    struct claimed claimed;
    struct errand *errands;
};

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Those of the list's events, ascending, each once. */
static int32_t *tenants_of(const struct batch *b, size_t *out_count)
{
    size_t count = 0, kept = 0;

    for (const struct work *w = b->list; w; w = w->next)
        count++;
    int32_t *tenants = ARENA_NEW_N(b->apply->arena, int32_t, count);
    count = 0;
    for (const struct work *w = b->list; w; w = w->next)
        if (!count || tenants[count - 1] != w->event.tenant)
            tenants[count++] = w->event.tenant;
    qsort(tenants, count, sizeof *tenants, by_number);
    for (size_t i = 0; i < count; i++)
        if (!kept || tenants[kept - 1] != tenants[i])
            tenants[kept++] = tenants[i];
    *out_count = kept;
    return tenants;
}

static enum err add_due(struct batch *b)
{
    static struct timer due[DUE_MAX];
    struct apply *a = b->apply;
    const bool is_bounded = a->timers_ms && a->timers_ms <= b->now_ms;
    const int64_t until_ms = is_bounded ? a->timers_ms - 1 : b->now_ms;
    struct work **last = b->timers;
    size_t count = 0;

    if (!last || until_ms < a->next_timer_ms)
        return ERR_NONE;
    const enum err err = due_take(&a->due, a->store, until_ms, due, &count, &a->next_timer_ms);
    if (err) {
        a->next_timer_ms = b->now_ms + RETRY_MS;
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        struct work *w = ARENA_NEW(a->arena, struct work);
        w->event.kind = EVENT_TIMER;
        w->event.tenant = due[i].tenant;
        w->event.timer = due[i];
        metric_histogram_add(&a->tally.timer_late, METRIC_QUICK,
                             (b->now_ms - due[i].due_ms) * 1000);
        *last = w;
        last = &w->next;
    }
    return ERR_NONE;
}

/* ---- the batch ---- */

static void count_appended(struct apply *a, const struct facts *f)
{
    for (const struct appended *row = f->added; row; row = row->next) {
        if (row->kind == APPEND_TIMER && !row->timer.gone) {
            due_note(&a->due, row->timer.due_ms);
            if (row->timer.due_ms < a->next_timer_ms)
                a->next_timer_ms = row->timer.due_ms;
        }
        if (row->kind != APPEND_EVENT)
            continue;
        a->settled_by_list += strcmp(row->event.kind, "text.found") == 0;
        a->duplicates_possible += strcmp(row->event.kind, "text.sent-again") == 0;
        if (!row->event.alarm)
            continue;
        char subject[ID_TEXT_SIZE + 1];
        id_render(row->event.subject, subject);
        a->alarms++;
        log_event(LOG_WARN,
                  &(struct log_fields){
                      .tenant = row->event.tenant, .event = row->event.id, .kind = row->event.kind},
                  "alarm %s subject %s", row->event.kind, subject);
    }
}

static void count_work(struct apply *a, const struct work *w)
{
    a->events++;
    if (w->event.kind == EVENT_SENT)
        a->unsure += w->event.sent == SENT_UNSURE;
    if (w->err)
        return;
    a->late_texts += w->event.kind == EVENT_TEXT && w->event.late;
    a->late_calls += w->event.kind == EVENT_LATE_CALL;
}

static void finish(struct apply *a, const struct facts *f, const struct work *list)
{
    a->ready = true;
    a->batches++;
    count_appended(a, f);
    metric_tally_note(&a->tally, f);
    for (const struct work *w = list; w; w = w->next)
        count_work(a, w);
}

static bool has_changes(const struct facts *f)
{
    if (f->added)
        return true;
    for (const struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->fresh || fact->dirty)
            return true;
    return false;
}

static void add_errands(struct errand **list, struct errand *more)
{
    while (*list)
        list = &(*list)->next;
    *list = more;
}

static enum err load_and_decide(struct batch *b)
{
    struct apply *a = b->apply;
    size_t count;
    const int32_t *tenants = tenants_of(b, &count);

    enum err err = store_hold(a->store, tenants, count, b->now_ms);
    if (!err)
        err = add_due(b);
    facts_init(&b->facts, a->arena, &a->ids, b->now_ms);
    for (const struct work *w = b->list; w && !err; w = w->next)
        decide_want(&b->facts, &w->event);
    if (!err && b->list)
        err = store_load(a->store, &b->facts);
    for (struct work *w = b->list; w && !err; w = w->next)
        err = decide_one(a, b->book, &b->facts, w);
    return err;
}

static enum err save(struct apply *a, const struct facts *f)
{
    const int64_t since_ns = clock_mono_ns();
    const enum err err = store_save(a->store, f);

    a->commit_us_last = (clock_mono_ns() - since_ns) / 1000;
    metric_histogram_add(&a->tally.commit, METRIC_QUICK, a->commit_us_last);
    return err;
}

/* What memory knows is as before, but for what may be stored: that is under way until it is known
 * to be free. */
static void undo(struct batch *b, enum err err, bool is_again)
{
    struct apply *a = b->apply;

    store_drop(a->store);
    due_forget(&a->due);
    if (is_again || err == ERR_UNSURE) /* timers are read anew; some may have been stored */
        a->next_timer_ms = 0;
    guard_undo(a->guard);
    if (err == ERR_UNSURE)
        b->errands = claim_lost(&a->claim, &b->claimed, b->now_ms + RETRY_MS);
    else
        claim_undo(&a->claim, &b->claimed, is_again ? b->now_ms : b->now_ms + RETRY_MS);
}

static enum err try_once(struct batch *b)
{
    struct apply *a = b->apply;

    guard_begin(a->guard);
    pace_begin(a->claim.pace);
    b->claimed.count = b->claimed.sends = 0;
    enum err err = load_and_decide(b);
    if (!err)
        err = claim_rows(&a->claim, b->book, &b->facts, &b->claimed);
    if (!err && has_changes(&b->facts))
        err = save(a, &b->facts);
    if (err)
        return err;
    store_drop(a->store);
    finish(a, &b->facts, b->list);
    b->errands = claim_hand_out(&a->claim, &b->facts, &b->claimed);
    add_errands(&b->errands, inquiry_wanted(&b->facts));
    return ERR_NONE;
}

/* Others' locks and others' rows: the same batch finds another world at once. */
static enum err run_batch(struct batch *b)
{
    struct apply *a = b->apply;

    for (int tries = 1;; tries++) {
        const enum err err = try_once(b);
        if (!err)
            return ERR_NONE;
        const bool is_again = store_is_again(a->store) && err != ERR_UNSURE;
        undo(b, err, is_again);
        if (!is_again)
            return err;
        if (tries == TRIES)
            return ERR_BUSY;
        a->repeats++;
        if (b->timers)
            *b->timers = NULL; /* they are read anew */
    }
}
static void fail_all(struct apply *a, struct work *list, enum err err)
{
    const int64_t now_ns = clock_mono_ns();

    if (a->ready || now_ns - a->complained_ns > COMPLAIN_NS) {
        log_line(LOG_ERROR, "batch not stored: %s", store_why(a->store));
        a->complained_ns = now_ns;
    }
    a->ready = false;
    a->commits_failed++;
    a->commits_unsure += err == ERR_UNSURE;
    for (struct work *w = list; w; w = w->next) {
        w->err = err;
        w->unstored = true;
    }
}

/* Tells an event that the store refuses from a store that refuses every event. */
static bool can_store(struct apply *a, int64_t now_ms)
{
    return store_probe(a->store, now_ms) == ERR_NONE;
}

static void try_alone(struct batch *all, struct work *w)
{
    struct apply *a = all->apply;
    struct work alone = *w;
    struct batch b = {.apply = a, .book = all->book, .now_ms = all->now_ms, .list = &alone};

    alone.next = NULL;
    const enum err err = run_batch(&b);
    w->err = err ? err : alone.err;
    w->unstored = err == ERR_UNSURE || (err && !can_store(a, all->now_ms));
    w->answer = alone.answer;
    if (err)
        log_event(LOG_ERROR,
                  &(struct log_fields){.tenant = w->event.tenant,
                                       .event = w->event.id,
                                       .sid = w->event.sid,
                                       .kind = event_kind_name(w->event.kind)},
                  "event %s not stored: %s", event_kind_name(w->event.kind), store_why(a->store));
    add_errands(&all->errands, b.errands);
}

/* A conflict, or a row that cannot be read, belongs to one event: each is tried alone, and that
 * one is refused. A store that has gone meanwhile is not asked again for each. */
static void one_by_one(struct batch *all)
{
    struct work *w = all->list;

    for (; w; w = w->next) {
        try_alone(all, w);
        if (w->unstored)
            break;
    }
    if (w)
        fail_all(all->apply, w, w->err);
}

/* The result of a row that was claimed; what leaves without the store has no fence. */
static bool was_claimed(const struct event *e)
{
    return e->kind == EVENT_SENT && e->fence > 0;
}

/* Timers that failed stay in the store; results that failed come again, and until then their
 * sends count as under way. */
static void keep_for_later(const struct batch *b)
{
    struct apply *a = b->apply;

    for (const struct work *w = b->list; w; w = w->next) {
        if (!w->err)
            continue;
        a->claim.in_flight += was_claimed(&w->event);
        if (w->event.kind != EVENT_TIMER)
            continue;
        due_note(&a->due, w->event.timer.due_ms);
        if (b->now_ms + RETRY_MS < a->next_timer_ms)
            a->next_timer_ms = b->now_ms + RETRY_MS;
    }
}

/* What the store has kept from before is known before anything is decided. */
static enum err begin_late(struct apply *a, int64_t now_ms)
{
    const enum err err = a->has_begun ? ERR_NONE : apply_begin(a, now_ms);

    store_drop(a->store);
    return err;
}

struct errand *apply_batch(struct apply *a, const struct book *book, struct work *list,
                           int64_t now_ms, int64_t *out_wake_ms)
{
    struct batch b = {.apply = a, .book = book, .now_ms = now_ms, .list = list};

    arena_reset(a->arena);
    b.timers = &b.list;
    for (struct work *w = list; w; w = w->next) {
        a->claim.in_flight -= was_claimed(&w->event);
        w->err = ERR_NONE;
        w->unstored = false;
        b.timers = &w->next;
    }
    struct work **const timers = b.timers;
    enum err err = begin_late(a, now_ms);
    if (!err)
        err = run_batch(&b);
    const bool is_one = (err == ERR_CONFLICT || err == ERR_BROKEN) && b.list && a->has_begun;
    if (is_one)
        one_by_one(&b);
    else if (err)
        fail_all(a, b.list, err);
    keep_for_later(&b);
    *timers = NULL; /* they were this batch's own */
    const int64_t claim_ms = claim_wake_ms(&a->claim);
    *out_wake_ms = claim_ms < a->next_timer_ms ? claim_ms : a->next_timer_ms;
    if (err && !is_one)
        *out_wake_ms = now_ms + RETRY_MS; /* whatever is due: not before the store is tried again */
    return b.errands;
}

struct begin {
    struct apply *apply;
    int64_t now_ms;
};

static void note_sender(void *ctx, const struct store_sender *sender)
{
    const struct begin *b = ctx;

    pace_note(b->apply->claim.pace, sender, b->now_ms);
}

enum err apply_begin(struct apply *a, int64_t now_ms)
{
    struct begin b = {a, now_ms};
    size_t orphans = 0;

    enum err err = member_join(&a->member, a->store, &a->ids);
    if (!err)
        err = store_last_id(a->store, &a->ids.last);
    if (!err)
        err = store_restore_last(a->store, &a->restored_ms);
    if (!err)
        err = store_orphans(a->store, now_ms, &a->ids, &orphans);
    if (!err)
        err = store_senders(a->store, note_sender, &b);
    if (!err)
        err = claim_begin(&a->claim, a->arena, now_ms);
    if (orphans)
        log_line(LOG_WARN, "%zu sends were under way when nextring ended: unsure, not repeated",
                 orphans);
    a->ready = a->has_begun = !err;
    return err;
}
