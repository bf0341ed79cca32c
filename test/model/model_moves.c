#include "model_moves.h"

#include <string.h>

#include "model_carrier.h"
#include "model_checks.h"
#include "model_phones.h"

/* Owner, job and the longest chain; a flood lets relays begin later. */
enum { LONGEST_MS = (900 + 900 + 900 + 900 + 1800 + 60) * S, FLOOD_MS = 20 * MIN };

static struct relay_seen *seen_of(struct world *w, const struct relay *r)
{
    for (size_t i = 0; i < w->seen_count; i++)
        if (w->seen[i].id == r->id)
            return &w->seen[i];
    MUST(w->seen_count < RELAYS_MAX, "too many relays");
    struct relay_seen *s = &w->seen[w->seen_count++];
    *s = (struct relay_seen){.id = r->id, .row = *r};
    s->row.state = RELAY_STATES; /* was not there */
    return s;
}

/* How long the roster gives the step; whoever goes first has the first step's time. */
static int64_t time_of_step(const struct world *w, struct facts *f, const struct relay *r)
{
    const struct thread *t = facts_thread_by_id(f, TENANT, r->thread);
    const struct chain *c = &w->chains[w->lines[world_line_of(t->line)].chain];

    for (int i = 0; i < r->plan->count; i++) {
        const struct rung *rung = &r->plan->rungs[i];
        if (rung->step != r->step || (rung->state != RUNG_TOLD && rung->state != RUNG_REACHED))
            continue;
        if (rung->reason == REASON_OWNER || rung->reason == REASON_JOB)
            return c->steps[0].ack_s * (int64_t)S;
        for (int s = 0; s < c->step_count; s++)
            for (int k = 0; k < c->steps[s].operator_count; k++)
                if (strcmp(w->people[c->steps[s].operators[k]].id, rung->operator_id) == 0)
                    return c->steps[s].ack_s * (int64_t)S;
    }
    model_fail("a step with nobody in it");
}

/* The operator has it: the step is his, or he took it. */
static bool has_it(const struct relay *was, const struct relay *now, const char *id)
{
    const int at = plan_find(now->plan, span_of(id));

    if (was->state == RELAY_TAKEN)
        return strcmp(was->acked_by, id) == 0;
    return at >= 0 && now->plan->rungs[at].step == was->step;
}

static const char *person_of_link(const struct world *w, const struct event *e)
{
    const struct span hash = {(const char *)e->link, LINK_HASH_BYTES};
    const struct store_row *r = model_store_row(&w->scene.store, FACT_LINK, 0, hash);

    return r ? ((const struct link *)r->data)->operator_id : "";
}

/* Whoever has it says "the next one". */
static bool is_passed(struct world *w, const struct event *e, const struct relay *was,
                      const struct relay *now)
{
    const struct text *t = e->kind == EVENT_TEXT ? checks_text(w, e) : NULL;
    const struct letter *l = e->kind == EVENT_HEARD ? phones_of(w, e->message) : NULL;

    if (t)
        return t->person < OPERATORS && t->tag[0] && strcmp(t->word, "next") == 0 &&
               has_it(was, now, world_name(t->person));
    if (l)
        return l->relay == now->id && span_is_text(e->digits, "2") &&
               has_it(was, now, world_name(l->person));
    if (e->kind == EVENT_PASS) /* the office may, whoever has it */
        return e->relay == now->id &&
               (!e->operator_id.size || e->is_own ||
                has_it(was, now, arena_text(w->scene.store.arena, e->operator_id)));
    /* Or the link makes a text act. */
    return e->kind == EVENT_LINK && has_it(was, now, person_of_link(w, e));
}

static bool is_lost_call(struct span status)
{
    return !span_is_text(status, "ringing") && !span_is_text(status, "in-progress") &&
           !span_is_text(status, "completed");
}

/* It was searched for in vain for a minute, or the list says that it failed. */
static bool is_lost_for_good(const struct world *w, const struct event *e)
{
    const struct sending *s = carrier_last_of(w, e->message);
    bool failed = false;

    for (size_t i = 0; i < e->found_count; i++)
        failed |= e->found[i].delivery > DELIVERY_DELIVERED;
    return failed || (s && w->scene.now_ms - s->unsure_ms >= 60 * S);
}

/* The carrier's news is bad, as far as the story's own carrier knows. */
static bool is_bad_news(const struct world *w, const struct event *e)
{
    if (e->kind == EVENT_RECEIPT)
        return e->delivery == DELIVERY_UNDELIVERED || e->delivery == DELIVERY_FAILED;
    if (e->kind == EVENT_SENT)
        return e->sent == SENT_REFUSED && e->fence == carrier_last_of(w, e->message)->fence;
    if (e->kind == EVENT_CALL_STATUS)
        return is_lost_call(e->call_status);
    return e->kind == EVENT_LOOKED && is_lost_for_good(w, e);
}

/* Nobody of the step can be reached. */
static bool is_lost(struct world *w, const struct event *e, const struct relay *was,
                    const struct relay *now)
{
    const struct letter *l = e->message ? phones_of(w, e->message) : NULL;

    if (!l || l->relay != now->id || !is_bad_news(w, e) ||
        (l->kind != MESSAGE_FORWARD && l->kind != MESSAGE_SPOKEN) ||
        !has_it(was, now, world_name(l->person)))
        return false;
    for (int i = 0; i < now->plan->count; i++) {
        const struct rung *r = &now->plan->rungs[i];
        if (r->step == was->step && (r->state == RUNG_TOLD || r->state == RUNG_REACHED))
            return false;
    }
    return true;
}

static bool has_lapsed(const struct world *w, const struct event *e, const struct relay_seen *s)
{
    return e->kind == EVENT_TIMER && e->timer.kind == TIMER_RELAY && e->timer.subject == s->id &&
           e->timer.due_ms == s->row.due_ms && s->row.due_ms <= w->scene.now_ms &&
           w->scene.now_ms >= s->step_ms + s->step_wait_ms;
}

/* Somebody may be there now. */
static bool may_wake(struct world *w, const struct event *e, const struct relay_seen *s)
{
    const struct text *t = e->kind == EVENT_TEXT ? checks_text(w, e) : NULL;

    return e->kind == EVENT_WAKE || e->kind == EVENT_LINK || (t && t->person < OPERATORS) ||
           (e->kind == EVENT_TIMER && e->timer.subject == s->id &&
            e->timer.due_ms <= w->scene.now_ms);
}

static bool was_told(const struct world *w, int person, int customer)
{
    for (const struct letter *l = w->letters[person]; l; l = l->next)
        if (l->customer == customer)
            return true;
    return false;
}

/* The thread is the one that he means. */
static bool may_text_take(const struct world *w, const struct text *t, const struct relay *now,
                          int customer)
{
    if (t->person >= OPERATORS || strcmp(world_name(t->person), now->acked_by) != 0)
        return false;
    if (t->digit || (t->tag[0] && strcmp(t->word, "ok all") != 0))
        return phones_meant(w, t, customer) != MEANT_WRONG;
    return was_told(w, t->person, customer);
}

static bool may_take(struct world *w, const struct event *e, struct facts *f,
                     const struct relay *now)
{
    const struct thread *thread = facts_thread_by_id(f, TENANT, now->thread);
    const struct text *t = e->kind == EVENT_TEXT ? checks_text(w, e) : NULL;
    const struct letter *l = e->kind == EVENT_HEARD ? phones_of(w, e->message) : NULL;

    if (t)
        return may_text_take(w, t, now, world_person(thread->customer));
    if (l)
        return l->relay == now->id && span_is_text(e->digits, "1");
    if (e->kind == EVENT_LINK)
        return strcmp(person_of_link(w, e), now->acked_by) == 0;
    if (e->kind == EVENT_ACK)
        return e->relay == now->id;
    return (e->kind == EVENT_REPLY || e->kind == EVENT_CLOSE) && e->thread == now->thread;
}

static void check_move(struct world *w, const struct event *e, struct facts *f,
                       const struct relay_seen *s, const struct relay *now)
{
    const struct relay *was = &s->row;
    bool may = false;

    if (now->state == RELAY_TAKEN)
        may = may_take(w, e, f, now);
    else if (was->state == RELAY_OPEN)
        may = has_lapsed(w, e, s) || is_passed(w, e, was, now) || is_lost(w, e, was, now);
    else if (was->state == RELAY_TAKEN)
        may = is_passed(w, e, was, now);
    else if (was->state == RELAY_IDLE)
        may = may_wake(w, e, s);
    MUST(may, "a relay goes from %s, step %d, to %s, step %d, by %s", relay_state_name(was->state),
         was->step, relay_state_name(now->state), now->step, event_kind_name(e->kind));
    if (was->state == RELAY_OPEN && now->state == RELAY_OPEN)
        MUST(now->step > was->step, "a relay goes back");
    if (w->is_quiet && s->open_ms && was->state == RELAY_OPEN)
        MUST(w->scene.now_ms <= s->open_ms + LONGEST_MS + (w->scene.guard ? FLOOD_MS : 0),
             "a relay takes too long");
}

void moves_check(struct world *w, const struct event *e, struct facts *f, const struct relay *now)
{
    struct relay_seen *s = seen_of(w, now);
    const bool is_new = s->row.state == RELAY_STATES;

    if (is_new) {
        MUST(e->kind == EVENT_TEXT || e->kind == EVENT_LATE_CALL, "a relay that nobody raised");
    } else if (s->row.state == now->state && s->row.step == now->step) {
        MUST(s->row.due_ms == now->due_ms || now->state == RELAY_IDLE,
             "a step that has begun gets a new clock");
        s->row = *now;
        return;
    } else {
        check_move(w, e, f, s, now);
    }
    s->is_the_offices |= e->kind == EVENT_ACK || e->kind == EVENT_REPLY || e->kind == EVENT_CLOSE;
    if (now->state == RELAY_OPEN) {
        if (is_new || s->row.state != RELAY_OPEN)
            s->open_ms = w->scene.now_ms;
        s->step_ms = w->scene.now_ms;
        s->step_wait_ms = time_of_step(w, f, now);
    }
    s->row = *now;
    scene_say(&w->scene, "  relay %lld: %s, step %d", (long long)now->id % 1000000,
              relay_state_name(now->state), now->step);
}
