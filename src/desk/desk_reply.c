#include "desk/desk_reply.h"

#include "relay/consent.h"
#include "relay/outgoing.h"
#include "relay/relay.h"
#include "relay/thread_end.h"
#include "rules/party.h"

/* Said STOP; gathered. */
static bool is_out(const struct context *c, const struct thread *t)
{
    const struct consent *row =
        facts_consent(c->facts, t->tenant, span_of(t->line), span_of(t->customer));

    return row && row->is_out;
}

bool desk_reply_gather(const struct context *c, const struct desk_reply *reply)
{
    const struct thread *t = reply->thread;

    if (t)
        consent_gather(c, span_of(t->line), span_of(t->customer));
    if (reply->relay && !relay_gather(c, reply->relay, false))
        return false;
    return !c->facts->short_of;
}

const char *desk_reply_hindrance(const struct context *c, const struct thread *t)
{
    if (!party_is_number(span_of(t->customer)))
        return "thread: this customer has no number that can be texted";
    if (is_out(c, t))
        return "thread: this customer cannot be texted: he wrote STOP, and must write START first";
    return NULL;
}

/* For the log. */
static const char *reply_note(const struct context *c, const struct thread *t)
{
    const char *by = context_by(c);

    if (!t->closed)
        return by;
    return arena_printf(c->facts->arena, "%s%sopens the thread again", by, by[0] ? "; " : "");
}

int64_t desk_reply_send(const struct context *c, const struct desk_reply *reply)
{
    struct thread *t = reply->thread;
    struct relay *r = reply->relay;
    const char *id =
        reply->operator_index >= 0 ? c->roster->operators[reply->operator_index].id : NULL;

    if (desk_reply_hindrance(c, t))
        return 0;
    const struct outgoing text = {
        .kind = MESSAGE_REPLY,
        .class = OUTBOX_NORMAL,
        .line = t->line,
        .to = t->customer,
        .operator_id = id,
        .body = reply->words,
        .origin = reply->origin,
        .thread = t->id,
        .relay = r ? r->id : 0,
        .customer = t->customer,
        .job = t->job,
        .photos_of = reply->message,
        .photos = reply->photos,
    };
    const int64_t message = outgoing_text(c, &text);
    context_log(c, "text.replied", t->id, message, id, reply_note(c, t));
    t->last_ms = c->facts->now_ms;
    t->closed = false;
    if (!t->owner[0] && id)
        CONTEXT_SET(t->owner, span_of(id));
    thread_end_watch(c, t);
    facts_touch(c->facts, FACT_THREAD, t);
    if (r && relay_waits(r))
        relay_apply(c, r, RELAY_ACKED, reply->operator_index);
    return message;
}
