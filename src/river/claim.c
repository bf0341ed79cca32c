#include "river/claim.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "call/call_update.h"
#include "call/overlap.h"
#include "codec/phone.h"
#include "model/segments.h"
#include "river/held_back.h"

enum {
    UNSURE_KNOWN = 20000, /* at start; more would only be counted late */
    /* A search takes at most half a minute (river/reconcile.c). */
    LEASE_MS = 35000,
    RETRY_MS = 1000,
};

static struct store_sender sender_of(const struct outbox *o)
{
    struct store_sender s = {.tenant = o->tenant, .kind = o->kind};

    memcpy(s.from, o->from, sizeof s.from);
    return s;
}

/* What it costs of the sender's rate: the carrier counts segments, and a text with media is
 * one. */
static int cost_of(const struct outbox *o)
{
    if (o->kind != OUTBOX_TEXT || o->media.size > 0)
        return 1;
    return (int)segments_count(o->body).count;
}

/* ---- rows to be sent ---- */

static bool is_to_operator(const struct roster *roster, const struct outbox *o)
{
    return roster && roster_operator_by_phone(roster, span_of(o->to)) >= 0;
}

/* What operators are asked and must know goes in any case: else somebody would wait in vain. */
static struct budget_ask ask_of(const struct claim *c, const struct facts *f,
                                const struct outbox *o)
{
    const struct roster *roster = book_roster(c->book, o->tenant);

    return (struct budget_ask){
        .tenant = o->tenant,
        .day = budget_day(roster, f->now_ms),
        .limits = roster ? &roster->budget : NULL,
        .terms = book_terms(c->book, o->tenant),
        .is_call = o->kind == OUTBOX_CALL,
        .to = span_of(o->to),
        .is_urgent =
            o->class == OUTBOX_URGENT || (o->class == OUTBOX_NORMAL && is_to_operator(roster, o)),
    };
}

static void note_over(struct facts *f, const struct outbox *o, const struct budget_word *word)
{
    struct event_row row = {.tenant = o->tenant, .subject = o->id};

    row.kind = "budget.over";
    row.detail = span_of(arena_printf(
        f->arena, "%s is reached: what is not urgent is not sent until tomorrow", word->over));
    row.alarm = true;
    if (word->tells)
        facts_log(f, &row);
    row.kind = "text.over-budget";
    row.detail = span_of(word->over);
    row.alarm = false;
    if (!word->goes)
        facts_log(f, &row);
}

/* Numbers of premium rate, emergency numbers and the like are never dialled or texted, whoever
 * asks for it; those of the roster were judged when it was read. */
static bool is_allowed(const struct claim *c, const struct outbox *o)
{
    char number[PHONE_TEXT_SIZE];

    if (is_to_operator(book_roster(c->book, o->tenant), o))
        return true;
    switch (phone_parse(o->to, strlen(o->to), NULL, number)) {
    case PHONE_GOOD:
    case PHONE_TOO_LONG: /* plans change: he has called or written from it */
    case PHONE_NOT_POSSIBLE:
        return true;
    case PHONE_NOT_A_NUMBER:
    case PHONE_NO_COUNTRY:
    case PHONE_TOO_SHORT:
    case PHONE_PREMIUM:
    case PHONE_EMERGENCY:
    case PHONE_VERDICTS:
        break;
    }
    return false;
}

static void note_forbidden(struct facts *f, const struct outbox *o)
{
    const struct event_row row = {
        .tenant = o->tenant,
        .subject = o->id,
        .kind = o->kind == OUTBOX_CALL ? "call.forbidden" : "text.forbidden",
        .detail = SPAN("no number that may be dialled: premium rate, too short or none at all"),
        .alarm = true,
    };

    facts_log(f, &row);
}

/* A tenant that the host has suspended: what ends something goes, and nothing else. */
static bool is_suspended(const struct claim *c, const struct outbox *o)
{
    return (o->kind == OUTBOX_TEXT || o->kind == OUTBOX_CALL) &&
           book_terms(c->book, o->tenant)->state == TENANT_SUSPENDED;
}

static void note_suspended(struct facts *f, const struct outbox *o)
{
    const struct event_row row = {
        .tenant = o->tenant,
        .subject = o->id,
        .kind = o->kind == OUTBOX_CALL ? "call.suspended" : "text.suspended",
        .detail = SPAN("the host has suspended this business: it is not sent"),
    };

    facts_log(f, &row);
}

/* NULL: it has none. */
static struct message *message_of(const struct claim *c, struct facts *f, const struct outbox *o)
{
    struct message *m = facts_message(f, o->tenant, o->id);

    if (f->short_of && store_load(c->store, f) == ERR_NONE)
        m = facts_message(f, o->tenant, o->id);
    return m;
}

/* A line in report-only mode: who is on the roster is told, and nobody else. */
static bool is_restrained(const struct claim *c, const struct facts *f, const struct outbox *o)
{
    const struct restraint r = {.tenant = o->tenant,
                                .roster = c->book ? book_roster(c->book, o->tenant) : NULL,
                                .open = c->book ? &c->book->open : NULL,
                                .now_ms = f->now_ms};

    return (o->kind == OUTBOX_TEXT || o->kind == OUTBOX_CALL) &&
           restraint_holds(&r, span_of(o->from), span_of(o->to));
}

/* Counts what leaves for the first time; false: it does not leave. */
static bool spend(struct claim *c, struct facts *f, const struct outbox *o, struct claimed *out)
{
    struct budget_ask *ask = &out->asks[out->count];
    struct budget_word *word = &out->words[out->count];
    struct spent rows[BUDGET_ROWS];

    *ask = (struct budget_ask){.tenant = 0};
    if (is_suspended(c, o)) {
        note_suspended(f, o);
        return false;
    }
    if (is_restrained(c, f, o)) {
        held_back_note(f, o, message_of(c, f, o));
        return false;
    }
    if (o->attempt > 0 || (o->kind != OUTBOX_TEXT && o->kind != OUTBOX_CALL))
        return true;
    if (!is_allowed(c, o)) {
        note_forbidden(f, o);
        return false;
    }
    *ask = ask_of(c, f, o);
    *word = budget_take(c->budget, ask);
    for (int i = 0, n = budget_rows(ask, word, rows); i < n; i++)
        facts_put_spent(f, &rows[i]);
    if (word->over)
        note_over(f, o, word);
    return word->goes;
}

/* Of a claim that was not committed nobody knows: another node's would have the same number, if
 * it did not bear the node's own in its last six bits. */
static int32_t next_fence(const struct claim *c, const struct outbox *o)
{
    return c->store->is_shared ? (o->fence / 64 + 1) * 64 + c->store->node : o->fence + 1;
}

static void take(struct claim *c, struct facts *f, struct outbox *o, struct claimed *out)
{
    out->kinds[out->count] = spend(c, f, o, out) ? ERRAND_SEND : ERRAND_DROP;
    o->state = OUTBOX_SENDING;
    o->sent_ms = f->now_ms;
    o->fence = next_fence(c, o);
    o->node = c->store->node;
    o->incarnation = c->store->incarnation;
    o->attempt++;
    c->in_flight++;
    out->rows[out->count++] = o;
}

/* A carrier that hangs may hold up what can wait, but as many urgent rows go beside it. */
static bool has_room(const struct claim *c, const struct claimed *out, enum outbox_class class)
{
    const int max = class == OUTBOX_URGENT ? 2 * c->in_flight_max : c->in_flight_max;

    return out->count < CLAIM_SENDS && c->in_flight < max;
}

static bool may_leave(struct claim *c, const struct facts *f, const struct outbox *o,
                      const struct claimed *out)
{
    const struct store_sender s = sender_of(o);

    return has_room(c, out, o->class) && pace_take(c->pace, &s, o->class, cost_of(o), f->now_ms);
}

/* What its call wants no more. */
static bool is_wanted(const struct outbox *o, const struct cascade *k, int64_t now_ms)
{
    switch (o->kind) {
    case OUTBOX_TEXT: /* a pre-alert */
        return k && k->state == CASCADE_RINGING;
    case OUTBOX_CALL:
        return k &&
               (o->has_rung ? overlap_wants_leg(k, o->rung, now_ms) : k->state == CASCADE_RINGING);
    case OUTBOX_ERASE:
        return true;
    case OUTBOX_UPDATE:
        return k &&
               (o->has_rung ? call_update_wants_move(k, o->rung) : call_update_wants_end(k, o->to));
    case OUTBOX_KINDS:
        break;
    }
    return false;
}

/* Too late, or wanted no more: the row is dropped instead of sent. */
static bool is_void(struct claim *c, struct facts *f, const struct outbox *o)
{
    if (o->expires_ms && o->expires_ms <= f->now_ms)
        return true;
    if (!o->cascade)
        return false;
    const struct cascade *k = facts_cascade(f, o->tenant, o->cascade);
    if (f->short_of && store_load(c->store, f) == ERR_NONE)
        k = facts_cascade(f, o->tenant, o->cascade);
    return !is_wanted(o, k, f->now_ms);
}

/* Rows that this batch adds may leave with its own commit: one fsync less before a pre-alert. */
static void take_fresh(struct claim *c, struct facts *f, struct claimed *out)
{
    for (struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_OUTBOX || fact->state != FACT_PRESENT || fact->same ||
            !(fact->fresh || fact->dirty))
            continue;
        struct outbox *o = fact->outbox;
        if (o->gone || o->state != OUTBOX_QUEUED)
            continue;
        if (o->kind == OUTBOX_CALL && o->has_rung && is_void(c, f, o))
            o->gone = true; /* its call came to an end in this very batch */
        else if (fact->fresh && o->due_ms <= f->now_ms && may_leave(c, f, o, out))
            take(c, f, o, out);
    }
}

/* Those that this batch has queued and that do not leave with it. The store does not know of them
 * yet, so a look at what waits, in this very batch, would forget them: it comes before. */
static void note_queued(struct claim *c, const struct facts *f)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_OUTBOX || fact->state != FACT_PRESENT || fact->same ||
            !(fact->fresh || fact->dirty))
            continue;
        const struct outbox *o = fact->outbox;
        const struct store_sender s = sender_of(o);
        if (!o->gone && o->state == OUTBOX_QUEUED)
            pace_note(c->pace, &s, o->due_ms);
    }
}

static void drop(struct claim *c, struct facts *f, struct outbox *o)
{
    struct message *m = message_of(c, f, o);

    o->gone = true;
    facts_touch(f, FACT_OUTBOX, o);
    if (m) {
        m->delivery = DELIVERY_DROPPED;
        facts_touch(f, FACT_MESSAGE, m);
    }
}

static void take_one(struct claim *c, struct facts *f, struct outbox *o, struct claimed *out)
{
    const struct store_sender s = sender_of(o);

    if (o->gone || o->state != OUTBOX_QUEUED || o->due_ms > f->now_ms)
        return;
    if (is_void(c, f, o)) {
        drop(c, f, o);
    } else if (may_leave(c, f, o, out)) {
        take(c, f, o, out);
        facts_touch(f, FACT_OUTBOX, o);
    } else {
        pace_note(c->pace, &s, f->now_ms);
    }
}

static void take_waiting(struct claim *c, struct facts *f, struct claimed *out)
{
    const struct store_sender *next;
    int max = 0;

    while (has_room(c, out, OUTBOX_NORMAL) &&
           (next = pace_next(c->pace, f->now_ms, &max)) != NULL) {
        struct outbox *rows[CLAIM_SENDS];
        const struct store_sender s = *next;
        const size_t room = CLAIM_SENDS - out->count;
        size_t ready = 0;
        int64_t next_ms = INT64_MAX;
        if (store_ready(c->store, f, &s, f->now_ms, (size_t)max < room ? (size_t)max : room, rows,
                        &ready, &next_ms)) {
            pace_note(c->pace, &s, f->now_ms + RETRY_MS);
            return;
        }
        if (next_ms != INT64_MAX)
            pace_note(c->pace, &s, next_ms);
        for (size_t i = 0; i < ready; i++)
            take_one(c, f, rows[i], out);
    }
}

/* ---- consent ---- */

static enum err sift(struct claim *c, struct facts *f, struct claimed *out)
{
    for (size_t i = 0; i < out->sends; i++) {
        const struct outbox *o = out->rows[i];
        if (o->kind == OUTBOX_TEXT)
            facts_want_consent(f, o->tenant, span_of(o->from), span_of(o->to));
    }
    const enum err err = out->sends ? store_load(c->store, f) : ERR_NONE;
    for (size_t i = 0; i < out->sends && !err; i++) {
        const struct outbox *o = out->rows[i];
        if (o->kind != OUTBOX_TEXT)
            continue;
        const struct consent *consent =
            facts_consent(f, o->tenant, span_of(o->from), span_of(o->to));
        if (consent && consent->is_out)
            out->kinds[i] = ERRAND_REFUSE;
    }
    return err;
}

/* ---- unsure rows ---- */

static void take_unsure(struct claim *c, struct facts *f, struct claimed *out)
{
    struct outbox *rows[CLAIM_LOOKS];
    const size_t max = c->looks_max < CLAIM_LOOKS ? (size_t)c->looks_max : CLAIM_LOOKS;
    size_t count = 0;

    if (c->looks_max <= 0 || f->now_ms < c->next_unsure_ms)
        return;
    if (store_unsure(c->store, f, f->now_ms, max, rows, &count, &c->next_unsure_ms)) {
        log_line(LOG_ERROR, "unsure rows cannot be read: %s", store_why(c->store));
        c->next_unsure_ms = f->now_ms + RETRY_MS;
        return;
    }
    if (count == 0 && c->next_unsure_ms == INT64_MAX) /* others have settled what was known */
        c->unsure_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct outbox *o = rows[i];
        if (o->gone || o->state != OUTBOX_UNSURE || o->due_ms > f->now_ms)
            continue;
        o->due_ms = f->now_ms + LEASE_MS;
        facts_touch(f, FACT_OUTBOX, o);
        out->rows[out->count] = o;
        out->kinds[out->count++] = ERRAND_LOOK;
    }
}

/* Index of the first id that is not below `id`. */
static size_t place_of(const struct claim *c, int64_t id)
{
    size_t from = 0, to = c->unsure_count;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (c->unsure[middle] < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void note_unsure(struct claim *c, int64_t id, bool is_unsure)
{
    const size_t at = place_of(c, id);
    const bool known = at < c->unsure_count && c->unsure[at] == id;

    if (known == is_unsure)
        return;
    if (known) {
        c->unsure_count--;
        memmove(c->unsure + at, c->unsure + at + 1, (c->unsure_count - at) * sizeof *c->unsure);
        return;
    }
    if (c->unsure_count == c->unsure_room) {
        c->unsure_room = c->unsure_room ? 2 * c->unsure_room : 64;
        c->unsure = arena_must_grow(c->unsure, c->unsure_room * sizeof *c->unsure);
    }
    memmove(c->unsure + at + 1, c->unsure + at, (c->unsure_count - at) * sizeof *c->unsure);
    c->unsure[at] = id;
    c->unsure_count++;
}

/* So that a batch asks the store for unsure rows only when there is one that is due. */
static void note_all(struct claim *c, const struct facts *f)
{
    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_OUTBOX || fact->state != FACT_PRESENT || fact->same ||
            !(fact->fresh || fact->dirty))
            continue;
        const struct outbox *o = fact->outbox;
        const bool is_unsure = !o->gone && o->state == OUTBOX_UNSURE;
        if (is_unsure && o->due_ms < c->next_unsure_ms)
            c->next_unsure_ms = o->due_ms;
        note_unsure(c, o->id, is_unsure);
    }
}

static void know(void *ctx, const struct spent *row)
{
    budget_learn(ctx, row);
}

enum err claim_begin(struct claim *c, struct arena *arena, int64_t now_ms)
{
    struct facts f;
    struct id_maker ids = {0};
    struct outbox **rows = ARENA_NEW_N(arena, struct outbox *, UNSURE_KNOWN);
    size_t count = 0;
    int64_t next_ms;

    facts_init(&f, arena, &ids, now_ms);
    enum err err = store_unsure(c->store, &f, INT64_MAX - 1, UNSURE_KNOWN, rows, &count, &next_ms);
    if (!err) /* zones are less than two days apart */
        err = store_spent(c->store, budget_day(NULL, now_ms) - 1, know, c->budget);
    for (size_t i = 0; i < count && !err; i++)
        note_unsure(c, rows[i]->id, true);
    c->next_unsure_ms = count ? now_ms : INT64_MAX;
    return err;
}

void claim_done(struct claim *c)
{
    free(c->unsure);
    c->unsure = NULL;
    c->unsure_count = c->unsure_room = 0;
}

/* ---- a batch ---- */

enum err claim_rows(struct claim *c, const struct book *book, struct facts *f, struct claimed *out)
{
    c->book = book;
    out->count = 0;
    take_fresh(c, f, out);
    take_waiting(c, f, out);
    note_queued(c, f);
    out->sends = out->count;
    take_unsure(c, f, out);
    return sift(c, f, out);
}

void claim_undo(struct claim *c, const struct claimed *claimed, int64_t again_ms)
{
    c->in_flight -= (int)claimed->sends;
    pace_undo(c->pace, again_ms);
    for (size_t i = 0; i < claimed->sends; i++) {
        const struct store_sender s = sender_of(claimed->rows[i]);
        pace_note(c->pace, &s, again_ms);
        if (claimed->asks[i].tenant)
            budget_give_back(c->budget, &claimed->asks[i], &claimed->words[i]);
    }
    if (again_ms < c->next_unsure_ms) /* what the batch has postponed is due as before */
        c->next_unsure_ms = again_ms;
}

static struct errand *errand_of(const struct outbox *o, enum errand_kind kind)
{
    struct arena *arena = arena_open(1024 + o->body.size + o->media.size);
    struct errand *e = ARENA_NEW(arena, struct errand);

    e->arena = arena;
    e->kind = kind;
    e->row = *o;
    e->row.body = arena_copy(arena, o->body);
    e->row.media = arena_copy(arena, o->media);
    return e;
}

struct errand *claim_lost(struct claim *c, const struct claimed *claimed, int64_t again_ms)
{
    struct errand *first = NULL, **last = &first;

    for (size_t i = 0; i < claimed->sends; i++) {
        const enum errand_kind kind = claimed->kinds[i];
        *last = errand_of(claimed->rows[i], kind == ERRAND_SEND ? ERRAND_FREE : kind);
        last = &(*last)->next;
    }
    pace_undo(c->pace, again_ms);
    if (again_ms < c->next_unsure_ms)
        c->next_unsure_ms = again_ms;
    return first;
}

struct errand *claim_hand_out(struct claim *c, const struct facts *f, const struct claimed *claimed)
{
    struct errand *first = NULL, **last = &first;

    note_all(c, f);
    for (size_t i = 0; i < claimed->count; i++) {
        *last = errand_of(claimed->rows[i], claimed->kinds[i]);
        c->opted_out += claimed->kinds[i] == ERRAND_REFUSE;
        last = &(*last)->next;
    }
    return first;
}

int64_t claim_wake_ms(const struct claim *c)
{
    const int64_t send_ms = c->in_flight < c->in_flight_max ? pace_wake_ms(c->pace) : INT64_MAX;
    const int64_t look_ms = c->looks_max > 0 ? c->next_unsure_ms : INT64_MAX;

    return send_ms < look_ms ? send_ms : look_ms;
}
