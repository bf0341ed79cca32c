#include "core/cascade.h"

#include <string.h>

#include "relay/missed.h"
#include "relay/outgoing.h"
#include "relay/relay.h"
#include "relay/tell.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/route.h"
#include "rules/states.h"
#include "rules/words.h"

enum {
    TALK_END_MS = (4 * 3600 + 300) * 1000, /* the carrier ends a Dial after four hours */
    VOICEMAIL_END_MS = 300 * 1000,         /* greeting, two minutes of speech, and some */
    CLOSED_END_MS = 120 * 1000,
    LINK_LIVES_MS = 24 * 3600 * 1000,
};

static struct words_about about(const struct context *c, const struct cascade *k)
{
    return (struct words_about){
        .business = span_of(c->roster->name),
        .customer = party_words(span_of(k->caller)),
        .job = span_of(k->job),
    };
}

static void note(const struct context *c, const struct cascade *k, const char *kind, int attempt,
                 const char *detail)
{
    struct call_event row = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = k->tenant,
        .cascade = k->id,
        .at_ms = c->facts->now_ms,
        .kind = kind,
        .attempt = (int16_t)attempt,
        .detail = arena_copy(c->facts->arena, span_of(detail)),
    };

    memcpy(row.call_sid, k->call_sid, sizeof row.call_sid);
    memcpy(row.line, k->line, sizeof row.line);
    memcpy(row.caller, k->caller, sizeof row.caller);
    if (attempt >= 0 && attempt < k->plan->count)
        memcpy(row.operator_id, k->plan->rungs[attempt].operator_id, sizeof row.operator_id);
    facts_log_call(c->facts, &row);
}

static void set_end(const struct context *c, struct cascade *k, int64_t due_ms)
{
    if (k->due_ms) {
        const struct timer gone = {k->due_ms, k->tenant, TIMER_CASCADE, k->id, true};
        facts_put_timer(c->facts, &gone);
    }
    k->due_ms = due_ms;
    if (due_ms) {
        const struct timer timer = {due_ms, k->tenant, TIMER_CASCADE, k->id, false};
        facts_put_timer(c->facts, &timer);
    }
}

static void answer(const struct context *c, enum answer_kind kind, struct span words)
{
    c->answer->kind = kind;
    c->answer->words = words;
}

/* The document that stored state gives to the caller's side. */
static void answer_by_state(const struct context *c, const struct cascade *k)
{
    struct answer *a = c->answer;
    const struct words_about w = about(c, k);

    a->id = k->id;
    a->attempt = k->attempt;
    a->ring_s = k->ring_s;
    a->job = span_of(k->job);
    switch (k->state) {
    case CASCADE_RINGING: {
        const int o = context_operator(c, k->plan->rungs[k->attempt].operator_id);
        a->kind = o >= 0 ? ANSWER_RING : ANSWER_HANGUP;
        a->to = o >= 0 ? span_of(c->roster->operators[o].phone) : (struct span){0};
        a->caller_id = party_is_number(span_of(k->caller)) ? span_of(k->caller) : span_of(k->line);
        return;
    }
    case CASCADE_VOICEMAIL:
        answer(c, ANSWER_VOICEMAIL, words_voicemail(c->facts->arena, &w));
        return;
    case CASCADE_CLOSED:
        answer(c, ANSWER_SAY, words_closed(c->facts->arena, &w));
        return;
    case CASCADE_ACCEPTED:
    case CASCADE_OVER:
    case CASCADE_STATES:
        answer(c, ANSWER_HANGUP, (struct span){0});
        return;
    }
}

static void end(const struct context *c, struct cascade *k, enum outcome outcome)
{
    k->state = CASCADE_OVER;
    k->outcome = outcome;
    k->ended_ms = c->facts->now_ms;
    set_end(c, k, 0);
    note(c, k, "outcome", -1, outcome_name(outcome));
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
    struct words_about w = about(c, k);
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

/* Rings the rung at or after `from` that may, or goes to voicemail. Returns false in the latter
 * case: the caller then raises the relay. */
static bool ring_from(const struct context *c, struct cascade *k, int from)
{
    int ring_s = 0;
    int at = from;

    for (;;) {
        const int64_t waited_ms = c->facts->now_ms - k->started_ms;
        at = ring_next(k->plan, at, waited_ms, c->roster->wait_s, &ring_s);
        if (at < 0 || context_operator(c, k->plan->rungs[at].operator_id) >= 0)
            break;
        k->plan->rungs[at++].state = RUNG_FAILED; /* has left the roster since */
    }
    if (at < 0) {
        k->state = CASCADE_VOICEMAIL;
        set_end(c, k, c->facts->now_ms + VOICEMAIL_END_MS);
        return false;
    }
    k->state = CASCADE_RINGING;
    k->attempt = (uint8_t)at;
    k->ring_s = (uint8_t)ring_s;
    k->plan->rungs[at].state = RUNG_TOLD;
    prealert(c, k, &k->plan->rungs[at], false);
    note(c, k, "attempt", at, "");
    context_log(c, "call.ringing", k->thread, k->id, k->plan->rungs[at].operator_id, "");
    return true;
}

/* Whoever may be rung is told of it. */
static void gather_rungs(const struct context *c, const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        tell_gather(c, plan->rungs[i].operator_id);
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
    struct relay_news news = missed_news(c, &fresh, t);
    gather_rungs(c, fresh.plan);
    if (!relay_prepare(c, &news))
        return ERR_BUSY;

    fresh.id = id_next(c->facts->ids, c->facts->now_ms);
    news.thread = context_thread(c, t, e->to, e->from, e->job);
    news.cascade = fresh.id;
    fresh.thread = news.thread->id;
    struct cascade *k = facts_add_cascade(c->facts, &fresh);
    note(c, k, "inbound", -1, "");
    context_log(c, "call.arrived", k->thread, k->id, NULL, "");
    if (k->plan->count == 0) {
        k->state = CASCADE_CLOSED;
        set_end(c, k, c->facts->now_ms + CLOSED_END_MS);
        missed_raise(c, k, &news);
    } else {
        set_end(c, k, c->facts->now_ms + (c->roster->wait_s + RING_HARD_END_S) * 1000);
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

/* What the dial's result says of the leg; an accept or a "pass it on" is known better. */
static void judge_leg(const struct context *c, struct cascade *k)
{
    struct rung *r = &k->plan->rungs[k->attempt];
    const struct span status = c->event->dial_status;

    if (r->state != RUNG_PASSED) {
        if (span_is_text(status, "busy"))
            r->state = RUNG_BUSY;
        else if (span_is_text(status, "failed"))
            r->state = RUNG_FAILED;
        else
            r->state = RUNG_MISSED;
        prealert(c, k, r, true);
    }
    note(c, k, "dialled", k->attempt, rung_state_name(r->state));
}

static void make_move(const struct context *c, struct cascade *k, enum cascade_move move,
                      struct relay_news *news)
{
    switch (move) {
    case CASCADE_RING:
        judge_leg(c, k);
        if (!ring_from(c, k, k->attempt + 1))
            missed_raise(c, k, news);
        break;
    case CASCADE_FINISH:
        end(c, k,
            k->state == CASCADE_ACCEPTED ? OUTCOME_ANSWERED
            : k->recording.size          ? OUTCOME_VOICEMAIL
                                         : OUTCOME_MISSED);
        break;
    case CASCADE_ABANDON:
        k->plan->rungs[k->attempt].state = RUNG_MISSED;
        end(c, k, OUTCOME_ABANDONED);
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

    if (move == CASCADE_RING || move == CASCADE_ABANDON) {
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
        cause = e->attempt - 1 < k->attempt ? CASCADE_STALE : CASCADE_DIALLED;
    if (k->state == CASCADE_RINGING && is_terminal(e->call_status))
        cause = CASCADE_HUNG_UP;
    const enum err err = follow(c, k, cause);
    if (!err)
        answer_by_state(c, k);
    return err;
}

static void take(const struct context *c, struct cascade *k)
{
    struct rung *r = &k->plan->rungs[k->attempt];

    k->state = CASCADE_ACCEPTED;
    k->accepted_ms = c->facts->now_ms;
    CONTEXT_SET(k->accepted_by, span_of(r->operator_id));
    CONTEXT_SET(k->leg_sid, c->event->leg_sid);
    r->state = RUNG_ACCEPTED;
    set_end(c, k, c->facts->now_ms + TALK_END_MS);
    note(c, k, "forward", k->attempt, "accepted");
    context_log(c, "call.accepted", k->thread, k->id, r->operator_id, "");
    c->answer->kind = ANSWER_CONNECT;
}

static void refuse(const struct context *c, const struct cascade *k)
{
    const bool again = k && k->state == CASCADE_ACCEPTED && c->event->attempt == k->attempt &&
                       c->event->kind == EVENT_PRESS && span_is_text(c->event->digits, "1") &&
                       span_is_text(c->event->leg_sid, k->leg_sid);

    if (again) { /* his own press, repeated: the same answer */
        c->answer->kind = ANSWER_CONNECT;
        return;
    }
    const struct span name =
        k && k->accepted_by[0] ? span_of(context_name(c, k->accepted_by)) : (struct span){0};
    answer(c, ANSWER_SAY, words_too_late(c->facts->arena, name));
}

/* He said "the next one" and his leg hangs up: a request that comes late finds him gone. */
static bool has_passed(const struct context *c, const struct cascade *k)
{
    if (k->state != CASCADE_RINGING || k->plan->rungs[k->attempt].state != RUNG_PASSED)
        return false;
    if (c->event->kind == EVENT_PRESS && span_is_text(c->event->digits, "2"))
        answer(c, ANSWER_HANGUP, (struct span){0});
    else
        refuse(c, k);
    return true;
}

static void screen(const struct context *c, const struct cascade *k, struct rung *r)
{
    const struct words_about w = about(c, k);

    if (c->event->kind == EVENT_PRESS) {
        answer(c, ANSWER_SCREEN, words_screen_again());
    } else {
        answer(c, ANSWER_SCREEN, words_screen(c->facts->arena, &w));
        c->answer->again = words_screen_again();
    }
    if (r->state == RUNG_TOLD)
        note(c, k, "picked up", k->attempt, "");
    r->state = RUNG_REACHED;
}

static enum cascade_cause leg_cause(const struct event *e)
{
    if (e->kind == EVENT_PRESS && span_is_text(e->digits, "1"))
        return CASCADE_PRESSED_1;
    if (e->kind == EVENT_PRESS && span_is_text(e->digits, "2"))
        return CASCADE_PRESSED_2;
    return CASCADE_PICKED_UP;
}

enum err cascade_leg(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!k || (k->state == CASCADE_RINGING && e->attempt != k->attempt)) {
        refuse(c, k);
        return ERR_NONE;
    }
    c->answer->id = k->id;
    c->answer->attempt = k->attempt;
    if (has_passed(c, k))
        return ERR_NONE;
    struct rung *r = &k->plan->rungs[k->attempt];
    switch (states_cascade(k->state, leg_cause(e))) {
    case CASCADE_SCREEN:
        screen(c, k, r);
        break;
    case CASCADE_TAKE:
        take(c, k);
        break;
    case CASCADE_PASS:
        r->state = RUNG_PASSED;
        context_log(c, "call.passed-on", k->thread, k->id, r->operator_id, "");
        answer(c, ANSWER_HANGUP, (struct span){0});
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
    case CASCADE_MOVES:
        return ERR_NONE;
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    return ERR_NONE;
}

/* The operators hear of the voicemail: whoever holds the call's relay, or, when that is settled
 * already, the chain once more. */
static void tell_of_recording(const struct context *c, struct cascade *k, struct relay_news *news)
{
    struct relay *r = relay_raise(c, news);

    if (news->joins && r->kind == RELAY_MISSED_CALL) {
        r->kind = RELAY_VOICEMAIL;
        facts_touch(c->facts, FACT_RELAY, r);
    }
    k->relay = r->id;
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
    if (k->state == CASCADE_OVER)
        k->outcome = OUTCOME_VOICEMAIL;
    note(c, k, "voicemail", -1, "");
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
    facts_claim(c->facts, e->tenant, key, e->id);
    note(c, k, "status", is_leg ? e->attempt : -1, arena_text(c->facts->arena, e->call_status));
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
