#include "call/cascade.h"

#include <string.h>

#include "call/alert.h"
#include "call/arrival.h"
#include "call/caller_id.h"
#include "call/cascade_answer.h"
#include "call/cascade_ring.h"
#include "call/cascade_row.h"
#include "call/door.h"
#include "call/leg.h"
#include "call/menu.h"
#include "call/overlap.h"
#include "call/recording_end.h"
#include "call/wish.h"
#include "relay/known.h"
#include "relay/missed.h"
#include "relay/relay.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/states.h"
#include "rules/words.h"

static void answer(const struct context *c, enum answer_kind kind, struct span words)
{
    c->answer->kind = kind;
    c->answer->words = words;
}

/* What the dial's result says of the legs; an accept or a "pass it on" is known better, and so
 * is what a leg's own status told. */
static void judge_legs(const struct context *c, struct cascade *k)
{
    const struct span status = c->event->dial_status;
    const bool is_one = cascade_row_group_end(k) == k->attempt + 1;

    if (overlap_is_on(k))
        overlap_stop(c, k);
    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        const bool was_on = cascade_row_is_on(r);
        if (r->state == RUNG_WAITING)
            continue;
        if (was_on && is_one && span_is_text(status, "busy"))
            r->state = RUNG_BUSY;
        else if (was_on && is_one && span_is_text(status, "failed"))
            r->state = RUNG_FAILED;
        else if (was_on)
            r->state = RUNG_MISSED;
        if (r->state != RUNG_PASSED && r->wish != WISH_KEPT)
            alert_operator(c, k, r, true);
        cascade_row_note(c, k, "dialled", i, rung_state_name(r->state));
    }
}

static void stop_ringing(const struct context *c, struct cascade *k)
{
    if (overlap_is_on(k))
        overlap_stop(c, k);
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
    if (k->conference && !overlap_is_on(k)) /* the dial that rings counts again */
        k->round = k->round > 0 ? (uint8_t)(k->round - 1) : 0;
    k->conference = false;
    cascade_row_end(c, k, cascade_row_waits_ms(k) + (c->roster->wait_s + RING_HARD_END_S) * 1000);
}

/* Whoever is asked has hung up, or does not ask for anything any more. */
static bool has_left(const struct event *e)
{
    return e->kind == EVENT_TIMER || event_is_over(e->call_status);
}

/* The key was not pressed. */
static void shut(const struct context *c, struct cascade *k, struct relay_news *news)
{
    context_log(c, "call.no-key", k->thread, k->id, NULL, "");
    if (c->roster->screening == SCREENING_REFUSE) {
        cascade_row_close(c, k, OUTCOME_REFUSED);
        return;
    }
    if (has_left(c->event))
        cascade_row_close(c, k, OUTCOME_ABANDONED);
    else
        cascade_ring_voicemail(c, k);
    news->body = words_no_key();
    missed_raise(c, k, news);
}

static void make_move(const struct context *c, struct cascade *k, enum cascade_move move,
                      struct relay_news *news)
{
    switch (move) {
    case CASCADE_RING:
        take_back(c, k);
        if (!overlap_is_on(k) && (caller_id_again(c, k) || cascade_ring_rest(c, k)))
            break;
        judge_legs(c, k);
        wish_keep(c, k);
        if (!cascade_ring_from(c, k, cascade_row_group_end(k)))
            missed_raise(c, k, news);
        break;
    case CASCADE_GIVE_BACK:
        take_back(c, k);
        k->state = CASCADE_RINGING;
        if (!overlap_is_on(k))
            break;                     /* his dial goes on, or ends by itself */
        k->turn_ms = c->facts->now_ms; /* he asks again within the usual time */
        overlap_next(c, k);
        break;
    case CASCADE_OPEN:
        door_open(c, k);
        k->waits_ms = c->facts->now_ms;
        arrival_ring(c, k, 0, news);
        break;
    case CASCADE_SHUT:
        shut(c, k, news);
        break;
    case CASCADE_FINISH:
        overlap_part(c, k);
        stop_ringing(c, k);
        cascade_row_close(c, k,
                          k->state == CASCADE_ACCEPTED ? OUTCOME_ANSWERED
                          : k->state == CASCADE_MENU   ? OUTCOME_MENU
                          : k->recording.size          ? OUTCOME_VOICEMAIL
                                                       : OUTCOME_MISSED);
        break;
    case CASCADE_LEAVE:
        stop_ringing(c, k);
        cascade_ring_voicemail(c, k);
        missed_raise(c, k, news);
        break;
    case CASCADE_GIVE_UP:
    case CASCADE_ABANDON:
        overlap_part(c, k);
        take_back(c, k);
        stop_ringing(c, k);
        cascade_row_close(c, k, move == CASCADE_GIVE_UP ? OUTCOME_MISSED : OUTCOME_ABANDONED);
        missed_raise(c, k, news);
        break;
    case CASCADE_BROKEN:
    case CASCADE_REPEAT:
    case CASCADE_SCREEN:
    case CASCADE_TAKE:
    case CASCADE_PASS:
    case CASCADE_REFUSE:
    case CASCADE_KEEP_RECORDING:
    case CASCADE_SERVE: /* call/menu.h */
    case CASCADE_KEEP:  /* call/wish.h */
    case CASCADE_MOVES:
        return;
    }
    facts_touch(c->facts, FACT_CASCADE, k);
}

/* Loads whatever a move may need; false when that is not there yet. */
static bool gather(const struct context *c, const struct cascade *k, struct relay_news *out)
{
    struct thread *t = facts_thread_by_id(c->facts, k->tenant, k->thread);

    if (c->facts->short_of)
        return false;
    *out = missed_news(c, k, t);
    arrival_gather(c, k->plan);
    return (!out->line || relay_prepare(c, out)) && !c->facts->short_of;
}

/* Gathers whatever the cause may need, then moves. */
static enum err follow(const struct context *c, struct cascade *k, enum cascade_cause cause)
{
    const enum cascade_move move = states_cascade(k->state, cause);

    if (move == CASCADE_RING || move == CASCADE_ABANDON || move == CASCADE_LEAVE ||
        move == CASCADE_GIVE_UP || move == CASCADE_GIVE_BACK || move == CASCADE_OPEN ||
        move == CASCADE_SHUT) {
        struct relay_news news;
        door_gather(c, k);
        if (!gather(c, k, &news))
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

/* None of those that ring now is left: their own statuses told, they passed it on, or are on the
 * roster no more. */
static bool is_spent(const struct context *c, const struct cascade *k)
{
    if (overlap_is_on(k))
        return overlap_is_over(c, k);
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (cascade_row_is_on(&k->plan->rungs[i]) &&
            context_operator(c, k->plan->rungs[i].operator_id) >= 0)
            return false;
    return true;
}

/* The caller's call has ended. */
static enum cascade_cause hung_up_cause(const struct cascade *k)
{
    return overlap_is_unmet(k) ? CASCADE_LEFT : CASCADE_HUNG_UP;
}

/* He only asks what is to be done now. */
static enum cascade_cause turn_cause(const struct context *c, const struct cascade *k)
{
    return k->state == CASCADE_RINGING && is_spent(c, k) ? CASCADE_DIALLED : CASCADE_ARRIVED;
}

/* What a request of the caller's call means; one of a step that overlaps, or of a talk by
 * conference, says only that he is still there. */
static enum cascade_cause call_cause(const struct context *c, const struct cascade *k)
{
    const struct event *e = c->event;
    const bool has_ended = event_is_over(e->call_status), is_unmet = overlap_is_unmet(k);

    if (has_ended && (k->state == CASCADE_RINGING || is_unmet))
        return hung_up_cause(k);
    if (turn_cause(c, k) == CASCADE_DIALLED)
        return CASCADE_DIALLED;
    if (e->attempt <= 0 || (k->state == CASCADE_RINGING && overlap_is_on(k)))
        return CASCADE_ARRIVED;
    if (is_stale(e, k) || is_unmet)
        return CASCADE_STALE;
    return e->unbridged && !has_ended && !k->conference ? CASCADE_UNBRIDGED : CASCADE_DIALLED;
}

enum err cascade_call(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade_by_call(c->facts, e->tenant, e->sid);

    if (c->facts->short_of)
        return ERR_BUSY;
    if (!k)
        return arrival_call(c);
    struct menu menu = {0};
    if (k->state == CASCADE_MENU && !menu_gather(c, k, &menu))
        return ERR_BUSY;
    const enum err err = follow(c, k, call_cause(c, k));
    if (err)
        return err;
    arrival_answer(c, k, &menu);
    overlap_turn(c, k);
    return ERR_NONE;
}

/* An operator's call at his menu is over: whom he took and did not meet is nobody's again. */
static enum err hang_up(const struct context *c, struct cascade *k, enum cascade_cause cause)
{
    struct cascade *lost = NULL;
    enum err err = k->state == CASCADE_MENU ? menu_left(c, k, &lost) : ERR_NONE;

    if (!err && lost)
        err = follow(c, lost, CASCADE_LEG_GONE);
    return err ? err : follow(c, k, cause);
}

/* Another key than those that mean something is asked for once more. */
static bool is_asked_again(const struct event *e, const struct cascade *k)
{
    const bool is_key =
        span_is_text(e->digits, "1") || (k->state == CASCADE_MENU && span_is_text(e->digits, "2"));

    return !is_key && e->digits.size > 0 && e->attempt < 1;
}

static enum cascade_cause key_cause(const struct event *e)
{
    if (span_is_text(e->digits, "1"))
        return CASCADE_KEYED_1;
    return span_is_text(e->digits, "2") ? CASCADE_KEYED_2 : CASCADE_NOT_KEYED;
}

/* Of a call that is at the door. */
static enum err take_key(const struct context *c, struct cascade *k)
{
    const enum cascade_cause cause = key_cause(c->event);
    const bool is_menu = k->state == CASCADE_MENU;
    struct menu menu = {0};

    if (is_menu && !menu_gather(c, k, &menu))
        return ERR_BUSY;
    if (is_asked_again(c->event, k)) {
        if (is_menu)
            menu_answer(c, k, &menu, true);
        else
            door_answer(c, k, true);
        return ERR_NONE;
    }
    if (states_cascade(k->state, cause) == CASCADE_SERVE)
        return menu_serve(c, k, &menu);
    const enum err err = menu.served ? ERR_NONE : follow(c, k, cause);
    if (err)
        return err;
    arrival_answer(c, k, &menu);
    if (k->state == CASCADE_OVER)
        answer(c, ANSWER_SAY,
               words_spoken(c->facts->arena, WORDS_SPOKEN_GOODBYE,
                            &(struct words_about){.body = {NULL, 0}}));
    return ERR_NONE;
}

enum err cascade_key(const struct context *c)
{
    struct cascade *k = facts_cascade(c->facts, c->event->tenant, c->event->cascade);

    if (c->facts->short_of)
        return ERR_BUSY;
    answer(c, ANSWER_HANGUP, (struct span){0});
    if (!k || !span_is_text(c->event->sid, k->call_sid))
        return ERR_NONE;
    if (k->state == CASCADE_ASKED || k->state == CASCADE_MENU)
        return take_key(c, k);
    const enum err err = follow(c, k, turn_cause(c, k)); /* a repeat */
    if (err)
        return err;
    cascade_answer(c, k);
    overlap_turn(c, k);
    return ERR_NONE;
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

/* While we still try he may leave a message (1) or be texted (2); another key tries on. Who
 * withholds his number could be neither texted nor called back: 2 is a message, too. */
enum err cascade_choice(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);
    const bool is_number = k && party_is_number(span_of(k->caller));
    const bool is_texted = is_number && span_is_text(e->digits, "2");
    const bool leaves =
        span_is_text(e->digits, "1") || (!is_number && span_is_text(e->digits, "2"));
    const struct consent *consent =
        is_texted ? facts_consent(c->facts, e->tenant, span_of(k->line), span_of(k->caller)) : NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    answer(c, ANSWER_HANGUP, (struct span){0});
    if (!k)
        return ERR_NONE;
    const bool rang = k->state == CASCADE_RINGING;
    const enum err err = follow(c, k,
                                leaves      ? CASCADE_CHOSE_1
                                : is_texted ? CASCADE_CHOSE_2
                                            : turn_cause(c, k));
    if (err)
        return err;
    cascade_answer(c, k);
    overlap_turn(c, k);
    c->answer->still = (struct span){0}; /* he has chosen */
    if (rang && is_texted)
        answer(c, ANSWER_SAY,
               missed_is_texted(c, k) && !(consent && consent->is_out) ? words_texted()
                                                                       : words_recorded());
    return ERR_NONE;
}

enum err cascade_recorded(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);
    const bool is_new = k && !k->recording.size && e->recording.size && e->seconds != 0;
    struct relay_news news = {0};

    if (is_new) {
        news = missed_news(c, k, facts_thread_by_id(c->facts, k->tenant, k->thread));
        news.kind = RELAY_VOICEMAIL;
        news.body = words_voicemail_of(c->facts->arena, e->seconds);
    }
    if (c->facts->short_of || (news.line && !relay_prepare(c, &news)))
        return ERR_BUSY;
    answer(c, ANSWER_SAY, words_recorded());
    if (!is_new)
        return ERR_NONE;
    k->recording = e->recording;
    k->recording_s = e->seconds > 0 ? e->seconds : 0;
    recording_end_set(c, k);
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

static bool is_of_overlap(const struct event *e, const struct cascade *k)
{
    return e->attempt >= 0 && e->attempt < k->plan->count && k->plan->rungs[e->attempt].overlaps;
}

/* The status of a leg that is a call of its own. */
static enum err leg_told(const struct context *c, struct cascade *k)
{
    bool is_gone = false;
    const bool is_met = !overlap_is_unmet(k);

    /* What is needed if whoever accepted has gone is loaded before anything changes. */
    if (!is_met && !gather(c, k, &(struct relay_news){0}))
        return ERR_BUSY;
    const enum err err = overlap_status(c, k, &is_gone);
    return err || !is_gone ? err : follow(c, k, CASCADE_LEG_GONE);
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
    if (!is_leg && event_is_over(e->call_status)) {
        const enum err err = hang_up(c, k, hung_up_cause(k));
        if (err)
            return err;
    }
    if (is_leg && is_of_overlap(e, k)) {
        const enum err err = leg_told(c, k);
        if (err)
            return err;
    } else if (is_leg) {
        leg_status(c, k);
    }
    facts_claim(c->facts, e->tenant, key, e->id);
    cascade_row_note(c, k, "status", is_leg ? e->attempt : -1,
                     arena_text(c->facts->arena, e->call_status));
    return ERR_NONE;
}

/* Between the caller's requests: the next phone is due, or he asks no more. */
static enum err watch(const struct context *c, struct cascade *k)
{
    if (overlap_is_alone(c, k))
        return follow(c, k, hung_up_cause(k));
    if (!overlap_gather(c, k))
        return ERR_BUSY;
    overlap_go_on(c, k);
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
    if (k && timer->kind == TIMER_CASCADE && k->due_ms == timer->due_ms)
        return hang_up(c, k, CASCADE_TIME_UP);
    if (k && timer->kind == TIMER_OVERLAP && k->watch_ms == timer->due_ms)
        return watch(c, k);
    struct timer gone = *timer;
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}
