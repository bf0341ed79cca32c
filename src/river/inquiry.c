#include "river/inquiry.h"

#include <stdlib.h>

#include "base/log.h"
#include "provider/lookup.h"

enum {
    UNDER_WAY_MAX = 4,
    WAITING_MAX = 256,
    EVERY_MS = 100,  /* between two */
    PAUSE_MS = 5000, /* after "too many at once" */
    TRIES_MAX = 3,
    QUIET_MS = 60000, /* between two complaints in the log */
};

struct ask {
    struct ask *next;
    struct inquiry *inquiry;
    struct errand *errand; /* holds this very struct */
    int tries;
};

struct inquiry {
    struct sender *sender;
    const struct intake *intake;
    const struct clock *clock;
    struct span api;
    struct ask *first, **last; /* those that wait */
    struct ask *under_way;
    int waiting, busy;
    int64_t next_ms;
    int64_t complained_ms;
    bool is_draining;
};

struct inquiry *inquiry_open(struct sender *sender, const struct intake *intake,
                             const struct clock *clock, struct span api)
{
    struct inquiry *q = arena_must_alloc(sizeof *q);

    *q = (struct inquiry){.sender = sender, .intake = intake, .clock = clock, .api = api};
    q->last = &q->first;
    return q;
}

static void drop(struct ask *a)
{
    struct arena *arena = a->errand->arena;

    arena_close(&arena);
}

static void drop_all(struct ask *list)
{
    while (list) {
        struct ask *next = list->next;
        drop(list);
        list = next;
    }
}

void inquiry_close(struct inquiry **inquiry)
{
    if (!*inquiry)
        return;
    drop_all((*inquiry)->first);
    drop_all((*inquiry)->under_way);
    free(*inquiry);
    *inquiry = NULL;
}

void inquiry_drain(struct inquiry *q)
{
    q->is_draining = true;
}

/* ---- errands ---- */

static struct errand *errand_of(const struct party *p)
{
    struct arena *arena = arena_open(1024);
    struct errand *e = ARENA_NEW(arena, struct errand);

    e->arena = arena;
    e->kind = ERRAND_ASK;
    e->party = *p;
    return e;
}

struct errand *inquiry_wanted(const struct facts *f)
{
    struct errand *first = NULL, **last = &first;

    for (const struct fact *fact = f->first; fact; fact = fact->next) {
        if (fact->kind != FACT_PARTY || fact->state != FACT_PRESENT ||
            !(fact->party->ask_name || fact->party->ask_line_type))
            continue;
        *last = errand_of(fact->party);
        last = &(*last)->next;
    }
    return first;
}

static void append(struct inquiry *q, struct ask *a)
{
    a->next = NULL;
    *q->last = a;
    q->last = &a->next;
    q->waiting++;
}

void inquiry_add(struct inquiry *q, struct errand *errand)
{
    struct ask *a = ARENA_NEW(errand->arena, struct ask);

    a->inquiry = q;
    a->errand = errand;
    if (q->waiting < WAITING_MAX && !q->is_draining)
        append(q, a);
    else
        drop(a);
}

/* ---- what came back ---- */

static void work_is_done(struct work *w)
{
    struct arena *arena = w->arena;

    arena_close(&arena); /* holds the work */
}

static void report(struct ask *a, const struct lookup_answer *answer)
{
    const struct party *p = &a->errand->party;
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    w->arena = arena;
    w->is_alone = true;
    w->done = work_is_done;
    w->event = (struct event){
        .kind = EVENT_LOOKUP,
        .tenant = p->tenant,
        .from = arena_copy(arena, span_of(p->number)),
        .attempt = -1,
        .asked_name = answer->has_name,
        .asked_line_type = answer->has_line_type,
        .name = arena_copy(arena, answer->name),
        .line_type = answer->line_type,
        .failed =
            (p->ask_name && !answer->has_name) || (p->ask_line_type && !answer->has_line_type),
    };
    if (a->inquiry->intake->submit(a->inquiry->intake->ctx, w))
        arena_close(&arena);
}

static void complain(struct inquiry *q, const struct sender_page *page)
{
    const int64_t now_ms = clock_now_ms(q->clock);

    if (q->complained_ms && now_ms - q->complained_ms < QUIET_MS)
        return;
    q->complained_ms = now_ms;
    if (page->status == 401 || page->status == 403)
        log_line(LOG_WARN, "lookup: status %d: %s, and that lookups are enabled", page->status,
                 page->mend);
    else
        log_line(LOG_WARN, "lookup: %s%d; the number is asked about again in a day",
                 page->status ? "status " : "no answer, ", page->status);
}

static void land(struct ask *a)
{
    struct ask **at = &a->inquiry->under_way;

    while (*at != a)
        at = &(*at)->next;
    *at = a->next;
    a->inquiry->busy--;
}

static void answered(void *ctx, const struct sender_page *page)
{
    struct ask *a = ctx;
    struct inquiry *q = a->inquiry;
    struct lookup_answer answer = {0};

    land(a);
    if (page->status == 429 && a->tries < TRIES_MAX) {
        q->next_ms = clock_now_ms(q->clock) + PAUSE_MS;
        append(q, a);
        return;
    }
    if (page->status != 200 || lookup_parse(a->errand->arena, page->body, &answer))
        complain(q, page);
    report(a, &answer);
    drop(a);
}

/* ---- sending ---- */

static void send(struct inquiry *q)
{
    struct ask *a = q->first;
    const struct party *p = &a->errand->party;
    const struct lookup_ask ask = {
        .base = q->api,
        .number = span_of(p->number),
        .name = p->ask_name,
        .line_type = p->ask_line_type,
    };

    q->first = a->next;
    if (!q->first)
        q->last = &q->first;
    q->waiting--;
    a->next = q->under_way;
    q->under_way = a;
    q->busy++;
    a->tries++;
    const struct sender_ask get = {
        .url = lookup_url(a->errand->arena, &ask),
        .tenant = p->tenant,
    };
    sender_get(q->sender, &get, answered, a);
}

int64_t inquiry_turn(struct inquiry *q)
{
    const int64_t now_ms = clock_now_ms(q->clock);

    if (q->is_draining || !q->first || q->busy == UNDER_WAY_MAX)
        return INT64_MAX;
    if (now_ms >= q->next_ms) {
        send(q);
        q->next_ms = now_ms + EVERY_MS;
    }
    return q->first && q->busy < UNDER_WAY_MAX ? q->next_ms : INT64_MAX;
}
