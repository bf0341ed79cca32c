#include "core/decide.h"

#include "call/call_back.h"
#include "call/call_back_ask.h"
#include "call/cascade.h"
#include "call/hearing.h"
#include "call/leg.h"
#include "call/recording_end.h"
#include "core/account.h"
#include "core/alarm_note.h"
#include "core/canary_text.h"
#include "core/delivery_step.h"
#include "core/elsewhere.h"
#include "core/erase_text.h"
#include "core/inbox.h"
#include "core/once.h"
#include "core/replay.h"
#include "core/request.h"
#include "core/spoken.h"
#include "core/transcript.h"
#include "core/unsure.h"
#include "desk/duty_order.h"
#include "desk/line_note.h"
#include "desk/question.h"
#include "desk/shift.h"
#include "job/job_crew.h"
#include "job/job_event.h"
#include "relay/gap.h"
#include "relay/known.h"
#include "relay/missed.h"
#include "relay/relay.h"
#include "relay/thread_end.h"
#include "relay/wake.h"
#include "rules/party.h"

static enum err relay_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct relay *r = facts_relay(c->facts, timer->tenant, timer->subject);

    if (c->facts->short_of || (r && !relay_gather(c, r, true)))
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (r && r->due_ms == timer->due_ms) {
        relay_apply(c, r, r->state == RELAY_IDLE ? RELAY_CAME_ON : RELAY_LAPSED, -1);
        if (r->due_ms != timer->due_ms)
            return ERR_NONE; /* its row has been replaced */
    }
    struct timer gone = *timer;
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}

/* Shifts are known some days ahead: the next one may come into sight. */
static enum err hourly(const struct context *c)
{
    const enum err err = gap_timer(c);

    if (!err && c->event->timer.due_ms <= c->facts->now_ms)
        shift_watch(c);
    return err;
}

static enum err timer_due(const struct context *c)
{
    switch (c->event->timer.kind) {
    case TIMER_RELAY:
        return relay_timer(c);
    case TIMER_CASCADE:
    case TIMER_OVERLAP:
        return cascade_timer(c);
    case TIMER_QUESTION:
        return question_timer(c);
    case TIMER_THREAD:
        return thread_end_timer(c);
    case TIMER_RECORDING:
        return recording_end_timer(c);
    case TIMER_JOB:
        return job_event_timer(c);
    case TIMER_GAPS:
        return hourly(c);
    case TIMER_SHIFT:
        return shift_timer(c);
    case TIMER_CONFIRM:
        return shift_confirm_timer(c);
    case TIMER_FORGET:
        return erase_text_timer(c);
    case TIMER_KINDS:
        break;
    }
    return ERR_BAD_INPUT;
}

/* A roster has come into force: who is on duty, and when, may be somebody else. */
static enum err roster_changed(const struct context *c)
{
    if (!gap_gather(c))
        return ERR_BUSY;
    const enum err err = wake_event(c);
    if (err)
        return err;
    gap_look(c);
    shift_watch(c);
    return ERR_NONE;
}

/* True when the call that the event is of was made to connect its operator to a customer. */
static bool is_call_back(const struct context *c)
{
    const struct message *m = facts_message(c->facts, c->event->tenant, c->event->message);

    return m && m->kind == MESSAGE_CALL_BACK;
}

/* Of a call that we made, or of one that came in. */
static enum err call_status(const struct context *c)
{
    if (!c->event->message)
        return cascade_status(c);
    return is_call_back(c) ? call_back_status(c) : spoken_status(c);
}

static enum err heard(const struct context *c)
{
    return is_call_back(c) ? call_back_heard(c) : spoken_heard(c);
}

static decide_fn *const deciders[EVENT_KINDS] = {
    [EVENT_CALL] = cascade_call,
    [EVENT_SCREEN] = leg_event,
    [EVENT_PRESS] = leg_event,
    [EVENT_RECORDED] = cascade_recorded,
    [EVENT_CALL_STATUS] = call_status,
    [EVENT_TEXT] = inbox_text,
    [EVENT_RECEIPT] = delivery_step_receipt,
    [EVENT_SENT] = delivery_step_sent,
    [EVENT_TIMER] = timer_due,
    [EVENT_LINK] = request_link,
    [EVENT_ACK] = request_ack,
    [EVENT_REPLY] = request_reply,
    [EVENT_STRAY] = inbox_stray,
    [EVENT_HEARD] = heard,
    [EVENT_LOOKED] = unsure_looked,
    [EVENT_LATE_CALL] = missed_late,
    [EVENT_WAKE] = roster_changed,
    [EVENT_CHOICE] = cascade_choice,
    [EVENT_KEY] = cascade_key,
    [EVENT_CALL_BACK] = call_back_ask_request,
    [EVENT_CALLED] = call_back_called,
    [EVENT_LOOKUP] = known_lookup,
    [EVENT_TRANSCRIBED] = transcript_event,
    [EVENT_JOB] = job_event_move,
    [EVENT_JOB_IMPORT] = job_event_import,
    [EVENT_PASS] = request_pass,
    [EVENT_CLOSE] = request_close,
    [EVENT_REOPEN] = request_reopen,
    [EVENT_USER] = account_note,
    [EVENT_LINE] = line_note,
    [EVENT_DUTY] = duty_order,
    [EVENT_ALARM] = alarm_note,
    [EVENT_CANARY] = canary_text_send,
};

/* A customer's first word about no job in particular is about his own; a crew member's about the
 * one that he works on. */
static bool may_have_job(const struct context *c)
{
    const struct event *e = c->event;
    const bool begins = e->kind == EVENT_TEXT || e->kind == EVENT_LATE_CALL ||
                        (e->kind == EVENT_CALL && e->attempt <= 0);

    return begins && !e->job.size && party_is_number(e->from);
}

static enum err decide_alone(const struct context *c)
{
    decide_fn *const decider = deciders[c->event->kind];
    const enum err err = once_is_asked(c->event) ? once_decide(c, decider) : decider(c);

    if (!err)
        hearing_fill(c);
    return err;
}

/* Another node may have gone on with the call. */
static enum err decide_here(const struct context *c)
{
    const bool is_elsewhere = elsewhere_has_gone_on(c);

    if (c->facts->short_of)
        return ERR_BUSY;
    return is_elsewhere ? elsewhere_event(c) : decide_alone(c);
}

enum err decide(const struct context *c)
{
    /* Whoever routes needs what the operators said of themselves. */
    (void)facts_duties(c->facts, c->event->tenant);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (c->event->offline)
        return replay_event(c);
    if (!may_have_job(c))
        return decide_here(c);
    struct event about = *c->event;
    about.job = job_event_of_customer(c, c->event->from);
    if (!about.job.size)
        about.job = job_crew_about(c);
    if (about.job.size)
        (void)facts_job(c->facts, about.tenant, about.job); /* whoever is told is told whose */
    if (c->facts->short_of)
        return ERR_BUSY;
    struct context then = *c;
    then.event = &about;
    return decide_alone(&then);
}

static const enum fact_kind timer_facts[TIMER_KINDS] = {
    [TIMER_RELAY] = FACT_RELAY,      [TIMER_CASCADE] = FACT_CASCADE,
    [TIMER_OVERLAP] = FACT_CASCADE,  [TIMER_RECORDING] = FACT_CASCADE,
    [TIMER_QUESTION] = FACT_MESSAGE, [TIMER_THREAD] = FACT_THREAD,
    [TIMER_JOB] = FACT_JOB,
};

static void want_party(struct facts *f, const struct event *e)
{
    if (!party_is_number(e->from))
        return;
    facts_want_party(f, e->tenant, e->from);
    const bool begins = e->kind == EVENT_TEXT || (e->kind == EVENT_CALL && e->attempt <= 0);
    if (begins && !e->job.size)
        facts_want_jobs(f, FACT_CUSTOMER_JOBS, e->tenant, e->from);
    if (begins)
        facts_want_jobs(f, FACT_CREW_JOBS, e->tenant, e->from);
}

/* Of whoever calls or writes: his thread, his word to the carrier, who he is. */
static void want_customer(struct facts *f, const struct event *e)
{
    facts_want_thread(f, e->tenant, e->to, party_key(e->from));
    facts_want_consent(f, e->tenant, e->to, party_key(e->from));
    want_party(f, e);
}

static void want_of_status(struct facts *f, const struct event *e)
{
    if (e->message)
        facts_want_id(f, FACT_MESSAGE, e->tenant, e->message);
    else if (e->cascade)
        facts_want_id(f, FACT_CASCADE, e->tenant, e->cascade);
    else
        facts_want_call(f, e->tenant, e->sid);
}

static void want_drafts(struct facts *f, const struct event *e)
{
    for (size_t i = 0; i < e->draft_count; i++)
        if (e->drafts[i].given & 1u << JOB_FIELD_ID)
            facts_want_job(f, e->tenant, span_of(e->drafts[i].job.job_id));
}

static void want_call(struct facts *f, const struct event *e)
{
    facts_want_call(f, e->tenant, e->sid);
    want_customer(f, e);
    if (e->attempt <= 0 && party_is_number(e->from))
        facts_want_live(f, e->tenant, e->from);
}

void decide_want(struct facts *f, const struct event *e)
{
    facts_want_duties(f, e->tenant);
    if (e->job.size)
        facts_want_job(f, e->tenant, e->job);
    switch (e->kind) {
    case EVENT_CALL:
        want_call(f, e);
        return;
    case EVENT_TEXT:
        facts_want_claim(f, e->tenant, span_of(arena_printf(f->arena, "m:%.*s", SPAN_ARG(e->sid))));
        want_customer(f, e);
        return;
    case EVENT_SCREEN:
    case EVENT_PRESS:
    case EVENT_RECORDED:
    case EVENT_CHOICE:
    case EVENT_KEY:
    case EVENT_TRANSCRIBED:
        facts_want_id(f, FACT_CASCADE, e->tenant, e->cascade);
        return;
    case EVENT_CALL_STATUS:
        want_of_status(f, e);
        return;
    case EVENT_RECEIPT:
    case EVENT_HEARD:
    case EVENT_CALLED:
    case EVENT_LOOKED:
    case EVENT_SENT:
        facts_want_id(f, FACT_MESSAGE, e->tenant, e->message);
        facts_want_id(f, FACT_OUTBOX, e->tenant, e->message);
        if (e->sid.size && (e->kind == EVENT_SENT || e->kind == EVENT_RECEIPT))
            facts_want_sid(f, e->tenant, e->sid);
        return;
    case EVENT_TIMER:
        if (timer_facts[e->timer.kind] != FACT_CLAIM) /* else it is the tenant's */
            facts_want_id(f, timer_facts[e->timer.kind], e->timer.tenant, e->timer.subject);
        return;
    case EVENT_LINK:
        facts_want_link(f, e->link);
        return;
    case EVENT_ACK:
    case EVENT_PASS:
        facts_want_id(f, FACT_RELAY, e->tenant, e->relay);
        return;
    case EVENT_REPLY:
    case EVENT_CALL_BACK:
    case EVENT_CLOSE:
    case EVENT_REOPEN:
        if (e->thread)
            facts_want_id(f, FACT_THREAD, e->tenant, e->thread);
        return;
    case EVENT_LATE_CALL:
        facts_want_call(f, e->tenant, e->sid);
        facts_want_thread(f, e->tenant, e->to, party_key(e->from));
        return;
    case EVENT_LOOKUP:
        want_party(f, e);
        return;
    case EVENT_JOB:
        facts_want_job(f, e->tenant, e->job);
        return;
    case EVENT_JOB_IMPORT:
        want_drafts(f, e);
        return;
    case EVENT_ALARM:
        facts_want_claim(f, e->tenant, alarm_note_key(f->arena, e->message, e->by));
        return;
    case EVENT_LINE: /* asks for its claim itself: it comes once an hour */
    case EVENT_STRAY:
    case EVENT_CANARY:
    case EVENT_WAKE:
    case EVENT_USER:
    case EVENT_DUTY:
    case EVENT_KINDS:
        return;
    }
}
