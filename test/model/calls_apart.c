#include "calls_apart.h"

#include <stdio.h>
#include <string.h>

#include "call/call_update.h"
#include "call/overlap.h"
#include "calls_carrier.h"
#include "calls_checks.h"

enum { TURN_MS = 4 * S, WORDS_TURN_MS = 9 * S, ALONE_MS = 60 * S, RATE_MS = 1000 };

/* ---- our rows ---- */

static bool is_ours(const struct outbox *o)
{
    return (o->kind == OUTBOX_CALL && o->has_rung) || o->kind == OUTBOX_UPDATE;
}

static bool is_wanted(const struct world *w, const struct outbox *o)
{
    const struct cascade *k = model_store_get(&w->scene.store, FACT_CASCADE, o->cascade);

    if (!k || (o->expires_ms && o->expires_ms <= w->scene.now_ms))
        return false;
    if (o->kind == OUTBOX_CALL)
        return overlap_wants_leg(k, o->rung, w->scene.now_ms);
    return o->has_rung ? call_update_wants_move(k, o->rung) : call_update_wants_end(k, o->to);
}

static void take(struct world *w, struct outbox *o)
{
    o->state = OUTBOX_SENDING;
    o->sent_ms = w->scene.now_ms;
    o->fence++;
    o->attempt++;
    if (o->kind == OUTBOX_CALL)
        w->next_call_ms = w->scene.now_ms + (w->is_slow ? RATE_MS : 0);
    struct item item = {.kind = ITEM_SEND, .row = o, .turn = o->fence};
    calls_world_plan(w, scene_chance(&w->scene, 80) ? 0 : scene_roll(&w->scene, 2 * S), item);
}

static int64_t due_ms(const struct world *w, const struct outbox *o)
{
    const bool waits = o->kind == OUTBOX_CALL && w->next_call_ms > o->due_ms;

    return waits ? w->next_call_ms : o->due_ms;
}

void calls_apart_claim(struct world *w)
{
    for (size_t i = w->scene.store.queued; i-- > 0;) {
        struct outbox *o = w->scene.store.queue[i];
        if (!is_ours(o) || o->state != OUTBOX_QUEUED || due_ms(w, o) > w->scene.now_ms)
            continue;
        if (is_wanted(w, o)) {
            take(w, o);
        } else {
            o->gone = true;
            w->scene.store.queue[i] = w->scene.store.queue[--w->scene.store.queued];
        }
    }
}

int64_t calls_apart_due_ms(const struct world *w)
{
    int64_t next_ms = INT64_MAX;

    for (size_t i = 0; i < w->scene.store.queued; i++) {
        const struct outbox *o = w->scene.store.queue[i];
        if (is_ours(o) && o->state == OUTBOX_QUEUED && due_ms(w, o) < next_ms)
            next_ms = due_ms(w, o);
    }
    return next_ms;
}

/* As sqlite/sqlite_queue.c has it at the next start. */
void calls_apart_crash(struct world *w)
{
    for (size_t i = w->scene.store.queued; i-- > 0;) {
        struct outbox *o = w->scene.store.queue[i];
        if (!is_ours(o) || o->state != OUTBOX_SENDING)
            continue;
        if (o->kind == OUTBOX_UPDATE) {
            o->state = OUTBOX_QUEUED;
        } else {
            o->gone = true;
            w->scene.store.queue[i] = w->scene.store.queue[--w->scene.store.queued];
        }
    }
    for (int i = 0; i < w->call_count; i++)
        for (int k = 0; k < w->calls[i].leg_count; k++)
            w->calls[i].legs[k].excused = true;
}

/* ---- the carrier ---- */

static struct call *call_of(struct world *w, const struct outbox *o)
{
    for (int i = 0; i < w->call_count; i++) {
        const struct cascade *k = calls_world_cascade(w, &w->calls[i]);
        if (k && k->id == o->cascade)
            return &w->calls[i];
    }
    model_fail("a row of a call that never was");
}

static struct leg *make_leg(struct world *w, const struct outbox *o)
{
    struct call *call = call_of(w, o);
    const struct answer_number n = {span_of(o->to), o->rung};
    const int64_t left_ms = o->expires_ms - w->scene.now_ms;
    const int ring_s = left_ms > 1000 ? (int)((left_ms + 999) / 1000) : 1;
    struct leg *leg = calls_carrier_begin_leg(w, call, &n, ring_s);

    leg->apart = true;
    calls_world_plan(w, ring_s * S, (struct item){.kind = ITEM_TIMEOUT, .call = call, .leg = leg});
    return leg;
}

static struct leg *leg_of(struct world *w, const struct outbox *o)
{
    struct call *call = call_of(w, o);

    for (int i = 0; i < call->leg_count; i++)
        if (strcmp(call->legs[i].sid, o->to) == 0)
            return &call->legs[i];
    model_fail("%s is to be ended, and never was", o->to);
}

/* False: there is nothing to be done any more. */
static bool update(struct world *w, const struct outbox *o)
{
    if (o->has_rung) {
        struct call *call = call_of(w, o);
        if (call->state == CALL_ENDED)
            return false;
        scene_say(&w->scene, "%s is sent for", call->sid);
        if (call->state == CALL_DIALS) /* its Dial is over, and so are the legs of that */
            for (int i = call->first; i < call->leg_count; i++)
                if (!call->legs[i].apart)
                    calls_carrier_end_leg(w, &call->legs[i]);
        calls_carrier_move(w, call, o->rung);
        return true;
    }
    struct leg *leg = leg_of(w, o);
    if (leg->state == LEG_ENDED)
        return false;
    calls_carrier_end_leg(w, leg);
    return true;
}

static void tell_sent(struct world *w, const struct outbox *o, enum sent sent, const char *sid)
{
    struct event *e = ARENA_NEW(w->scene.store.arena, struct event);

    *e = (struct event){.kind = EVENT_SENT,
                        .tenant = TENANT,
                        .message = o->id,
                        .sent = sent,
                        .fence = o->fence,
                        .sid = span_of(sid)};
    calls_world_plan(w, scene_chance(&w->scene, 70) ? 0 : scene_roll(&w->scene, 2 * S),
                     (struct item){.kind = ITEM_EVENT, .event = e});
}

static void send(struct world *w, const struct item *item)
{
    const struct outbox *o = item->row;
    const int luck = scene_roll(&w->scene, 100);
    const char *sid = "";
    enum sent sent = SENT_ACCEPTED;

    if (o->fence != item->turn || o->state != OUTBOX_SENDING || o->gone)
        return; /* the program died before it left */
    if (luck < 4) {
        if (o->kind == OUTBOX_UPDATE && !o->has_rung)
            leg_of(w, o)->excused = true; /* it is ended a little later */
        tell_sent(w, o, SENT_RETRY, "");
        return;
    }
    if (luck < 7) {
        tell_sent(w, o, SENT_REFUSED, "");
        w->is_troubled = true;
        return;
    }
    const bool is_lost = luck < 12, is_made = !is_lost || scene_chance(&w->scene, 60);
    if (o->kind == OUTBOX_UPDATE) {
        if (is_made && !update(w, o))
            sent = SENT_REFUSED;
    } else if (is_made) {
        struct leg *leg = make_leg(w, o);
        leg->excused = is_lost;
        sid = leg->sid;
    }
    w->is_troubled = w->is_troubled || is_lost;
    tell_sent(w, o, is_lost ? SENT_UNSURE : sent, is_lost ? "" : sid);
}

void calls_apart_happen(struct world *w, const struct item *item)
{
    if (item->kind == ITEM_SEND)
        send(w, item);
    else if (item->leg->state == LEG_RINGS)
        calls_carrier_end_leg(w, item->leg);
}

/* ---- the caller's loop ---- */

void calls_apart_wait(struct world *w, struct call *call, const struct answer *a)
{
    const int ms = a->still.size ? WORDS_TURN_MS : TURN_MS;
    struct item item = {.kind = ITEM_NEXT, .call = call, .turn = call->turn};

    MUST(a->attempt >= 0, "%s waits for nobody", call->sid);
    call->ring = *a;
    call->state = CALL_WAITS;
    calls_world_plan(w, ms, item);
    item.kind = ITEM_CHOOSE;
    if (a->has_choice && scene_chance(&w->scene, 5))
        calls_world_plan(w, scene_roll(&w->scene, ms), item);
}

/* ---- the conference ---- */

struct leg *calls_apart_who_waits(struct call *call)
{
    for (int i = 0; i < call->leg_count; i++)
        if (call->legs[i].state == LEG_JOINED)
            return &call->legs[i];
    return NULL;
}

static void meet(struct world *w, struct call *call)
{
    struct leg *leg = calls_apart_who_waits(call);

    if (call->state != CALL_JOINED || !leg || call->bridged == leg)
        return;
    calls_checks_bridged(w, leg);
    scene_say(&w->scene, "%s and %s talk", call->sid, leg->sid);
    call->bridged = leg;
    calls_world_plan(w, S + scene_roll(&w->scene, 5 * MIN),
                     (struct item){.kind = ITEM_LEG_OVER, .call = call, .leg = leg});
}

void calls_apart_join(struct world *w, struct call *call, const struct answer *a)
{
    MUST(!a->for_leg, "%s is taken for a leg", call->sid);
    calls_checks_waited(w, call);
    scene_say(&w->scene, "%s comes to the conference", call->sid);
    call->ring = *a;
    call->state = CALL_JOINED;
    meet(w, call);
    if (!calls_apart_who_waits(call)) /* he waits for a while, then he has enough */
        calls_world_plan(w, ALONE_MS, (struct item){.kind = ITEM_ALONE, .call = call});
}

void calls_apart_join_leg(struct world *w, struct leg *leg)
{
    scene_say(&w->scene, "%s waits in the conference", leg->sid);
    leg->state = LEG_JOINED;
    meet(w, leg->call);
    if (leg->call->bridged != leg)
        calls_world_plan(w, ALONE_MS,
                         (struct item){.kind = ITEM_ALONE, .call = leg->call, .leg = leg});
}

/* The talk ends with him. */
void calls_apart_left(struct world *w, struct leg *leg)
{
    struct call *call = leg->call;

    if (call->bridged != leg)
        leg->lost = true;
    if (call->state == CALL_JOINED)
        calls_carrier_dialled(w, call, "answered");
}
