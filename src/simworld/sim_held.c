#include "simworld/sim_held.h"

#include <string.h>

struct sim_held {
    struct sim_held *next, **back; /* in the world's list */
    struct sim_world *world;
    struct http_request *rq;
    struct sim_held_plan plan;
    uint64_t ticket;
};

static void forget(struct sim_held *h)
{
    sim_agenda_cancel(h->world->agenda, &h->ticket);
    *h->back = h->next;
    if (h->next)
        h->next->back = h->back;
    h->world->held_count--;
    h->rq->gone = NULL;
}

static void gone(struct http_request *rq)
{
    forget(rq->user);
}

static void release(struct sim_held *h)
{
    forget(h);
    h->plan.release(h->plan.ctx, h->plan.status, h->plan.body);
}

static void due(void *ctx)
{
    struct sim_held *h = ctx;

    h->ticket = 0;
    release(h);
}

void sim_held_keep(struct sim_world *w, struct http_request *rq, const struct sim_held_plan *plan)
{
    struct sim_held *h = ARENA_NEW(rq->arena, struct sim_held);

    *h = (struct sim_held){.next = w->held, .back = &w->held, .world = w, .rq = rq, .plan = *plan};
    h->plan.subject = arena_text(rq->arena, span_of(plan->subject));
    if (h->next)
        h->next->back = &h->next;
    w->held = h;
    w->held_count++;
    rq->user = h;
    rq->gone = gone;
    h->ticket = sim_agenda_add(w->agenda, sim_world_now(w) + plan->after_ms, due, h);
}

void sim_held_told(struct sim_world *w, const char *subject)
{
    for (struct sim_held *h = w->held, *next; h; h = next) {
        next = h->next;
        if (subject[0] && !strcmp(h->plan.subject, subject))
            release(h);
    }
}
