#include "desk/desk_close.h"

#include <string.h>

#include "relay/relay.h"
#include "relay/tell.h"
#include "relay/thread_end.h"
#include "rules/words.h"

bool desk_close_gather(const struct context *c, const struct thread *t, const struct relay *r)
{
    if (t->owner[0])
        tell_gather(c, t->owner);
    if (r && !relay_gather(c, r, false))
        return false;
    return !c->facts->short_of;
}

static const char *id_of(const struct context *c, int operator_index)
{
    return operator_index >= 0 ? c->roster->operators[operator_index].id : NULL;
}

void desk_close(const struct context *c, struct thread *t, struct relay *r, int operator_index)
{
    const char *id = id_of(c, operator_index);
    const char *by = context_by(c);

    if (r && relay_waits(r))
        relay_apply(c, r, RELAY_ACKED, operator_index);
    if (t->owner[0] && (!id || strcmp(t->owner, id) != 0) && context_operator(c, t->owner) >= 0) {
        const struct tag tag = tell_mark(c, t, t->owner);
        const struct words_about a = tell_about(c, t, &tag);
        tell_notice(c, t, &tag, words_done(c->facts->arena, &a));
    }
    thread_end_close(c, t, id, by[0] ? by : "done");
}

void desk_close_undo(const struct context *c, struct thread *t, const struct relay *r,
                     int operator_index)
{
    const bool was_had = r && r->state == RELAY_TAKEN && context_operator(c, r->acked_by) >= 0;
    const char *id = id_of(c, operator_index);

    t->closed = false;
    CONTEXT_SET(t->owner, span_of(was_had ? r->acked_by : id));
    thread_end_watch(c, t);
    facts_touch(c->facts, FACT_THREAD, t);
    context_log(c, "thread.reopened", t->id, t->id, id, context_by(c));
}
