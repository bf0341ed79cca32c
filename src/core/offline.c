#include "core/offline.h"

#include <string.h>

#include "base/id.h"
#include "call/hearing.h"
#include "rules/context.h"
#include "rules/doorman.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/route.h"
#include "rules/words.h"

/* A connection takes a second, and a key may come late. */
enum { HOLD_S = 4 };

struct asked {
    const struct offline_ask *ask;
    struct event *event;
    struct answer *answer;
    struct words_about about;
};

static struct span first_of(struct span known, struct span otherwise)
{
    return known.size ? known : otherwise;
}

/* Which call script the answer goes by. */
static void by_script(struct asked *o, enum script_kind kind, bool later, struct span operator_name)
{
    const struct hearing_call call = {
        .roster = o->ask->roster,
        .caller = first_of(o->ask->caller, o->event->from),
        .job = o->about.job,
        .line = first_of(o->ask->line, o->event->to),
        .operator_name = operator_name,
        .now_ms = o->ask->now_ms,
    };

    o->answer->script = hearing_use(o->ask->arena, kind, later, &call);
}

static void say(struct asked *o, enum answer_kind kind, struct span words)
{
    o->answer->kind = kind;
    o->answer->words = words;
}

/* ---- the caller's side ---- */

/* Only our accept lets a leg be connected, so one that was has been accepted; "answered" is said of
 * a conference alone. */
static bool was_taken(const struct asked *o)
{
    const struct event *e = o->event;
    const bool talked =
        span_is_text(e->dial_status, "completed") || span_is_text(e->dial_status, "answered");

    const bool met = span_is_text(e->dial_status, "answered") && !e->unbridged;

    return e->attempt > 0 && (e->bridged || met || (o->ask->taken && talked));
}

/* Which rung comes next: those that rang together in the dial before are passed over. */
static int next_of(const struct event *e, const struct plan *plan)
{
    if (e->attempt <= 0)
        return 0;
    if (e->alone || e->attempt > plan->count)
        return e->attempt;
    return e->attempt - 1 + ring_together(plan, e->attempt - 1);
}

/* He hears by text whom his phone rings for. There is no link in it and no mark: what they
 * stand for is in the store. */
static void alert(struct asked *o, const struct roster_operator *who)
{
    if (who->prealert == PREALERT_ALWAYS)
        o->event->body = span_trim(words_prealert(o->ask->arena, &o->about, who->accept));
}

static void ring(struct asked *o, const struct plan *plan, int at, int ring_s)
{
    const struct roster *roster = o->ask->roster;
    struct event *e = o->event;
    struct answer *a = o->answer;
    const int i = roster_operator_by_id(roster, span_of(plan->rungs[at].operator_id));
    const struct roster_operator *who = &roster->operators[i];
    const int64_t waited_ms = o->ask->now_ms - id_at_ms(e->cascade);
    const int64_t left_ms = (roster->wait_s + RING_HARD_END_S) * 1000 - waited_ms;

    e->offline = OFFLINE_RANG;
    e->rung = at;
    e->ring_s = ring_s;
    a->kind = ANSWER_RING;
    a->attempt = at;
    a->ring_s = ring_s;
    a->alone = true;
    a->numbers[0] = (struct answer_number){span_of(who->phone), at};
    a->number_count = 1;
    /* One that failed may have failed for the caller's number. */
    const bool has_failed = e->attempt > 0 && span_is_text(e->dial_status, "failed");
    const bool shows_line = who->caller_id == CALLER_ID_LINE || o->ask->may_go_round || has_failed;
    a->caller_id = party_is_number(e->from) && !shows_line ? e->from : e->to;
    if (roster->still_trying && at > 0 && ring_s * 1000 + RING_STILL_MS <= left_ms)
        a->still = words_still_trying(party_is_number(e->from));
    alert(o, who);
    by_script(o, SCRIPT_INBOUND_ROUTING, e->kind != EVENT_CALL || e->attempt > 0,
              span_of(who->name));
}

static void take_message(struct asked *o, enum offline how)
{
    o->event->offline = how;
    say(o, ANSWER_VOICEMAIL, words_voicemail(o->ask->arena, &o->about));
    by_script(o, SCRIPT_VOICEMAIL, false, (struct span){NULL, 0});
}

/* Makes the plan of the instant at which the call came: the same one at each of its steps. */
static void make_plan(struct asked *o, struct plan *plan)
{
    const struct event *e = o->event;
    const struct route_ask ask = {.line = roster_line(o->ask->roster, e->to),
                                  .caller = e->from,
                                  .job = e->job,
                                  .for_call = true};

    memset(plan, 0, sizeof *plan);
    if (ask.line)
        route_plan(o->ask->roster, &ask, id_at_ms(e->cascade), plan);
}

/* For whoever does not know the call yet: the address tells who rang last. */
static void note_who_rang(struct asked *o)
{
    struct event *e = o->event;
    struct plan *plan = ARENA_NEW(o->ask->arena, struct plan);

    make_plan(o, plan);
    if (e->attempt <= 0 || e->attempt > plan->count)
        return;
    e->plan = plan_render(o->ask->arena, plan);
    e->rung = e->attempt - 1;
}

static void go_on(struct asked *o, int from)
{
    struct event *e = o->event;
    struct plan *plan = ARENA_NEW(o->ask->arena, struct plan);
    int ring_s = 0;

    make_plan(o, plan);
    if (from < 0)
        from = next_of(e, plan);
    for (int i = 0; i < plan->count; i++) {
        plan->rungs[i].step = (uint8_t)i;
        plan->rungs[i].overlaps = false;
    }
    e->plan = plan_render(o->ask->arena, plan);
    const int64_t waited_ms = o->ask->now_ms - id_at_ms(e->cascade);
    const int at = ring_next(plan, from, waited_ms, o->ask->roster->wait_s, &ring_s);
    if (plan->count == 0) {
        e->offline = OFFLINE_CLOSED;
        say(o, ANSWER_SAY, words_closed(o->ask->arena, &o->about));
        by_script(o, SCRIPT_CLOSED, false, (struct span){NULL, 0});
    } else if (at < 0) {
        take_message(o, OFFLINE_VOICEMAIL);
    } else {
        ring(o, plan, at, ring_s);
    }
}

/* False: the rules keep the caller from the phones. Who was let in once goes on. */
static bool is_let_in(struct asked *o)
{
    struct event *e = o->event;
    const char *why;
    const struct doorman_guest guest = {
        .from = e->from, .forwarded_from = e->forwarded_from, .is_blind = true};
    const enum doorman door =
        e->attempt > 0 ? DOORMAN_OPEN : doorman_judge(o->ask->roster, &guest, &why);

    if (door == DOORMAN_REFUSE) {
        e->offline = OFFLINE_AWAY;
        o->answer->kind = ANSWER_REJECT;
    } else if (door == DOORMAN_VOICEMAIL) {
        take_message(o, OFFLINE_NOT_RUNG);
    }
    return door != DOORMAN_REFUSE && door != DOORMAN_VOICEMAIL;
}

/* Whoever took it waits in a conference. */
static void join(struct asked *o)
{
    o->event->offline = OFFLINE_JOINED;
    o->answer->kind = ANSWER_CONFERENCE;
    o->answer->attempt = o->event->attempt > 0 ? o->event->attempt : 0;
}

static void answer_call(struct asked *o)
{
    struct event *e = o->event;

    const bool taken = was_taken(o);

    if (!event_is_over(e->call_status) && !taken) {
        if (o->ask->joins)
            join(o);
        else if (is_let_in(o))
            go_on(o, -1);
        return;
    }
    e->offline = OFFLINE_OVER;
    e->bridged = taken;
    if (taken)
        note_who_rang(o);
    o->answer->kind = ANSWER_HANGUP;
}

/* Who was asked at the door: 1 lets a customer in. An operator's menu is not there, and rings the
 * others. */
static void answer_key(struct asked *o)
{
    struct event *e = o->event;

    if (e->digits.size > 0 || roster_operator_by_phone(o->ask->roster, e->from) >= 0) {
        e->attempt = -1;
        go_on(o, 0);
        o->answer->is_answered = true;
    } else {
        take_message(o, OFFLINE_VOICEMAIL);
    }
}

/* The caller may leave a message (1) or be texted (2); another key tries on. */
static void answer_choice(struct asked *o)
{
    struct event *e = o->event;

    const bool is_texted = span_is_text(e->digits, "2");

    if (span_is_text(e->digits, "1") || (is_texted && !party_is_number(e->from))) {
        take_message(o, OFFLINE_VOICEMAIL);
    } else if (is_texted) {
        e->offline = OFFLINE_TEXTED;
        say(o, ANSWER_SAY, words_texted());
    } else {
        go_on(o, o->ask->rung);
        o->answer->still = (struct span){0}; /* he has chosen */
        e->body = (struct span){0};          /* told already */
        if (e->offline == OFFLINE_RANG)
            e->offline = OFFLINE_NOT; /* nothing has changed */
    }
}

/* ---- an operator's phone ---- */

static bool takes(const struct event *e, enum accept accept)
{
    if (accept == ACCEPT_NONE)
        return true;
    if (e->kind != EVENT_PRESS)
        return false;
    return span_is_text(e->digits, "1") ||
           (accept == ACCEPT_SPEECH && span_trim(e->speech).size > 0);
}

/* Phones that ring together may have their keys answered by as many nodes. Who stands first in line
 * is let in at once, the others one after the other: the carrier ends their legs when it has
 * connected one. */
static int hold_s(const struct asked *o)
{
    const struct event *e = o->event;

    return e->apart || e->held || o->ask->taken ? 0 : e->after * HOLD_S;
}

static void let_in(struct asked *o)
{
    struct event *e = o->event;
    const int wait_s = hold_s(o);

    if (wait_s > 0) {
        e->offline = OFFLINE_SCREENED;
        o->answer->kind = ANSWER_HOLD;
        o->answer->ring_s = wait_s;
        return;
    }
    e->offline = OFFLINE_TAKEN;
    o->answer->kind = e->apart ? ANSWER_CONFERENCE : ANSWER_CONNECT;
    o->answer->for_leg = e->apart;
}

static void answer_leg(struct asked *o)
{
    struct event *e = o->event;
    const struct roster *roster = o->ask->roster;
    const int i = roster_operator_by_phone(roster, e->to);
    const enum accept accept = i >= 0 ? roster->operators[i].accept : ACCEPT_PRESS;

    o->answer->attempt = e->attempt;
    o->answer->apart = e->apart;
    o->answer->after = e->after;
    if (i >= 0)
        e->operator_id = span_of(roster->operators[i].id);
    if (o->ask->taken_elsewhere) {
        e->offline = OFFLINE_REFUSED;
        say(o, ANSWER_SAY, words_too_late(o->ask->arena, (struct span){0}));
    } else if (e->kind == EVENT_PRESS && span_is_text(e->digits, "2")) {
        e->offline = OFFLINE_PASSED;
        o->answer->kind = ANSWER_HANGUP;
    } else if (takes(e, accept)) {
        let_in(o);
    } else {
        e->offline = OFFLINE_SCREENED;
        say(o, ANSWER_SCREEN, words_screen_again());
        o->answer->by_speech = accept == ACCEPT_SPEECH;
        if (e->kind == EVENT_PRESS)
            return;
        o->answer->words = words_screen(o->ask->arena, &o->about);
        o->answer->again = words_screen_again();
    }
}

static void answer_phone(struct asked *o)
{
    const struct roster *roster = o->ask->roster;

    answer_leg(o);
    if (o->answer->kind != ANSWER_SCREEN)
        return;
    const int i = roster_operator_by_phone(roster, o->event->to);
    by_script(o, SCRIPT_SCREEN, o->event->kind == EVENT_PRESS,
              i >= 0 ? span_of(roster->operators[i].name) : (struct span){NULL, 0});
}

/* ---- all ---- */

static const struct roster nobody = {.zone = NULL};

static void answer_it(struct asked *o)
{
    static const struct span none = {NULL, 0};

    switch (o->event->kind) {
    case EVENT_CALL:
        answer_call(o);
        return;
    case EVENT_SCREEN:
    case EVENT_PRESS:
        answer_phone(o);
        return;
    case EVENT_CHOICE:
        answer_choice(o);
        return;
    case EVENT_KEY:
        answer_key(o);
        return;
    case EVENT_RECORDED:
        say(o, ANSWER_SAY, words_recorded());
        return;
    case EVENT_HEARD:
        say(o, ANSWER_SAY, words_spoken(o->ask->arena, WORDS_SPOKEN_GOODBYE, &o->about));
        return;
    case EVENT_STRAY:
        say(o, o->event->is_call ? ANSWER_SAY : ANSWER_NOTHING,
            o->event->is_call ? SPAN("This number is not in service. Goodbye.") : none);
        return;
    case EVENT_CALLED:
        o->answer->kind = ANSWER_HANGUP;
        return;
    case EVENT_CALL_STATUS:
    case EVENT_TEXT:
    case EVENT_RECEIPT:
    case EVENT_SENT:
    case EVENT_TIMER:
    case EVENT_LINK:
    case EVENT_ACK:
    case EVENT_REPLY:
    case EVENT_LOOKED:
    case EVENT_LATE_CALL:
    case EVENT_WAKE:
    case EVENT_CALL_BACK:
    case EVENT_TRANSCRIBED:
    case EVENT_LOOKUP:
    case EVENT_JOB:
    case EVENT_JOB_IMPORT:
    case EVENT_PASS:
    case EVENT_CLOSE:
    case EVENT_REOPEN:
    case EVENT_ALARM:
    case EVENT_CANARY:
    case EVENT_LINE:
    case EVENT_USER:
    case EVENT_DUTY:
    case EVENT_KINDS:
        return;
    }
}

void offline_answer(const struct offline_ask *ask, struct event *event, struct answer *out)
{
    struct offline_ask known = *ask;
    struct asked o = {.ask = &known, .event = event, .answer = out};

    if (!known.roster)
        known.roster = &nobody;
    memset(out, 0, sizeof *out);
    o.about.business = span_of(known.roster->name);
    o.about.customer = party_words(first_of(ask->caller, event->from));
    o.about.job = first_of(ask->job, event->job);
    event->at_ms = ask->now_ms;
    out->id = event->cascade;
    out->job = o.about.job;
    answer_it(&o);
}

struct outbox offline_alert(const struct roster *roster, const struct event *event)
{
    struct plan plan;
    struct outbox row = {
        .id = event->message,
        .tenant = event->tenant,
        .kind = OUTBOX_TEXT,
        .class = OUTBOX_URGENT,
        .state = OUTBOX_SENDING,
        .body = event->body,
        .due_ms = event->at_ms,
        .expires_ms = event->at_ms + event->ring_s * 1000,
        .attempt = 1,
        .sent_ms = event->at_ms,
    };

    CONTEXT_SET(row.account, event->account);
    CONTEXT_SET(row.from, event->to);
    if (plan_parse(event->plan, &plan) || event->rung >= plan.count)
        return row;
    const int i = roster_operator_by_id(roster, span_of(plan.rungs[event->rung].operator_id));
    if (i >= 0)
        CONTEXT_SET(row.to, span_of(roster->operators[i].phone));
    return row;
}
