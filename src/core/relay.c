#include "core/relay.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/outgoing.h"
#include "core/party.h"
#include "core/route.h"
#include "core/words.h"

enum {
    BODY_KEPT_BYTES = 800,           /* joined texts are kept up to here for the next step */
    CLOSED_TEXT_EVERY_MS = 43200000, /* the customer hears once in 12 h that nobody is there */
    LINK_LIVES_MS = 3 * 24 * 3600 * 1000,
    OWNED_MS = 24 * 3600 * 1000, /* after its last message nobody owns a thread any more */
};

static bool is_told(const struct rung *r)
{
    return r->state == RUNG_TOLD || r->state == RUNG_REACHED;
}

static bool is_available(const struct context *c, const struct rung *r)
{
    const int o = context_operator(c, r->operator_id);

    return o >= 0 && reason_is_taken(route_reason(c->roster, o, c->facts->now_ms));
}

/* The first step at or after `from` with somebody who is on duty now; -1 without. */
static int step_from(const struct context *c, const struct plan *plan, int from)
{
    for (int i = 0; i < plan->count; i++)
        if (plan->rungs[i].step >= from && is_available(c, &plan->rungs[i]))
            return plan->rungs[i].step;
    return -1;
}

static void ask_desk(const struct context *c, const char *operator_id)
{
    (void)facts_desk(c->facts, c->event->tenant, span_of(operator_id));
}

/* Whom a step tells, or, without a step, everybody who may hear that nobody is there. */
static void ask_desks(const struct context *c, const struct plan *plan, int step)
{
    for (int i = 0; i < plan->count; i++)
        if (step < 0 || plan->rungs[i].step == step)
            ask_desk(c, plan->rungs[i].operator_id);
    if (step >= 0)
        return;
    for (int i = 0; i < plan->out_count; i++)
        ask_desk(c, plan->out[i].operator_id);
    for (int i = 0; i < c->roster->operator_count; i++)
        if (c->roster->operators[i].last_resort)
            ask_desk(c, c->roster->operators[i].id);
}

bool relay_waits(const struct relay *r)
{
    return r->state != RELAY_TAKEN;
}

bool relay_is_with(const struct context *c, const struct relay *r, int operator_index)
{
    const char *id = c->roster->operators[operator_index].id;
    const int rung = plan_find(r->plan, span_of(id));

    if (r->state == RELAY_TAKEN)
        return strcmp(r->acked_by, id) == 0;
    return r->state == RELAY_OPEN && rung >= 0 && r->plan->rungs[rung].step == r->step;
}

static struct relay *current(const struct context *c, const struct thread *thread)
{
    return thread && thread->relay ? facts_relay(c->facts, thread->tenant, thread->relay) : NULL;
}

/* Who took the thread and is asked first, while it is still about the same thing. */
static struct span owner_of(const struct context *c, const struct thread *t)
{
    return t && c->facts->now_ms - t->last_ms < OWNED_MS ? span_of(t->owner) : (struct span){0};
}

bool relay_prepare(const struct context *c, struct relay_news *news)
{
    const struct relay *open = current(c, news->thread);

    if (c->facts->short_of)
        return false;
    news->joins = open && (open->state == RELAY_OPEN || open->state == RELAY_IDLE);
    if (!news->joins) {
        const struct route_ask ask = {
            .line = news->line,
            .caller = news->customer,
            .job = news->job.size || !news->thread ? news->job : span_of(news->thread->job),
            .owner = owner_of(c, news->thread),
        };
        route_plan(c->roster, &ask, c->facts->now_ms, &news->plan);
        ask_desks(c, &news->plan, step_from(c, &news->plan, 0));
    }
    return !c->facts->short_of;
}

/* Whoever is on duty by now; the marks that some have already are found at their desks. */
static void plan_again(const struct context *c, const struct thread *t, struct plan *out)
{
    const struct route_ask ask = {
        .line = roster_line(c->roster, span_of(t->line)),
        .caller = span_of(t->customer),
        .job = span_of(t->job),
    };

    if (ask.line)
        route_plan(c->roster, &ask, c->facts->now_ms, out);
}

bool relay_gather(const struct context *c, const struct relay *r, bool pass_on)
{
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);
    struct plan plan = *r->plan;

    if (pass_on && t && plan.count == 0)
        plan_again(c, t, &plan);
    if (pass_on)
        ask_desks(c, &plan, -1);
    return !c->facts->short_of;
}

/* A mark that nobody else has at this desk; the thread keeps the one it had. */
static void draw_tag(const struct context *c, const struct desk *desk, int64_t thread,
                     char out[TAG_SIZE])
{
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
    enum { LETTERS = 20, DIGITS = 8, ALL = LETTERS * DIGITS * LETTERS };

    for (size_t i = 0; i < desk->count; i++)
        if (desk->tags[i].thread == thread) {
            memcpy(out, desk->tags[i].tag, TAG_SIZE);
            return;
        }
    uint32_t at = dice_throw(c->dice, ALL);
    for (int tries = 0; tries < ALL; tries++, at = (at + 1) % ALL) {
        const char tag[TAG_SIZE] = {letters[at / (LETTERS * DIGITS)],
                                    (char)('2' + at / LETTERS % DIGITS), letters[at % LETTERS], 0};
        bool used = false;
        for (size_t i = 0; i < desk->count && !used; i++)
            used = memcmp(desk->tags[i].tag, tag, TAG_SIZE) == 0;
        memcpy(out, tag, TAG_SIZE);
        if (!used)
            return;
    }
    /* All 3,200 are in use at this desk: the thread that was silent longest gives its own up. */
    size_t oldest = 0;
    for (size_t i = 1; i < desk->count; i++)
        if (desk->tags[i].sent_ms < desk->tags[oldest].sent_ms)
            oldest = i;
    memcpy(out, desk->tags[oldest].tag, TAG_SIZE);
}

/* Notes that he is told of the thread now: a reply without a mark looks at that. */
static void mark(const struct context *c, struct rung *r, int64_t thread)
{
    struct tag tag = {.tenant = c->event->tenant, .thread = thread, .sent_ms = c->facts->now_ms};

    if (!r->tag[0]) {
        const struct desk *desk = facts_desk(c->facts, c->event->tenant, span_of(r->operator_id));
        CHECK(desk); /* gathered before */
        draw_tag(c, desk, thread, r->tag);
    }
    memcpy(tag.operator_id, r->operator_id, sizeof tag.operator_id);
    memcpy(tag.tag, r->tag, sizeof tag.tag);
    facts_put_tag(c->facts, &tag);
}

static struct words_about about(const struct thread *t, const struct rung *r, struct span body)
{
    return (struct words_about){
        .customer = party_words(span_of(t->customer)),
        .job = span_of(t->job),
        .tag = span_of(r->tag),
        .body = body,
    };
}

/* One text to one operator about the relay. */
static void send(const struct context *c, const struct relay *r, const struct thread *t,
                 const struct rung *rung, enum message_kind kind, struct span words)
{
    const int o = context_operator(c, rung->operator_id);

    if (o < 0)
        return;
    const struct outgoing text = {
        .kind = kind,
        .class = OUTBOX_NORMAL,
        .line = t->line,
        .to = c->roster->operators[o].phone,
        .operator_id = rung->operator_id,
        .body = words,
        .origin = ORIGIN_SYSTEM,
        .thread = t->id,
        .relay = r->id,
        .customer = t->customer,
        .job = t->job,
    };
    outgoing_text(c, &text);
}

static struct span link_to(const struct context *c, const struct relay *r, const struct rung *rung)
{
    return outgoing_link(c, LINK_ACKNOWLEDGE, r->id, rung->operator_id,
                         c->facts->now_ms + LINK_LIVES_MS);
}

/* With the link that takes it, which comes last: the words give way. */
static struct words_about about_all(const struct context *c, const struct relay *r,
                                    const struct thread *t, const struct rung *rung)
{
    const struct span first = outgoing_cut(r->body, OUTGOING_WORDS);
    const char *more = first.size < r->body.size ? " ..." : "";
    struct words_about a =
        about(t, rung, span_of(arena_printf(c->facts->arena, "%.*s%s", SPAN_ARG(first), more)));

    a.link = link_to(c, r, rung);
    return a;
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

static void tell_step(const struct context *c, struct relay *r, const struct thread *t, int step)
{
    int32_t ack_s = 0;

    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        if (rung->step != step || !is_available(c, rung))
            continue;
        mark(c, rung, t->id);
        const struct words_about a = about_all(c, r, t, rung);
        send(c, r, t, rung, MESSAGE_FORWARD, words_forward(c->facts->arena, r->kind, &a));
        rung->state = RUNG_TOLD;
        ack_s = rung->ack_s;
        context_log(c, "relay.forwarded", t->id, r->id, rung->operator_id, rung->tag);
    }
    r->state = RELAY_OPEN;
    r->step = (uint8_t)step;
    if (!r->forwarded_to_primary_at) {
        r->forwarded_to_primary_at = c->facts->now_ms;
    } else {
        if (!r->forwarded_to_backup_at)
            r->forwarded_to_backup_at = c->facts->now_ms;
        r->final_status = FINAL_BACKUP_TRIGGERED;
    }
    start_clock(c, r, c->facts->now_ms + (int64_t)ack_s * 1000);
}

static void shout(const struct context *c, const struct relay *r, const struct thread *t,
                  struct rung *rung)
{
    if (rung->reason == REASON_CALLER || rung->reason == REASON_EARLIER ||
        context_operator(c, rung->operator_id) < 0)
        return;
    mark(c, rung, t->id);
    const struct words_about a = about_all(c, r, t, rung);
    send(c, r, t, rung, MESSAGE_NOTICE, words_exhausted(c->facts->arena, &a));
}

/* Nobody on the chain acknowledged: everybody on it is told, and it is an alarm. */
static void exhaust(const struct context *c, struct relay *r, const struct thread *t)
{
    stop_clock(c, r);
    r->state = RELAY_EXHAUSTED;
    r->final_status = FINAL_FAILED;
    for (int i = 0; i < r->plan->count; i++)
        shout(c, r, t, &r->plan->rungs[i]);
    for (int i = 0; i < r->plan->out_count; i++)
        shout(c, r, t, &r->plan->out[i]);
    context_alarm(c, "relay.exhausted", t->id, r->id, "nobody on the chain acknowledged");
}

/* Where the plan has him, taken or left out. */
static struct rung *place_of(struct plan *plan, const char *operator_id)
{
    const int at = plan_find(plan, span_of(operator_id));

    for (int i = 0; at < 0 && i < plan->out_count; i++)
        if (plan->out[i].reason != REASON_EARLIER &&
            strcmp(plan->out[i].operator_id, operator_id) == 0)
            return &plan->out[i];
    return at >= 0 ? &plan->rungs[at] : NULL;
}

static void tell_last_resort(const struct context *c, const struct relay *r, const struct thread *t)
{
    for (int i = 0; i < c->roster->operator_count; i++) {
        const struct roster_operator *o = &c->roster->operators[i];
        struct rung rung = {.state = RUNG_TOLD};
        if (!o->last_resort)
            continue;
        memcpy(rung.operator_id, o->id, sizeof rung.operator_id);
        mark(c, &rung, t->id);
        struct rung *place = place_of(r->plan, o->id);
        if (place) /* he hears who takes it */
            memcpy(place->tag, rung.tag, TAG_SIZE);
        const struct words_about a = about_all(c, r, t, &rung);
        send(c, r, t, &rung, MESSAGE_NOTICE, words_idle(c->facts->arena, &a));
    }
}

static void tell_closed(const struct context *c, const struct relay *r, struct thread *t)
{
    const int64_t now_ms = c->facts->now_ms;

    if (r->kind != RELAY_TEXT || !party_is_number(span_of(t->customer)) ||
        (t->closed_text_ms && now_ms - t->closed_text_ms < CLOSED_TEXT_EVERY_MS))
        return;
    const struct words_about a = {.business = span_of(c->roster->name)};
    const struct outgoing text = {
        .kind = MESSAGE_CUSTOMER,
        .class = OUTBOX_NORMAL,
        .line = t->line,
        .to = t->customer,
        .body = words_closed_text(c->facts->arena, &a),
        .origin = ORIGIN_SYSTEM,
        .thread = t->id,
        .relay = r->id,
        .customer = t->customer,
        .job = t->job,
    };
    outgoing_text(c, &text);
    t->closed_text_ms = now_ms;
}

/* Nobody is on duty: waits for whoever comes on next. */
static void wait_for_somebody(const struct context *c, struct relay *r, struct thread *t)
{
    const struct line *line = roster_line(c->roster, span_of(t->line));
    const int64_t next_ms = line ? route_next_on(c->roster, line, c->facts->now_ms) : INT64_MAX;

    if (next_ms == INT64_MAX) {
        exhaust(c, r, t);
        return;
    }
    r->state = RELAY_IDLE;
    start_clock(c, r, next_ms);
    tell_closed(c, r, t);
    tell_last_resort(c, r, t);
    context_alarm(c, "relay.nobody-on-duty", t->id, r->id, "waits for whoever comes on next");
}

static void start(const struct context *c, struct relay *r, struct thread *t)
{
    if (r->plan->count == 0)
        plan_again(c, t, r->plan);
    const int step = step_from(c, r->plan, 0);

    if (step < 0)
        wait_for_somebody(c, r, t);
    else
        tell_step(c, r, t, step);
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
    const int next = step_from(c, r->plan, r->step + 1);

    r->acked_by[0] = t->owner[0] = 0;
    r->acked_at = 0;
    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        if (!gives_up(r, rung))
            continue;
        rung->state = as;
        if (next < 0) /* everybody is told of that */
            continue;
        mark(c, rung, t->id);
        struct words_about a = about(t, rung, r->body);
        a.name = first_name(c, r->plan, next);
        send(c, r, t, rung, MESSAGE_NOTICE, words_passed_on(c->facts->arena, &a));
    }
    if (next < 0)
        exhaust(c, r, t);
    else
        tell_step(c, r, t, next);
}

static void announce(const struct context *c, const struct relay *r, const struct thread *t,
                     struct rung *rungs, int count, int taker)
{
    for (int i = 0; i < count; i++) {
        struct rung *rung = &rungs[i];
        if (!rung->tag[0] || rung->reason == REASON_EARLIER)
            continue;
        if (taker >= 0 && strcmp(rung->operator_id, c->roster->operators[taker].id) == 0) {
            rung->state = RUNG_ACCEPTED;
            continue;
        }
        struct words_about a = about(t, rung, r->body);
        a.name = taker >= 0 ? span_of(c->roster->operators[taker].name) : SPAN("the office");
        mark(c, rung, t->id);
        send(c, r, t, rung, MESSAGE_NOTICE, words_taken(c->facts->arena, &a));
    }
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
    CONTEXT_SET(t->owner, span_of(id));
    t->closed = false;
    announce(c, r, t, r->plan->rungs, r->plan->count, operator_index);
    announce(c, r, t, r->plan->out, r->plan->out_count, operator_index);
    context_log(c, "relay.acknowledged", t->id, r->id, id, "");
}

void relay_share(const struct context *c, struct relay *r, struct span body)
{
    const struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);

    CHECK(t);
    for (int i = 0; i < r->plan->count; i++) {
        struct rung *rung = &r->plan->rungs[i];
        if (rung->step != r->step || !is_told(rung))
            continue;
        mark(c, rung, t->id);
        const struct words_about a = about(t, rung, body);
        send(c, r, t, rung, MESSAGE_FORWARD, words_joined(c->facts->arena, &a));
    }
}

static enum rung_state as_of(enum relay_cause cause)
{
    if (cause == RELAY_PASSED)
        return RUNG_PASSED;
    return cause == RELAY_FAILED ? RUNG_FAILED : RUNG_MISSED;
}

enum relay_move relay_apply(const struct context *c, struct relay *r, enum relay_cause cause,
                            int operator_index)
{
    const enum relay_move move = states_relay(r->state, cause);
    struct thread *t = facts_thread_by_id(c->facts, r->tenant, r->thread);

    CHECK(move != RELAY_BROKEN && t);
    switch (move) {
    case RELAY_START:
        start(c, r, t);
        break;
    case RELAY_NEXT:
        context_log(c, cause == RELAY_LAPSED ? "relay.lapsed" : "relay.passed-on", t->id, r->id,
                    operator_index >= 0 ? c->roster->operators[operator_index].id : NULL,
                    states_relay_cause_name(cause));
        pass_on(c, r, t, as_of(cause));
        break;
    case RELAY_SETTLE:
        settle(c, r, t, operator_index);
        break;
    case RELAY_SHARE: /* relay_share has the words */
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
    if (states_relay(r->state, RELAY_JOINED) == RELAY_SHARE)
        relay_share(c, r, news->body);
    keep_body(c, r, news->body);
    return r;
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
    relay_apply(c, r, RELAY_RAISED, -1);
    return r;
}
