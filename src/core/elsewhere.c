#include "core/elsewhere.h"

#include "base/id.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "core/offline.h"
#include "core/replay.h"

/* Rows that are older may have been deleted, and calls do not last for so long. */
enum { CALL_MS = 6 * 3600 * 1000 };

static bool is_leg(const struct event *e)
{
    return e->kind == EVENT_SCREEN || e->kind == EVENT_PRESS;
}

static bool names_a_call(const struct event *e)
{
    switch (e->kind) {
    case EVENT_CALL:
        return e->attempt >= 0;
    case EVENT_SCREEN:
    case EVENT_PRESS:
    case EVENT_KEY:
    case EVENT_CHOICE:
    case EVENT_RECORDED:
        return true;
    case EVENT_CALL_STATUS:
    case EVENT_TEXT:
    case EVENT_RECEIPT:
    case EVENT_SENT:
    case EVENT_TIMER:
    case EVENT_LINK:
    case EVENT_ACK:
    case EVENT_REPLY:
    case EVENT_STRAY:
    case EVENT_HEARD:
    case EVENT_LOOKED:
    case EVENT_LATE_CALL:
    case EVENT_WAKE:
    case EVENT_CALL_BACK:
    case EVENT_CALLED:
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
        break;
    }
    return false;
}

/* The row knows of no ring that could have led to this: another node has gone on. */
static bool is_behind(const struct cascade *k, const struct event *e)
{
    const bool is_bridged = e->kind == EVENT_CALL && e->attempt > 0 && e->bridged;

    if (k->state == CASCADE_OVER)
        return k->outcome == OUTCOME_ABANDONED && is_bridged;
    if (k->state != CASCADE_RINGING)
        return false;
    /* A step that overlaps has made no dial: one that has rung is another node's. */
    const int known = overlap_is_on(k) ? k->attempt : cascade_row_group_end(k);
    if (is_leg(e))
        return e->attempt >= (e->apart ? cascade_row_group_end(k) : known);
    return is_bridged || (e->kind == EVENT_CALL && e->alone && e->attempt > known);
}

bool elsewhere_has_gone_on(const struct context *c)
{
    const struct event *e = c->event;
    const int64_t age_ms = c->facts->now_ms - id_at_ms(e->cascade);

    if (!names_a_call(e) || !e->cascade || e->offline || age_ms > CALL_MS || age_ms < -CALL_MS)
        return false;
    const struct cascade *k = facts_cascade(c->facts, e->tenant, e->cascade);
    if (!k && !is_leg(e)) /* it may have been begun under another id */
        k = facts_cascade_by_call(c->facts, e->tenant, e->sid);
    return !c->facts->short_of && (!k || is_behind(k, e));
}

/* The caller has been at the end of the chain: that is what its row begins with. */
static struct event at_the_end(const struct event *e)
{
    struct event end = {
        .kind = EVENT_CALL,
        .tenant = e->tenant,
        .cascade = e->cascade,
        .account = e->account,
        .sid = e->sid,
        .from = e->from,
        .to = e->to,
        .job = e->job,
        .attempt = LIMIT_RUNGS,
        .alone = true,
        .recording = e->recording,
        .seconds = e->seconds,
    };

    return end;
}

enum err elsewhere_event(const struct context *c)
{
    struct event e = c->event->kind == EVENT_RECORDED ? at_the_end(c->event) : *c->event;
    struct event came = *c->event;
    struct replay_taker taker;
    struct offline_ask ask = {
        .roster = c->roster,
        .now_ms = c->facts->now_ms,
        .arena = c->facts->arena,
    };

    if (replay_who_took(c, e.cascade, &taker)) {
        ask.taken = true;
        ask.joins = taker.is_apart;
        ask.taken_elsewhere = is_leg(&e) && !span_is(e.leg_sid, taker.leg_sid);
    }
    if (c->facts->short_of)
        return ERR_BUSY;
    offline_answer(&ask, &e, c->answer);
    if (e.offline == OFFLINE_RANG && e.body.size)
        e.message = id_next(c->facts->ids, c->facts->now_ms);
    struct context then = *c;
    then.event = &e;
    const enum err err = replay_now(&then);
    if (!err && e.kind != came.kind)
        offline_answer(&ask, &came, c->answer);
    return err;
}
