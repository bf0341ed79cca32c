#include "call/arrival.h"

#include "call/caller_id.h"
#include "call/cascade_answer.h"
#include "call/cascade_ring.h"
#include "call/cascade_row.h"
#include "call/door.h"
#include "relay/known.h"
#include "relay/missed.h"
#include "relay/tell.h"
#include "rules/party.h"
#include "rules/ring.h"
#include "rules/route.h"

enum { CLOSED_END_MS = 120 * 1000 };

/* Which version of the call scripts it meets. */
static const char *scripts_words(const struct context *c)
{
    const struct span digest = c->event->scripts;

    return digest.size ? arena_printf(c->facts->arena, "scripts %.*s", SPAN_ARG(digest)) : "";
}

/* Not let in: it is on record, rings nobody and is answered by nothing. */
static enum err turn_away(const struct context *c, const struct cascade *call, struct thread *known,
                          const char *why)
{
    struct cascade fresh = *call;

    fresh.id = id_next(c->facts->ids, c->facts->now_ms);
    fresh.state = CASCADE_OVER;
    fresh.outcome = OUTCOME_REFUSED;
    fresh.ended_ms = c->facts->now_ms;
    fresh.thread = context_thread(c, known, c->event->to, c->event->from, c->event->job)->id;
    const struct cascade *k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, k, "inbound", -1, "");
    cascade_row_note(c, k, "outcome", -1, why);
    context_log(c, "call.refused", k->thread, k->id, NULL, why);
    c->answer->kind = ANSWER_REJECT;
    return ERR_NONE;
}

void arrival_gather(const struct context *c, const struct plan *plan)
{
    for (int i = 0; i < plan->count; i++)
        tell_gather(c, plan->rungs[i].operator_id);
}

void arrival_ring(const struct context *c, struct cascade *k, int from, struct relay_news *news)
{
    if (k->plan->count == 0) {
        k->state = CASCADE_CLOSED;
        cascade_row_end(c, k, c->facts->now_ms + CLOSED_END_MS);
        missed_raise(c, k, news);
        return;
    }
    cascade_row_end(c, k, c->facts->now_ms + (c->roster->wait_s + RING_HARD_END_S) * 1000);
    if (!cascade_ring_from(c, k, from))
        missed_raise(c, k, news);
}

void arrival_answer(const struct context *c, const struct cascade *k, const struct menu *menu)
{
    if (k->state == CASCADE_ASKED)
        door_answer(c, k, false);
    else if (k->state == CASCADE_MENU)
        menu_answer(c, k, menu, false);
    else
        cascade_answer(c, k);
}

enum err arrival_call(const struct context *c)
{
    const struct event *e = c->event;
    const struct line *line = roster_line(c->roster, e->to);
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));
    struct cascade fresh = {.tenant = e->tenant, .started_ms = c->facts->now_ms};

    if (c->facts->short_of)
        return ERR_BUSY;
    CONTEXT_SET(fresh.account, e->account);
    CONTEXT_SET(fresh.call_sid, e->sid);
    CONTEXT_SET(fresh.line, e->to);
    CONTEXT_SET(fresh.caller, e->from);
    CONTEXT_SET(fresh.job, e->job);
    fresh.plan = ARENA_NEW(c->facts->arena, struct plan);
    const struct route_ask ask = {.line = line,
                                  .caller = e->from,
                                  .job = e->job,
                                  .job_operator = context_job_operator(c, e->job),
                                  .burdens = context_burdens(c, e->job),
                                  .duties = context_duties(c),
                                  .for_call = true};
    if (c->facts->short_of)
        return ERR_BUSY;
    route_plan(c->roster, &ask, c->facts->now_ms, fresh.plan);
    struct door door;
    if (!door_judge(c, t, &door))
        return ERR_BUSY;
    if (door.says == DOORMAN_REFUSE)
        return turn_away(c, &fresh, t, door.why);
    struct menu menu = {0};
    if (door.says == DOORMAN_MENU && !menu_gather(c, &fresh, &menu))
        return ERR_BUSY;
    struct relay_news news = missed_news(c, &fresh, t);
    arrival_gather(c, fresh.plan);
    known_gather(c, e->from);
    if (!relay_prepare(c, &news))
        return ERR_BUSY;

    fresh.id = e->begins ? e->begins : id_next(c->facts->ids, c->facts->now_ms);
    news.thread = context_thread(c, t, e->to, e->from, e->job);
    news.cascade = fresh.id;
    fresh.thread = news.thread->id;
    fresh.shows_line = door.may_go_round || caller_id_is_refused(c);
    known_told(c, e->from);
    if (door.says != DOORMAN_ASK) /* robots are not worth a lookup */
        known_ask(c, e->from);
    struct cascade *k = facts_add_cascade(c->facts, &fresh);
    cascade_row_note(c, k, "inbound", -1, "");
    context_log(c, "call.arrived", k->thread, k->id, NULL, scripts_words(c));
    if (door.may_go_round)
        context_log(c, "call.shows-line", k->thread, k->id, NULL,
                    "another call from this number rings: it might go round");
    if (event_is_over(e->call_status)) { /* he was gone before we heard of him */
        cascade_row_close(c, k, OUTCOME_ABANDONED);
        missed_raise(c, k, &news);
    } else if (door.says == DOORMAN_VOICEMAIL) {
        context_log(c, "call.not-rung", k->thread, k->id, NULL, door.why);
        cascade_ring_voicemail(c, k);
        missed_raise(c, k, &news);
    } else if (door.says == DOORMAN_ASK) {
        door_ask(c, k, t == NULL);
    } else if (door.says == DOORMAN_MENU) {
        k->state = CASCADE_MENU;
        cascade_row_end(c, k, c->facts->now_ms + DOOR_END_MS);
    } else {
        arrival_ring(c, k, e->attempt > 0 ? e->attempt : 0, &news);
    }
    facts_touch(c->facts, FACT_CASCADE, k);
    arrival_answer(c, k, &menu);
    return ERR_NONE;
}
