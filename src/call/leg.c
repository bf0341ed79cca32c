#include "call/leg.h"

#include <string.h>

#include "base/check.h"
#include "call/call_update.h"
#include "call/caller_id.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "relay/outgoing.h"
#include "rules/states.h"
#include "rules/words.h"

enum { TALK_END_MS = (4 * 3600 + 300) * 1000 }; /* the carrier ends a Dial after four hours */

static void say(const struct context *c, enum answer_kind kind, struct span words)
{
    c->answer->kind = kind;
    c->answer->words = words;
}

/* Whose phone rang at the same time hears who has the call. */
static void tell_loser(const struct context *c, const struct cascade *k, const struct rung *r,
                       const struct rung *winner)
{
    const int o = context_operator(c, r->operator_id);
    struct words_about w = cascade_row_about(c, k);

    if (o < 0 || c->roster->operators[o].prealert == PREALERT_NEVER)
        return;
    w.name = span_of(context_name(c, winner->operator_id));
    struct outgoing text = outgoing_about_call(k);

    text.kind = MESSAGE_NOTICE;
    text.class = OUTBOX_BULK;
    text.to = c->roster->operators[o].phone;
    text.operator_id = r->operator_id;
    text.body = words_call_taken(c->facts->arena, &w);
    outgoing_text(c, &text);
}

/* A leg that the caller's own Dial made is bridged by it; a call of its own waits for him. */
static void connect(const struct context *c, const struct rung *r)
{
    c->answer->kind = r->overlaps ? ANSWER_CONFERENCE : ANSWER_CONNECT;
    c->answer->for_leg = r->overlaps;
}

static void take(const struct context *c, struct cascade *k, struct rung *winner)
{
    k->state = CASCADE_ACCEPTED;
    k->accepted_ms = c->facts->now_ms;
    CONTEXT_SET(k->accepted_by, span_of(winner->operator_id));
    CONTEXT_SET(k->leg_sid, c->event->leg_sid);
    winner->state = RUNG_ACCEPTED;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (cascade_row_is_on(&k->plan->rungs[i])) {
            tell_loser(c, k, &k->plan->rungs[i], winner);
            if (!winner->overlaps)
                k->plan->rungs[i].state = RUNG_MISSED;
        }
    if (winner->overlaps)
        overlap_take(c, k);
    cascade_row_end(c, k, c->facts->now_ms + TALK_END_MS);
    cascade_row_note(c, k, "forward", c->event->attempt, "accepted");
    context_log(c, "call.accepted", k->thread, k->id, winner->operator_id, "");
    connect(c, winner);
}

void leg_take_over(const struct context *c, struct cascade *k, const char *operator_id,
                   struct span call)
{
    struct rung winner = {.state = RUNG_ACCEPTED};

    CHECK(k->state == CASCADE_RINGING);
    CONTEXT_SET(winner.operator_id, span_of(operator_id));
    k->state = CASCADE_ACCEPTED;
    k->accepted_ms = c->facts->now_ms;
    CONTEXT_SET(k->accepted_by, span_of(operator_id));
    CONTEXT_SET(k->leg_sid, call);
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (cascade_row_is_on(&k->plan->rungs[i]) &&
            strcmp(k->plan->rungs[i].operator_id, operator_id) != 0)
            tell_loser(c, k, &k->plan->rungs[i], &winner);
    if (overlap_is_on(k)) {
        overlap_take(c, k);
    } else {
        k->conference = true; /* his phones count again if he leaves before they meet */
        k->turn_ms = 0;
        if (k->round < UINT8_MAX)
            k->round++; /* the dial that rings now is none of the talk's */
        call_update_move(c, k, k->attempt, 0);
    }
    cascade_row_end(c, k, c->facts->now_ms + TALK_END_MS);
    cascade_row_note(c, k, "forward", -1, "accepted by a call of his own");
    context_log(c, "call.accepted", k->thread, k->id, operator_id, "by a call of his own");
    facts_touch(c->facts, FACT_CASCADE, k);
}

/* How he takes a call: by the key, by a word, or by picking up. */
static enum accept accept_of(const struct context *c, const struct rung *r)
{
    const int o = context_operator(c, r->operator_id);

    return o >= 0 ? c->roster->operators[o].accept : ACCEPT_PRESS;
}

static enum cascade_cause leg_cause(const struct context *c, const struct rung *r)
{
    const struct event *e = c->event;
    const enum accept accept = accept_of(c, r);

    if (e->kind == EVENT_PRESS && span_is_text(e->digits, "2"))
        return CASCADE_PRESSED_2;
    if (accept == ACCEPT_NONE || (e->kind == EVENT_PRESS && span_is_text(e->digits, "1")))
        return CASCADE_PRESSED_1;
    if (accept == ACCEPT_SPEECH && e->kind == EVENT_PRESS && span_trim(e->speech).size > 0)
        return CASCADE_PRESSED_1;
    return CASCADE_PICKED_UP;
}

/* What took the call, once more: the same answer. */
static bool is_repeated(const struct context *c, const struct cascade *k)
{
    const struct event *e = c->event;

    return k && k->state == CASCADE_ACCEPTED && e->attempt < k->plan->count &&
           span_is_text(e->leg_sid, k->leg_sid) &&
           leg_cause(c, &k->plan->rungs[e->attempt]) == CASCADE_PRESSED_1;
}

static void refuse(const struct context *c, const struct cascade *k)
{
    if (is_repeated(c, k)) {
        connect(c, &k->plan->rungs[c->event->attempt]);
        return;
    }
    const struct span name =
        k && k->accepted_by[0] ? span_of(context_name(c, k->accepted_by)) : (struct span){0};
    say(c, ANSWER_SAY, words_too_late(c->facts->arena, name));
}

/* He said "the next one" and his leg hangs up: a request that comes late finds him gone. */
static bool has_passed(const struct context *c, const struct cascade *k, const struct rung *r)
{
    if (k->state != CASCADE_RINGING || r->state != RUNG_PASSED)
        return false;
    if (c->event->kind == EVENT_PRESS && span_is_text(c->event->digits, "2"))
        say(c, ANSWER_HANGUP, (struct span){0});
    else
        refuse(c, k);
    return true;
}

static void screen(const struct context *c, const struct cascade *k, struct rung *r)
{
    const struct words_about w = cascade_row_about(c, k);

    if (c->event->kind == EVENT_PRESS) {
        say(c, ANSWER_SCREEN, words_screen_again());
    } else {
        say(c, ANSWER_SCREEN, words_screen(c->facts->arena, &w));
        c->answer->again = words_screen_again();
    }
    c->answer->by_speech = accept_of(c, r) == ACCEPT_SPEECH;
    if (r->state == RUNG_TOLD)
        cascade_row_note(c, k, "picked up", c->event->attempt, "");
    r->state = RUNG_REACHED;
}

/* No leg that we made, or one whose step has given way to the caller's own dial. */
static bool is_strange(const struct context *c, struct cascade *k, const struct rung *r)
{
    const struct event *e = c->event;

    if (r->overlaps)
        return !overlap_know(c, k, e->attempt, e->leg_sid);
    return e->apart && k->state == CASCADE_RINGING;
}

enum err leg_event(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);

    if (c->facts->short_of)
        return ERR_BUSY;
    const bool is_rung = k && e->attempt >= 0 && e->attempt < k->plan->count;
    const bool rings = is_rung && e->attempt >= k->attempt && e->attempt < cascade_row_group_end(k);
    if (!is_rung || (k->state == CASCADE_RINGING && !rings)) {
        refuse(c, is_rung ? k : NULL);
        return ERR_NONE;
    }
    struct rung *r = &k->plan->rungs[e->attempt];
    if (r->overlaps && !overlap_gather(c, k))
        return ERR_BUSY;
    c->answer->id = k->id;
    c->answer->attempt = e->attempt;
    c->answer->apart = e->apart;
    c->answer->after = e->after;
    if (is_strange(c, k, r)) {
        refuse(c, k);
        return ERR_NONE;
    }
    if (has_passed(c, k, r))
        return ERR_NONE;
    if (k->state == CASCADE_RINGING && !cascade_row_is_on(r)) { /* his leg has ended */
        refuse(c, k);
        return ERR_NONE;
    }
    switch (states_cascade(k->state, leg_cause(c, r))) {
    case CASCADE_SCREEN:
        screen(c, k, r);
        break;
    case CASCADE_TAKE:
        take(c, k, r);
        break;
    case CASCADE_PASS:
        r->state = RUNG_PASSED;
        context_log(c, "call.passed-on", k->thread, k->id, r->operator_id, "");
        if (r->overlaps)
            overlap_next(c, k);
        say(c, ANSWER_HANGUP, (struct span){0});
        break;
    case CASCADE_REFUSE:
        refuse(c, k);
        return ERR_NONE;
    case CASCADE_BROKEN:
    case CASCADE_REPEAT:
    case CASCADE_RING:
    case CASCADE_KEEP_RECORDING:
    case CASCADE_FINISH:
    case CASCADE_ABANDON:
    case CASCADE_LEAVE:
    case CASCADE_GIVE_UP:
    case CASCADE_OPEN:
    case CASCADE_SERVE:
    case CASCADE_SHUT:
    case CASCADE_GIVE_BACK:
    case CASCADE_KEEP: /* call/wish.h */
    case CASCADE_MOVES:
        return ERR_NONE;
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    return ERR_NONE;
}

void leg_status(const struct context *c, struct cascade *k)
{
    const struct event *e = c->event;
    const bool is_busy = span_is_text(e->call_status, "busy");

    if (k->state != CASCADE_RINGING || e->attempt < k->attempt ||
        e->attempt >= cascade_row_group_end(k) ||
        !(is_busy || span_is_text(e->call_status, "failed")))
        return;
    struct rung *r = &k->plan->rungs[e->attempt];
    if (r->state != RUNG_TOLD || caller_id_was_changed(k) ||
        cascade_row_group_end(k) == k->attempt + 1)
        return; /* the dial's own result comes at once */
    r->state = is_busy ? RUNG_BUSY : RUNG_FAILED;
    facts_touch(c->facts, FACT_CASCADE, k);
}
