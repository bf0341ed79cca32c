#include "core/cascade.h"

#include <string.h>

#include "core/cascade_row.h"
#include "core/leg.h"
#include "relay/missed.h"
#include "relay/outgoing.h"
#include "relay/relay.h"
#include "relay/tell.h"
#include "rules/doorman.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/route.h"
#include "rules/states.h"
#include "rules/words.h"

enum {
    VOICEMAIL_END_MS = 300 * 1000, /* greeting, two minutes of speech, and some */
    CLOSED_END_MS = 120 * 1000,
    LINK_LIVES_MS = 24 * 3600 * 1000,
    STILL_MS = 8 * 1000, /* "we still try" and the wait for a key, before the phones ring */
};

static void answer(const struct context *c, enum answer_kind kind, struct span words)
{
    c->answer->kind = kind;
    c->answer->words = words;
}

static void answer_ring(const struct context *c, const struct cascade *k)
{
    const bool is_one = cascade_row_group_end(k) == k->attempt + 1;
    struct answer *a = c->answer;

    a->round = k->round;
    a->caller_id = party_is_number(span_of(k->caller)) ? span_of(k->caller) : span_of(k->line);
    for (int i = k->attempt; i < cascade_row_group_end(k) && a->number_count < LIMIT_STEP_OPERATORS;
         i++) {
        const int o = context_operator(c, k->plan->rungs[i].operator_id);
        if (o < 0 || (!is_one && !cascade_row_is_on(&k->plan->rungs[i])))
            continue;
        a->numbers[a->number_count++] =
            (struct answer_number){span_of(c->roster->operators[o].phone), i};
        if (c->roster->operators[o].caller_id == CALLER_ID_LINE)
            a->caller_id = span_of(k->line); /* all that ring together show the same */
    }
    a->kind = a->number_count > 0 ? ANSWER_RING : ANSWER_HANGUP;
    const int64_t left_ms = k->due_ms - c->facts->now_ms;
    if (a->ring_s * 1000 > left_ms) /* asked once more, later: nothing rings beyond the hard end */
        a->ring_s = left_ms > 2000 ? (int)(left_ms / 1000) : 1;
    if (c->roster->still_trying && k->attempt > 0 && k->round == 0 &&
        a->ring_s * 1000 + STILL_MS <= left_ms)
        a->still = words_still_trying();
}

/* The document that stored state gives to the caller's side. */
static void answer_by_state(const struct context *c, const struct cascade *k)
{
    struct answer *a = c->answer;
    const struct words_about w = cascade_row_about(c, k);

    a->id = k->id;
    a->attempt = k->attempt;
    a->ring_s = k->ring_s;
    a->job = span_of(k->job);
    switch (k->state) {
    case CASCADE_RINGING:
        answer_ring(c, k);
        return;
    case CASCADE_VOICEMAIL:
        answer(c, ANSWER_VOICEMAIL, words_voicemail(c->facts->arena, &w));
        return;
    case CASCADE_CLOSED:
        answer(c, ANSWER_SAY, words_closed(c->facts->arena, &w));
        return;
    case CASCADE_ACCEPTED:
    case CASCADE_OVER:
    case CASCADE_STATES:
        answer(c, k->outcome == OUTCOME_REFUSED ? ANSWER_REJECT : ANSWER_HANGUP, (struct span){0});
        return;
    }
}

static void end(const struct context *c, struct cascade *k, enum outcome outcome)
{
    k->state = CASCADE_OVER;
    k->outcome = outcome;
    k->ended_ms = c->facts->now_ms;
    cascade_row_end(c, k, 0);
    cascade_row_note(c, k, "outcome", -1, outcome_name(outcome));
    context_log(c, "call.ended", k->thread, k->id, k->accepted_by, outcome_name(outcome));
}

static void prealert(const struct context *c, const struct cascade *k, const struct rung *r,
                     bool missed)
{
    const int o = context_operator(c, r->operator_id);

    if (o < 0 || c->roster->operators[o].prealert != (missed ? PREALERT_MISSED : PREALERT_ALWAYS))
        return;
    /* He may answer it by text, so it counts among what he was sent. */
    const struct thread *t = facts_thread_by_id(c->facts, k->tenant, k->thread);
    const struct tag tag = tell_mark(c, t, r->operator_id);
    struct words_about w = cascade_row_about(c, k);
    w.tag = span_of(tag.tag);
    if (!missed)
        w.link =
            outgoing_link(c, LINK_CALL, k->id, r->operator_id, c->facts->now_ms + LINK_LIVES_MS);
    const struct outgoing text = {
        .kind = missed ? MESSAGE_NOTICE : MESSAGE_PREALERT,
        .class = missed ? OUTBOX_NORMAL : OUTBOX_URGENT,
        .line = tag.line,
        .to = c->roster->operators[o].phone,
        .operator_id = r->operator_id,
        .body =
            missed ? words_you_missed(c->facts->arena, &w) : words_prealert(c->facts->arena, &w),
        .origin = ORIGIN_SYSTEM,
        .thread = k->thread,
        .cascade = k->id,
        .customer = k->caller,
        .job = k->job,
        .expires_ms = missed ? 0 : c->facts->now_ms + k->ring_s * 1000,
    };
    outgoing_text(c, &text);
}

/* Lets the phones of one step ring, those whose people are still on the roster; false without. */
static bool ring_group(const struct context *c, struct cascade *k, int from, int ring_s)
{
    bool rings = false;

    k->state = CASCADE_RINGING;
    k->attempt = (uint8_t)from;
    k->ring_s = (uint8_t)ring_s;
    k->round = 0;
    k->rang_ms = c->facts->now_ms;
    for (int i = from; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        if (context_operator(c, r->operator_id) < 0) {
            r->state = RUNG_FAILED;
            continue;
        }
        r->state = RUNG_TOLD;
        prealert(c, k, r, false);
        cascade_row_note(c, k, "attempt", i, "");
        context_log(c, "call.ringing", k->thread, k->id, r->operator_id, "");
        rings = true;
    }
    return rings;
}

static void go_to_voicemail(const struct context *c, struct cascade *k)
{
    k->state = CASCADE_VOICEMAIL;
    cascade_row_end(c, k, c->facts->now_ms + VOICEMAIL_END_MS);
}

/* Rings whoever may at or after `from`, or goes to voicemail. Returns false in the latter case:
 * the caller then raises the relay. */
static bool ring_from(const struct context *c, struct cascade *k, int from)
{
    for (int at = from, ring_s = 0;; at = cascade_row_group_end(k)) {
        const int64_t waited_ms = c->facts->now_ms - k->started_ms;
        at = ring_next(k->plan, at, waited_ms, c->roster->wait_s, &ring_s);
        if (at < 0)
            break;
        if (ring_group(c, k, at, ring_s))
            return true;
    }
    go_to_voicemail(c, k);
    return false;
}

/* One of several phones was picked up, nobody accepted, and that ended the dial: the others
 * have the rest of the step's time. False when nobody or no time is left. */
static bool ring_rest(const struct context *c, struct cascade *k)
{
    const int64_t rang_s = (c->facts->now_ms - k->rang_ms) / 1000;
    bool picked = false;
    int waiting = 0;

    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        const enum rung_state state = k->plan->rungs[i].state;
        picked = picked || state == RUNG_REACHED || state == RUNG_PASSED;
        waiting += state == RUNG_TOLD;
    }
    if (!picked || waiting == 0 || k->ring_s - rang_s < RING_LEAST_S || k->round == UINT8_MAX)
        return false;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (k->plan->rungs[i].state == RUNG_REACHED)
            k->plan->rungs[i].state = RUNG_MISSED;
    k->ring_s = (uint8_t)(k->ring_s - rang_s);
    k->rang_ms = c->facts->now_ms;
    k->round++;
    cascade_row_note(c, k, "attempt", k->attempt, "the others once more");
    return true;
}

/* Which version of the call scripts it meets. */
static const char *scripts_words(const struct context *c)
{
    const struct span digest = c->event->scripts;

    return digest.size ? arena_printf(c->facts->arena, "scripts %.*s", SPAN_ARG(digest)) : "";
}

/* Whoever may be rung is told of it. */
static void gather_rungs(const struct context *c, const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        tell_gather(c, plan->rungs[i].operator_id);
}

/* Not let in: it is on record, rings nobody and is answered by nothing. */
static enum err turn_away(const struct context *c, const struct cascade *call, struct thread *known,
                          const char *why)
{
    struct cascade fresh = *call;

    fresh.id = id_next(c->facts->ids, c->facts->now_ms);
    fresh.state = CASCADE_OVER;
    fresh.outcome = OUTCOME_REFUSED;
    fresh.ended_ms = c->facts->now_ms;
    fresh.thread = context_thread(c, known, c->event->to, c->event->from, c->event->job)->id;
    const struct cascade *k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, k, "inbound", -1, "");
    cascade_row_note(c, k, "outcome", -1, why);
    context_log(c, "call.refused", k->thread, k->id, NULL, why);
    answer(c, ANSWER_REJECT, (struct span){0});
    return ERR_NONE;
}

/* A call that is not known yet. */
static enum err begin(const struct context *c)
{
    const struct event *e = c->event;
    const struct line *line = roster_line(c->roster, e->to);
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    struct cascade fresh = {.tenant = e->tenant, .started_ms = c->facts->now_ms};

    if (c->facts->short_of)
        return ERR_BUSY;
    CONTEXT_SET(fresh.account, e->account);
    CONTEXT_SET(fresh.call_sid, e->sid);
    CONTEXT_SET(fresh.line, e->to);
    CONTEXT_SET(fresh.caller, e->from);
    CONTEXT_SET(fresh.job, e->job);
    fresh.plan = ARENA_NEW(c->facts->arena, struct plan);
    const struct route_ask ask = {.line = line,
                                  .caller = e->from,
                                  .job = e->job,
                                  .duties = context_duties(c),
                                  .for_call = true};
    route_plan(c->roster, &ask, c->facts->now_ms, fresh.plan);
    const char *why = NULL;
    const enum doorman door = doorman_judge(c->roster, e->from, &why);
    if (door == DOORMAN_REFUSE)
        return turn_away(c, &fresh, t, why);
    struct relay_news news = missed_news(c, &fresh, t);
    gather_rungs(c, fresh.plan);
    if (!relay_prepare(c, &news))
        return ERR_BUSY;

    fresh.id = id_next(c->facts->ids, c->facts->now_ms);
    news.thread = context_thread(c, t, e->to, e->from, e->job);
    news.cascade = fresh.id;
    fresh.thread = news.thread->id;
    struct cascade *k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, k, "inbound", -1, "");
    context_log(c, "call.arrived", k->thread, k->id, NULL, scripts_words(c));
    if (door == DOORMAN_VOICEMAIL) {
        context_log(c, "call.not-rung", k->thread, k->id, NULL, why);
        go_to_voicemail(c, k);
        missed_raise(c, k, &news);
    } else if (k->plan->count == 0) {
        k->state = CASCADE_CLOSED;
        cascade_row_end(c, k, c->facts->now_ms + CLOSED_END_MS);
        missed_raise(c, k, &news);
    } else {
        cascade_row_end(c, k, c->facts->now_ms + (c->roster->wait_s + RING_HARD_END_S) * 1000);
        if (!ring_from(c, k, e->attempt > 0 ? e->attempt : 0))
            missed_raise(c, k, &news);
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    answer_by_state(c, k);
    return ERR_NONE;
}

static bool is_terminal(struct span status)
{
    static const char *const ends[] = {"completed", "busy", "no-answer", "failed", "canceled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (span_is_text(status, ends[i]))
            return true;
    return false;
}

/* What the dial's result says of the legs; an accept or a "pass it on" is known better, and so
 * is what a leg's own status told. */
static void judge_legs(const struct context *c, struct cascade *k)
{
    const struct span status = c->event->dial_status;
    const bool is_one = cascade_row_group_end(k) == k->attempt + 1;

    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        const bool was_on = cascade_row_is_on(r);
        if (was_on && is_one && span_is_text(status, "busy"))
            r->state = RUNG_BUSY;
        else if (was_on && is_one && span_is_text(status, "failed"))
            r->state = RUNG_FAILED;
        else if (was_on)
            r->state = RUNG_MISSED;
        if (r->state != RUNG_PASSED)
            prealert(c, k, r, true);
        cascade_row_note(c, k, "dialled", i, rung_state_name(r->state));
    }
}

static void stop_ringing(struct cascade *k)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (cascade_row_is_on(&k->plan->rungs[i]))
            k->plan->rungs[i].state = RUNG_MISSED;
}

/* Somebody accepted, and his leg was gone before it could be connected: the caller still waits,
 * and has spoken to nobody. */
static void take_back(const struct context *c, struct cascade *k)
{
    if (k->state != CASCADE_ACCEPTED)
        return;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (k->plan->rungs[i].state == RUNG_ACCEPTED)
            k->plan->rungs[i].state = RUNG_MISSED;
    context_log(c, "call.not-connected", k->thread, k->id, k->accepted_by, "goes on to the next");
    k->accepted_by[0] = k->leg_sid[0] = 0;
    k->accepted_ms = 0;
    cascade_row_end(c, k, k->started_ms + (c->roster->wait_s + RING_HARD_END_S) * 1000);
}

static void make_move(const struct context *c, struct cascade *k, enum cascade_move move,
                      struct relay_news *news)
{
    switch (move) {
    case CASCADE_RING:
        take_back(c, k);
        if (ring_rest(c, k))
            break;
        judge_legs(c, k);
        if (!ring_from(c, k, cascade_row_group_end(k)))
            missed_raise(c, k, news);
        break;
    case CASCADE_FINISH:
        end(c, k,
            k->state == CASCADE_ACCEPTED ? OUTCOME_ANSWERED
            : k->recording.size          ? OUTCOME_VOICEMAIL
                                         : OUTCOME_MISSED);
        break;
    case CASCADE_LEAVE:
        stop_ringing(k);
        go_to_voicemail(c, k);
        missed_raise(c, k, news);
        break;
    case CASCADE_GIVE_UP:
    case CASCADE_ABANDON:
        stop_ringing(k);
        end(c, k, move == CASCADE_GIVE_UP ? OUTCOME_MISSED : OUTCOME_ABANDONED);
        missed_raise(c, k, news);
        break;
    case CASCADE_BROKEN:
    case CASCADE_REPEAT:
    case CASCADE_SCREEN:
    case CASCADE_TAKE:
    case CASCADE_PASS:
    case CASCADE_REFUSE:
    case CASCADE_KEEP_RECORDING:
    case CASCADE_MOVES:
        return;
    }
    facts_touch(c->facts, FACT_CASCADE, k);
}

/* Gathers whatever the cause may need, then moves. */
static enum err follow(const struct context *c, struct cascade *k, enum cascade_cause cause)
{
    const enum cascade_move move = states_cascade(k->state, cause);

    if (move == CASCADE_RING || move == CASCADE_ABANDON || move == CASCADE_LEAVE ||
        move == CASCADE_GIVE_UP) {
        struct thread *t = facts_thread_by_id(c->facts, k->tenant, k->thread);
        if (c->facts->short_of)
            return ERR_BUSY;
        struct relay_news news = missed_news(c, k, t);
        gather_rungs(c, k->plan);
        if ((news.line && !relay_prepare(c, &news)) || c->facts->short_of)
            return ERR_BUSY;
        make_move(c, k, move, &news);
        return ERR_NONE;
    }
    make_move(c, k, move, NULL);
    return ERR_NONE;
}

/* The result of an earlier dial. */
static bool is_stale(const struct event *e, const struct cascade *k)
{
    const int rang = e->attempt - 1;

    return rang < k->attempt || (rang == k->attempt && e->round < k->round);
}

/* None of those that ring together is left: their own statuses told, or they passed it on. */
static bool is_spent(const struct cascade *k)
{
    const int end = cascade_row_group_end(k);
    bool is_on = end == k->attempt + 1; /* who rings alone is judged by the dial's result */

    for (int i = k->attempt; i < end; i++)
        is_on = is_on || cascade_row_is_on(&k->plan->rungs[i]);
    return !is_on;
}

enum err cascade_call(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade_by_call(c->facts, e->tenant, e->sid);
    enum cascade_cause cause = CASCADE_ARRIVED;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!k)
        return begin(c);
    if (e->attempt > 0)
        cause = is_stale(e, k)                                 ? CASCADE_STALE
                : e->unbridged && !is_terminal(e->call_status) ? CASCADE_UNBRIDGED
                                                               : CASCADE_DIALLED;
    if (k->state == CASCADE_RINGING && is_spent(k))
        cause = CASCADE_DIALLED;
    if (k->state == CASCADE_RINGING && is_terminal(e->call_status))
        cause = CASCADE_HUNG_UP;
    const enum err err = follow(c, k, cause);
    if (!err)
        answer_by_state(c, k);
    return err;
}

/* The operators hear of the voicemail: whoever holds the call's relay, or, when that is settled
 * already, the chain once more. */
static void tell_of_recording(const struct context *c, struct cascade *k, struct relay_news *news)
{
    struct relay *r = relay_raise(c, news);

    if (news->joins) {
        if (r->kind == RELAY_MISSED_CALL)
            r->kind = RELAY_VOICEMAIL;
        r->cascade = k->id; /* whose recording its page plays */
        facts_touch(c->facts, FACT_RELAY, r);
    }
    k->relay = r->id;
}

/* While we still try he may leave a message (1) or be texted (2); another key tries on. */
enum err cascade_choice(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);
    const bool leaves = span_is_text(e->digits, "1"), is_texted = span_is_text(e->digits, "2");

    if (c->facts->short_of)
        return ERR_BUSY;
    answer(c, ANSWER_HANGUP, (struct span){0});
    if (!k)
        return ERR_NONE;
    const bool rang = k->state == CASCADE_RINGING;
    if (leaves || is_texted) {
        const enum err err = follow(c, k, leaves ? CASCADE_CHOSE_1 : CASCADE_CHOSE_2);
        if (err)
            return err;
    }
    answer_by_state(c, k);
    c->answer->still = (struct span){0}; /* he has chosen */
    if (rang && is_texted)
        answer(c, ANSWER_SAY, words_texted());
    return ERR_NONE;
}

enum err cascade_recorded(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);
    const bool is_new = k && !k->recording.size && e->recording.size && e->seconds > 0;
    struct relay_news news = {0};

    if (is_new) {
        news = missed_news(c, k, facts_thread_by_id(c->facts, k->tenant, k->thread));
        news.kind = RELAY_VOICEMAIL;
        news.body = span_of(arena_printf(c->facts->arena, "voicemail of %d s", (int)e->seconds));
    }
    if (c->facts->short_of || (news.line && !relay_prepare(c, &news)))
        return ERR_BUSY;
    answer(c, ANSWER_SAY, words_recorded());
    if (!is_new)
        return ERR_NONE;
    k->recording = e->recording;
    k->recording_s = e->seconds;
    cascade_row_note(c, k, "voicemail", -1, "");
    if (k->state == CASCADE_OVER) { /* it came behind the end of the call */
        k->outcome = OUTCOME_VOICEMAIL;
        cascade_row_note(c, k, "outcome", -1, outcome_name(k->outcome));
    }
    context_log(c, "call.voicemail", k->thread, k->id, NULL, "");
    if (news.line)
        tell_of_recording(c, k, &news);
    else
        context_alarm(c, "call.voicemail", k->thread, k->id, "for a line that is on no roster now");
    facts_touch(c->facts, FACT_CASCADE, k);
    return ERR_NONE;
}

enum err cascade_status(const struct context *c)
{
    const struct event *e = c->event;
    const struct span key =
        span_of(arena_printf(c->facts->arena, "st:%.*s:%.*s:%.*s", SPAN_ARG(e->sid),
                             SPAN_ARG(e->call_status), SPAN_ARG(e->sequence)));
    const bool repeated = facts_is_claimed(c->facts, e->tenant, key);
    struct cascade *k = e->cascade ? facts_cascade(c->facts, e->tenant, e->cascade)
                                   : facts_cascade_by_call(c->facts, e->tenant, e->sid);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (repeated || !k)
        return ERR_NONE;
    const bool is_leg = e->cascade != 0;
    if (!is_leg && is_terminal(e->call_status)) {
        const enum err err = follow(c, k, CASCADE_HUNG_UP);
        if (err)
            return err;
    }
    if (is_leg)
        leg_status(c, k);
    facts_claim(c->facts, e->tenant, key, e->id);
    cascade_row_note(c, k, "status", is_leg ? e->attempt : -1,
                     arena_text(c->facts->arena, e->call_status));
    return ERR_NONE;
}

enum err cascade_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct cascade *k = facts_cascade(c->facts, timer->tenant, timer->subject);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (k && k->due_ms == timer->due_ms) {
        const enum err err = follow(c, k, CASCADE_TIME_UP);
        if (err)
            return err;
    } else {
        struct timer gone = *timer;
        gone.gone = true;
        facts_put_timer(c->facts, &gone);
    }
    return ERR_NONE;
}
