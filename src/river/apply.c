#include "river/apply.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/phone.h"
#include "core/decide.h"
#include "river/inquiry.h"

enum {
    TIMERS_A_BATCH = 500,
    ROUNDS_MAX = 12, /* loads that one decision may ask for */
    RETRY_MS = 250,  /* until what could not be stored is tried again */
};

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

static const struct script_use *keep_script(struct arena *arena, const struct script_use *use)
{
    struct script_use *kept = ARENA_NEW(arena, struct script_use);

    *kept = *use;
    for (int i = 0; i < SCRIPT_FIELDS; i++)
        kept->values[i] = arena_copy(arena, use->values[i]);
    return kept;
}

/* The answer outlives the batch: its spans go to the submitter's arena. */
static void keep_answer(struct work *w)
{
    struct span *const spans[] = {&w->answer.caller_id, &w->answer.words, &w->answer.again,
                                  &w->answer.still, &w->answer.job};

    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++)
        if (spans[i]->size && w->arena)
            *spans[i] = arena_copy(w->arena, *spans[i]);
    for (int i = 0; i < w->answer.number_count && w->arena; i++)
        w->answer.numbers[i].number = arena_copy(w->arena, w->answer.numbers[i].number);
    if (w->answer.script && w->arena)
        w->answer.script = keep_script(w->arena, w->answer.script);
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

/* ---- the batch ---- */

static void count_appended(struct apply *a, const struct facts *f)
{
    for (const struct appended *row = f->added; row; row = row->next) {
        if (row->kind == APPEND_TIMER && !row->timer.gone && row->timer.due_ms < a->next_timer_ms)
            a->next_timer_ms = row->timer.due_ms;
        if (row->kind != APPEND_EVENT)
            continue;
        a->settled_by_list += strcmp(row->event.kind, "text.found") == 0;
        a->duplicates_possible += strcmp(row->event.kind, "text.sent-again") == 0;
        if (!row->event.alarm)
            continue;
        char subject[ID_TEXT_SIZE + 1];
        id_render(row->event.subject, subject);
        a->alarms++;
        log_line(LOG_WARN, "alarm %s tenant %d subject %s", row->event.kind, (int)row->event.tenant,
                 subject);
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

static void finish(struct apply *a, struct facts *f, struct work *list)
{
    a->ready = true;
    a->batches++;
    count_appended(a, f);
    for (struct work *w = list; w; w = w->next) {
        count_work(a, w);
        if (!w->err)
            keep_answer(w);
    }
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

static enum err one_batch(struct apply *a, const struct book *book, struct work *list,
                          int64_t now_ms, struct errand **out)
{
    struct facts f;
    struct claimed claimed = {.count = 0};

    facts_init(&f, a->arena, &a->ids, now_ms);
    for (const struct work *w = list; w; w = w->next)
        decide_want(&f, &w->event);
    enum err err = list ? store_load(a->store, &f) : ERR_NONE;
    for (struct work *w = list; w && !err; w = w->next)
        err = decide_one(a, book, &f, w);
    if (!err)
        err = claim_rows(&a->claim, book, &f, &claimed);
    if (!err && has_changes(&f)) {
        const int64_t since_ns = clock_mono_ns();
        err = store_save(a->store, &f);
        a->commit_us_last = (clock_mono_ns() - since_ns) / 1000;
    }
    if (err) {
        claim_undo(&a->claim, &claimed, now_ms + RETRY_MS);
        return err;
    }
    finish(a, &f, list);
    *out = claim_hand_out(&a->claim, &f, &claimed);
    add_errands(out, inquiry_wanted(&f));
    return ERR_NONE;
}

static void fail_all(struct apply *a, struct work *list, enum err err)
{
    a->ready = false;
    a->commits_failed++;
    log_line(LOG_ERROR, "batch not stored: %s", store_why(a->store));
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

/* A conflict, or a row that cannot be read, belongs to one event: each is tried alone, and that
 * one is refused. */
static struct errand *one_by_one(struct apply *a, const struct book *book, struct work *list,
                                 int64_t now_ms)
{
    struct errand *first = NULL, **last = &first;

    for (struct work *w = list; w; w = w->next) {
        struct work alone = *w;
        struct errand *errands = NULL;
        alone.next = NULL;
        const enum err err = one_batch(a, book, &alone, now_ms, &errands);
        w->err = err ? err : alone.err;
        w->unstored = err && !can_store(a, now_ms);
        if (w->unstored) {
            a->ready = false;
            a->commits_failed++;
        }
        w->answer = alone.answer;
        if (err)
            log_line(LOG_ERROR, "event %s tenant %d not stored: %s", event_kind_name(w->event.kind),
                     (int)w->event.tenant, store_why(a->store));
        *last = errands;
        while (*last)
            last = &(*last)->next;
    }
    return first;
}

/* The result of a row that was claimed; what leaves without the store has no fence. */
static bool was_claimed(const struct event *e)
{
    return e->kind == EVENT_SENT && e->fence > 0;
}

/* Timers that failed stay in the store; results that failed come again, and until then their
 * sends count as under way. */
static void keep_for_later(struct apply *a, const struct work *list, int64_t now_ms)
{
    for (const struct work *w = list; w; w = w->next) {
        if (!w->err)
            continue;
        a->claim.in_flight += was_claimed(&w->event);
        if (w->event.kind == EVENT_TIMER && now_ms + RETRY_MS < a->next_timer_ms)
            a->next_timer_ms = now_ms + RETRY_MS;
    }
}

struct errand *apply_batch(struct apply *a, const struct book *book, struct work *list,
                           int64_t now_ms, int64_t *out_wake_ms)
{
    struct errand *errands = NULL;
    struct work **last = &list;

    arena_reset(a->arena);
    for (struct work *w = list; w; w = w->next) {
        a->claim.in_flight -= was_claimed(&w->event);
        w->unstored = false;
        last = &w->next;
    }
    struct work *const timers = a->hold_timers ? NULL : due_timers(a, now_ms);
    *last = timers;
    const enum err err = one_batch(a, book, list, now_ms, &errands);
    if ((err == ERR_CONFLICT || err == ERR_BROKEN) && list)
        errands = one_by_one(a, book, list, now_ms);
    else if (err)
        fail_all(a, list, err);
    keep_for_later(a, list, now_ms);
    *last = NULL; /* the timers were this batch's own */
    const int64_t claim_ms = claim_wake_ms(&a->claim);
    *out_wake_ms = claim_ms < a->next_timer_ms ? claim_ms : a->next_timer_ms;
    return errands;
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

    enum err err = store_last_id(a->store, &a->ids.last);
    if (!err)
        err = store_orphans(a->store, now_ms, &a->ids, &orphans);
    if (!err)
        err = store_senders(a->store, note_sender, &b);
    if (!err)
        err = claim_begin(&a->claim, a->arena, now_ms);
    if (orphans)
        log_line(LOG_WARN, "%zu sends were under way when nextring ended: unsure, not repeated",
                 orphans);
    a->ready = !err;
    return err;
}
