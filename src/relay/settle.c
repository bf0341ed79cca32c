#include "relay/settle.h"

#include <string.h>

bool settle_advances(enum delivery was, enum delivery now)
{
    if (was == DELIVERY_DELIVERED || was == DELIVERY_UNDELIVERED || was == DELIVERY_FAILED)
        return false;
    if (was == DELIVERY_DROPPED)
        return now >= DELIVERY_ACCEPTED && now < DELIVERY_DROPPED;
    return now > was;
}

/* clang-format off */
static const struct {
    const char *status;
    enum delivery delivery;
} statuses[] = {
    {"queued",      DELIVERY_ACCEPTED},
    {"initiated",   DELIVERY_ACCEPTED},
    {"ringing",     DELIVERY_ACCEPTED},
    {"in-progress", DELIVERY_SENT},
    {"answered",    DELIVERY_SENT},
    {"completed",   DELIVERY_DELIVERED},
    {"busy",        DELIVERY_UNDELIVERED},
    {"no-answer",   DELIVERY_UNDELIVERED},
    {"failed",      DELIVERY_FAILED},
    {"canceled",    DELIVERY_FAILED},
};
/* clang-format on */

enum delivery settle_call_status(struct span status)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (span_is_text(status, statuses[i].status))
            return statuses[i].delivery;
    return DELIVERY_ACCEPTED;
}

struct message *settle_holder(const struct context *c, struct span sid)
{
    struct message *m = sid.size ? facts_message_by_sid(c->facts, c->event->tenant, sid) : NULL;

    return m && span_is_text(sid, m->sid) ? m : NULL; /* or it gave that id up in this batch */
}

void settle_gather(const struct context *c, const struct message *m, struct span sid)
{
    const struct message *holder = settle_holder(c, sid);

    if (holder && holder != m)
        (void)facts_outbox(c->facts, holder->tenant, holder->id);
}

void settle_outbox(const struct context *c, struct outbox *o)
{
    if (!o || o->gone)
        return;
    o->gone = true;
    facts_touch(c->facts, FACT_OUTBOX, o);
}

void settle_unsure(const struct context *c, struct outbox *o)
{
    o->state = OUTBOX_UNSURE;
    o->unsure_ms = c->facts->now_ms;
    o->due_ms = o->unsure_ms + SETTLE_FIRST_LOOK_MS;
    facts_touch(c->facts, FACT_OUTBOX, o);
}

static bool is_call(const struct message *m)
{
    return m->kind == MESSAGE_SPOKEN || m->kind == MESSAGE_CALL_BACK;
}

/* Its row went when an id was found for it; only now it shows whose that was. */
static void look_again(const struct context *c, const struct message *m)
{
    struct outbox *o = facts_outbox(c->facts, m->tenant, m->id);
    struct outbox fresh = {
        .id = m->id,
        .tenant = m->tenant,
        .kind = is_call(m) ? OUTBOX_CALL : OUTBOX_TEXT,
        .class = OUTBOX_NORMAL,
        .body = m->body,
        .fence = 1,
        .attempt = 1,
        .sent_ms = m->at_ms,
    };

    if (!o) {
        CONTEXT_SET(fresh.account, span_of(c->roster->account_sid));
        CONTEXT_SET(fresh.from, span_of(m->from));
        CONTEXT_SET(fresh.to, span_of(m->to));
        o = facts_add_outbox(c->facts, &fresh);
    }
    o->gone = false;
    settle_unsure(c, o);
}

static void give_up_sid(const struct context *c, struct message *m)
{
    facts_bind_sid(c->facts, m, (struct span){0});
    context_log(c, "text.unbound", m->thread, m->id, m->operator_id, "its sid was another's");
    if (m->delivery != DELIVERY_ACCEPTED && m->delivery != DELIVERY_SENT)
        return;
    m->delivery = DELIVERY_UNSURE;
    look_again(c, m);
}

void settle_bind(const struct context *c, struct message *m, struct span sid)
{
    struct message *holder = settle_holder(c, sid);

    if (!sid.size || holder == m)
        return;
    if (holder)
        give_up_sid(c, holder);
    facts_bind_sid(c->facts, m, sid);
}
