#include "calls_engine.h"

#include <string.h>

#include "calls_apart.h"
#include "calls_carrier.h"
#include "calls_checks.h"
#include "core/decide.h"

enum { STEPS_MAX = 4000 };
enum crash { CRASH_NOT, CRASH_BEFORE, CRASH_AFTER };

static void decide_one(struct world *w, struct facts *f, const struct event *e,
                       struct answer *answer)
{
    scene_decide(&w->scene, f, e, answer);
    w->events++;
    scene_say(&w->scene, "  %s attempt %d round %d '%.*s%.*s%.*s' %.*s -> %d",
              event_kind_name(e->kind), e->attempt, e->round, SPAN_ARG(e->dial_status),
              SPAN_ARG(e->digits), SPAN_ARG(e->call_status), SPAN_ARG(e->sid), (int)answer->kind);
}

/* ---- a batch ---- */

static enum crash choose_crash(struct world *w)
{
    if (!w->crash_in || --w->crash_in)
        return CRASH_NOT;
    return scene_chance(&w->scene, 50) ? CRASH_BEFORE : CRASH_AFTER;
}

static bool is_calls(const struct timer *t)
{
    return t->kind == TIMER_CASCADE || t->kind == TIMER_OVERLAP;
}

static size_t add_timers(struct world *w, struct item batch[], size_t count)
{
    for (size_t i = 0; i < w->scene.store.timer_count && count < (size_t)2 * QUEUE; i++) {
        const struct timer *t = &w->scene.store.timers[i];
        if (!is_calls(t) || t->due_ms + w->timer_lag_ms > w->scene.now_ms)
            continue;
        struct event *e = ARENA_NEW(w->scene.store.arena, struct event);
        *e = (struct event){.kind = EVENT_TIMER, .tenant = TENANT, .timer = *t};
        batch[count++] = (struct item){.kind = ITEM_EVENT, .event = e};
        if (scene_chance(&w->scene, 20))
            calls_world_plan(w, scene_roll(&w->scene, 5 * S),
                             (struct item){.kind = ITEM_EVENT, .event = e});
    }
    return count;
}

static void crash(struct world *w)
{
    static const int away_ms[] = {100, 3 * S, 30 * S, 5 * MIN};

    scene_say(&w->scene, "*** crash");
    calls_apart_crash(w);
    w->is_down = true;
    w->up_ms = w->scene.now_ms + away_ms[scene_roll(&w->scene, 4)];
}

static void flush(struct world *w)
{
    struct item batch[2 * QUEUE];
    struct answer answers[2 * QUEUE];
    struct facts f;

    memcpy(batch, w->queue, w->queued * sizeof batch[0]);
    const size_t count = add_timers(w, batch, w->queued);
    w->queued = 0;
    w->timer_lag_ms = scene_chance(&w->scene, 85) ? 0 : scene_roll(&w->scene, 4 * S);
    if (!count)
        return;
    const enum crash how = choose_crash(w);
    arena_reset(w->scene.batch);
    facts_init(&f, w->scene.batch, &w->scene.ids, w->scene.now_ms);
    for (size_t i = 0; i < count; i++)
        decide_want(&f, batch[i].event);
    model_store_load(&w->scene.store, &f);
    scene_say(&w->scene, "batch of %zu%s", count, how == CRASH_BEFORE ? ", never stored" : "");
    for (size_t i = 0; i < count; i++)
        decide_one(w, &f, batch[i].event, &answers[i]);
    if (how != CRASH_BEFORE) {
        model_store_save(&w->scene.store, &f);
        calls_checks_commit(w, &f);
    }
    if (how)
        crash(w);
    for (size_t i = 0; i < count; i++)
        if (batch[i].kind != ITEM_EVENT)
            calls_carrier_answer(w, &batch[i], how ? NULL : &answers[i]);
}

static void submit(struct world *w, const struct item *item)
{
    if (w->is_down) {
        if (item->kind != ITEM_EVENT)
            calls_carrier_answer(w, item, NULL);
        return;
    }
    if (w->queued == 0)
        w->flush_ms =
            w->scene.now_ms + (scene_chance(&w->scene, 60) ? 0 : scene_roll(&w->scene, 250));
    w->queue[w->queued++] = *item;
    if (w->queued == QUEUE)
        flush(w);
}

/* ---- the clock ---- */

static int64_t own_ms(const struct world *w)
{
    if (w->is_down)
        return w->up_ms;
    int64_t due_ms = w->queued ? w->flush_ms : INT64_MAX;
    for (size_t i = 0; i < w->scene.store.timer_count; i++) {
        const struct timer *t = &w->scene.store.timers[i];
        if (is_calls(t) && t->due_ms + w->timer_lag_ms < due_ms)
            due_ms = t->due_ms + w->timer_lag_ms;
    }
    const int64_t send_ms = calls_apart_due_ms(w);
    return send_ms < due_ms ? send_ms : due_ms;
}

static size_t next_item(const struct world *w)
{
    size_t next = 0;

    for (size_t i = 1; i < w->item_count; i++)
        if (w->agenda[i].at_ms < w->agenda[next].at_ms)
            next = i;
    return next;
}

static bool step(struct world *w)
{
    const size_t at = next_item(w);
    const int64_t item_ms = w->item_count ? w->agenda[at].at_ms : INT64_MAX, mine_ms = own_ms(w);
    const int64_t then_ms = item_ms <= mine_ms ? item_ms : mine_ms;

    if (then_ms == INT64_MAX)
        return false;
    if (then_ms > w->scene.now_ms)
        w->scene.now_ms = then_ms;
    if (item_ms <= mine_ms) {
        const struct item item = w->agenda[at];
        memmove(&w->agenda[at], &w->agenda[at + 1], (--w->item_count - at) * sizeof item);
        if (item.kind < ITEM_EVENT)
            calls_carrier_happen(w, &item);
        else
            submit(w, &item);
    } else if (w->is_down) {
        w->is_down = false;
        scene_say(&w->scene, "*** starts again");
    } else {
        flush(w);
        if (!w->is_down)
            calls_apart_claim(w);
    }
    return true;
}

bool calls_engine_run(struct world *w)
{
    int steps = 0;

    while (step(w))
        if (++steps > STEPS_MAX)
            return false;
    return true;
}
