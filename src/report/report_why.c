#include "report/report_why.h"

#include <string.h>

#include "base/buf.h"

enum { WHY_BYTES_MAX = 1200 };

/* How a rung is told of; RUNG_WAITING: not at all. */
enum telling { TOLD_NOT, TOLD_RUNG, TOLD_BUSY, TOLD_FAILED, TOLD_PASSED, TELLINGS };
static const char *const tellings[TELLINGS][2] = {
    [TOLD_RUNG] = {"rang ", ""},
    [TOLD_BUSY] = {"", " was busy"},
    [TOLD_FAILED] = {"", " could not be reached"},
    [TOLD_PASSED] = {"", " passed it on"},
};

static enum telling telling_of(const struct rung *r)
{
    switch (r->state) {
    case RUNG_WAITING:
        return TOLD_NOT;
    case RUNG_TOLD:
    case RUNG_REACHED:
    case RUNG_MISSED:
    case RUNG_ACCEPTED:
        return TOLD_RUNG;
    case RUNG_PASSED:
        return TOLD_PASSED;
    case RUNG_BUSY:
        return TOLD_BUSY;
    case RUNG_FAILED:
        return TOLD_FAILED;
    case RUNG_STATES:
        break;
    }
    return TOLD_NOT;
}

/* Somebody may stand in a plan twice: what became of him last is told. */
static bool comes_again(const struct plan *plan, int at)
{
    for (int i = at + 1; i < plan->count; i++)
        if (plan->rungs[i].state != RUNG_WAITING &&
            strcmp(plan->rungs[i].operator_id, plan->rungs[at].operator_id) == 0)
            return true;
    return false;
}

/* "rang Ann, Bob; Cat was busy; ". */
static void people(struct buf *b, const struct report_why *why, bool is_text)
{
    for (enum telling telling = TOLD_RUNG; telling < TELLINGS; telling++) {
        const size_t before = b->size;
        for (int i = 0; i < why->plan->count; i++) {
            const struct rung *r = &why->plan->rungs[i];
            if (telling_of(r) != telling || comes_again(why->plan, i))
                continue;
            if (b->size == before)
                buf_add_text(b, telling == TOLD_RUNG && is_text ? "told " : tellings[telling][0]);
            else
                buf_add_text(b, ", ");
            buf_add_text(b, why->name(why->ctx, r->operator_id));
        }
        if (b->size > before) {
            buf_add_text(b, tellings[telling][1]);
            buf_add_text(b, "; ");
        }
    }
}

struct span report_why_call(struct arena *arena, const struct report_why *why, enum outcome outcome,
                            int64_t waited_ms)
{
    struct buf b = buf_in(arena, WHY_BYTES_MAX);

    if (why->plan && why->plan->count == 0 && outcome != OUTCOME_ABANDONED)
        return SPAN("nobody on duty");
    if (why->plan)
        people(&b, why, false);
    if (outcome == OUTCOME_ABANDONED)
        buf_printf(&b, "caller hung up after %lld s", (long long)((waited_ms + 500) / 1000));
    else
        buf_add_text(&b, b.size ? "nobody pressed 1" : "nobody was rung");
    return buf_span(&b);
}

struct span report_why_text(struct arena *arena, const struct report_why *why)
{
    struct buf b = buf_in(arena, WHY_BYTES_MAX);

    if (why->plan && why->plan->count == 0)
        return SPAN("nobody on duty");
    if (why->plan)
        people(&b, why, true);
    buf_add_text(&b, "nobody acknowledged");
    return buf_span(&b);
}
