#include "sim/sim_lockstep.h"

#include "simworld/sim_webhook.h"

struct sim_kept {
    struct sim_kept *next;
    struct http_request *rq;
};

static void forget(struct sim_lockstep *l, const struct http_request *rq)
{
    for (struct sim_kept **at = &l->kept; *at; at = &(*at)->next)
        if ((*at)->rq == rq) {
            *at = (*at)->next;
            l->kept_count--;
            return;
        }
}

static void gone(struct http_request *rq)
{
    forget(rq->user, rq);
}

/* Bytes of media are asked for while a webhook or a page waits for them, and change nothing. */
static bool is_bytes(const struct http_request *rq)
{
    static const struct span suffix = {".json", 5};
    const size_t n = rq->path.size;

    return span_is_text(rq->method, "GET") && span_starts(rq->path, SPAN("/2010-04-01/")) &&
           !(n > suffix.size &&
             span_is((struct span){rq->path.data + n - suffix.size, suffix.size}, suffix));
}

bool sim_lockstep_take(struct sim_lockstep *l, struct http_request *rq)
{
    if (!l->world->lockstep || is_bytes(rq))
        return false;
    struct sim_kept *k = ARENA_NEW(rq->arena, struct sim_kept);
    *k = (struct sim_kept){l->kept, rq};
    l->kept = k;
    l->kept_count++;
    rq->user = l;
    rq->gone = gone;
    l->world->stirred_ns = clock_mono_ns();
    return true;
}

static int order(const struct http_request *a, const struct http_request *b)
{
    int by = span_compare(a->method, b->method);

    if (!by)
        by = span_compare(a->target, b->target);
    return by ? by : span_compare(a->body, b->body);
}

static void serve_first(struct sim_lockstep *l)
{
    struct http_request *first = l->kept->rq;

    for (const struct sim_kept *k = l->kept->next; k; k = k->next)
        if (order(k->rq, first) < 0)
            first = k->rq;
    forget(l, first);
    first->user = NULL;
    first->gone = NULL;
    l->serve(l->ctx, first);
    l->world->stirred_ns = clock_mono_ns();
}

/* A guest says how many requests it has sent; of others we only know what has come. */
static const char *what_is_open(struct sim_lockstep *l, int64_t *out_next)
{
    unsigned out = 0;

    if (http_client_busy(l->world->client) > 0)
        return "a webhook is not answered";
    if (!clock_guests_wait(l->world->clock, out_next, &out))
        return "a guest of the clock is busy";
    if (clock_guests(l->world->clock) > 0)
        return out == l->kept_count + l->world->held_count ? NULL : "a request is on its way";
    return (clock_mono_ns() - l->world->stirred_ns) / 1000000 < l->settle_ms
               ? "requests have only just been answered"
               : NULL;
}

const char *sim_lockstep_step(struct sim_lockstep *l, int64_t *out_next)
{
    const char *open = what_is_open(l, out_next);
    const int64_t now_ms = sim_world_now(l->world);

    if (open)
        return open;
    if (l->kept) {
        serve_first(l);
        return "a request is answered";
    }
    if (sim_webhook_next(l->world))
        return "a webhook is sent";
    if (sim_agenda_run_one(l->world->agenda, now_ms))
        return "an event is due";
    return *out_next <= now_ms ? "a guest of the clock is late" : NULL;
}
