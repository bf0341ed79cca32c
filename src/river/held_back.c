#include "river/held_back.h"

void held_back_note(struct facts *f, const struct outbox *o, const struct message *m)
{
    const struct event_row row = {
        .tenant = o->tenant,
        .thread = m ? m->thread : 0,
        .subject = o->id,
        .kind = o->kind == OUTBOX_CALL ? "call.report-only" : "text.report-only",
        .detail = SPAN(RESTRAINT_WORDS),
    };

    facts_log(f, &row);
}

static void drop(struct facts *f, struct outbox *o)
{
    struct message *m = facts_message(f, o->tenant, o->id);

    o->gone = true;
    if (m) {
        m->delivery = DELIVERY_DROPPED;
        facts_touch(f, FACT_MESSAGE, m);
    }
    held_back_note(f, o, m);
}

void held_back(const struct context *c, struct fact **before)
{
    context_log(c, "webhook.unproven", 0, 0, NULL,
                arena_printf(c->facts->arena, "%s: its signature was wrong",
                             event_kind_name(c->event->kind)));
    for (struct fact *fact = *before; fact; fact = fact->next) {
        if (fact->kind != FACT_OUTBOX || fact->state != FACT_PRESENT || fact->same || !fact->fresh)
            continue;
        struct outbox *o = fact->outbox;
        if (!o->gone && (o->kind == OUTBOX_TEXT || o->kind == OUTBOX_CALL) &&
            restraint_of(c, span_of(o->from), span_of(o->to)))
            drop(c->facts, o);
    }
    c->facts->short_of = false; /* of a row without a message nothing is asked */
}
