#include "core/replay.h"

#include <string.h>

#include "base/id.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "call/recording_end.h"
#include "core/offline.h"
#include "relay/missed.h"
#include "relay/relay.h"
#include "relay/settle.h"
#include "rules/doorman.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/words.h"

enum {
    TALK_END_MS = (4 * 3600 + 300) * 1000, /* the carrier ends a Dial after four hours */
    VOICEMAIL_END_MS = 300 * 1000,
    CLOSED_END_MS = 120 * 1000,
};

/* A call and what may have to be told of it. */
struct replayed {
    const struct context *c;
    struct cascade *k;
    struct relay_news news;
    int64_t now_ms;            /* of the replay; the facts' is that of the event meanwhile */
    bool is_now;               /* it has been answered just now, and nothing has left */
    struct replay_taker taker; /* of a call that has no row yet */
    bool is_taken;             /* there is one */
    struct relay *relay;       /* of a call that was held for abandoned; NULL: none */
};

/* People hear of it now, and their clocks begin now. */
static void raise_missed(struct replayed *r)
{
    struct facts *f = r->c->facts;
    const int64_t at_ms = f->now_ms;

    f->now_ms = r->now_ms;
    missed_raise(r->c, r->k, &r->news);
    f->now_ms = at_ms;
}

/* The rung of that operator in the stored plan, which may be another than the one that was made
 * without the store; he is added to it if need be. */
static int rung_of(struct plan *plan, const struct rung *made)
{
    const int at = plan_find(plan, span_of(made->operator_id));

    if (at >= 0 || plan->count == LIMIT_RUNGS)
        return at;
    plan->rungs[plan->count] = *made;
    plan->rungs[plan->count].state = RUNG_WAITING;
    return plan->count++;
}

/* ---- the caller's side ---- */

static void judge(struct replayed *r)
{
    struct cascade *k = r->k;
    const struct span status = r->c->event->dial_status;
    struct rung *rung = &k->plan->rungs[k->attempt];

    const bool was_on = cascade_row_is_on(rung); /* else he has passed it on himself */

    if (r->c->event->attempt <= 0 || !(was_on || rung->state == RUNG_PASSED))
        return;
    if (was_on && span_is_text(status, "busy"))
        rung->state = RUNG_BUSY;
    else if (was_on && span_is_text(status, "failed"))
        rung->state = RUNG_FAILED;
    else if (was_on)
        rung->state = RUNG_MISSED;
    cascade_row_note(r->c, k, "dialled", k->attempt, rung_state_name(rung->state));
}

/* Who took a call is claimed when it has no row that could tell: "apart leg operator". */
static struct span taker_key(const struct context *c, int64_t cascade)
{
    char id[ID_TEXT_SIZE + 1];

    id_render(cascade, id);
    return span_of(arena_printf(c->facts->arena, "took:%s", id));
}

bool replay_who_took(const struct context *c, int64_t cascade, struct replay_taker *out)
{
    const struct claim_fact *claim =
        facts_claimed(c->facts, c->event->tenant, taker_key(c, cascade));
    struct span rest;

    if (!claim)
        return false;
    out->is_apart = span_is_text(span_cut(claim->answer, ' ', &rest), "1");
    out->leg_sid = span_cut(rest, ' ', &out->operator_id);
    return true;
}

static void note_taker(const struct context *c)
{
    const struct event *e = c->event;
    struct replay_taker before;

    if (replay_who_took(c, e->cascade, &before) || c->facts->short_of)
        return;
    const struct claim_fact claim = {
        .event = e->id,
        .answer = span_of(arena_printf(c->facts->arena, "%d %.*s %.*s", e->apart,
                                       SPAN_ARG(e->leg_sid), SPAN_ARG(e->operator_id))),
    };
    facts_claim_with(c->facts, e->tenant, taker_key(c, e->cascade), &claim);
}

/* The pre-alert left without the store, and is unsure until its answer, its receipt or the
 * carrier's list tells; or it is to leave now. */
static void put_alert(struct replayed *r, int rung)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    const struct cascade *k = r->k;
    const struct thread *t = r->news.thread;
    struct outbox row = offline_alert(c->roster, e);
    struct message m = {
        .id = row.id,
        .tenant = k->tenant,
        .thread = t ? t->id : k->thread,
        .cascade = k->id,
        .direction = DIRECTION_OUT,
        .origin = ORIGIN_SYSTEM,
        .kind = MESSAGE_PREALERT,
        .delivery = DELIVERY_UNSURE,
        .body = row.body,
        .at_ms = e->at_ms,
    };

    if (!row.id || !row.to[0] || (!r->is_now && facts_message(c->facts, k->tenant, row.id)))
        return;
    CONTEXT_SET(m.from, span_of(row.from));
    CONTEXT_SET(m.to, span_of(row.to));
    CONTEXT_SET(m.customer, span_of(k->caller));
    CONTEXT_SET(m.operator_id, span_of(k->plan->rungs[rung].operator_id));
    CONTEXT_SET(m.job, span_of(k->job));
    if (r->is_now) {
        m.delivery = DELIVERY_QUEUED;
        row.state = OUTBOX_QUEUED;
        row.cascade = k->id;
        row.attempt = 0;
        row.sent_ms = 0;
    } else {
        row.state = OUTBOX_UNSURE;
        row.unsure_ms = e->at_ms;
        row.due_ms = r->now_ms + SETTLE_FIRST_LOOK_MS;
    }
    facts_add_message(c->facts, &m);
    facts_add_outbox(c->facts, &row);
}

/* The caller's own dial rings: a step that adds one phone after the other is over, and from here on
 * one phone rings at a time. */
static void ring_one_by_one(struct replayed *r, int at)
{
    struct cascade *k = r->k;

    if (overlap_is_on(k))
        overlap_stop(r->c, k);
    for (int i = 0; i < k->plan->count; i++) {
        k->plan->rungs[i].step = (uint8_t)i;
        k->plan->rungs[i].overlaps = false;
    }
    k->attempt = (uint8_t)at;
    k->plan->rungs[at].state = RUNG_TOLD;
}

/* It rang before what the row knows already, as another node was faster with that. */
static void put_earlier_ring(struct replayed *r, int at)
{
    struct cascade *k = r->k;
    struct rung *rung = &k->plan->rungs[at];

    if (rung->state == RUNG_WAITING) {
        rung->state = RUNG_MISSED;
        cascade_row_note(r->c, k, "attempt", at, "without the store");
    }
    put_alert(r, at);
}

static void put_ring(struct replayed *r, const struct plan *made, bool is_new)
{
    const struct event *e = r->c->event;
    struct cascade *k = r->k;
    const int at = e->rung < made->count ? rung_of(k->plan, &made->rungs[e->rung]) : -1;

    if (at < 0)
        return;
    /* A batch that hung may have begun the same step in its own way, while its caller was answered
     * with a dial. */
    const bool is_same = at == k->attempt;
    const bool is_known = at < k->attempt || (is_same && !overlap_is_on(k));
    if (k->state != CASCADE_RINGING || (!is_new && is_known)) {
        put_earlier_ring(r, at);
        return;
    }
    if (is_new || !is_same)
        judge(r);
    ring_one_by_one(r, at);
    k->ring_s = (uint16_t)e->ring_s;
    k->round = 0;
    k->rang_ms = r->c->facts->now_ms;
    cascade_row_note(r->c, k, "attempt", at, "without the store");
    context_log(r->c, "call.ringing", k->thread, k->id, k->plan->rungs[at].operator_id, "");
    put_alert(r, at);
}

static void stop_ringing(struct replayed *r)
{
    struct cascade *k = r->k;
    struct rung *rung = &k->plan->rungs[k->attempt];

    if (overlap_is_on(k))
        overlap_stop(r->c, k);
    if (k->plan->count > 0 && cascade_row_is_on(rung))
        rung->state = RUNG_MISSED;
}

/* Of a call that begins with what its caller has said. */
static void put_recording(struct replayed *r)
{
    const struct event *e = r->c->event;
    struct cascade *k = r->k;

    if (!e->recording.size || e->seconds == 0)
        return;
    k->recording = e->recording;
    k->recording_s = e->seconds > 0 ? e->seconds : 0;
    recording_end_set(r->c, k);
    cascade_row_note(r->c, k, "voicemail", -1, "");
    context_log(r->c, "call.voicemail", k->thread, k->id, NULL, "");
    r->news.kind = RELAY_VOICEMAIL;
    r->news.body = words_voicemail_of(r->c->facts->arena, e->seconds);
}

static void put_end_of_chain(struct replayed *r, enum cascade_state state, int64_t lasts_ms)
{
    struct cascade *k = r->k;

    if (k->state != CASCADE_RINGING)
        return;
    judge(r);
    stop_ringing(r);
    k->state = state;
    cascade_row_end(r->c, k, r->c->facts->now_ms + lasts_ms);
    put_recording(r);
    raise_missed(r);
}

static void put_accept(struct replayed *r, int rung, struct span leg_sid, bool is_apart)
{
    struct cascade *k = r->k;

    k->state = CASCADE_ACCEPTED;
    k->accepted_ms = r->c->facts->now_ms;
    k->conference = is_apart;
    k->turn_ms = 0;
    if (k->conference)
        overlap_stop(r->c, k);
    else if (overlap_is_on(k))
        ring_one_by_one(r, rung);
    else
        k->attempt = (uint8_t)rung;
    CONTEXT_SET(k->accepted_by, span_of(k->plan->rungs[rung].operator_id));
    CONTEXT_SET(k->leg_sid, leg_sid);
    k->plan->rungs[rung].state = RUNG_ACCEPTED;
    cascade_row_end(r->c, k, r->c->facts->now_ms + TALK_END_MS);
    cascade_row_note(r->c, k, "forward", rung, "accepted");
    context_log(r->c, "call.accepted", k->thread, k->id, k->accepted_by, "");
}

static bool was_given_up(const struct cascade *k)
{
    return k->state == CASCADE_OVER && k->outcome == OUTCOME_ABANDONED;
}

/* The relay that told of a missed call which was none, for whoever took it. False: more is to be
 * loaded. */
static bool gather_relay(struct replayed *r)
{
    const struct context *c = r->c;
    struct relay *relay = r->k && was_given_up(r->k) && r->k->relay
                              ? facts_relay(c->facts, r->k->tenant, r->k->relay)
                              : NULL;

    if (relay && relay->cascade == r->k->id && relay_gather(c, relay, false))
        r->relay = relay;
    return !c->facts->short_of;
}

/* The caller's end was brought in, by another node, before that he had been answered. */
static void put_answered(struct replayed *r, int rung, struct span leg_sid, bool is_apart)
{
    struct cascade *k = r->k;
    const int64_t ended_ms = k->ended_ms;

    put_accept(r, rung, leg_sid, is_apart);
    cascade_row_close(r->c, k, OUTCOME_ANSWERED);
    k->ended_ms = ended_ms;
    if (r->relay)
        relay_apply(r->c, r->relay, RELAY_ACKED, context_operator(r->c, k->accepted_by));
}

/* Why the rules kept him from the phones; they may be others by now. */
static const char *why_kept_away(const struct replayed *r)
{
    const struct doorman_guest guest = {
        .from = r->c->event->from, .forwarded_from = r->c->event->forwarded_from, .is_blind = true};
    const char *why = "by rule";

    (void)doorman_judge(r->c->roster, &guest, &why);
    return why;
}

/* Rings nobody, and may speak. */
static void put_not_rung(struct replayed *r)
{
    if (r->k->state != CASCADE_RINGING)
        return;
    context_log(r->c, "call.not-rung", r->k->thread, r->k->id, NULL, why_kept_away(r));
    put_end_of_chain(r, CASCADE_VOICEMAIL, VOICEMAIL_END_MS);
}

/* He chose a text in place of waiting on. */
static void put_texted(struct replayed *r)
{
    if (r->k->state != CASCADE_RINGING)
        return;
    stop_ringing(r);
    cascade_row_close(r->c, r->k, OUTCOME_MISSED);
    raise_missed(r);
}

/* Who rang last, as the address tells; the row may not have come so far yet. */
static int last_rung(const struct replayed *r, const struct plan *made)
{
    const struct event *e = r->c->event;
    const bool is_behind = e->attempt - 1 > r->k->attempt && e->rung < made->count;
    const int at = is_behind ? rung_of(r->k->plan, &made->rungs[e->rung]) : -1;

    return at < 0 ? r->k->attempt : at;
}

static void put_over(struct replayed *r, const struct plan *made)
{
    struct cascade *k = r->k;

    if (was_given_up(k) && r->c->event->bridged && k->plan->count > 0)
        put_answered(r, last_rung(r, made), r->c->event->leg_sid, r->c->event->apart);
    if (k->state == CASCADE_OVER)
        return;
    /* His key was answered by another node. */
    if (k->state == CASCADE_RINGING && r->c->event->bridged && k->plan->count > 0)
        put_accept(r, last_rung(r, made), r->c->event->leg_sid, r->c->event->apart);
    if (k->state == CASCADE_RINGING) {
        stop_ringing(r);
        cascade_row_close(r->c, k, OUTCOME_ABANDONED);
        raise_missed(r);
    } else {
        cascade_row_close(r->c, k,
                          k->state == CASCADE_ACCEPTED ? OUTCOME_ANSWERED
                          : k->recording.size          ? OUTCOME_VOICEMAIL
                                                       : OUTCOME_MISSED);
    }
}

/* He was not let in: on record, and rung for by nobody. */
static void turn_away(struct replayed *r)
{
    struct cascade *k = r->k;
    const char *why = why_kept_away(r);

    k->state = CASCADE_OVER;
    k->outcome = OUTCOME_REFUSED;
    k->ended_ms = k->started_ms;
    cascade_row_note(r->c, k, "outcome", -1, why);
    context_log(r->c, "call.refused", k->thread, k->id, NULL, why);
}

static void begin(struct replayed *r, struct thread *t, const struct plan *made)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade fresh = {
        .id = e->cascade,
        .tenant = e->tenant,
        .state = CASCADE_RINGING,
        .started_ms = id_at_ms(e->cascade),
        .plan = ARENA_NEW(c->facts->arena, struct plan),
    };

    *fresh.plan = *made;
    CONTEXT_SET(fresh.account, e->account);
    CONTEXT_SET(fresh.call_sid, e->sid);
    CONTEXT_SET(fresh.line, e->to);
    CONTEXT_SET(fresh.caller, e->from);
    CONTEXT_SET(fresh.job, e->job);
    r->news.thread = context_thread(c, t, e->to, e->from, e->job);
    r->news.cascade = fresh.id;
    fresh.thread = r->news.thread->id;
    r->k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, r->k, "inbound", -1, "");
    if (e->offline == OFFLINE_AWAY) {
        turn_away(r);
        return;
    }
    context_log(c, "call.arrived", r->k->thread, r->k->id, NULL, "without the store");
    cascade_row_end(c, r->k,
                    fresh.started_ms + (int64_t)(c->roster->wait_s + RING_HARD_END_S) * 1000);
}

/* Gathers the call's row, its thread and whatever a relay may need. False: more is to be
 * loaded. */
static bool gather(struct replayed *r, struct thread **out_thread)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade unknown = {.id = e->cascade};

    r->k = facts_cascade_by_call(c->facts, e->tenant, e->sid);
    *out_thread = r->k ? facts_thread_by_id(c->facts, r->k->tenant, r->k->thread)
                       : facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    if (c->facts->short_of)
        return false;
    CONTEXT_SET(unknown.line, e->to);
    CONTEXT_SET(unknown.caller, e->from);
    CONTEXT_SET(unknown.job, e->job);
    r->news = missed_news(c, r->k ? r->k : &unknown, *out_thread);
    if (!r->k) { /* its spans must not be those of a row that is gone */
        r->news.customer = e->from;
        r->news.job = e->job;
    }
    if (!r->k && e->cascade)
        r->is_taken = replay_who_took(c, e->cascade, &r->taker);
    return !c->facts->short_of && (!r->news.line || relay_prepare(c, &r->news));
}

/* His key was brought in before the call was. */
static void put_taker(struct replayed *r, const struct plan *made)
{
    const int in_made = plan_find(made, r->taker.operator_id);
    const int at = in_made < 0 ? -1 : rung_of(r->k->plan, &made->rungs[in_made]);

    if (r->is_taken && at >= 0 && r->k->state == CASCADE_RINGING)
        put_accept(r, at, r->taker.leg_sid, r->taker.is_apart);
}

static void put(struct replayed *r, const struct plan *made, bool is_new)
{
    switch (r->c->event->offline) {
    case OFFLINE_RANG:
        put_ring(r, made, is_new);
        return;
    case OFFLINE_VOICEMAIL:
        put_end_of_chain(r, CASCADE_VOICEMAIL, VOICEMAIL_END_MS);
        return;
    case OFFLINE_CLOSED:
        put_end_of_chain(r, CASCADE_CLOSED, CLOSED_END_MS);
        return;
    case OFFLINE_NOT_RUNG:
        put_not_rung(r);
        return;
    case OFFLINE_TEXTED:
        put_texted(r);
        return;
    case OFFLINE_OVER:
        put_over(r, made);
        return;
    case OFFLINE_JOINED:
        overlap_turn(r->c, r->k);
        return;
    case OFFLINE_AWAY: /* all of it was in its beginning */
    case OFFLINE_NOT:
    case OFFLINE_SCREENED:
    case OFFLINE_TAKEN:
    case OFFLINE_PASSED:
    case OFFLINE_REFUSED:
    case OFFLINES:
        return;
    }
}

/* Who was being asked for a key when the store went away was not asked any further. */
static bool leave_door(struct replayed *r)
{
    struct cascade *k = r->k;
    const int64_t now_ms = r->c->facts->now_ms;

    if (k->state != CASCADE_ASKED && k->state != CASCADE_MENU)
        return false;
    k->state = CASCADE_RINGING;
    k->waits_ms = now_ms;
    cascade_row_end(r->c, k, now_ms + (int64_t)(r->c->roster->wait_s + RING_HARD_END_S) * 1000);
    return true;
}

static enum err replay_call(struct replayed *r)
{
    const struct event *e = r->c->event;
    struct plan *made = ARENA_NEW(r->c->facts->arena, struct plan);
    struct thread *t = NULL;

    if (e->plan.size > 0 && plan_parse(e->plan, made))
        return ERR_BAD_INPUT;
    if (!gather(r, &t) || !gather_relay(r))
        return ERR_BUSY;
    if (e->message && !r->is_now) /* of a pre-alert; it may be here already */
        (void)facts_message(r->c->facts, e->tenant, e->message);
    if (r->c->facts->short_of)
        return ERR_BUSY;
    const bool is_new = !r->k;
    if (is_new && !e->plan.size && e->kind != EVENT_CALL)
        return ERR_NONE; /* a key of a call that is not known, and that changes nothing */
    if (is_new)
        begin(r, t, made);
    const bool is_free = is_new || leave_door(r);
    if (e->offline == OFFLINE_OVER)
        put_taker(r, made);
    put(r, made, is_free);
    put_taker(r, made);
    facts_touch(r->c->facts, FACT_CASCADE, r->k);
    return ERR_NONE;
}

/* ---- an operator's phone ---- */

static enum err replay_leg(struct replayed *r)
{
    const struct context *c = r->c;
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);

    if (!k && !c->facts->short_of && e->offline == OFFLINE_TAKEN)
        note_taker(c);
    if (c->facts->short_of)
        return ERR_BUSY;
    const int at = k ? plan_find(k->plan, e->operator_id) : -1;
    r->k = k;
    if (!gather_relay(r))
        return ERR_BUSY;
    if (at >= 0 && was_given_up(k) && e->offline == OFFLINE_TAKEN)
        put_answered(r, at, e->leg_sid, e->apart);
    else if (at < 0 || k->state != CASCADE_RINGING)
        return ERR_NONE;
    if (k->state == CASCADE_RINGING && overlap_is_on(k) && !e->apart && at >= k->attempt)
        ring_one_by_one(r, at); /* the caller's own dial has made the leg */
    struct rung *rung = &k->plan->rungs[at];
    if (e->offline == OFFLINE_TAKEN) {
        if (k->state == CASCADE_RINGING)
            put_accept(r, at, e->leg_sid, e->apart);
    } else if (e->offline == OFFLINE_PASSED) {
        rung->state = RUNG_PASSED;
        context_log(c, "call.passed-on", k->thread, k->id, rung->operator_id, "");
    } else if (e->offline == OFFLINE_SCREENED && rung->state == RUNG_TOLD) {
        rung->state = RUNG_REACHED;
        cascade_row_note(c, k, "picked up", at, "");
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    return ERR_NONE;
}

static enum err replay(const struct context *c, bool is_now)
{
    struct facts *f = c->facts;
    struct replayed r = {.c = c, .now_ms = f->now_ms, .is_now = is_now};

    const enum event_kind kind = c->event->kind;
    const bool is_callers = kind == EVENT_CALL || kind == EVENT_KEY || kind == EVENT_CHOICE;

    /* The record tells when it was, not when it was written down. */
    if (c->event->at_ms && c->event->at_ms < f->now_ms)
        f->now_ms = c->event->at_ms;
    const enum err err = is_callers ? replay_call(&r) : replay_leg(&r);
    f->now_ms = r.now_ms;
    return err;
}

enum err replay_event(const struct context *c)
{
    return replay(c, false);
}

enum err replay_now(const struct context *c)
{
    return replay(c, true);
}
