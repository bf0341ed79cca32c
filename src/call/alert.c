#include "call/alert.h"

#include "call/cascade_row.h"
#include "relay/outgoing.h"
#include "relay/tell.h"
#include "rules/words.h"

enum { LINK_LIVES_MS = 24 * 3600 * 1000 };

void alert_operator(const struct context *c, const struct cascade *k, const struct rung *r,
                    bool missed)
{
    const int o = context_operator(c, r->operator_id);

    if (o < 0 || c->roster->operators[o].prealert != (missed ? PREALERT_MISSED : PREALERT_ALWAYS))
        return;
    /* He may answer it by text, so it counts among what he was sent. */
    const struct thread *t = facts_thread_by_id(c->facts, k->tenant, k->thread);
    const struct tag tag = tell_mark(c, t, r->operator_id);
    struct words_about w = cascade_row_about(c, k);
    w.tag = span_of(tag.tag);
    if (!missed)
        w.link =
            outgoing_link(c, LINK_CALL, k->id, r->operator_id, c->facts->now_ms + LINK_LIVES_MS);
    struct outgoing text = outgoing_about_call(k);

    text.kind = missed ? MESSAGE_NOTICE : MESSAGE_PREALERT;
    text.class = missed ? OUTBOX_NORMAL : OUTBOX_URGENT;
    text.line = tag.line;
    text.to = c->roster->operators[o].phone;
    text.operator_id = r->operator_id;
    text.body = missed ? words_you_missed(c->facts->arena, &w)
                       : words_prealert(c->facts->arena, &w, c->roster->operators[o].accept);
    text.expires_ms = missed ? 0 : k->rang_ms + k->ring_s * 1000;
    outgoing_text(c, &text);
}
