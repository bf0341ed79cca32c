#include "relay/thread_end.h"

static const int64_t quiet_ms = 24 * 3600 * 1000;

static void set(const struct context *c, struct thread *t, int64_t closes_ms)
{
    if (t->closes_ms) {
        const struct timer gone = {t->closes_ms, t->tenant, TIMER_THREAD, t->id, true};
        facts_put_timer(c->facts, &gone);
    }
    t->closes_ms = closes_ms;
    if (closes_ms) {
        const struct timer timer = {closes_ms, t->tenant, TIMER_THREAD, t->id, false};
        facts_put_timer(c->facts, &timer);
    }
    facts_touch(c->facts, FACT_THREAD, t);
}

void thread_end_watch(const struct context *c, struct thread *t)
{
    if (!t->closes_ms)
        set(c, t, c->facts->now_ms + quiet_ms);
}

void thread_end_close(const struct context *c, struct thread *t, const char *operator_id,
                      const char *why)
{
    set(c, t, 0);
    t->closed = true;
    t->owner[0] = 0;
    context_log(c, "thread.closed", t->id, t->id, operator_id, why);
}

enum err thread_end_timer(const struct context *c)
{
    const struct timer *timer = &c->event->timer;
    struct thread *t = facts_thread_by_id(c->facts, timer->tenant, timer->subject);
    const struct relay *r = t && t->relay ? facts_relay(c->facts, t->tenant, t->relay) : NULL;

    if (c->facts->short_of)
        return ERR_BUSY;
    if (timer->due_ms > c->facts->now_ms)
        return ERR_NONE; /* early: its row stays */
    if (!t || t->closes_ms != timer->due_ms) {
        struct timer gone = *timer;
        gone.gone = true;
        facts_put_timer(c->facts, &gone);
        return ERR_NONE;
    }
    if (t->closed || (r && r->state != RELAY_TAKEN))
        set(c, t, 0); /* whoever acknowledges it next starts the clock anew */
    else if (c->facts->now_ms - t->last_ms < quiet_ms)
        set(c, t, t->last_ms + quiet_ms);
    else
        thread_end_close(c, t, NULL, "nothing came for a day");
    return ERR_NONE;
}
