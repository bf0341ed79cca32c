#include "calls_carrier.h"

#include <stdio.h>
#include <string.h>

#include "calls_apart.h"
#include "calls_checks.h"

enum { WORDS_MS = 5 * S, KEY_MS = 4 * S, STILL_MS = 7 * S, TURNS_MAX = 4 };

/* ---- what we are told ---- */

/* Told again, later; nobody waits for that answer. */
static void repeat(struct world *w, struct item item)
{
    item.kind = ITEM_EVENT;
    if (scene_chance(&w->scene, w->repeats))
        calls_world_plan(w, scene_roll(&w->scene, 30 * S), item);
}

/* On its way for a while, now and then for longer. */
static void tell(struct world *w, struct item item)
{
    const int late = scene_roll(&w->scene, 100);
    const int64_t ms = late < 70   ? 0
                       : late < 95 ? scene_roll(&w->scene, S)
                                   : scene_roll(&w->scene, 4 * S);

    calls_world_plan(w, ms, item);
}

static void tell_status(struct world *w, const struct call *call, const struct leg *leg,
                        const char *status)
{
    static const struct span numbers[] = {SPAN("0"), SPAN("1"), SPAN("2"), SPAN("3")};
    struct event e = {.kind = EVENT_CALL_STATUS, .call_status = span_of(status), .attempt = -1};

    if (scene_chance(&w->scene, w->loss) || (leg && scene_chance(&w->scene, 50)))
        return;
    e.sequence = numbers[scene_roll(&w->scene, 4)];
    if (leg) {
        e.sid = e.leg_sid = span_of(leg->sid);
        e.cascade = call->cascade;
        e.attempt = leg->rung;
    }
    const struct item item = {.kind = ITEM_EVENT, .event = calls_world_event(w, call, e)};
    calls_world_plan(w, scene_chance(&w->scene, 80) ? 0 : scene_roll(&w->scene, 20 * S), item);
    repeat(w, item);
}

static void ask(struct world *w, struct call *call, struct event e)
{
    call->state = CALL_ASKS;
    tell(w, (struct item){.kind = ITEM_ASK,
                          .call = call,
                          .turn = ++call->turn,
                          .event = calls_world_event(w, call, e)});
}

static void ask_leg(struct world *w, struct leg *leg, struct event e)
{
    leg->state = LEG_ASKS;
    e.sid = e.leg_sid = span_of(leg->sid);
    e.cascade = leg->call->cascade;
    e.attempt = leg->rung;
    e.apart = leg->apart;
    tell(w, (struct item){.kind = ITEM_ASK_LEG,
                          .call = leg->call,
                          .leg = leg,
                          .event = calls_world_event(w, leg->call, e)});
}

/* Somebody who has a link of the call's pre-alerts says that he takes it, or passes it on. */
static void press_link(struct world *w, struct call *call)
{
    struct event e = {.kind = EVENT_LINK,
                      .tenant = TENANT,
                      .action = scene_chance(&w->scene, 60) ? LINK_TAKE : LINK_PASS};

    for (const struct store_row *r = w->scene.store.first[FACT_LINK]; r; r = r->next) {
        const struct link *l = r->data;
        if (l->purpose != LINK_CALL || l->subject != call->cascade || !scene_chance(&w->scene, 50))
            continue;
        memcpy(e.link, l->hash, sizeof e.link);
        scene_say(&w->scene, "%s has %s by link", l->operator_id,
                  e.action == LINK_TAKE ? "taken it" : "passed it on");
        tell(w, (struct item){.kind = ITEM_EVENT, .event = calls_world_event(w, call, e)});
        return;
    }
}

/* ---- ends ---- */

/* His key is still on its way to us when he hangs up. */
static void press_last(struct world *w, struct leg *leg)
{
    const struct event e = {.kind = EVENT_PRESS,
                            .sid = span_of(leg->sid),
                            .leg_sid = span_of(leg->sid),
                            .cascade = leg->call->cascade,
                            .attempt = leg->rung,
                            .apart = leg->apart,
                            .digits = SPAN("1")};

    leg->lost = true;
    tell(w, (struct item){.kind = ITEM_EVENT, .event = calls_world_event(w, leg->call, e)});
}

static void end_leg(struct world *w, struct leg *leg, const char *status)
{
    if (leg->state == LEG_ENDED)
        return;
    if (leg->state == LEG_RINGS)
        calls_checks_rang(w, leg);
    scene_say(&w->scene, "%s ends: %s", leg->sid, status);
    if (leg->state == LEG_GATHER && scene_chance(&w->scene, 8))
        press_last(w, leg);
    leg->state = LEG_ENDED;
    tell_status(w, leg->call, leg, status);
    if (leg->call->cascade && scene_chance(&w->scene, 10))
        press_link(w, leg->call);
}

static void end_call(struct world *w, struct call *call)
{
    if (call->state == CALL_ENDED)
        return;
    scene_say(&w->scene, "%s ends", call->sid);
    calls_checks_waited(w, call);
    call->state = CALL_ENDED;
    call->turn++;
    for (int i = call->first; i < call->leg_count; i++)
        if (!call->legs[i].apart)
            end_leg(w, &call->legs[i], call->legs[i].picked ? "completed" : "canceled");
    tell_status(w, call, NULL, "completed");
}

void calls_carrier_dialled(struct world *w, struct call *call, const char *status)
{
    struct event e = {.kind = EVENT_CALL,
                      .call_status = SPAN("in-progress"),
                      .dial_status = span_of(status),
                      .attempt = call->ring.attempt + 1,
                      .round = scene_chance(&w->scene, 3) ? 0 : call->ring.round};

    ask(w, call, e);
}

/* The dial is over when none of its legs is left. */
static void look_at_dial(struct world *w, struct call *call, const char *last)
{
    static const char *const odd[] = {"completed", "answered", "no-answer", "canceled",
                                      "who-knows"};

    if (call->state != CALL_DIALS)
        return;
    for (int i = call->first; i < call->leg_count; i++)
        if (call->legs[i].state != LEG_ENDED && !call->legs[i].apart)
            return;
    calls_carrier_dialled(w, call,
                          scene_chance(&w->scene, 80) ? last : odd[scene_roll(&w->scene, 5)]);
}

static void end_others(struct world *w, struct leg *leg)
{
    struct call *call = leg->call;

    for (int i = call->first; i < call->leg_count; i++)
        if (&call->legs[i] != leg && !call->legs[i].apart)
            end_leg(w, &call->legs[i], call->legs[i].picked ? "completed" : "canceled");
}

/* ---- a leg ---- */

struct leg *calls_carrier_begin_leg(struct world *w, struct call *call,
                                    const struct answer_number *n, int ring_s)
{
    MUST(call->leg_count < LEGS, "%s rings for ever", call->sid);
    struct leg *leg = &call->legs[call->leg_count++];
    const int fate = scene_roll(&w->scene, 100);
    struct item item = {.call = call, .leg = leg};

    *leg = (struct leg){.call = call, .rung = n->attempt};
    (void)snprintf(leg->sid, sizeof leg->sid, "leg%d of CA%d", call->leg_count,
                   (int)(call - w->calls) + 1);
    leg->who = roster_operator_by_phone(&w->scene.roster, n->number);
    MUST(leg->who >= 0, "somebody rings who is no operator");
    scene_say(&w->scene, "%s rings %s for %d s", leg->sid, w->people[leg->who].id, ring_s);
    tell_status(w, call, leg, "ringing");
    item.kind = fate < 14 ? ITEM_LEG_FAILS : ITEM_PICK_UP;
    if (fate < 60) /* the others let it ring */
        calls_world_plan(w, 1 + scene_roll(&w->scene, (fate < 14 ? 5 : ring_s) * S), item);
    return leg;
}

static void dial(struct world *w, struct call *call)
{
    const struct answer *a = &call->ring;
    const struct cascade *k = calls_world_cascade(w, call);
    struct item item = {.kind = ITEM_UNHEARD, .call = call, .turn = call->turn};

    MUST(k, "a dial for a call that is not stored");
    call->state = CALL_DIALS;
    call->first = call->leg_count;
    for (int i = 0; i < a->number_count; i++)
        (void)calls_carrier_begin_leg(w, call, &a->numbers[i], a->ring_s);
    calls_world_plan(w, a->ring_s * S, item);
}

static void unheard(struct world *w, struct call *call)
{
    for (int i = call->first; i < call->leg_count; i++)
        if (call->legs[i].state == LEG_RINGS && !call->legs[i].apart)
            end_leg(w, &call->legs[i], "no-answer");
    look_at_dial(w, call, "no-answer");
}

static void pick_up(struct world *w, struct leg *leg)
{
    if (leg->state != LEG_RINGS)
        return;
    calls_checks_rang(w, leg);
    scene_say(&w->scene, "%s is picked up", leg->sid);
    leg->picked = true;
    if (scene_chance(&w->scene, 10))
        press_link(w, leg->call);
    if (w->drops_at_pick_up && !leg->apart)
        end_others(w, leg);
    tell_status(w, leg->call, leg, "in-progress");
    ask_leg(w, leg, (struct event){.kind = EVENT_SCREEN});
    if (scene_chance(&w->scene, 10))
        calls_world_plan(w, scene_roll(&w->scene, 9 * S),
                         (struct item){.kind = ITEM_LEG_OVER, .call = leg->call, .leg = leg});
}

static void press(struct world *w, struct leg *leg)
{
    static const char *const keys[] = {"1", "1", "1", "1", "1", "1", "2", "2", "5", "*"};
    struct event e = {.kind = EVENT_PRESS, .digits = span_of(keys[scene_roll(&w->scene, 10)])};

    if (leg->state != LEG_GATHER)
        return;
    if (scene_chance(&w->scene, 15))
        e = (struct event){.kind = EVENT_PRESS, .speech = SPAN("who is it")};
    scene_say(&w->scene, "%s presses '%.*s'", leg->sid, SPAN_ARG(e.digits));
    ask_leg(w, leg, e);
}

/* He thinks, or is a machine; the document ends with a hang up. */
static void gather(struct world *w, struct leg *leg, bool is_twice)
{
    const int most_ms = (WORDS_MS + KEY_MS) * (is_twice ? 2 : 1);
    struct item item = {.kind = ITEM_KEY, .call = leg->call, .leg = leg, .turn = ++leg->turns};

    leg->state = LEG_GATHER;
    if (leg->turns < TURNS_MAX && scene_chance(&w->scene, 75))
        calls_world_plan(w, 1 + scene_roll(&w->scene, most_ms), item);
    item.kind = ITEM_LEG_OVER;
    calls_world_plan(w, most_ms + 1, item);
}

static void bridge(struct world *w, struct leg *leg)
{
    struct call *call = leg->call;

    calls_checks_bridged(w, leg);
    calls_checks_waited(w, call);
    scene_say(&w->scene, "%s is bridged", leg->sid);
    leg->state = LEG_BRIDGED;
    call->bridged = leg;
    end_others(w, leg);
    calls_world_plan(w, S + scene_roll(&w->scene, 5 * MIN),
                     (struct item){.kind = ITEM_LEG_OVER, .call = call, .leg = leg});
}

/* It ends, and with it whatever it held together. */
static void go(struct world *w, struct leg *leg, const char *status)
{
    const bool joined = leg->state == LEG_JOINED;

    end_leg(w, leg, status);
    if (joined)
        calls_apart_left(w, leg);
    else if (!leg->apart)
        look_at_dial(w, leg->call, status);
}

void calls_carrier_end_leg(struct world *w, struct leg *leg)
{
    go(w, leg, leg->picked ? "completed" : "no-answer");
}

static void leg_over(struct world *w, struct leg *leg, int turn)
{
    const bool is_later = turn && (turn != leg->turns || leg->state != LEG_GATHER);

    if (leg->state == LEG_ENDED || leg->state == LEG_RINGS || is_later)
        return;
    go(w, leg, "completed");
}

static void leg_fails(struct world *w, struct leg *leg)
{
    const char *const status = scene_chance(&w->scene, 50) ? "busy" : "failed";

    if (leg->state != LEG_RINGS)
        return;
    go(w, leg, status);
}

static void answer_leg(struct world *w, struct leg *leg, const struct answer *a)
{
    if (leg->state == LEG_ENDED || !a) {
        leg->lost = true;
        go(w, leg, "completed");
        return;
    }
    if (leg->state != LEG_ASKS)
        return;
    if (a->kind == ANSWER_CONFERENCE) {
        MUST(leg->apart && a->for_leg, "%s is no call of its own", leg->sid);
        calls_apart_join_leg(w, leg);
        return;
    }
    if (a->kind == ANSWER_CONNECT) {
        MUST(!leg->apart, "%s is a call of its own", leg->sid);
        bridge(w, leg);
        return;
    }
    if (a->kind == ANSWER_SCREEN) {
        gather(w, leg, a->again.size > 0);
        return;
    }
    MUST(a->kind == ANSWER_SAY || a->kind == ANSWER_HANGUP, "%s is answered with %d", leg->sid,
         (int)a->kind);
    leg->state = LEG_GATHER; /* hears the words, then it is over */
    calls_world_plan(
        w, a->kind == ANSWER_SAY ? KEY_MS : 0,
        (struct item){.kind = ITEM_LEG_OVER, .call = leg->call, .leg = leg, .turn = ++leg->turns});
}

/* ---- the caller's side ---- */

static void hang_up(struct world *w, struct call *call)
{
    const bool dials = call->state == CALL_DIALS, speaks = call->state == CALL_SPEAKS;
    const struct event dialled = {.kind = EVENT_CALL,
                                  .call_status = SPAN("completed"),
                                  .dial_status = SPAN("canceled"),
                                  .attempt = call->ring.attempt + 1,
                                  .round = call->ring.round};
    const struct event spoken = {.kind = EVENT_RECORDED,
                                 .cascade = call->cascade,
                                 .recording = SPAN("https://api.example.test/RE1"),
                                 .seconds = scene_roll(&w->scene, 20)};

    if (call->state == CALL_ENDED)
        return;
    scene_say(&w->scene, "the caller of %s hangs up", call->sid);
    call->hung_up = true;
    end_call(w, call);
    if (dials && scene_chance(&w->scene, 60))
        tell(w, (struct item){.kind = ITEM_EVENT, .event = calls_world_event(w, call, dialled)});
    if (speaks && scene_chance(&w->scene, 70))
        tell(w, (struct item){.kind = ITEM_EVENT, .event = calls_world_event(w, call, spoken)});
}

static void choose(struct world *w, struct call *call)
{
    static const char *const keys[] = {"1", "2", "7"};

    ask(w, call,
        (struct event){.kind = EVENT_CHOICE,
                       .cascade = call->cascade,
                       .digits = span_of(keys[scene_roll(&w->scene, 3)])});
}

static void spoken(struct world *w, struct call *call)
{
    const int seconds = scene_chance(&w->scene, 30) ? 0 : 1 + scene_roll(&w->scene, 100);

    if (seconds == 0) {
        end_call(w, call);
        return;
    }
    ask(w, call,
        (struct event){.kind = EVENT_RECORDED,
                       .cascade = call->cascade,
                       .recording = SPAN("https://api.example.test/RE1"),
                       .seconds = seconds});
}

/* The number's fallback address has the call's request once more, or all is lost. */
static void unanswered(struct world *w, struct call *call)
{
    call->failures++;
    if (call->failures > 2 || scene_chance(&w->scene, 40)) {
        call->dropped = true;
        end_call(w, call);
        return;
    }
    struct event e = {.kind = EVENT_CALL, .call_status = SPAN("in-progress"), .attempt = -1};
    call->state = CALL_ASKS;
    calls_world_plan(w, 1 + scene_roll(&w->scene, 5 * S),
                     (struct item){.kind = ITEM_ASK,
                                   .call = call,
                                   .turn = ++call->turn,
                                   .event = calls_world_event(w, call, e)});
}

static void answer_ring(struct world *w, struct call *call, const struct answer *a)
{
    struct item item = {.kind = ITEM_NEXT, .call = call, .turn = call->turn};

    MUST(a->number_count > 0 && a->ring_s > 0, "%s: nobody rings", call->sid);
    call->ring = *a;
    if (!a->still.size) {
        dial(w, call);
        return;
    }
    call->state = CALL_STILL;
    calls_world_plan(w, STILL_MS, item);
    item.kind = ITEM_CHOOSE;
    if (scene_chance(&w->scene, 25))
        calls_world_plan(w, scene_roll(&w->scene, STILL_MS), item);
}

static void answer_call(struct world *w, struct call *call, const struct answer *a)
{
    struct item item = {.kind = ITEM_NEXT, .call = call, .turn = call->turn};

    if (!a) {
        unanswered(w, call);
        return;
    }
    if (a->id)
        call->cascade = a->id;
    switch (a->kind) {
    case ANSWER_RING:
        answer_ring(w, call, a);
        return;
    case ANSWER_WAIT:
        calls_apart_wait(w, call, a);
        return;
    case ANSWER_CONFERENCE:
        calls_apart_join(w, call, a);
        return;
    case ANSWER_VOICEMAIL:
        calls_checks_waited(w, call);
        call->state = CALL_SPEAKS;
        item.kind = ITEM_SPOKEN;
        calls_world_plan(w, WORDS_MS + scene_roll(&w->scene, MIN), item);
        return;
    case ANSWER_SAY:
        calls_checks_waited(w, call);
        call->state = CALL_HEARS;
        calls_world_plan(w, WORDS_MS, item);
        return;
    case ANSWER_HANGUP:
    case ANSWER_REJECT:
        end_call(w, call);
        return;
    case ANSWER_NOTHING:
    case ANSWER_SCREEN:
    case ANSWER_CONNECT:
    case ANSWER_ASK:
    case ANSWER_READ:
    case ANSWER_HOLD:
    case ANSWER_CALL:
    case ANSWER_DONE:
    case ANSWER_REFUSED:
    case ANSWERS:
        model_fail("%s is answered with %d", call->sid, (int)a->kind);
    }
}

void calls_carrier_answer(struct world *w, const struct item *asked, const struct answer *answer)
{
    if (answer) /* what was lost comes by another way, if at all */
        repeat(w, *asked);
    if (asked->kind == ITEM_ASK_LEG)
        answer_leg(w, asked->leg, answer);
    else if (asked->call->state != CALL_ENDED && asked->turn == asked->call->turn)
        answer_call(w, asked->call, answer);
}

static void arrive(struct world *w, struct call *call)
{
    call->began_ms = w->scene.now_ms;
    call->waits = true;
    ask(w, call, (struct event){.kind = EVENT_CALL, .call_status = SPAN("ringing"), .attempt = -1});
}

static void call_goes_on(struct world *w, const struct item *item)
{
    struct call *call = item->call;

    if (call->state == CALL_ENDED || item->turn != call->turn)
        return;
    if (item->kind == ITEM_CHOOSE && (call->state == CALL_STILL || call->state == CALL_WAITS))
        choose(w, call);
    else if (item->kind == ITEM_NEXT && call->state == CALL_WAITS)
        calls_carrier_move(w, call, call->ring.attempt);
    else if (item->kind == ITEM_SPOKEN)
        spoken(w, call);
    else if (item->kind == ITEM_UNHEARD)
        unheard(w, call);
    else if (item->kind == ITEM_NEXT && call->state == CALL_STILL)
        dial(w, call);
    else if (item->kind == ITEM_NEXT)
        end_call(w, call);
}

void calls_carrier_move(struct world *w, struct call *call, int attempt)
{
    ask(w, call,
        (struct event){.kind = EVENT_CALL, .call_status = SPAN("in-progress"), .attempt = attempt});
}

/* Nobody else has come. */
static void alone(struct world *w, struct call *call, struct leg *leg)
{
    if (leg && leg->state == LEG_JOINED && call->bridged != leg)
        go(w, leg, "completed");
    else if (!leg && call->state == CALL_JOINED && !calls_apart_who_waits(call))
        hang_up(w, call);
}

void calls_carrier_happen(struct world *w, const struct item *item)
{
    switch (item->kind) {
    case ITEM_ARRIVE:
        arrive(w, item->call);
        return;
    case ITEM_HANG_UP:
        hang_up(w, item->call);
        return;
    case ITEM_NEXT:
    case ITEM_CHOOSE:
    case ITEM_SPOKEN:
    case ITEM_UNHEARD:
        call_goes_on(w, item);
        return;
    case ITEM_PICK_UP:
        pick_up(w, item->leg);
        return;
    case ITEM_LEG_FAILS:
        leg_fails(w, item->leg);
        return;
    case ITEM_KEY:
        if (item->turn == item->leg->turns)
            press(w, item->leg);
        return;
    case ITEM_SEND:
    case ITEM_TIMEOUT:
        calls_apart_happen(w, item);
        return;
    case ITEM_ALONE:
        alone(w, item->call, item->leg);
        return;
    case ITEM_LEG_OVER:
        leg_over(w, item->leg, item->turn);
        return;
    case ITEM_EVENT:
    case ITEM_ASK:
    case ITEM_ASK_LEG:
        return;
    }
}
