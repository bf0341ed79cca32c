#include "core/delivery_step.h"

#include "call/call_update.h"
#include "call/overlap.h"
#include "call/recording_end.h"
#include "job/job_event.h"
#include "relay/fate.h"
#include "relay/settle.h"
#include "rules/retry.h"

/* What an answer to our request makes of the message. */
static struct fate fate_of(const struct event *e)
{
    switch (e->sent) {
    case SENT_ACCEPTED:
        return (struct fate){.delivery = DELIVERY_ACCEPTED};
    case SENT_REFUSED:
        return (struct fate){.delivery = DELIVERY_FAILED, .error_code = e->error_code};
    case SENT_UNSURE:
        return (struct fate){.delivery = DELIVERY_UNSURE, .error_code = e->error_code};
    case SENT_RETRY: /* only when there is no time left */
        return (struct fate){.delivery = DELIVERY_DROPPED, .error_code = e->error_code};
    case SENTS:
        break;
    }
    return (struct fate){0};
}

/* True when it waits for another try; false when that would come too late. */
static bool try_again(const struct context *c, struct outbox *o)
{
    const int64_t wait_ms = c->event->is_denied ? retry_denied_ms(o->class, c->dice)
                                                : retry_wait_ms(o->attempt, c->dice);

    o->state = OUTBOX_QUEUED;
    o->due_ms = c->facts->now_ms + wait_ms;
    facts_touch(c->facts, FACT_OUTBOX, o);
    return !o->expires_ms || o->due_ms < o->expires_ms;
}

/* Of each text once: whoever looks at its thread sees why it is not there. */
static void note_denied(const struct context *c, const struct outbox *o, const struct message *m)
{
    context_alarm(c, "text.denied", m ? m->thread : 0, o->id,
                  "the carrier does not accept our credentials: it waits until they are mended, as "
                  "long as it is of use");
}

static void be_unsure(const struct context *c, struct outbox *o, const struct message *m)
{
    settle_unsure(c, o);
    context_alarm(c, "text.unsure", m ? m->thread : 0, o->id,
                  "the carrier's answer was lost: it is looked for before it is sent again");
}

/* It was looked for: where it was found is on record. */
static void note_found(const struct context *c, const struct outbox *o, const struct message *m,
                       const char *where)
{
    if (o && !o->gone && o->state == OUTBOX_UNSURE)
        context_log(c, "text.settled", m ? m->thread : 0, o->id, m ? m->operator_id : NULL, where);
}

enum err delivery_step_sent(const struct context *c)
{
    const struct event *e = c->event;
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct relay *r = fate_relay(c, m);
    const struct fate fate = fate_of(e);

    struct job *job = fate_is_lost(fate.delivery) ? job_event_gather(c, m) : NULL;
    settle_gather(c, m, e->sid);
    if (!fate_gather(c, m, r, &fate))
        return ERR_BUSY;
    if (o && !o->gone && o->kind == OUTBOX_ERASE)
        return recording_end_sent(c, o);
    if (o && !o->gone && o->kind == OUTBOX_UPDATE)
        return call_update_sent(c, o);
    if (o && !o->gone && o->kind == OUTBOX_CALL && o->has_rung)
        return overlap_sent(c, o);
    if (!o || o->gone || !event_is_of_claim(e, o) || o->state == OUTBOX_QUEUED)
        return ERR_NONE; /* settled by a receipt, or somebody else's by now */
    if (o->state == OUTBOX_UNSURE && (e->sent == SENT_RETRY || e->sent == SENT_UNSURE))
        return ERR_NONE; /* neither tells more than is known */
    if (e->is_denied && o->attempt == 1)
        note_denied(c, o, m);
    if (e->sent == SENT_RETRY && try_again(c, o))
        return ERR_NONE;
    note_found(c, o, m, "by its answer");
    if (e->sent == SENT_UNSURE)
        be_unsure(c, o, m);
    else
        settle_outbox(c, o);
    if (!m)
        return ERR_NONE;
    settle_bind(c, m, e->sid);
    job_event_fate(c, m, r, job, &fate);
    return ERR_NONE;
}

/* Whether the receipt's sid is the message's. One that it has by a listing gives way to the
 * callback's, which names our row; one that it has by our own request does not, and of what was
 * sent twice that request was the second. */
static bool is_its_own(const struct context *c, const struct message *m)
{
    const struct event *e = c->event;

    if (!m->sid[0] || !e->sid.size || span_is_text(e->sid, m->sid))
        return true;
    return settle_holder(c, e->sid) != NULL;
}

/* Given up while it was unsure; the truth may still come. */
static void reopen(struct message *m, enum delivery now)
{
    if (m->delivery == DELIVERY_FAILED && !m->sid[0] && !fate_is_lost(now))
        m->delivery = DELIVERY_UNSURE;
}

enum err delivery_step_receipt(const struct context *c)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct relay *r = fate_relay(c, m);
    const struct fate fate = {.delivery = e->delivery, .error_code = e->error_code};

    struct job *job = fate_is_lost(fate.delivery) ? job_event_gather(c, m) : NULL;
    settle_gather(c, m, e->sid);
    if (!fate_gather(c, m, r, &fate))
        return ERR_BUSY;
    c->answer->kind = ANSWER_NOTHING;
    if (!m)
        return ERR_NONE;
    if (is_its_own(c, m)) {
        reopen(m, e->delivery);
        settle_bind(c, m, e->sid);
    } else if (!m->duplicate || e->delivery != DELIVERY_DELIVERED) {
        return ERR_NONE; /* of an earlier attempt, which did not arrive as far as is known */
    }
    note_found(c, o, m, "by its callback");
    settle_outbox(c, o); /* the carrier has it, whatever became of our request's answer */
    job_event_fate(c, m, r, job, &fate);
    return ERR_NONE;
}
