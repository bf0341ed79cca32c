#include "model_engine.h"

#include <string.h>

#include "core/decide.h"
#include "model_carrier.h"
#include "model_checks.h"

enum { LEASE_MS = 35 * S, TOGETHER_MS = 2 * S, BATCH_MAX = 32 };

/* Where the program dies. */
enum crash { CRASH_NOT, CRASH_BEFORE, CRASH_AFTER, CRASH_SENDING, CRASHES };

static void decide_one(struct world *w, struct facts *f, const struct event *e, bool counts)
{
    struct answer answer;
    struct fact *const from = scene_last_fact(f);

    scene_decide(&w->scene, f, e, &answer);
    w->events++;
    if (counts)
        checks_event(w, e, f, from);
}

/* ---- a crash ---- */

static bool dies_with_it(struct world *w, const struct item *item)
{
    return item->kind == ITEM_RESULT || item->kind == ITEM_LOOK ||
           (item->kind == ITEM_TAKE && scene_chance(&w->scene, 50));
}

static void crash(struct world *w)
{
    static const int64_t away_ms[] = {100, 2 * S, 30 * S, 10 * MIN, 5 * (int64_t)HOUR};
    size_t kept = 0;

    scene_say(&w->scene, "*** crash");
    for (size_t i = 0; i < w->item_count; i++)
        if (!dies_with_it(w, &w->agenda[i]))
            w->agenda[kept++] = w->agenda[i];
    w->item_count = kept;
    w->queued = 0;
    w->crash_in = 0;
    w->is_down = true;
    w->up_ms = w->scene.now_ms + away_ms[scene_roll(&w->scene, 5)];
}

/* What was being sent is unsure; what was written meanwhile is in the carrier's log. */
static void start_again(struct world *w)
{
    w->is_down = false;
    w->claim_ms = w->scene.now_ms;
    scene_say(&w->scene, "*** starts again");
    for (size_t i = 0; i < w->scene.store.queued; i++) {
        struct outbox *o = w->scene.store.queue[i];
        if (o->state != OUTBOX_SENDING)
            continue;
        o->state = OUTBOX_UNSURE;
        o->unsure_ms = o->due_ms = w->scene.now_ms;
        struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, o->id);
        if (m->delivery == DELIVERY_QUEUED)
            m->delivery = DELIVERY_UNSURE;
        struct sending *s = carrier_last_of(w, o->id);
        if (!s->unsure_ms || s->unsure_ms > w->scene.now_ms)
            s->unsure_ms = w->scene.now_ms;
    }
    for (size_t i = 0; i < w->text_count; i++)
        if (!w->texts[i].is_committed)
            world_plan(w, w->scene.now_ms + 20 * S + scene_roll(&w->scene, MIN), ITEM_EVENT,
                       carrier_late(w, &w->texts[i]));
}

/* ---- rows that leave ---- */

/* Takes what is due into *out; returns how many. */
static size_t take_rows(struct world *w, struct facts *f, struct outbox *out[BATCH_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < w->scene.store.queued && count < BATCH_MAX; i++) {
        const struct outbox *o = w->scene.store.queue[i];
        if (o->state == OUTBOX_SENDING || o->due_ms > w->scene.now_ms)
            continue;
        facts_want_id(f, FACT_OUTBOX, TENANT, o->id);
        facts_want_id(f, FACT_MESSAGE, TENANT, o->id);
        facts_want_consent(f, TENANT, span_of(o->from), span_of(o->to));
        count++;
    }
    model_store_load(&w->scene.store, f);
    count = 0;
    for (struct fact *fact = f->first; fact; fact = fact->next)
        if (fact->kind == FACT_OUTBOX && fact->state == FACT_PRESENT)
            out[count++] = fact->outbox;
    return count;
}

/* As river/claim.c does it. */
static void claim_row(struct world *w, struct facts *f, struct outbox *o)
{
    if (o->state == OUTBOX_UNSURE) {
        o->due_ms = w->scene.now_ms + LEASE_MS;
    } else if (o->expires_ms && o->expires_ms <= w->scene.now_ms) {
        struct message *m = facts_message(f, TENANT, o->id);
        o->gone = true;
        m->delivery = DELIVERY_DROPPED;
        facts_touch(f, FACT_MESSAGE, m);
    } else {
        o->state = OUTBOX_SENDING;
        o->sent_ms = w->scene.now_ms;
        o->fence++;
        o->attempt++;
    }
    facts_touch(f, FACT_OUTBOX, o);
}

static void look_for(struct world *w, const struct outbox *o)
{
    struct sending *s = carrier_last_of(w, o->id);

    s->look_fence = o->fence;
    s->unsure_ms = o->unsure_ms;
    world_plan(w, w->scene.now_ms + scene_roll(&w->scene, 3 * S), ITEM_LOOK, s);
}

static void send_rows(struct world *w, enum crash how)
{
    struct outbox *rows[BATCH_MAX];
    struct facts f;

    arena_reset(w->scene.batch);
    facts_init(&f, w->scene.batch, &w->scene.ids, w->scene.now_ms);
    const size_t count = take_rows(w, &f, rows);
    if (!count)
        return;
    for (size_t i = 0; i < count; i++)
        claim_row(w, &f, rows[i]);
    model_store_save(&w->scene.store, &f);
    for (size_t i = 0; i < count; i++) {
        const struct outbox *o = rows[i];
        const struct consent *c = facts_consent(&f, TENANT, span_of(o->from), span_of(o->to));
        const bool is_out = o->kind == OUTBOX_TEXT && c && c->is_out;
        if (o->state == OUTBOX_UNSURE)
            look_for(w, o);
        else if (!o->gone)
            carrier_send(w, model_store_get(&w->scene.store, FACT_OUTBOX, o->id),
                         how      ? CARRIER_LOST
                         : is_out ? CARRIER_REFUSED
                                  : CARRIER_SENT);
    }
    if (how)
        crash(w);
}

/* ---- a batch ---- */

static void add_timers(struct world *w, const struct event *batch[], size_t *count)
{
    for (size_t i = 0; i < w->scene.store.timer_count && *count < BATCH_MAX; i++) {
        const struct timer *t = &w->scene.store.timers[i];
        if (t->due_ms + w->timer_lag_ms > w->scene.now_ms)
            continue;
        struct event *e = ARENA_NEW(w->scene.batch, struct event);
        *e = (struct event){.kind = EVENT_TIMER, .tenant = TENANT, .timer = *t};
        size_t at = (*count)++; /* the earliest first, after what came in */
        for (; at > w->queued && batch[at - 1]->timer.due_ms > t->due_ms; at--)
            batch[at] = batch[at - 1];
        batch[at] = e;
    }
}

static enum crash choose_crash(struct world *w)
{
    if (!w->crash_in || --w->crash_in)
        return CRASH_NOT;
    return (enum crash)(CRASH_BEFORE + scene_roll(&w->scene, CRASHES - CRASH_BEFORE));
}

/* A text that we have already changes nothing. */
static bool is_repeat(struct world *w, const struct event *e)
{
    const struct text *t = e->kind == EVENT_TEXT ? checks_text(w, e) : NULL;

    return t && t->is_committed;
}

static void decide_all(struct world *w, const struct event *batch[], size_t count, enum crash how)
{
    struct facts f;

    facts_init(&f, w->scene.batch, &w->scene.ids, w->scene.now_ms);
    const bool repeat = count == 1 && is_repeat(w, batch[0]);
    for (size_t i = 0; i < count; i++)
        decide_want(&f, batch[i]);
    model_store_load(&w->scene.store, &f);
    for (size_t i = 0; i < count; i++) {
        scene_say(&w->scene, "%s%s", event_kind_name(batch[i]->kind),
                  how == CRASH_BEFORE ? " (never stored)" : "");
        decide_one(w, &f, batch[i], how != CRASH_BEFORE);
    }
    if (how == CRASH_BEFORE)
        return;
    model_store_save(&w->scene.store, &f);
    MUST(!repeat || w->scene.store.changes == 0, "a repeat changes something");
    checks_commit(w);
}

static void flush(struct world *w)
{
    const struct event *batch[BATCH_MAX];
    size_t count = w->queued;

    arena_reset(w->scene.batch);
    memcpy(batch, w->queue, count * sizeof batch[0]);
    add_timers(w, batch, &count);
    w->queued = 0;
    w->batch_size =
        w->is_quiet || scene_chance(&w->scene, 75) ? 1 : (size_t)(2 + scene_roll(&w->scene, 3));
    w->timer_lag_ms = w->is_quiet || scene_chance(&w->scene, 80) ? 0 : scene_roll(&w->scene, 3 * S);
    w->claim_ms = w->is_quiet || scene_chance(&w->scene, 75)
                      ? w->scene.now_ms
                      : w->scene.now_ms + scene_roll(&w->scene, 5 * S);
    if (!count)
        return;
    const enum crash how = choose_crash(w);
    decide_all(w, batch, count, how);
    if (how == CRASH_BEFORE || how == CRASH_AFTER)
        crash(w);
    else if (how == CRASH_SENDING)
        send_rows(w, how);
}

void engine_submit(struct world *w, const struct event *e)
{
    if (w->is_down)
        return; /* whoever it was sees an error page, or the carrier's log has it */
    if (w->queued == 0)
        w->queue_ms = w->scene.now_ms;
    w->queue[w->queued++] = e;
    if (w->queued >= w->batch_size)
        flush(w);
}

/* ---- the clock ---- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When rows are to leave, or to be looked for. */
static int64_t rows_ms(const struct world *w)
{
    int64_t due_ms = INT64_MAX;

    for (size_t i = 0; i < w->scene.store.queued; i++)
        if (w->scene.store.queue[i]->state != OUTBOX_SENDING)
            due_ms = earlier(due_ms, w->scene.store.queue[i]->due_ms);
    return due_ms == INT64_MAX || due_ms > w->claim_ms ? due_ms : w->claim_ms;
}

static int64_t batch_ms(const struct world *w)
{
    int64_t due_ms = w->queued ? w->queue_ms + TOGETHER_MS : INT64_MAX;

    for (size_t i = 0; i < w->scene.store.timer_count; i++)
        due_ms = earlier(due_ms, w->scene.store.timers[i].due_ms + w->timer_lag_ms);
    return due_ms;
}

static size_t next_item(const struct world *w)
{
    size_t next = 0;

    for (size_t i = 1; i < w->item_count; i++)
        if (w->agenda[i].due_ms < w->agenda[next].due_ms)
            next = i;
    return next;
}

static void happen(struct world *w, size_t at)
{
    const struct item item = w->agenda[at];

    w->agenda[at] = w->agenda[--w->item_count];
    switch (item.kind) {
    case ITEM_EVENT:
    case ITEM_RESULT:
        engine_submit(w, item.thing);
        return;
    case ITEM_TAKE:
        carrier_take(w, item.thing);
        return;
    case ITEM_SHOW:
        carrier_show(w, item.thing);
        return;
    case ITEM_LOOK:
        carrier_look(w, item.thing);
        return;
    }
}

/* The next thing that happens, if it does by then. */
static bool step(struct world *w, int64_t to_ms)
{
    const size_t at = next_item(w);
    const int64_t item_ms = w->item_count ? w->agenda[at].due_ms : INT64_MAX;
    const int64_t own_ms = w->is_down ? w->up_ms : earlier(rows_ms(w), batch_ms(w));
    const int64_t next_ms = earlier(item_ms, own_ms);

    if (next_ms > to_ms)
        return false;
    if (next_ms > w->scene.now_ms)
        w->scene.now_ms = next_ms;
    if (item_ms <= own_ms)
        happen(w, at);
    else if (w->is_down)
        start_again(w);
    else if (rows_ms(w) <= w->scene.now_ms)
        send_rows(w, CRASH_NOT);
    else
        flush(w);
    return true;
}

void engine_run(struct world *w, int64_t to_ms)
{
    while (step(w, to_ms))
        continue;
    w->scene.now_ms = to_ms;
}

bool engine_settle(struct world *w)
{
    int steps = 0;

    while (step(w, INT64_MAX - 1))
        if (++steps > 20000)
            return false;
    return true;
}
