#include "core/erase_text.h"

#include <string.h>

enum { MEDIA_MAX = 10 };

static void ask(const struct context *c, const struct message *m, struct span what)
{
    struct outbox o = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = m->tenant,
        .kind = OUTBOX_ERASE,
        .class = OUTBOX_BULK,
        .body = what,
        .due_ms = c->facts->now_ms,
    };
    const char *line = m->direction == DIRECTION_OUT ? m->from : m->to;

    CONTEXT_SET(o.account, span_of(c->roster->account_sid));
    CONTEXT_SET(o.from, span_of(line));
    CONTEXT_SET(o.to, span_of(line));
    facts_add_outbox(c->facts, &o);
}

/* What came in stands at addresses of the carrier's; what we sent on, it has by our own. */
static void ask_for_media(const struct context *c, const struct message *m)
{
    struct span rest = m->direction == DIRECTION_IN ? m->media : (struct span){NULL, 0};

    for (int i = 0; rest.size && i < MEDIA_MAX; i++) {
        const struct span one = span_trim(span_cut(rest, '\n', &rest));
        if (one.size && memchr(one.data, '/', one.size))
            ask(c, m, one);
    }
}

enum err erase_text_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct message *m = facts_message(c->facts, timer->tenant, timer->subject);
    struct timer gone = *timer;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (m && m->sid[0] && c->roster->account_sid[0]) {
        ask_for_media(c, m);
        ask(c, m, span_of(m->sid));
    }
    gone.gone = true;
    facts_put_timer(c->facts, &gone);
    return ERR_NONE;
}
