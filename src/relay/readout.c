#include "relay/readout.h"

#include "model/segments.h"
#include "relay/known.h"
#include "relay/outgoing.h"
#include "rules/party.h"
#include "rules/words.h"

/* More than a minute of reading helps nobody, and the carrier takes 4,000 characters. */
enum { CHARACTERS_READ = 600 };

/* The step's clock tells one step of a relay from the same one later. */
static struct span claim_of(const struct context *c, const struct relay *r, const struct message *m)
{
    return span_of(arena_printf(c->facts->arena, "readout:%lld:%s:%lld", (long long)r->id,
                                m->operator_id, (long long)r->due_ms));
}

void readout_gather(const struct context *c, const struct relay *r, const struct message *lost)
{
    (void)facts_is_claimed(c->facts, lost->tenant, claim_of(c, r, lost));
}

static struct span words_of(const struct context *c, const struct relay *r, const struct message *m)
{
    const struct words_about a = {
        .business = span_of(c->roster->name),
        .customer = party_words(span_of(m->customer)),
        .customer_name = known_name_at(c, m->customer, m->job),
        .job = span_of(m->job),
        .is_crew = known_is_crew(c, m->customer, m->job),
        .body = segments_cut_characters(r->body, CHARACTERS_READ),
    };

    return words_spoken(c->facts->arena, WORDS_SPOKEN_TEXT, &a);
}

static void add_rows(const struct context *c, const struct relay *r, const struct message *lost,
                     const char *phone)
{
    struct message m = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = lost->tenant,
        .thread = lost->thread,
        .relay = r->id,
        .direction = DIRECTION_OUT,
        .origin = ORIGIN_SYSTEM,
        .kind = MESSAGE_SPOKEN,
        .delivery = DELIVERY_QUEUED,
        .body = words_of(c, r, lost),
        .at_ms = c->facts->now_ms,
    };

    CONTEXT_SET(m.from, span_of(lost->from));
    CONTEXT_SET(m.to, span_of(phone));
    CONTEXT_SET(m.customer, span_of(lost->customer));
    CONTEXT_SET(m.operator_id, span_of(lost->operator_id));
    CONTEXT_SET(m.job, span_of(lost->job));
    /* A phone that rings twice does less harm than one that never does. */
    outgoing_call(c, &m, r->due_ms, true);
}

bool readout_call(const struct context *c, const struct relay *r, const struct message *lost)
{
    const int operator_index = context_operator(c, lost->operator_id);
    const struct span claim = claim_of(c, r, lost);

    if (operator_index < 0)
        return false;
    if (facts_is_claimed(c->facts, lost->tenant, claim))
        return true;
    facts_claim(c->facts, lost->tenant, claim, c->event->id);
    add_rows(c, r, lost, c->roster->operators[operator_index].phone);
    context_log(c, "relay.read-out", lost->thread, r->id, lost->operator_id, "");
    return true;
}

struct rung *readout_rung(struct relay *r, const struct message *m)
{
    const int i = r ? plan_find(r->plan, span_of(m->operator_id)) : -1;

    return i >= 0 ? &r->plan->rungs[i] : NULL;
}

static bool is_told(const struct rung *rung)
{
    return rung->state == RUNG_TOLD || rung->state == RUNG_REACHED;
}

bool readout_holds(const struct relay *r, const struct rung *rung)
{
    return r->state == RELAY_OPEN && rung->step == r->step && is_told(rung);
}

bool readout_step_is_lost(const struct relay *r)
{
    for (int i = 0; i < r->plan->count; i++)
        if (readout_holds(r, &r->plan->rungs[i]))
            return false;
    return true;
}
