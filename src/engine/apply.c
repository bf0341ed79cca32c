#include "engine/apply.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "core/decide.h"

enum {
    TIMERS_A_BATCH = 500,
    SENDS_A_BATCH = 64,
    ROUNDS_MAX = 12, /* loads that one decision may ask for */
    RETRY_MS = 250,  /* until what could not be stored is tried again */
};

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

/* The answer outlives the batch: its spans go to the submitter's arena. */
static void keep_answer(struct work *w)
{
    struct span *const spans[] = {&w->answer.to, &w->answer.caller_id, &w->answer.words,
                                  &w->answer.again, &w->answer.job};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        if (spans[i]->size && w->arena)
            *spans[i] = arena_copy(w->arena, *spans[i]);
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
        .public_url = a->public_url,
        .new_link = new_link,
    };

    w->event.id = id_next(&a->ids, f->now_ms);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        memset(&w->answer, 0, sizeof w->answer);
        w->err = decide(&c);
        if (w->err != ERR_BUSY || !f->short_of)
            return ERR_NONE;
        const enum err e = store_load(a->store, f);
        if (e)
            return e;
    }
    return ERR_NONE;
}

/* ---- what is due ---- */

static struct work *due_timers(struct apply *a, int64_t now_ms)
{
    static struct timer due[TIMERS_A_BATCH];
    struct work *first = NULL, **last = &first;
    size_t count = 0;

    if (now_ms < a->next_timer_ms)
        return NULL;
    if (store_due(a->store, now_ms, TIMERS_A_BATCH, due, &count, &a->next_timer_ms)) {
        log_line(LOG_ERROR, "timers cannot be read: %s", store_why(a->store));
        a->next_timer_ms = now_ms + 1000;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct work *w = ARENA_NEW(a->arena, struct work);
        w->event.kind = EVENT_TIMER;
        w->event.tenant = due[i].tenant;
        w->event.timer = due[i];
        if (now_ms - due[i].due_ms > a->timer_late_ms_max)
            a->timer_late_ms_max = now_ms - due[i].due_ms;
        *last = w;
        last = &w->next;
    }
    return first;
}

static struct store_sender sender_of(const struct outbox *o)
{
    struct store_sender s = {.tenant = o->tenant, .kind = o->kind};

    memcpy(s.from, o->from, sizeof s.from);
    return s;
}

static void claim(struct apply *a, struct outbox *o, struct outbox **out, size_t *count)
{
    o->state = OUTBOX_SENDING;
    o->fence++;
    o->attempt++;
    a->in_flight++;
    out[(*count)++] = o;
}

/* A carrier that hangs may hold up what can wait, but as many urgent rows go beside it. */
static bool has_room(const struct apply *a, size_t count, enum outbox_class class)
{
    const int max = class == OUTBOX_URGENT ? 2 * a->in_flight_max : a->in_flight_max;

    return count < SENDS_A_BATCH && a->in_flight < max;
}

/* Rows that this batch adds may leave with its own commit: one fsync less before a pre-alert. */
static void claim_fresh(struct apply *a, struct facts *f, struct outbox **out, size_t *count)
{
    for (struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_OUTBOX || fact->state != FACT_PRESENT || fact->same ||
            !(fact->fresh || fact->dirty))
            continue;
        struct outbox *o = fact->outbox;
        if (o->gone || o->state != OUTBOX_QUEUED)
            continue;
        const struct store_sender s = sender_of(o);
        if (fact->fresh && o->due_ms <= f->now_ms && has_room(a, *count, o->class) &&
            pace_take(a->pace, &s, o->class, f->now_ms))
            claim(a, o, out, count);
        else
            pace_note(a->pace, &s, o->due_ms);
    }
}

/* Too late, or its call is over: the row is dropped instead of sent. */
static bool is_void(struct apply *a, struct facts *f, const struct outbox *o)
{
    if (o->expires_ms && o->expires_ms <= f->now_ms)
        return true;
    if (!o->cascade)
        return false;
    const struct cascade *k = facts_cascade(f, o->tenant, o->cascade);
    if (f->short_of && store_load(a->store, f) == ERR_NONE)
        k = facts_cascade(f, o->tenant, o->cascade);
    return !k || k->state != CASCADE_RINGING;
}

static void drop(struct apply *a, struct facts *f, struct outbox *o)
{
    struct message *m = facts_message(f, o->tenant, o->id);

    if (f->short_of && store_load(a->store, f) == ERR_NONE)
        m = facts_message(f, o->tenant, o->id);
    o->gone = true;
    facts_touch(f, FACT_OUTBOX, o);
    if (m) {
        m->delivery = DELIVERY_DROPPED;
        facts_touch(f, FACT_MESSAGE, m);
    }
}

static void claim_waiting(struct apply *a, struct facts *f, struct outbox **out, size_t *count)
{
    const struct store_sender *next;
    int max = 0;

    while (has_room(a, *count, OUTBOX_NORMAL) &&
           (next = pace_next(a->pace, f->now_ms, &max)) != NULL) {
        struct outbox *rows[SENDS_A_BATCH];
        const struct store_sender s = *next;
        const size_t room = SENDS_A_BATCH - *count;
        size_t ready = 0;
        int64_t next_ms = INT64_MAX;
        if (store_ready(a->store, f, &s, f->now_ms, (size_t)max < room ? (size_t)max : room, rows,
                        &ready, &next_ms)) {
            pace_note(a->pace, &s, f->now_ms + 1000);
            return;
        }
        if (next_ms != INT64_MAX)
            pace_note(a->pace, &s, next_ms);
        for (size_t i = 0; i < ready; i++) {
            struct outbox *o = rows[i];
            if (o->gone || o->state != OUTBOX_QUEUED || o->due_ms > f->now_ms)
                continue;
            if (is_void(a, f, o)) {
                drop(a, f, o);
            } else if (has_room(a, *count, o->class) &&
                       pace_take(a->pace, &s, o->class, f->now_ms)) {
                claim(a, o, out, count);
                facts_touch(f, FACT_OUTBOX, o);
            } else {
                pace_note(a->pace, &s, f->now_ms);
            }
        }
    }
}

static struct apply_send *hand_out(struct outbox *const *rows, size_t count)
{
    struct apply_send *first = NULL, **last = &first;

    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_open(1024 + rows[i]->body.size);
        struct apply_send *s = ARENA_NEW(arena, struct apply_send);
        s->arena = arena;
        s->row = *rows[i];
        s->row.body = arena_copy(arena, rows[i]->body);
        *last = s;
        last = &s->next;
    }
    return first;
}

/* ---- the batch ---- */

static void count_alarms(struct apply *a, const struct facts *f)
{
    for (const struct appended *row = f->added; row; row = row->next) {
        if (row->kind == APPEND_TIMER && !row->timer.gone && row->timer.due_ms < a->next_timer_ms)
            a->next_timer_ms = row->timer.due_ms;
        if (row->kind != APPEND_EVENT || !row->event.alarm)
            continue;
        char subject[ID_TEXT_SIZE + 1];
        id_render(row->event.subject, subject);
        a->alarms++;
        log_line(LOG_WARN, "alarm %s tenant %d subject %s", row->event.kind, (int)row->event.tenant,
                 subject);
    }
}

static void finish(struct apply *a, struct facts *f, struct work *list, struct outbox *const *rows,
                   size_t count, struct apply_send **out)
{
    a->ready = true;
    a->batches++;
    count_alarms(a, f);
    for (struct work *w = list; w; w = w->next) {
        a->events++;
        if (w->event.kind == EVENT_SENT)
            a->unsure += w->event.sent == SENT_UNSURE;
        if (!w->err)
            keep_answer(w);
    }
    *out = hand_out(rows, count);
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

static enum err one_batch(struct apply *a, const struct book *book, struct work *list,
                          int64_t now_ms, struct apply_send **out)
{
    struct facts f;
    struct outbox *rows[SENDS_A_BATCH];
    size_t count = 0;

    facts_init(&f, a->arena, &a->ids, now_ms);
    for (const struct work *w = list; w; w = w->next)
        decide_want(&f, &w->event);
    enum err err = list ? store_load(a->store, &f) : ERR_NONE;
    for (struct work *w = list; w && !err; w = w->next)
        err = decide_one(a, book, &f, w);
    if (!err) {
        claim_fresh(a, &f, rows, &count);
        claim_waiting(a, &f, rows, &count);
    }
    if (!err && has_changes(&f)) {
        const int64_t since_ns = clock_mono_ns();
        err = store_save(a->store, &f);
        a->commit_us_last = (clock_mono_ns() - since_ns) / 1000;
    }
    if (err) {
        a->in_flight -= (int)count;
        for (size_t i = 0; i < count; i++) {
            const struct store_sender s = sender_of(rows[i]);
            pace_note(a->pace, &s, now_ms + RETRY_MS);
        }
        return err;
    }
    finish(a, &f, list, rows, count, out);
    return ERR_NONE;
}

static void fail_all(struct apply *a, struct work *list, enum err err)
{
    a->ready = false;
    a->commits_failed++;
    log_line(LOG_ERROR, "batch not stored: %s", store_why(a->store));
    for (struct work *w = list; w; w = w->next)
        w->err = err;
}

/* A conflict, or a row that cannot be read, belongs to one event: each is tried alone, and that
 * one is refused. */
static struct apply_send *one_by_one(struct apply *a, const struct book *book, struct work *list,
                                     int64_t now_ms)
{
    struct apply_send *first = NULL, **last = &first;

    for (struct work *w = list; w; w = w->next) {
        struct work alone = *w;
        struct apply_send *sends = NULL;
        alone.next = NULL;
        const enum err err = one_batch(a, book, &alone, now_ms, &sends);
        w->err = err ? err : alone.err;
        w->answer = alone.answer;
        if (err)
            log_line(LOG_ERROR, "event %s tenant %d not stored: %s", event_kind_name(w->event.kind),
                     (int)w->event.tenant, store_why(a->store));
        *last = sends;
        while (*last)
            last = &(*last)->next;
    }
    return first;
}

/* Timers that failed stay in the store; results that failed come again, and until then their
 * sends count as under way. */
static void keep_for_later(struct apply *a, const struct work *list, int64_t now_ms)
{
    for (const struct work *w = list; w; w = w->next) {
        if (!w->err)
            continue;
        a->in_flight += w->event.kind == EVENT_SENT;
        if (w->event.kind == EVENT_TIMER && now_ms + RETRY_MS < a->next_timer_ms)
            a->next_timer_ms = now_ms + RETRY_MS;
    }
}

struct apply_send *apply_batch(struct apply *a, const struct book *book, struct work *list,
                               int64_t now_ms, int64_t *out_wake_ms)
{
    struct apply_send *sends = NULL;
    struct work **last = &list;

    arena_reset(a->arena);
    for (struct work *w = list; w; w = w->next) {
        a->in_flight -= w->event.kind == EVENT_SENT;
        last = &w->next;
    }
    struct work *const timers = due_timers(a, now_ms);
    *last = timers;
    const enum err err = one_batch(a, book, list, now_ms, &sends);
    if ((err == ERR_CONFLICT || err == ERR_BROKEN) && list && list->next)
        sends = one_by_one(a, book, list, now_ms);
    else if (err)
        fail_all(a, list, err);
    keep_for_later(a, list, now_ms);
    *last = NULL; /* the timers were this batch's own */
    const int64_t send_ms = a->in_flight < a->in_flight_max ? pace_wake_ms(a->pace) : INT64_MAX;
    *out_wake_ms = send_ms < a->next_timer_ms ? send_ms : a->next_timer_ms;
    return sends;
}

struct begin {
    struct apply *apply;
    int64_t now_ms;
};

static void note_sender(void *ctx, const struct store_sender *sender)
{
    const struct begin *b = ctx;

    pace_note(b->apply->pace, sender, b->now_ms);
}

enum err apply_begin(struct apply *a, int64_t now_ms)
{
    struct begin b = {a, now_ms};
    size_t orphans = 0;

    enum err err = store_last_id(a->store, &a->ids.last);
    if (!err)
        err = store_orphans(a->store, now_ms, &a->ids, &orphans);
    if (!err)
        err = store_senders(a->store, note_sender, &b);
    if (orphans)
        log_line(LOG_WARN, "%zu sends were under way when nextring ended: unsure, not repeated",
                 orphans);
    a->ready = !err;
    return err;
}
