#include "call/door.h"

#include "call/cascade_row.h"
#include "relay/known.h"
#include "rules/party.h"
#include "rules/words.h"

static struct span claim_of(const struct context *c, const char *what, int64_t thread)
{
    return span_of(arena_printf(c->facts->arena, "%s:%lld", what, (long long)thread));
}

/* ---- who is known ---- */

static bool is_known(const struct context *c, const struct thread *t)
{
    const struct event *e = c->event;

    if (roster_operator_by_phone(c->roster, e->from) >= 0)
        return !e->is_forged;
    if (!t || !party_is_number(e->from))
        return false;
    const bool was_asked = facts_is_claimed(c->facts, e->tenant, claim_of(c, "asked", t->id));
    const bool was_let_in = facts_is_claimed(c->facts, e->tenant, claim_of(c, "let-in", t->id));
    return !was_asked || was_let_in || t->heard_ms != 0;
}

/* ---- what would go round ---- */

static bool rings_operator(const struct cascade *k, const char *operator_id)
{
    for (int i = 0; k->state == CASCADE_RINGING && i < k->plan->count; i++)
        if (cascade_row_is_on(&k->plan->rungs[i]) &&
            span_is_text(span_of(operator_id), k->plan->rungs[i].operator_id))
            return true;
    return false;
}

/* Whether the phone that forwarded the call is one that we ring now. */
static bool is_rung(const struct context *c)
{
    const struct event *e = c->event;
    const int o =
        e->forwarded_from.size ? roster_operator_by_phone(c->roster, e->forwarded_from) : -1;
    const struct live *live =
        o >= 0 ? facts_live(c->facts, e->tenant, (struct span){NULL, 0}) : NULL;
    bool rung = false;

    for (size_t i = 0; live && i < live->count; i++) {
        const struct cascade *k = facts_cascade(c->facts, e->tenant, live->cascades[i]);
        rung = rung || (k && rings_operator(k, c->roster->operators[o].id));
    }
    return rung;
}

/* A phone that is rung now shows the number of that call's caller: were it set to forward to us,
 * its call would bear that number. */
static bool shows_caller(const struct context *c, const struct cascade *k)
{
    if (k->state != CASCADE_RINGING || k->shows_line)
        return false;
    for (int i = 0; i < k->plan->count; i++) {
        const struct rung *r = &k->plan->rungs[i];
        const int o = context_operator(c, r->operator_id);
        if (cascade_row_is_on(r) && !r->overlaps && o >= 0 &&
            c->roster->operators[o].caller_id == CALLER_ID_CUSTOMER)
            return true;
    }
    return false;
}

static bool may_go_round(const struct context *c)
{
    const struct event *e = c->event;
    const struct live *live =
        party_is_number(e->from) ? facts_live(c->facts, e->tenant, e->from) : NULL;
    bool may = false;

    for (size_t i = 0; live && i < live->count; i++) {
        const struct cascade *k = facts_cascade(c->facts, e->tenant, live->cascades[i]);
        may = may || (k && shows_caller(c, k));
    }
    return may;
}

bool door_judge(const struct context *c, const struct thread *t, struct door *out)
{
    const struct event *e = c->event;
    const struct doorman_guest guest = {
        .from = e->from,
        .forwarded_from = e->forwarded_from,
        .is_rung = is_rung(c),
        .is_known = c->roster->screening == SCREENING_NONE || is_known(c, t),
        .is_forged = e->is_forged,
    };

    *out = (struct door){.may_go_round = may_go_round(c)};
    out->says = doorman_judge(c->roster, &guest, &out->why);
    return !c->facts->short_of;
}

/* ---- the key ---- */

void door_ask(const struct context *c, struct cascade *k, bool is_first)
{
    k->state = CASCADE_ASKED;
    cascade_row_end(c, k, c->facts->now_ms + DOOR_END_MS);
    context_log(c, "call.asked-for-key", k->thread, k->id, NULL, "");
    if (is_first)
        facts_claim(c->facts, k->tenant, claim_of(c, "asked", k->thread), k->id);
}

void door_answer(const struct context *c, const struct cascade *k, bool again)
{
    const struct words_about w = cascade_row_about(c, k);
    struct arena *arena = c->facts->arena;

    c->answer->kind = ANSWER_ASK;
    c->answer->id = k->id;
    c->answer->attempt = again;
    c->answer->words = words_spoken(arena, again ? WORDS_SPOKEN_KEY_AGAIN : WORDS_SPOKEN_KEY, &w);
    if (!again)
        c->answer->again = words_spoken(arena, WORDS_SPOKEN_KEY_AGAIN, &w);
}

void door_gather(const struct context *c, const struct cascade *k)
{
    known_gather(c, span_of(k->caller));
    if (k->state == CASCADE_ASKED)
        (void)facts_is_claimed(c->facts, k->tenant, claim_of(c, "let-in", k->thread));
}

void door_open(const struct context *c, struct cascade *k)
{
    const struct span claim = claim_of(c, "let-in", k->thread);

    if (k->state == CASCADE_ASKED && !facts_is_claimed(c->facts, k->tenant, claim))
        facts_claim(c->facts, k->tenant, claim, k->id);
    known_ask(c, span_of(k->caller));
    context_log(c, "call.let-in", k->thread, k->id, NULL, "");
}
