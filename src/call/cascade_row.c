#include "call/cascade_row.h"

#include <string.h>

#include "relay/known.h"
#include "rules/party.h"
#include "rules/ring.h"

struct words_about cascade_row_about(const struct context *c, const struct cascade *k)
{
    return (struct words_about){
        .business = span_of(c->roster->name),
        .customer = party_words(span_of(k->caller)),
        .customer_name = known_name_at(c, k->caller, k->job),
        .job = span_of(k->job),
        .is_crew = known_is_crew(c, k->caller, k->job),
    };
}

void cascade_row_note(const struct context *c, const struct cascade *k, const char *kind,
                      int attempt, const char *detail)
{
    struct call_event row = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = k->tenant,
        .cascade = k->id,
        .at_ms = c->facts->now_ms,
        .kind = kind,
        .attempt = (int16_t)attempt,
        .detail = arena_copy(c->facts->arena, span_of(detail)),
    };

    memcpy(row.call_sid, k->call_sid, sizeof row.call_sid);
    memcpy(row.line, k->line, sizeof row.line);
    memcpy(row.caller, k->caller, sizeof row.caller);
    if (attempt >= 0 && attempt < k->plan->count)
        memcpy(row.operator_id, k->plan->rungs[attempt].operator_id, sizeof row.operator_id);
    facts_log_call(c->facts, &row);
}

void cascade_row_end(const struct context *c, struct cascade *k, int64_t due_ms)
{
    if (k->due_ms) {
        const struct timer gone = {k->due_ms, k->tenant, TIMER_CASCADE, k->id, true};
        facts_put_timer(c->facts, &gone);
    }
    k->due_ms = due_ms;
    if (due_ms) {
        const struct timer timer = {due_ms, k->tenant, TIMER_CASCADE, k->id, false};
        facts_put_timer(c->facts, &timer);
    }
}

void cascade_row_watch(const struct context *c, struct cascade *k, int64_t due_ms)
{
    if (k->watch_ms == due_ms)
        return;
    if (k->watch_ms) {
        const struct timer gone = {k->watch_ms, k->tenant, TIMER_OVERLAP, k->id, true};
        facts_put_timer(c->facts, &gone);
    }
    k->watch_ms = due_ms;
    if (due_ms) {
        const struct timer timer = {due_ms, k->tenant, TIMER_OVERLAP, k->id, false};
        facts_put_timer(c->facts, &timer);
    }
}

void cascade_row_close(const struct context *c, struct cascade *k, enum outcome outcome)
{
    k->state = CASCADE_OVER;
    k->outcome = outcome;
    k->ended_ms = c->facts->now_ms;
    cascade_row_end(c, k, 0);
    cascade_row_watch(c, k, 0);
    cascade_row_note(c, k, "outcome", -1, outcome_name(outcome));
    context_log(c, "call.ended", k->thread, k->id, k->accepted_by, outcome_name(outcome));
}

int64_t cascade_row_waits_ms(const struct cascade *k)
{
    return k->waits_ms ? k->waits_ms : k->started_ms;
}

int cascade_row_group_end(const struct cascade *k)
{
    return k->attempt + ring_together(k->plan, k->attempt);
}

bool cascade_row_is_on(const struct rung *r)
{
    return ring_is_on(r);
}
