#include "relay/relay.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "relay/relay_plan.h"
#include "relay/relay_tell.h"
#include "relay/tell.h"
#include "relay/thread_end.h"
#include "rules/guard.h"
#include "rules/party.h"
#include "rules/route.h"
#include "rules/words.h"

enum {
    /* Joined texts are kept up to here for whoever is told next; what a text of ours has no
     * room for is on the page of its link. */
    BODY_KEPT_BYTES = LIMIT_BODY_BYTES,
    SUSPENDED_LOOK_MS = 24 * 3600 * 1000,
};

static bool is_told(const struct rung *r)
{
    return r->state == RUNG_TOLD || r->state == RUNG_REACHED;
}

static bool is_available(const struct context *c, const struct rung *r)
{
    const int o = context_operator(c, r->operator_id);

    return o >= 0 &&
           reason_is_taken(route_reason(c->roster, context_duties(c), o, c->facts->now_ms));
}

/* The first step at or after `from` with somebody who is on duty now; -1 without. */
static int step_from(const struct context *c, const struct plan *plan, int from)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->rungs[i].step >= from && is_available(c, &plan->rungs[i]))
            return plan->rungs[i].step;
    return -1;
}

/* Whom a step tells, or, without a step, everybody who may hear that nobody is there. */
static void ask_desks(const struct context *c, const struct plan *plan, int step)
{
    for (int i = 0; i < plan->count; i++)
        if (step < 0 || plan->rungs[i].step == step)
            tell_gather(c, plan->rungs[i].operator_id);
    if (step >= 0)
        return;
    for (int i = 0; i < plan->out_count; i++)
        tell_gather(c, plan->out[i].operator_id);
    for (int i = 0; i < c->roster->operator_count; i++)
        if (c->roster->operators[i].last_resort)
            tell_gather(c, c->roster->operators[i].id);
}

bool relay_waits(const struct relay *r)
{
    return r->state != RELAY_TAKEN;
}

bool relay_is_with(const struct context *c, const struct relay *r, int operator_index)
{
    const char *id = c->roster->operators[operator_index].id;
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);
    const int rung = plan_find(r->plan, span_of(id));

    if (!t || t->relay != r->id)
        return false; /* the thread has a later one, and may have one open alone */
    if (r->state == RELAY_TAKEN)
        return strcmp(r->acked_by, id) == 0;
    return r->state == RELAY_OPEN && rung >= 0 && r->plan->rungs[rung].step == r->step &&
           r->plan->rungs[rung].state != RUNG_PASSED;
}

static struct relay *current(const struct context *c, const struct thread *thread)
{
    return thread && thread->relay ? facts_relay(c->facts, thread->tenant, thread->relay) : NULL;
}

/* The desks of whoever may be told that a thread has news: while nobody holds it that is the
 * last resort. */
static void ask_holders(const struct context *c, const struct thread *t, const struct relay *r)
{
    if (t && t->owner[0])
        tell_gather(c, t->owner);
    if (r)
        ask_desks(c, r->plan, -1);
}

bool relay_prepare(const struct context *c, struct relay_news *news)
{
    const struct relay *open = current(c, news->thread);

    if (c->facts->short_of)
        return false;
    news->joins = open && (open->state == RELAY_OPEN || open->state == RELAY_IDLE);
    if (!news->joins) {
        const struct span job =
            news->job.size || !news->thread ? news->job : span_of(news->thread->job);
        const struct route_ask ask = {
            .line = news->line,
            .caller = news->customer,
            .job = job,
            .job_operator = context_job_operator(c, job),
            .burdens = context_burdens(c, job),
            .owner = news->thread && !news->thread->closed ? span_of(news->thread->owner)
                                                           : (struct span){0},
            .duties = context_duties(c),
        };
        route_plan(c->roster, &ask, c->facts->now_ms, &news->plan);
        ask_desks(c, &news->plan, step_from(c, &news->plan, 0));
    } else if (open->state == RELAY_IDLE) {
        ask_desks(c, open->plan, -1);
    }
    ask_holders(c, news->thread, news->joins ? open : NULL);
    return !c->facts->short_of;
}

bool relay_gather(const struct context *c, const struct relay *r, bool pass_on)
{
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);
    struct plan plan = *r->plan;

    if (pass_on && t)
        relay_plan_again(c, t, &plan);
    if (pass_on)
        ask_desks(c, &plan, -1);
    if (pass_on && r->message)
        (void)facts_message(c->facts, r->tenant, r->message);
    ask_holders(c, t, r);
    return !c->facts->short_of;
}

static void stop_clock(const struct context *c, struct relay *r)
{
    if (!r->due_ms)
        return;
    const struct timer gone = {r->due_ms, r->tenant, TIMER_RELAY, r->id, true};
    facts_put_timer(c->facts, &gone);
    r->due_ms = 0;
}

static void start_clock(const struct context *c, struct relay *r, int64_t due_ms)
{
    stop_clock(c, r);
    r->due_ms = due_ms;
    const struct timer timer = {due_ms, r->tenant, TIMER_RELAY, r->id, false};
    facts_put_timer(c->facts, &timer);
}

/* The chain's step that a rung stands for: the owner and the job's own have the first's ways. */
static const struct step *step_of(const struct context *c, const struct chain *chain,
                                  const struct rung *rung)
{
    const int who = context_operator(c, rung->operator_id);

    const bool is_first = rung->reason == REASON_JOB || rung->reason == REASON_JOB_LOAD ||
                          rung->reason == REASON_OWNER;

    for (int s = 0; !is_first && s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++)
            if (chain->steps[s].operators[i] == who)
                return &chain->steps[s];
    return &chain->steps[0];
}

/* True when a forward of which nothing is known is sent to him again. */
static bool is_sent_again(const struct context *c, const struct relay *r, const struct thread *t,
                          const struct rung *rung)
{
    const struct line *line = roster_line(c->roster, span_of(t->line));

    if (!line || !relay_has_next(c, r))
        return true; /* nobody comes after him */
    return step_of(c, &c->roster->chains[line->chain], rung)->again;
}

/* What a message's photos are; none for a call. */
static struct span photos_of(const struct context *c, int64_t message)
{
    const struct message *m = message ? facts_message(c->facts, c->event->tenant, message) : NULL;

    return m ? m->media : (struct span){0};
}

static void tell_step(const struct context *c, struct relay *r, const struct thread *t, int step,
                      int64_t wait_ms)
{
    struct relay_forward f = {.relay = r, .thread = t, .message = r->message, .wait_ms = wait_ms};
    const int64_t from_ms = c->facts->now_ms + wait_ms;
    int32_t ack_s = 0;

    r->state = RELAY_OPEN;
    r->step = (uint8_t)step;
    f.photos = photos_of(c, r->message);
    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        if (rung->step != step || !is_available(c, rung))
            continue;
        ack_s = rung->ack_s;
        f.again = is_sent_again(c, r, t, rung);
        f.expires_ms = from_ms + (int64_t)ack_s * 1000;
        relay_tell_forward(c, &f, rung);
    }
    if (!r->forwarded_to_primary_at) {
        r->forwarded_to_primary_at = from_ms;
    } else {
        if (!r->forwarded_to_backup_at)
            r->forwarded_to_backup_at = from_ms;
        r->final_status = FINAL_BACKUP_TRIGGERED;
    }
    start_clock(c, r, from_ms + (int64_t)ack_s * 1000);
}

/* Nobody on the chain acknowledged: everybody on it is told, and it is an alarm. */
static void exhaust(const struct context *c, struct relay *r, const struct thread *t)
{
    stop_clock(c, r);
    r->state = RELAY_EXHAUSTED;
    r->final_status = FINAL_FAILED;
    relay_tell_exhausted(c, r, t);
    context_alarm(c, "relay.exhausted", t->id, r->id, "nobody on the chain acknowledged");
}

/* What a suspended tenant gets waits until the host serves him again, which wakes it. */
static int64_t next_on_ms(const struct context *c, const struct thread *t)
{
    const struct line *line = roster_line(c->roster, span_of(t->line));

    if (c->roster->is_suspended)
        return c->facts->now_ms + SUSPENDED_LOOK_MS;
    return line ? route_next_on(c->roster, line, context_duties(c), c->facts->now_ms) : INT64_MAX;
}

/* Nobody is on duty: waits for whoever comes on next. */
static void wait_for_somebody(const struct context *c, struct relay *r, struct thread *t)
{
    const int64_t next_ms = next_on_ms(c, t);

    if (next_ms == INT64_MAX) {
        relay_tell_nobody(c, r, t);
        exhaust(c, r, t);
        return;
    }
    r->state = RELAY_IDLE;
    start_clock(c, r, next_ms);
    relay_tell_idle(c, r, t);
    context_alarm(c, "relay.nobody-on-duty", t->id, r->id, "waits for whoever comes on next");
}

static void start(const struct context *c, struct relay *r, struct thread *t, int64_t wait_ms)
{
    const int step = step_from(c, r->plan, 0);

    if (step < 0)
        wait_for_somebody(c, r, t);
    else
        tell_step(c, r, t, step, wait_ms);
}

/* Somebody may have come on duty. */
static void start_now(const struct context *c, struct relay *r, struct thread *t)
{
    relay_plan_again(c, t, r->plan);
    const int64_t next_ms = next_on_ms(c, t);
    if (step_from(c, r->plan, 0) >= 0 || next_ms == INT64_MAX)
        start(c, r, t, 0);
    else if (next_ms != r->due_ms)
        start_clock(c, r, next_ms); /* all has been said */
}

static struct span first_name(const struct context *c, const struct plan *plan, int step)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->rungs[i].step == step && is_available(c, &plan->rungs[i]))
            return span_of(context_name(c, plan->rungs[i].operator_id));
    return (struct span){0};
}

/* He holds the step, or took the relay and gives it back. */
static bool gives_up(const struct relay *r, const struct rung *rung)
{
    return rung->state == RUNG_ACCEPTED || (rung->step == r->step && is_told(rung));
}

/* The step is given up: its people hear who has it now. */
static void pass_on(const struct context *c, struct relay *r, struct thread *t, enum rung_state as)
{
    r->acked_by[0] = t->owner[0] = 0;
    r->acked_at = 0;
    if (!r->forwarded_to_primary_at) { /* the last resort took it before anybody was asked */
        r->final_status = FINAL_NONE;
        relay_plan_again(c, t, r->plan);
        start(c, r, t, 0);
        return;
    }
    relay_plan_rest(c, t, r, r->plan);
    const int next = step_from(c, r->plan, r->step + 1);
    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        if (!gives_up(r, rung))
            continue;
        rung->state = as;
        if (next < 0) /* everybody is told of that */
            continue;
        relay_tell_passed_on(c, r, t, rung, first_name(c, r->plan, next));
    }
    if (next < 0)
        exhaust(c, r, t);
    else
        tell_step(c, r, t, next, 0);
}

static void settle(const struct context *c, struct relay *r, struct thread *t, int operator_index)
{
    const char *id = operator_index >= 0 ? c->roster->operators[operator_index].id : "";
    const int rung = plan_find(r->plan, span_of(id));

    stop_clock(c, r);
    if (r->state == RELAY_OPEN && r->step == 0 && (rung < 0 || r->plan->rungs[rung].step == 0))
        r->primary_ack_at = c->facts->now_ms;
    else if (rung >= 0 && r->plan->rungs[rung].step == 0)
        r->primary_ack_at = c->facts->now_ms;
    r->state = RELAY_TAKEN;
    r->final_status = FINAL_ACKED;
    r->acked_at = c->facts->now_ms;
    CONTEXT_SET(r->acked_by, span_of(id));
    if (t->relay == r->id) {
        CONTEXT_SET(t->owner, span_of(id));
        t->closed = false;
        thread_end_watch(c, t);
    }
    /* Of an earlier relay of the thread: who has it now, if somebody does, is another matter. */
    if (t->relay == r->id || (!t->owner[0] && !t->closed))
        relay_tell_taken(c, r, t, operator_index);
    context_log(c, "relay.acknowledged", t->id, r->id, id, context_by(c));
}

/* The call whose voicemail the news is; 0 for other news. */
static int64_t recording_of(const struct relay_news *news)
{
    return news->kind == RELAY_VOICEMAIL ? news->cascade : 0;
}

/* Whoever holds the step hears what came, without a new clock; not before he hears of the first. */
static void share(const struct context *c, struct relay *r, const struct relay_news *news)
{
    struct relay_forward f = {
        .relay = r,
        .thread = news->thread,
        .message = news->message,
        .photos = news->photos,
        .recording = recording_of(news),
        .expires_ms = r->due_ms,
    };

    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        const int64_t began_ms = r->due_ms - (int64_t)rung->ack_s * 1000;
        if (rung->step != r->step || !is_told(rung))
            continue;
        f.wait_ms = began_ms > c->facts->now_ms ? began_ms - c->facts->now_ms : 0;
        f.again = is_sent_again(c, r, news->thread, rung);
        relay_tell_joined(c, &f, rung, news->body);
    }
}

static enum rung_state as_of(enum relay_cause cause)
{
    if (cause == RELAY_PASSED)
        return RUNG_PASSED;
    return cause == RELAY_FAILED ? RUNG_FAILED : RUNG_MISSED;
}

/* Of several who hold the step one passes it on: the others have it still. */
static bool leaves_it_to_others(const struct context *c, struct relay *r, const struct thread *t,
                                int operator_index)
{
    const char *id = operator_index >= 0 ? c->roster->operators[operator_index].id : "";
    const int own = plan_find(r->plan, span_of(id));
    const struct rung *other = NULL;

    for (int i = 0; own >= 0 && r->state == RELAY_OPEN && i < r->plan->count && !other; i++)
        if (i != own && r->plan->rungs[i].step == r->step && is_told(&r->plan->rungs[i]))
            other = &r->plan->rungs[i];
    if (!other)
        return false;
    r->plan->rungs[own].state = RUNG_PASSED;
    relay_tell_passed_on(c, r, t, &r->plan->rungs[own],
                         span_of(context_name(c, other->operator_id)));
    facts_touch(c->facts, FACT_RELAY, r);
    context_log(c, "relay.passed-on", t->id, r->id, id, "the others of the step have it still");
    return true;
}

/* For the log. */
static const char *why_on(const struct context *c, enum relay_cause cause)
{
    const char *by = context_by(c);

    return by[0] ? by : states_relay_cause_name(cause);
}

enum relay_move relay_apply(const struct context *c, struct relay *r, enum relay_cause cause,
                            int operator_index)
{
    const enum relay_move move = states_relay(r->state, cause);
    struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);

    CHECK(move != RELAY_BROKEN && t);
    if (cause == RELAY_PASSED && leaves_it_to_others(c, r, t, operator_index))
        return RELAY_KEEP;
    switch (move) {
    case RELAY_START:
        if (cause == RELAY_CAME_ON)
            start_now(c, r, t);
        else
            start(c, r, t, 0);
        break;
    case RELAY_NEXT:
        context_log(c, cause == RELAY_LAPSED ? "relay.lapsed" : "relay.passed-on", t->id, r->id,
                    operator_index >= 0 ? c->roster->operators[operator_index].id : NULL,
                    why_on(c, cause));
        pass_on(c, r, t, as_of(cause));
        break;
    case RELAY_SETTLE:
        settle(c, r, t, operator_index);
        break;
    case RELAY_SHARE: /* relay_raise has the words */
    case RELAY_KEEP:
    case RELAY_BROKEN:
    case RELAY_MOVES:
        return move;
    }
    facts_touch(c->facts, FACT_RELAY, r);
    facts_touch(c->facts, FACT_THREAD, t);
    return move;
}

/* The next step hears all that came so far, up to a size. */
static void keep_body(const struct context *c, struct relay *r, struct span more)
{
    struct buf joined = buf_in(c->facts->arena, 2 * BODY_KEPT_BYTES + LIMIT_BODY_BYTES);

    if (r->body.size >= BODY_KEPT_BYTES || !more.size)
        return;
    buf_add(&joined, r->body);
    buf_add_char(&joined, '\n');
    buf_add(&joined, more);
    r->body = buf_span(&joined);
    facts_touch(c->facts, FACT_RELAY, r);
}

static struct relay *join(const struct context *c, struct relay *r, const struct relay_news *news)
{
    const struct relay_forward idle = {
        .relay = r, .thread = news->thread, .recording = recording_of(news)};

    if (states_relay(r->state, RELAY_JOINED) == RELAY_SHARE)
        share(c, r, news);
    else
        relay_tell_idle_joined(c, &idle, news->body);
    keep_body(c, r, news->body);
    return r;
}

/* How long a relay more must wait when the line, or the tenant, is flooded. */
static int64_t too_many_ms(const struct context *c, const struct thread *t)
{
    const struct line *line = roster_line(c->roster, span_of(t->line));
    const int64_t now_ms = c->facts->now_ms;
    const struct span all = {0};

    if (!line)
        return 0;
    const int64_t of_line =
        guard_wait_ms(c->guard, t->tenant, span_of(line->number), line->relays_per_minute, now_ms);
    const int64_t of_tenant =
        guard_wait_ms(c->guard, t->tenant, all, c->roster->relays_per_minute, now_ms);
    return of_line > of_tenant ? of_line : of_tenant;
}

struct relay *relay_raise(const struct context *c, struct relay_news *news)
{
    struct thread *t = news->thread;

    if (news->joins)
        return join(c, current(c, t), news);
    struct plan *plan = ARENA_NEW(c->facts->arena, struct plan);
    *plan = news->plan;
    const struct relay fresh = {
        .id = id_next(c->facts->ids, c->facts->now_ms),
        .tenant = t->tenant,
        .thread = t->id,
        .kind = news->kind,
        .state = RELAY_IDLE,
        .raised_ms = c->facts->now_ms,
        .message = news->message,
        .cascade = news->cascade,
        .body = news->body,
        .plan = plan,
    };
    struct relay *r = facts_add_relay(c->facts, &fresh);
    t->relay = r->id;
    facts_touch(c->facts, FACT_THREAD, t);
    context_log(c, "relay.raised", t->id, r->id, NULL, relay_kind_name(r->kind));
    CHECK(states_relay(r->state, RELAY_RAISED) == RELAY_START);
    const int64_t wait_ms = too_many_ms(c, t);
    if (wait_ms > 0)
        context_alarm(c, "relay.flood", t->id, r->id, "too many at once: begins a little later");
    start(c, r, t, wait_ms);
    return r;
}

bool relay_has_next(const struct context *c, const struct relay *r)
{
    return step_from(c, r->plan, r->step + 1) >= 0;
}

bool relay_can_pass(const struct context *c, const struct relay *r)
{
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);
    struct plan plan = *r->plan;

    if (!t)
        return false;
    struct thread given_up = *t;
    given_up.owner[0] = 0;
    if (!r->forwarded_to_primary_at) {
        relay_plan_again(c, &given_up, &plan);
        return step_from(c, &plan, 0) >= 0;
    }
    relay_plan_rest(c, &given_up, r, &plan);
    return step_from(c, &plan, r->step + 1) >= 0;
}

static void tell_one(const struct context *c, const struct thread *t, const char *operator_id,
                     relay_words_fn *words)
{
    const struct tag tag = tell_mark(c, t, operator_id);
    const struct words_about a = tell_about(c, t, &tag);

    tell_notice(c, t, &tag, words(c->facts->arena, &a));
}

/* The rungs of the step that has the thread, or would be asked first; false without. */
static bool tell_holders(const struct context *c, const struct relay_news *news,
                         relay_words_fn *words)
{
    const struct relay *open = news->joins ? current(c, news->thread) : NULL;
    const struct plan *plan = open ? open->plan : &news->plan;
    const int step = open && open->state == RELAY_OPEN ? open->step : step_from(c, plan, 0);
    bool told = false;

    for (int i = 0; i < plan->count; i++)
        if (plan->rungs[i].step == step) {
            tell_one(c, news->thread, plan->rungs[i].operator_id, words);
            told = true;
        }
    return told;
}

void relay_notice(const struct context *c, const struct relay_news *news, relay_words_fn *words)
{
    const struct thread *t = news->thread;

    if (t->owner[0] && context_operator(c, t->owner) >= 0) {
        tell_one(c, t, t->owner, words);
        return;
    }
    if (tell_holders(c, news, words))
        return;
    for (int i = 0; i < c->roster->operator_count; i++)
        if (c->roster->operators[i].last_resort)
            tell_one(c, t, c->roster->operators[i].id, words);
}
