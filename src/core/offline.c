#include "core/offline.h"

#include <string.h>

#include "base/id.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/route.h"
#include "rules/words.h"

struct asked {
    const struct offline_ask *ask;
    struct event *event;
    struct answer *answer;
    struct words_about about;
};

static void say(struct asked *o, enum answer_kind kind, struct span words)
{
    o->answer->kind = kind;
    o->answer->words = words;
}

/* ---- the caller's side ---- */

static bool is_terminal(struct span status)
{
    static const char *const ends[] = {"completed", "busy", "no-answer", "failed", "canceled"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (span_is_text(status, ends[i]))
            return true;
    return false;
}

/* Only our accept lets a leg be connected, so one that was has been accepted. */
static bool was_taken(const struct asked *o)
{
    const struct event *e = o->event;
    const bool talked =
        span_is_text(e->dial_status, "completed") || span_is_text(e->dial_status, "answered");

    return e->attempt > 0 && (e->bridged || (o->ask->taken && talked));
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

static void ring(struct asked *o, const struct plan *plan, int at, int ring_s)
{
    const struct roster *roster = o->ask->roster;
    struct event *e = o->event;
    struct answer *a = o->answer;
    const int i = roster_operator_by_id(roster, span_of(plan->rungs[at].operator_id));

    e->offline = OFFLINE_RANG;
    e->rung = at;
    e->ring_s = ring_s;
    a->kind = ANSWER_RING;
    a->attempt = at;
    a->ring_s = ring_s;
    a->alone = true;
    a->numbers[0] = (struct answer_number){span_of(roster->operators[i].phone), at};
    a->number_count = 1;
    const bool shows_line = roster->operators[i].caller_id == CALLER_ID_LINE;
    a->caller_id = party_is_number(e->from) && !shows_line ? e->from : e->to;
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

static void go_on(struct asked *o)
{
    struct event *e = o->event;
    struct plan *plan = ARENA_NEW(o->ask->arena, struct plan);
    int ring_s = 0;

    make_plan(o, plan);
    const int from = next_of(e, plan);
    for (int i = 0; i < plan->count; i++)
        plan->rungs[i].step = (uint8_t)i;
    e->plan = plan_render(o->ask->arena, plan);
    const int64_t waited_ms = o->ask->now_ms - id_at_ms(e->cascade);
    const int at = ring_next(plan, from, waited_ms, o->ask->roster->wait_s, &ring_s);
    if (plan->count == 0) {
        e->offline = OFFLINE_CLOSED;
        say(o, ANSWER_SAY, words_closed(o->ask->arena, &o->about));
    } else if (at < 0) {
        e->offline = OFFLINE_VOICEMAIL;
        say(o, ANSWER_VOICEMAIL, words_voicemail(o->ask->arena, &o->about));
    } else {
        ring(o, plan, at, ring_s);
    }
}

static void answer_call(struct asked *o)
{
    struct event *e = o->event;

    if (!is_terminal(e->call_status) && !was_taken(o)) {
        go_on(o);
        return;
    }
    e->offline = OFFLINE_OVER;
    e->bridged = was_taken(o);
    o->answer->kind = ANSWER_HANGUP;
}

/* The key of a caller whom we ask while we still try; none of it is offered offline. */
static void answer_choice(struct asked *o)
{
    if (span_is_text(o->event->digits, "1"))
        say(o, ANSWER_VOICEMAIL, words_voicemail(o->ask->arena, &o->about));
    else
        say(o, ANSWER_SAY, words_recorded());
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

static void answer_leg(struct asked *o)
{
    struct event *e = o->event;
    const struct roster *roster = o->ask->roster;
    const int i = roster_operator_by_phone(roster, e->to);
    const enum accept accept = i >= 0 ? roster->operators[i].accept : ACCEPT_PRESS;

    o->answer->attempt = e->attempt;
    if (i >= 0)
        e->operator_id = span_of(roster->operators[i].id);
    if (o->ask->taken_elsewhere) {
        e->offline = OFFLINE_REFUSED;
        say(o, ANSWER_SAY, words_too_late(o->ask->arena, (struct span){0}));
    } else if (e->kind == EVENT_PRESS && span_is_text(e->digits, "2")) {
        e->offline = OFFLINE_PASSED;
        o->answer->kind = ANSWER_HANGUP;
    } else if (takes(e, accept)) {
        e->offline = OFFLINE_TAKEN;
        o->answer->kind = ANSWER_CONNECT;
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
        answer_leg(o);
        return;
    case EVENT_CHOICE:
        answer_choice(o);
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
    case EVENT_KINDS:
        return;
    }
}

void offline_answer(const struct offline_ask *ask, struct event *event, struct answer *out)
{
    struct offline_ask known = *ask;
    struct asked o = {
        &known, event, out, {.customer = party_words(event->from), .job = event->job}};

    if (!known.roster)
        known.roster = &nobody;
    memset(out, 0, sizeof *out);
    o.about.business = span_of(known.roster->name);
    event->at_ms = ask->now_ms;
    out->id = event->cascade;
    out->job = event->job;
    answer_it(&o);
}
