#include "core/outgoing.h"

#include <string.h>

#include "base/buf.h"

/* Cut so that no character is split: UTF-8 bytes that continue one begin with 10. */
struct span outgoing_cut(struct span body, size_t most)
{
    size_t characters = 0;

    for (size_t i = 0; i < body.size; i++) {
        if (((unsigned char)body.data[i] & 0xc0) == 0x80)
            continue;
        if (characters++ == most)
            return (struct span){body.data, i};
    }
    return body;
}

/* A link's secret is kept by its hash alone: the record of a text shows where one stood. The
 * outbox holds the whole text until it has been sent. */
static struct span without_secrets(const struct context *c, struct span body)
{
    const struct span prefix =
        span_of(arena_printf(c->facts->arena, "%.*s/j/", SPAN_ARG(c->public_url)));
    struct buf out = buf_in(c->facts->arena, LIMIT_BODY_BYTES);

    for (;;) {
        const char *at = body.size ? memmem(body.data, body.size, prefix.data, prefix.size) : NULL;
        if (!at)
            break;
        const size_t shown = (size_t)(at - body.data) + prefix.size;
        buf_add(&out, (struct span){body.data, shown});
        buf_add_text(&out, "...");
        body = span_skip(body, shown + CONTEXT_LINK_SIZE - 1);
    }
    buf_add(&out, body);
    return buf_span(&out);
}

int64_t outgoing_text(const struct context *c, const struct outgoing *text)
{
    const int64_t id = id_next(c->facts->ids, c->facts->now_ms);
    struct message m = {
        .id = id,
        .tenant = c->event->tenant,
        .thread = text->thread,
        .relay = text->relay,
        .cascade = text->cascade,
        .direction = DIRECTION_OUT,
        .origin = text->origin,
        .kind = text->kind,
        .delivery = DELIVERY_QUEUED,
        .body = outgoing_cut(text->body, OUTGOING_CHARACTERS),
        .at_ms = c->facts->now_ms,
    };
    struct outbox o = {
        .id = id,
        .tenant = m.tenant,
        .kind = OUTBOX_TEXT,
        .class = text->class,
        .body = m.body,
        .cascade = text->kind == MESSAGE_PREALERT ? text->cascade : 0,
        .due_ms = c->facts->now_ms,
        .expires_ms = text->expires_ms,
    };

    m.body = without_secrets(c, m.body);
    CONTEXT_SET(m.from, span_of(text->line));
    CONTEXT_SET(m.to, span_of(text->to));
    CONTEXT_SET(m.customer, span_of(text->customer));
    CONTEXT_SET(m.operator_id, span_of(text->operator_id));
    CONTEXT_SET(m.job, span_of(text->job));
    CONTEXT_SET(o.account, span_of(c->roster->account_sid));
    CONTEXT_SET(o.from, span_of(text->line));
    CONTEXT_SET(o.to, span_of(text->to));
    facts_add_message(c->facts, &m);
    facts_add_outbox(c->facts, &o);
    return id;
}

struct span outgoing_link(const struct context *c, enum link_purpose purpose, int64_t subject,
                          const char *operator_id, int64_t expires_ms)
{
    struct context_link fresh;
    struct link row = {
        .tenant = c->event->tenant,
        .purpose = purpose,
        .subject = subject,
        .expires_ms = expires_ms,
    };

    c->new_link(&fresh);
    memcpy(row.hash, fresh.hash, sizeof row.hash);
    CONTEXT_SET(row.operator_id, span_of(operator_id));
    facts_add_link(c->facts, &row);
    return span_of(arena_printf(c->facts->arena, "%.*s/j/%s", SPAN_ARG(c->public_url), fresh.text));
}
