#include "call/caller_id.h"

#include "call/cascade_row.h"
#include "rules/guard.h"
#include "rules/party.h"
#include "rules/ring.h"

static const struct span memory = {"caller id", 9}; /* what the guard knows it by */

/* clang-format off */
static const int32_t codes[] = {
    13214, /* Dial: the caller id is not valid */
    21210, /* not a number of ours, and not verified */
    21212, /* not valid */
    32017, /* the carrier blocks it for its caller id */
};
/* clang-format on */

bool caller_id_is_refused(const struct context *c)
{
    return guard_is_noted(c->guard, c->event->tenant, memory, c->facts->now_ms);
}

static bool wants_line(const struct context *c, const struct cascade *k)
{
    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        const int o = context_operator(c, k->plan->rungs[i].operator_id);
        if (o >= 0 && c->roster->operators[o].caller_id == CALLER_ID_LINE)
            return true;
    }
    return false;
}

static bool passes_through(const struct context *c, const struct cascade *k)
{
    return party_is_number(span_of(k->caller)) && !k->shows_line && !wants_line(c, k);
}

struct span caller_id_of(const struct context *c, const struct cascade *k)
{
    return span_of(passes_through(c, k) ? k->caller : k->line);
}

bool caller_id_was_changed(const struct cascade *k)
{
    return k->shows_line && k->round > 0;
}

/* No code is the usual case; one of another error is believed. */
static bool is_fitting(int32_t code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (code == codes[i])
            return true;
    return code == 0;
}

/* Nobody's phone rang, let alone was picked up. */
static bool failed_at_once(const struct context *c, const struct cascade *k)
{
    const struct event *e = c->event;
    const bool still = c->roster->still_trying && k->attempt > 0 && k->round == 0;
    const int64_t most_ms = CALLER_ID_AT_ONCE_MS + (still ? RING_STILL_MS : 0);

    if (k->state != CASCADE_RINGING || !span_is_text(e->dial_status, "failed") || e->seconds > 0 ||
        c->facts->now_ms - k->rang_ms > most_ms)
        return false;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        const enum rung_state state = k->plan->rungs[i].state;
        if (state != RUNG_TOLD && state != RUNG_FAILED)
            return false;
    }
    return true;
}

static void ring_once_more(const struct context *c, struct cascade *k)
{
    k->shows_line = true;
    k->round++;
    k->rang_ms = c->facts->now_ms;
    for (int i = k->attempt; i < cascade_row_group_end(k); i++) {
        struct rung *r = &k->plan->rungs[i];
        if (r->state == RUNG_FAILED && context_operator(c, r->operator_id) >= 0)
            r->state = RUNG_TOLD;
    }
    cascade_row_note(c, k, "attempt", k->attempt, "once more with the line's number");
    context_log(c, "call.caller-id-refused", k->thread, k->id, NULL, "the line's number is shown");
}

bool caller_id_again(const struct context *c, struct cascade *k)
{
    const int32_t tenant = c->event->tenant;

    if (!failed_at_once(c, k))
        return false;
    if (caller_id_was_changed(k))
        guard_forget(c->guard, tenant, memory);
    if (!passes_through(c, k) || !is_fitting(c->event->error_code) || k->round == UINT8_MAX)
        return false;
    guard_note(c->guard, tenant, memory, c->facts->now_ms + CALLER_ID_HOLDS_MS);
    ring_once_more(c, k);
    return true;
}
