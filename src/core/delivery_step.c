#include "core/delivery_step.h"

#include <string.h>

#include "core/outgoing.h"
#include "core/party.h"
#include "core/relay.h"
#include "core/retry.h"
#include "core/words.h"

bool delivery_step_advances(enum delivery was, enum delivery now)
{
    if (was == DELIVERY_DELIVERED || was == DELIVERY_UNDELIVERED || was == DELIVERY_FAILED)
        return false;
    if (was == DELIVERY_DROPPED)
        return now >= DELIVERY_ACCEPTED && now < DELIVERY_DROPPED;
    return now > was;
}

/* The rung whose text this is; NULL when the message is none of the relay's forwards. */
static struct rung *rung_of(struct relay *r, const struct message *m)
{
    const int i =
        r && m->kind == MESSAGE_FORWARD ? plan_find(r->plan, span_of(m->operator_id)) : -1;

    return i >= 0 ? &r->plan->rungs[i] : NULL;
}

static bool step_is_lost(const struct relay *r)
{
    for (int i = 0; i < r->plan->count; i++)
        if (r->plan->rungs[i].step == r->step && r->plan->rungs[i].state != RUNG_FAILED &&
            r->plan->rungs[i].tag[0])
            return false;
    return true;
}

static void reply_was_lost(const struct context *c, const struct message *m)
{
    const int o = m->kind == MESSAGE_REPLY ? context_operator(c, m->operator_id) : -1;

    if (o < 0)
        return;
    const struct words_about w = {.customer = party_words(span_of(m->to))};
    const struct outgoing text = {
        .kind = MESSAGE_NOTICE,
        .class = OUTBOX_NORMAL,
        .line = m->from,
        .to = c->roster->operators[o].phone,
        .operator_id = m->operator_id,
        .body = span_trim(words_not_delivered(c->facts->arena, &w)),
        .origin = ORIGIN_SYSTEM,
        .thread = m->thread,
        .customer = m->customer,
    };
    outgoing_text(c, &text);
}

static void reached(const struct context *c, struct relay *r, struct rung *rung)
{
    if (rung->state == RUNG_TOLD)
        rung->state = RUNG_REACHED;
    if (rung->step == 0 && r->final_status == FINAL_NONE)
        r->final_status = FINAL_DELIVERED;
    facts_touch(c->facts, FACT_RELAY, r);
}

static void lost(const struct context *c, struct relay *r, struct rung *rung,
                 const struct message *m)
{
    const bool holds = r->state == RELAY_OPEN && rung->step == r->step;

    if (rung->state == RUNG_TOLD || rung->state == RUNG_REACHED)
        rung->state = RUNG_FAILED;
    facts_touch(c->facts, FACT_RELAY, r);
    context_alarm(c, "text.not-delivered", m->thread, m->id, m->operator_id);
    if (holds && step_is_lost(r))
        relay_apply(c, r, RELAY_FAILED, -1);
}

/* Brings a message forward, and what follows for the relay. The relay has been gathered. */
static void advance(const struct context *c, struct message *m, struct relay *r, enum delivery now,
                    int32_t error_code)
{
    struct rung *rung = rung_of(r, m);

    if (!delivery_step_advances(m->delivery, now))
        return;
    m->delivery = now;
    if (error_code)
        m->error_code = error_code;
    facts_touch(c->facts, FACT_MESSAGE, m);
    if (now == DELIVERY_DELIVERED && rung)
        reached(c, r, rung);
    if (now != DELIVERY_UNDELIVERED && now != DELIVERY_FAILED)
        return;
    context_log(c, "text.failed", m->thread, m->id, m->operator_id, delivery_name(now));
    reply_was_lost(c, m);
    if (rung)
        lost(c, r, rung, m);
}

static void bind_sid(const struct context *c, struct message *m)
{
    if (m->sid[0] || !c->event->sid.size)
        return;
    CONTEXT_SET(m->sid, c->event->sid);
    facts_touch(c->facts, FACT_MESSAGE, m);
}

static void settle(const struct context *c, struct outbox *o)
{
    o->gone = true;
    facts_touch(c->facts, FACT_OUTBOX, o);
}

static void again(const struct context *c, struct outbox *o, struct message *m)
{
    o->state = OUTBOX_QUEUED;
    o->due_ms = c->facts->now_ms + retry_wait_ms(o->attempt, c->dice);
    facts_touch(c->facts, FACT_OUTBOX, o);
    if (o->expires_ms && o->due_ms >= o->expires_ms) {
        settle(c, o);
        if (m)
            advance(c, m, NULL, DELIVERY_DROPPED, c->event->error_code);
    }
}

enum err delivery_step_sent(const struct context *c)
{
    const struct event *e = c->event;
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct relay *r = m && m->relay ? facts_relay(c->facts, e->tenant, m->relay) : NULL;

    if (c->facts->short_of || (r && !relay_gather(c, r, e->sent == SENT_REFUSED)))
        return ERR_BUSY;
    if (!o || o->gone || o->fence != e->fence || o->state == OUTBOX_QUEUED)
        return ERR_NONE; /* settled by a receipt, or somebody else's by now */
    if (o->state == OUTBOX_UNSURE && (e->sent == SENT_RETRY || e->sent == SENT_UNSURE))
        return ERR_NONE; /* neither tells more than is known */
    if (m)
        bind_sid(c, m);
    switch (e->sent) {
    case SENT_ACCEPTED:
        settle(c, o);
        if (m)
            advance(c, m, r, DELIVERY_ACCEPTED, 0);
        break;
    case SENT_REFUSED:
        settle(c, o);
        if (m)
            advance(c, m, r, DELIVERY_FAILED, e->error_code);
        break;
    case SENT_RETRY:
        again(c, o, m);
        break;
    case SENT_UNSURE:
        o->state = OUTBOX_UNSURE;
        facts_touch(c->facts, FACT_OUTBOX, o);
        if (m)
            advance(c, m, r, DELIVERY_UNSURE, e->error_code);
        context_alarm(c, "text.unsure", m ? m->thread : 0, e->message,
                      "the carrier's answer was lost: not sent again until it is known");
        break;
    case SENTS:
        break;
    }
    return ERR_NONE;
}

enum err delivery_step_receipt(const struct context *c)
{
    const struct event *e = c->event;
    struct message *m = facts_message(c->facts, e->tenant, e->message);
    struct outbox *o = facts_outbox(c->facts, e->tenant, e->message);
    struct relay *r = m && m->relay ? facts_relay(c->facts, e->tenant, m->relay) : NULL;

    const bool is_lost = e->delivery == DELIVERY_UNDELIVERED || e->delivery == DELIVERY_FAILED;

    if (c->facts->short_of || (r && !relay_gather(c, r, is_lost)))
        return ERR_BUSY;
    c->answer->kind = ANSWER_NOTHING;
    if (!m || (m->sid[0] && e->sid.size && !span_is_text(e->sid, m->sid)))
        return ERR_NONE; /* unknown, or of an earlier attempt */
    bind_sid(c, m);
    if (o && !o->gone)
        settle(c, o); /* the carrier has it, whatever became of our request's answer */
    advance(c, m, r, e->delivery, e->error_code);
    return ERR_NONE;
}
