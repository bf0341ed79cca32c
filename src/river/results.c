#include "river/results.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"

/* Real time until what could not be stored is offered again. */
static const int64_t AGAIN_NS = 250000000;

struct results {
    const struct intake *intake;
    struct work *first, **last; /* not stored */
    int64_t since_ns;
    struct results_counts counts;
};

struct results *results_open(const struct intake *intake)
{
    struct results *r = arena_must_alloc(sizeof *r);

    r->intake = intake;
    r->last = &r->first;
    return r;
}

void results_close(struct results **results)
{
    if (!*results)
        return;
    work_drop((*results)->first);
    free(*results);
    *results = NULL;
}

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

void results_add(struct results *r, const struct sender_result *result)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->is_alone = true;
    w->done = work_is_done;
    w->event.kind = EVENT_SENT;
    w->event.tenant = result->tenant;
    w->event.message = result->id;
    w->event.fence = result->fence;
    w->event.at_ms = result->claimed_ms;
    w->event.sent = result->sent;
    w->event.is_denied = result->is_denied;
    w->event.sid = arena_copy(arena, result->sid);
    w->event.error_code = result->error_code;
    r->counts.sent += result->sent == SENT_ACCEPTED;
    r->counts.refused += result->sent == SENT_REFUSED;
    r->counts.retried += result->sent == SENT_RETRY;
    CHECK(r->intake->submit(r->intake->ctx, w) == ERR_NONE);
}

void results_leave(struct results *r, struct errand *errand, enum sent sent, int32_t error_code)
{
    struct sender_result result = sender_result_of(errand);
    struct arena *arena = errand->arena;

    result.sent = sent;
    result.error_code = error_code;
    results_add(r, &result);
    arena_close(&arena);
}

bool results_is_lost(const struct work *w)
{
    return w->event.kind == EVENT_SENT && w->err != ERR_NONE;
}

void results_keep(struct results *r, struct work *first)
{
    if (!first)
        return;
    *r->last = first;
    while (*r->last)
        r->last = &(*r->last)->next;
    r->since_ns = clock_mono_ns();
}

void results_offer(struct results *r)
{
    struct work *w = r->first;

    if (!w || clock_mono_ns() - r->since_ns < AGAIN_NS)
        return;
    r->first = NULL;
    r->last = &r->first;
    while (w) {
        struct work *next = w->next;
        CHECK(r->intake->submit(r->intake->ctx, w) == ERR_NONE);
        w = next;
    }
}

bool results_wait(const struct results *r)
{
    return r->first != NULL;
}

struct results_counts results_counts(const struct results *r)
{
    return r->counts;
}
