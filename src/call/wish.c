#include "call/wish.h"

#include "call/arrival.h"
#include "call/call_update.h"
#include "call/cascade_row.h"
#include "call/overlap.h"
#include "rules/ring.h"
#include "rules/states.h"

static void refused(const struct context *c, struct span words)
{
    c->answer->kind = ANSWER_REFUSED;
    c->answer->error = ERR_CONFLICT;
    c->answer->words = words;
}

static void done(const struct context *c, const struct cascade *k, struct span words)
{
    c->answer->kind = ANSWER_DONE;
    c->answer->id = k->id;
    c->answer->words = words;
}

/* The place behind those that ring now, and behind whoever is rung next already. */
static int next_place(const struct cascade *k)
{
    int at = cascade_row_group_end(k);

    while (at < k->plan->count && k->plan->rungs[at].wish == WISH_AGAIN &&
           k->plan->rungs[at].state == RUNG_WAITING)
        at++;
    return at;
}

static bool ring_next_of_all(const struct context *c, struct cascade *k, int of)
{
    if (overlap_is_on(k) && !overlap_is_over(c, k))
        return overlap_again(c, k, of);
    return ring_again(k->plan, of, next_place(k), false);
}

static void note(const struct context *c, const struct cascade *k, int rung, const char *detail,
                 const char *kind)
{
    cascade_row_note(c, k, "link", rung, detail);
    context_log(c, kind, k->thread, k->id, k->plan->rungs[rung].operator_id, "by the link");
    facts_touch(c->facts, FACT_CASCADE, k);
}

static void take(const struct context *c, struct cascade *k, int own)
{
    struct rung *r = &k->plan->rungs[own];
    const bool is_on = ring_is_on(r);

    if (!ring_is_wished(r)) {
        if (is_on) {
            r->wish = WISH_KEPT;
        } else if (!ring_next_of_all(c, k, own)) {
            refused(c, SPAN("Your phone cannot be rung once more: this call's chain is full."));
            return;
        }
        note(c, k, own, "takes it", "call.wished");
    } else if (r->wish == WISH_AGAIN && !is_on && r->state != RUNG_WAITING) {
        done(c, k, SPAN("Your phone was rung once more. The call went on to the next."));
        return;
    }
    if (is_on)
        done(
            c, k,
            SPAN("Your phone rings: answer it, that decides. If you miss it, it rings once more."));
    else
        done(c, k, SPAN("Your phone rings next: answer it, that decides."));
}

static bool is_anybody_on(const struct cascade *k)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++)
        if (ring_is_on(&k->plan->rungs[i]))
            return true;
    return false;
}

/* The caller's own dial ends by itself as well; sent for, he comes to the next at once. */
static void pass(const struct context *c, struct cascade *k, int own)
{
    struct rung *r = &k->plan->rungs[own];

    r->state = RUNG_PASSED;
    note(c, k, own, "passed on", "call.passed-on");
    if (r->overlaps) {
        if (r->leg[0])
            call_update_end(c, k, r->leg, 0);
        overlap_next(c, k);
    } else if (!is_anybody_on(k)) {
        call_update_move(c, k, k->attempt + 1, 0);
    }
    done(c, k, SPAN("Passed on."));
}

static void refuse(const struct context *c, const struct cascade *k)
{
    if (k->accepted_by[0])
        refused(c, span_of(arena_printf(c->facts->arena, "%s took the call.",
                                        context_name(c, k->accepted_by))));
    else
        refused(c, SPAN("There is nothing left to do."));
}

enum err wish_press(const struct context *c, struct cascade *k, const char *operator_id)
{
    const bool is_pass = c->event->action == LINK_PASS;
    const enum cascade_cause cause = is_pass ? CASCADE_LINK_PASS : CASCADE_LINK_TAKE;
    const enum cascade_move move = states_cascade(k->state, cause);
    const int own = ring_own(k->plan, k->attempt, operator_id);

    (void)facts_thread_by_id(c->facts, k->tenant, k->thread);
    arrival_gather(c, k->plan);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (own < 0 || (move != CASCADE_KEEP && move != CASCADE_PASS)) {
        refuse(c, k);
        return ERR_NONE;
    }
    if (move == CASCADE_KEEP)
        take(c, k, own);
    else if (ring_is_on(&k->plan->rungs[own]))
        pass(c, k, own);
    else if (k->plan->rungs[own].state == RUNG_PASSED)
        done(c, k, SPAN("Passed on."));
    else
        refused(c, SPAN("Your phone does not ring now."));
    return ERR_NONE;
}

void wish_keep(const struct context *c, struct cascade *k)
{
    const int end = cascade_row_group_end(k);

    for (int i = k->attempt; i < end; i++) {
        const struct rung *r = &k->plan->rungs[i];
        if (r->wish != WISH_KEPT || r->state == RUNG_PASSED || r->state == RUNG_ACCEPTED ||
            context_operator(c, r->operator_id) < 0)
            continue;
        (void)ring_again(k->plan, i, next_place(k), false);
    }
}
