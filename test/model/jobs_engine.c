#include "jobs_engine.h"

#include <stdio.h>
#include <string.h>

#include "core/decide.h"
#include "jobs_checks.h"
#include "rules/retry.h"

enum { LEASE_MS = 35 * S, STEPS_MAX = 20000, FOUND = 4 };

/* Where the program dies. */
enum crash { CRASH_NOT, CRASH_BEFORE, CRASH_AFTER };

static void decide_one(struct world *w, struct facts *f, const struct event *e)
{
    struct answer answer;
    const struct fact *const from = scene_last_fact(f);
    struct appended **const added = f->added_last;

    scene_decide(&w->scene, f, e, &answer);
    for (const struct fact *fact = f->first; fact; fact = fact->next)
        MUST(fact->state != FACT_WANTED, "%s asked for kind %d '%.*s' when it was decided",
             event_kind_name(e->kind), (int)fact->kind, SPAN_ARG(fact->key));
    w->events++;
    jobs_checks_event(w, e, &answer, f, from, *added);
}

/* ---- a batch ---- */

static size_t add_timers(struct world *w, const struct event *batch[], size_t count)
{
    for (size_t i = 0; i < w->scene.store.timer_count && count < BATCH; i++) {
        const struct timer *t = &w->scene.store.timers[i];
        if (t->due_ms > w->scene.now_ms)
            continue;
        struct event *e = ARENA_NEW(w->scene.store.arena, struct event);
        *e = (struct event){.kind = EVENT_TIMER, .tenant = TENANT, .timer = *t};
        batch[count++] = e;
        if (scene_chance(&w->scene, 10) && !w->is_quiet)
            jobs_world_plan(w, w->scene.now_ms + scene_roll(&w->scene, HOUR), e, false);
    }
    return count;
}

static enum crash choose_crash(struct world *w)
{
    if (!w->crash_in || --w->crash_in)
        return CRASH_NOT;
    return scene_chance(&w->scene, 50) ? CRASH_BEFORE : CRASH_AFTER;
}

static void read_jobs(struct world *w)
{
    w->job_count = 0;
    for (const struct store_row *r = w->scene.store.first[FACT_JOB]; r; r = r->next)
        memcpy(&w->now[w->job_count++], r->data, sizeof w->now[0]);
}

/* What was being sent is unsure; whoever waited for an answer of ours got none. */
static void crash(struct world *w)
{
    size_t kept = 0;

    scene_say(&w->scene, "*** crash");
    for (size_t i = 0; i < w->item_count; i++)
        if (!w->agenda[i].dies)
            w->agenda[kept++] = w->agenda[i];
    w->item_count = kept;
    for (size_t i = 0; i < w->scene.store.queued; i++) {
        struct outbox *o = w->scene.store.queue[i];
        struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, o->id);
        if (o->state != OUTBOX_SENDING)
            continue;
        o->state = OUTBOX_UNSURE;
        o->unsure_ms = o->due_ms = w->scene.now_ms;
        if (m->delivery == DELIVERY_QUEUED)
            m->delivery = DELIVERY_UNSURE;
    }
}

void jobs_engine_flush(struct world *w)
{
    const struct event *batch[BATCH];
    struct facts f;

    memcpy(batch, w->queue, w->queued * sizeof batch[0]);
    const size_t count = add_timers(w, batch, w->queued);
    w->queued = 0;
    if (!count)
        return;
    const enum crash how = choose_crash(w);
    arena_reset(w->scene.batch);
    facts_init(&f, w->scene.batch, &w->scene.ids, w->scene.now_ms);
    for (size_t i = 0; i < count; i++)
        decide_want(&f, batch[i]);
    model_store_load(&w->scene.store, &f);
    scene_say(&w->scene, "batch of %zu%s", count, how == CRASH_BEFORE ? ", never stored" : "");
    for (size_t i = 0; i < count; i++)
        decide_one(w, &f, batch[i]);
    if (how != CRASH_BEFORE)
        model_store_save(&w->scene.store, &f);
    read_jobs(w);
    if (how != CRASH_BEFORE)
        jobs_checks_commit(w);
    if (how)
        crash(w);
}

void jobs_engine_submit(struct world *w, const struct event *e)
{
    w->queue[w->queued++] = e;
    if (w->queued == BATCH / 2)
        jobs_engine_flush(w);
}

/* ---- what leaves ---- */

static void come(struct world *w, int64_t in_ms, struct event e, bool dies)
{
    struct event *kept = ARENA_NEW(w->scene.store.arena, struct event);

    *kept = e;
    jobs_world_plan(w, w->scene.now_ms + in_ms, kept, dies);
}

static const struct taken *taken_of(const struct world *w, int64_t message)
{
    const struct taken *t = w->taken;

    while (t && t->message != message)
        t = t->next;
    return t;
}

/* The carrier has it: a receipt comes now or never, once or twice. */
static const struct taken *take(struct world *w, const struct outbox *o)
{
    const struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, o->id);
    const struct taken *before = taken_of(w, o->id);
    struct taken *t = ARENA_NEW(w->scene.store.arena, struct taken);
    const bool fails = !w->is_quiet && scene_chance(&w->scene, 15);

    MUST(!before || m->duplicate, "the same text leaves twice, unmarked");
    *t = (struct taken){.next = w->taken, .message = o->id};
    (void)snprintf(t->sid, sizeof t->sid, "SM%u", ++w->sids);
    w->taken = t;
    const struct event e = {.kind = EVENT_RECEIPT,
                            .message = o->id,
                            .sid = span_of(t->sid),
                            .delivery = fails ? scene_chance(&w->scene, 50) ? DELIVERY_UNDELIVERED
                                                                            : DELIVERY_FAILED
                                              : DELIVERY_DELIVERED,
                            .error_code = fails ? 30003 : 0};
    for (int i = scene_roll(&w->scene, 20); i < 19; i += 15)
        come(w, scene_roll(&w->scene, MIN), e, false);
    return t;
}

static void send_one(struct world *w, struct outbox *o)
{
    const struct consent *c = NULL;
    const struct store_row *r =
        model_store_row(&w->scene.store, FACT_CONSENT, 0,
                        span_of(arena_printf(w->scene.store.arena, "%s %s", o->from, o->to)));
    struct event e = {.kind = EVENT_SENT, .message = o->id, .sent = SENT_ACCEPTED};
    const int fate = w->is_quiet ? 0 : scene_roll(&w->scene, 100);

    c = r ? r->data : NULL;
    o->state = OUTBOX_SENDING;
    o->sent_ms = w->scene.now_ms;
    o->attempt++;
    e.fence = ++o->fence;
    if (o->kind != OUTBOX_TEXT || (c && c->is_out)) {
        e.sent = SENT_REFUSED;
        e.error_code = c && c->is_out ? RETRY_OPTED_OUT : 0;
    } else if (fate < 80) {
        e.sid = span_of(take(w, o)->sid);
    } else if (fate < 86) {
        e.sent = SENT_RETRY;
    } else if (fate < 92) {
        e.sent = SENT_REFUSED;
        e.error_code = scene_chance(&w->scene, 50) ? 21211 : RETRY_OPTED_OUT;
    } else {
        e.sent = SENT_UNSURE;
        if (fate < 97)
            (void)take(w, o);
    }
    come(w, scene_roll(&w->scene, 5 * S), e, true);
}

static void look(struct world *w, struct outbox *o)
{
    struct event e = {.kind = EVENT_LOOKED, .message = o->id, .fence = o->fence};
    struct found *found = ARENA_NEW_N(w->scene.store.arena, struct found, FOUND);

    e.looked = scene_chance(&w->scene, 10) ? LOOKED_FAILED : LOOKED_LISTED;
    e.found = found;
    for (const struct taken *t = w->taken; t && e.looked == LOOKED_LISTED; t = t->next)
        if (t->message == o->id && e.found_count < FOUND)
            found[e.found_count++] = (struct found){span_of(t->sid), DELIVERY_SENT, 0};
    o->due_ms = w->scene.now_ms + LEASE_MS;
    come(w, scene_roll(&w->scene, 2 * S), e, true);
}

static void send_rows(struct world *w)
{
    for (size_t i = 0; i < w->scene.store.queued; i++) {
        struct outbox *o = w->scene.store.queue[i];
        struct message *m = model_store_get(&w->scene.store, FACT_MESSAGE, o->id);
        if (o->state == OUTBOX_SENDING || o->due_ms > w->scene.now_ms)
            continue;
        if (o->state == OUTBOX_UNSURE) {
            look(w, o);
        } else if (o->expires_ms && o->expires_ms <= w->scene.now_ms) {
            o->gone = true;
            m->delivery = DELIVERY_DROPPED;
            w->scene.store.queue[i--] = w->scene.store.queue[--w->scene.store.queued];
        } else {
            send_one(w, o);
        }
    }
}

/* ---- the clock ---- */

static int64_t own_ms(const struct world *w)
{
    int64_t due_ms = INT64_MAX;

    for (size_t i = 0; i < w->scene.store.queued; i++)
        if (w->scene.store.queue[i]->state != OUTBOX_SENDING &&
            w->scene.store.queue[i]->due_ms < due_ms)
            due_ms = w->scene.store.queue[i]->due_ms;
    for (size_t i = 0; i < w->scene.store.timer_count; i++)
        if (w->scene.store.timers[i].due_ms < due_ms)
            due_ms = w->scene.store.timers[i].due_ms;
    return due_ms;
}

static bool step(struct world *w, int64_t to_ms)
{
    size_t next = 0;

    for (size_t i = 1; i < w->item_count; i++)
        if (w->agenda[i].due_ms < w->agenda[next].due_ms)
            next = i;
    const int64_t item_ms = w->item_count ? w->agenda[next].due_ms : INT64_MAX;
    const int64_t mine_ms = own_ms(w);
    const int64_t then_ms = item_ms <= mine_ms ? item_ms : mine_ms;
    if (then_ms > to_ms)
        return false;
    if (then_ms > w->scene.now_ms)
        w->scene.now_ms = then_ms;
    if (item_ms <= mine_ms) {
        const struct item item = w->agenda[next];
        w->agenda[next] = w->agenda[--w->item_count];
        jobs_engine_submit(w, item.event);
        if (w->queued && scene_chance(&w->scene, 40))
            return true; /* together with what comes next */
    }
    jobs_engine_flush(w);
    send_rows(w);
    return true;
}

void jobs_engine_run(struct world *w, int64_t to_ms)
{
    while (step(w, to_ms))
        continue;
    w->scene.now_ms = to_ms;
}

bool jobs_engine_settle(struct world *w)
{
    int steps = 0;

    while (step(w, INT64_MAX - 1) || w->queued) {
        if (++steps > STEPS_MAX)
            return false;
        if (w->item_count == 0)
            jobs_engine_flush(w);
    }
    return true;
}
