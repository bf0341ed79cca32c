#include "call/recording_end.h"

#include "relay/settle.h"
#include "rules/retry.h"

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
enum { NOT_FOUND = 20404, IN_TRANSIT = 20009, LATER_MS = 3600 * 1000, QUICK_TRIES = 8 };

void recording_end_set(const struct context *c, const struct cascade *k)
{
    const struct timer timer = {
        .due_ms = c->facts->now_ms + c->roster->keep_recordings_days * day_ms,
        .tenant = k->tenant,
        .kind = TIMER_RECORDING,
        .subject = k->id,
    };

    if (c->roster->keep_recordings_days > 0)
        facts_put_timer(c->facts, &timer);
}

static void erase(const struct context *c, struct cascade *k)
{
    struct outbox o = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = k->tenant,
        .kind = OUTBOX_ERASE,
        .class = OUTBOX_BULK,
        .body = k->recording,
        .due_ms = c->facts->now_ms,
    };

    CONTEXT_SET(o.account, span_of(k->account));
    CONTEXT_SET(o.from, span_of(k->line));
    CONTEXT_SET(o.to, span_of(k->line));
    facts_add_outbox(c->facts, &o);
    k->recording = (struct span){NULL, 0};
    facts_touch(c->facts, FACT_CASCADE, k);
    context_log(c, "call.recording-ended", k->thread, k->id, NULL, "it was kept long enough");
}

enum err recording_end_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct cascade *k = facts_cascade(c->facts, timer->tenant, timer->subject);
    struct timer gone = *timer;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (k && k->recording.size)
        erase(c, k);
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}

static void try_again(const struct context *c, struct outbox *o)
{
    const int64_t wait_ms =
        o->attempt < QUICK_TRIES ? retry_wait_ms(o->attempt, c->dice) : LATER_MS;

    o->state = OUTBOX_QUEUED;
    o->due_ms = c->facts->now_ms + wait_ms;
    facts_touch(c->facts, FACT_OUTBOX, o);
}

enum err recording_end_sent(const struct context *c, struct outbox *o)
{
    const struct event *e = c->event;

    if (!event_is_of_claim(e, o) || o->state != OUTBOX_SENDING)
        return ERR_NONE; /* of an earlier claim */
    switch (e->sent) {
    case SENT_ACCEPTED:
        break;
    case SENT_REFUSED:
        if (e->error_code == IN_TRANSIT) { /* it is still being delivered */
            try_again(c, o);
            return ERR_NONE;
        }
        if (e->error_code != NOT_FOUND)
            context_alarm(c, "recording.not-erased", 0, o->id,
                          "the carrier refuses to delete a recording or a text: delete it in its "
                          "console");
        break;
    case SENT_RETRY:
    case SENT_UNSURE:
        try_again(c, o);
        return ERR_NONE;
    case SENTS:
        break;
    }
    settle_outbox(c, o);
    return ERR_NONE;
}
