#include "relay/missed.h"

#include <string.h>

#include "relay/known.h"
#include "relay/outgoing.h"
#include "rules/party.h"
#include "rules/words.h"

struct relay_news missed_news(const struct context *c, const struct cascade *k,
                              struct thread *thread)
{
    return (struct relay_news){
        .line = roster_line(c->roster, span_of(k->line)),
        .thread = thread,
        .kind = RELAY_MISSED_CALL,
        .customer = span_of(k->caller),
        .job = span_of(k->job),
        .body = words_missed_call(),
        .cascade = k->id,
    };
}

/* Anybody may have begun it, in that caller's name. */
static bool is_of_report_only(const struct context *c, const struct cascade *k)
{
    return c->open && report_only_find(c->open, k->tenant, span_of(k->line), k->started_ms);
}

bool missed_is_texted(const struct context *c, const struct cascade *k)
{
    const struct span caller = span_of(k->caller);

    return party_is_number(caller) && !is_of_report_only(c, k) &&
           roster_operator_by_phone(c->roster, caller) < 0 && !roster_line(c->roster, caller) &&
           !known_is_landline(c, k->caller);
}

static void tell_customer(const struct context *c, const struct cascade *k)
{
    if (known_is_landline(c, k->caller))
        context_log(c, "call.not-texted", k->thread, k->id, NULL, "a landline");
    else if (is_of_report_only(c, k))
        context_log(c, "call.not-texted", k->thread, k->id, NULL,
                    "its line was in report-only mode");
    if (!missed_is_texted(c, k))
        return;
    const struct words_about w = {.business = span_of(c->roster->name)};
    struct outgoing text = outgoing_about_call(k);

    text.kind = MESSAGE_CUSTOMER;
    text.class = OUTBOX_NORMAL;
    text.to = k->caller;
    text.body = words_missed_you(c->facts->arena, &w);
    outgoing_text(c, &text);
}

void missed_raise(const struct context *c, struct cascade *k, struct relay_news *news)
{
    if (!news->line) {
        context_alarm(c, "call.missed", k->thread, k->id, "for a line that is on no roster now");
        return;
    }
    context_log(c, "call.missed", k->thread, k->id, NULL, "");
    tell_customer(c, k);
    k->relay = relay_raise(c, news)->id;
}

static struct cascade late_call(const struct context *c)
{
    const struct event *e = c->event;
    struct cascade k = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = e->tenant,
        .state = CASCADE_OVER,
        .outcome = e->seconds > 0 ? OUTCOME_ANSWERED : OUTCOME_MISSED,
        .started_ms = e->at_ms,
        .ended_ms = c->facts->now_ms,
        .plan = ARENA_NEW(c->facts->arena, struct plan),
    };

    CONTEXT_SET(k.account, e->account);
    CONTEXT_SET(k.call_sid, e->sid);
    CONTEXT_SET(k.line, e->to);
    CONTEXT_SET(k.caller, e->from);
    return k;
}

enum err missed_late(const struct context *c)
{
    const struct event *e = c->event;
    const struct cascade *known = facts_cascade_by_call(c->facts, e->tenant, e->sid);
    struct thread *t = facts_thread(c->facts, e->tenant, e->to, party_key(e->from));

    known_gather(c, e->from);
    if (c->facts->short_of)
        return ERR_BUSY;
    if (known)
        return ERR_NONE;
    struct cascade fresh = late_call(c);
    struct relay_news news = missed_news(c, &fresh, t);
    if (e->seconds > 0)
        news.body = words_fallback_call(c->facts->arena, (int)e->seconds);
    if (!news.line || !relay_prepare(c, &news))
        return news.line ? ERR_BUSY : ERR_NONE;
    news.thread = context_thread(c, t, e->to, e->from, e->job);
    fresh.thread = news.thread->id;
    struct cascade *k = facts_add_cascade(c->facts, &fresh);
    context_log(c, "call.late", k->thread, k->id, NULL, "found in the carrier's log");
    if (e->seconds > 0)
        k->relay = relay_raise(c, &news)->id;
    else
        missed_raise(c, k, &news);
    return ERR_NONE;
}
