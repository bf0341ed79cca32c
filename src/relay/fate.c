#include "relay/fate.h"

#include "relay/consent.h"
#include "relay/known.h"
#include "relay/readout.h"
#include "relay/relay.h"
#include "relay/resend.h"
#include "relay/settle.h"
#include "relay/tell.h"
#include "rules/retry.h"
#include "rules/words.h"

bool fate_is_lost(enum delivery delivery)
{
    return delivery == DELIVERY_UNDELIVERED || delivery == DELIVERY_FAILED;
}

struct relay *fate_relay(const struct context *c, const struct message *m)
{
    return m && m->relay ? facts_relay(c->facts, m->tenant, m->relay) : NULL;
}

/* Only a forward or its reading out moves the relay. */
static struct rung *rung_of(struct relay *r, const struct message *m)
{
    return m->kind == MESSAGE_FORWARD || m->kind == MESSAGE_SPOKEN ? readout_rung(r, m) : NULL;
}

static bool is_to_customer(const struct message *m)
{
    return m->kind == MESSAGE_REPLY || m->kind == MESSAGE_CUSTOMER;
}

static void gather_loss(const struct context *c, const struct message *m, struct relay *r,
                        int32_t error_code)
{
    if (error_code == RETRY_OPTED_OUT)
        consent_gather(c, span_of(m->from), span_of(m->to));
    if (is_to_customer(m) && retry_is_landline(error_code))
        known_gather(c, span_of(m->to));
    resend_gather(c, m, error_code);
    if (m->kind == MESSAGE_REPLY && context_operator(c, m->operator_id) >= 0) {
        (void)facts_thread_by_id(c->facts, m->tenant, m->thread);
        tell_gather(c, m->operator_id);
    }
    if (r && m->kind == MESSAGE_FORWARD)
        readout_gather(c, r, m);
}

bool fate_gather(const struct context *c, const struct message *m, struct relay *r,
                 const struct fate *fate)
{
    const bool is_lost = fate_is_lost(fate->delivery);

    if (m && is_lost)
        gather_loss(c, m, r, fate->error_code);
    if (m && is_to_customer(m) && fate->delivery == DELIVERY_DELIVERED)
        known_gather(c, span_of(m->to));
    if (r && !relay_gather(c, r, is_lost))
        return false;
    return !c->facts->short_of;
}

/* The carrier refuses what we send him from now on; so do we. */
static void note_opt_out(const struct context *c, const struct message *m)
{
    const struct span person = span_of(m->to);
    const int operator_index = roster_operator_by_phone(c->roster, person);

    consent_put(c, span_of(m->from), person, true,
                operator_index >= 0 ? c->roster->operators[operator_index].id : NULL);
}

static void reply_was_lost(const struct context *c, const struct message *m,
                           const struct fate *fate)
{
    const struct thread *t = m->kind == MESSAGE_REPLY && context_operator(c, m->operator_id) >= 0
                                 ? facts_thread_by_id(c->facts, m->tenant, m->thread)
                                 : NULL;

    if (!t) {
        if (m->kind == MESSAGE_REPLY)
            context_alarm(c, "text.reply-lost", m->thread, m->id, "nobody can be told of it");
        return;
    }
    const struct tag tag = tell_mark(c, t, m->operator_id);
    const struct words_about a = tell_about(c, t, &tag);
    struct span words = words_not_delivered(c->facts->arena, &a);
    if (fate->unknown)
        words = words_not_known(c->facts->arena, &a);
    else if (retry_is_landline(fate->error_code))
        words = words_no_text_there(c->facts->arena, &a);
    tell_notice(c, t, &tag, words);
}

static void reached(const struct context *c, struct relay *r, struct rung *rung,
                    enum message_kind kind)
{
    if (rung->state == RUNG_TOLD)
        rung->state = RUNG_REACHED;
    if (kind == MESSAGE_FORWARD && rung->step == 0 && r->final_status == FINAL_NONE)
        r->final_status = FINAL_DELIVERED;
    facts_touch(c->facts, FACT_RELAY, r);
}

static void give_rung_up(const struct context *c, struct relay *r, struct rung *rung)
{
    rung->state = RUNG_FAILED;
    facts_touch(c->facts, FACT_RELAY, r);
    if (readout_step_is_lost(r))
        relay_apply(c, r, RELAY_FAILED, -1);
}

static void forward_was_lost(const struct context *c, struct relay *r, struct rung *rung,
                             const struct message *m)
{
    context_alarm(c, "text.not-delivered", m->thread, m->id, m->operator_id);
    if (!readout_holds(r, rung)) {
        if (rung->state == RUNG_TOLD || rung->state == RUNG_REACHED)
            rung->state = RUNG_FAILED;
        facts_touch(c->facts, FACT_RELAY, r);
        return;
    }
    const bool is_called = readout_call(c, r, m);
    if (!is_called || relay_has_next(c, r))
        give_rung_up(c, r, rung); /* else the call is what is left of him */
}

static void call_was_lost(const struct context *c, struct relay *r, struct rung *rung,
                          const struct message *m)
{
    context_alarm(c, "relay.not-read-out", m->thread, r->id, m->operator_id);
    if (readout_holds(r, rung))
        give_rung_up(c, r, rung);
}

static void lost(const struct context *c, struct message *m, struct relay *r,
                 const struct fate *fate)
{
    struct rung *rung = rung_of(r, m);

    context_log(c, "text.failed", m->thread, m->id, m->operator_id, delivery_name(m->delivery));
    if (fate->error_code == RETRY_OPTED_OUT)
        note_opt_out(c, m);
    if (is_to_customer(m) && retry_is_landline(fate->error_code))
        known_refused(c, span_of(m->to));
    if (resend_text(c, m, r))
        return;
    reply_was_lost(c, m, fate);
    if (rung && m->kind == MESSAGE_FORWARD)
        forward_was_lost(c, r, rung, m);
    else if (rung)
        call_was_lost(c, r, rung, m);
}

void fate_apply(const struct context *c, struct message *m, struct relay *r,
                const struct fate *fate)
{
    struct rung *rung = rung_of(r, m);

    if (!settle_advances(m->delivery, fate->delivery))
        return;
    m->delivery = fate->delivery;
    if (fate->error_code)
        m->error_code = fate->error_code;
    facts_touch(c->facts, FACT_MESSAGE, m);
    if (fate->delivery == DELIVERY_DELIVERED && rung)
        reached(c, r, rung, m->kind);
    if (fate->delivery == DELIVERY_DELIVERED && is_to_customer(m))
        known_delivered(c, span_of(m->to));
    if (fate_is_lost(fate->delivery))
        lost(c, m, r, fate);
}
