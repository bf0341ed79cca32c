#include "relay/resend.h"

#include <string.h>

#include "base/buf.h"
#include "relay/outgoing.h"
#include "relay/readout.h"
#include "rules/retry.h"

static const int64_t link_lives_ms = INT64_C(3) * 24 * 3600 * 1000;

static bool is_kind_of_text(const struct message *m)
{
    switch (m->kind) {
    case MESSAGE_FORWARD:
    case MESSAGE_REPLY:
    case MESSAGE_NOTICE:
    case MESSAGE_CUSTOMER:
        return true;
    case MESSAGE_PREALERT: /* its call would be over */
    case MESSAGE_SPOKEN:   /* calls */
    case MESSAGE_CALL_BACK:
    case MESSAGE_JOB: /* the job's own exceptions tell what became of it */
    case MESSAGE_CREW:
    case MESSAGE_INBOUND:
    case MESSAGE_COMMAND:
    case MESSAGE_HELD:
    case MESSAGE_KINDS:
        break;
    }
    return false;
}

static struct span claim_of(const struct context *c, int64_t message, int tries)
{
    return span_of(arena_printf(c->facts->arena, "resend:%lld:%d", (long long)message, tries));
}

/* How many went before this one. */
static int tries_of(const struct context *c, const struct message *m)
{
    int tries = 0;

    for (int n = 1; n <= RETRY_TRIES; n++)
        if (facts_is_claimed(c->facts, m->tenant, claim_of(c, m->id, n)))
            tries = n;
    return tries;
}

void resend_gather(const struct context *c, const struct message *m, int32_t error_code)
{
    if (is_kind_of_text(m) && retry_of(error_code) != RETRY_NEVER)
        (void)tries_of(c, m);
}

/* The record of a text shows where its link stood, not the link: there goes a fresh one. */
static struct span with_link(const struct context *c, const struct message *m)
{
    const struct span mark =
        span_of(arena_printf(c->facts->arena, "%.*s/j/...", SPAN_ARG(c->public_url)));
    const char *last = NULL;

    for (struct span rest = m->body; rest.size;) {
        const char *at = memmem(rest.data, rest.size, mark.data, mark.size);
        if (!at)
            break;
        last = at;
        rest = span_skip(rest, (size_t)(at - rest.data) + mark.size);
    }
    if (!last || !m->relay || !m->operator_id[0])
        return m->body;
    const size_t before = (size_t)(last - m->body.data);
    const struct span link = outgoing_link(c, LINK_ACKNOWLEDGE, m->relay, m->operator_id,
                                           c->facts->now_ms + link_lives_ms);
    return span_of(arena_printf(c->facts->arena, "%.*s%.*s%.*s", (int)before, m->body.data,
                                SPAN_ARG(link), SPAN_ARG(span_skip(m->body, before + mark.size))));
}

static int64_t add(const struct context *c, const struct message *m, const struct relay *r,
                   int64_t due_ms)
{
    const bool is_forward = m->kind == MESSAGE_FORWARD;
    const struct outgoing text = {
        .kind = m->kind,
        .class = is_forward ? OUTBOX_URGENT : OUTBOX_NORMAL,
        .line = m->from,
        .to = m->to,
        .operator_id = m->operator_id,
        .body = with_link(c, m),
        .origin = m->origin,
        .thread = m->thread,
        .relay = m->relay,
        .cascade = m->cascade,
        .customer = m->customer,
        .job = m->job,
        .expires_ms = r ? r->due_ms : 0,
        .photos_of = m->media.size ? m->id : 0,
        .photos = m->media,
        .by_page = retry_of(m->error_code) == RETRY_PLAIN,
        .wait_ms = due_ms - c->facts->now_ms,
    };
    return outgoing_text(c, &text);
}

bool resend_text(const struct context *c, const struct message *m, struct relay *r)
{
    const enum retry retry = retry_of(m->error_code);
    int64_t wait_ms = 0;

    if (!is_kind_of_text(m) || retry == RETRY_NEVER || (retry == RETRY_PLAIN && !m->media.size))
        return false;
    if (retry == RETRY_ONCE && m->kind == MESSAGE_FORWARD)
        return false; /* he is called instead, and the next are told */
    const int tries = tries_of(c, m);
    if (!retry_is_due(retry, tries, &wait_ms))
        return false;
    const struct rung *rung = readout_rung(r, m);
    const int64_t due_ms = c->facts->now_ms + wait_ms;
    if (m->kind == MESSAGE_FORWARD && (!rung || !readout_holds(r, rung) || due_ms >= r->due_ms))
        return false;
    const int64_t id = add(c, m, m->kind == MESSAGE_FORWARD ? r : NULL, due_ms);
    facts_claim(c->facts, m->tenant, claim_of(c, id, tries + 1), c->event->id);
    facts_message(c->facts, m->tenant, id)->duplicate =
        m->duplicate || retry_may_double(m->error_code); /* any of those before may arrive yet */
    context_log(c, "text.sent-anew", m->thread, id, m->operator_id, retry_name(retry));
    return true;
}
