#include "river/queue.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/check.h"

enum {
    SLOTS_FIRST = 256, /* doubled when there are as many tenants */
    /* A tenant may have this many times the places that are still free: one alone gets 8 of 9,
     * ten that flood leave 1 of 81 to the next. */
    SHARE_OF_FREE = 8,
    OTHERS_PART = 4, /* of a batch, a quarter is for what is not urgent */
};

enum lane_kind { LANE_URGENT, LANE_OTHERS, LANES };

struct flow;

/* One tenant's works of one kind, and its place in the round. */
struct lane {
    struct work *first, **last;
    struct flow *next; /* in the round */
    int credit;        /* works that may still leave at this turn */
};

struct flow {
    struct flow *same; /* of the same slot */
    int32_t tenant;
    int weight;
    size_t places; /* that its works have */
    struct lane lanes[LANES];
};

struct round {
    struct flow *first, *last;
    size_t count; /* works */
};

struct queue {
    size_t max, count;
    size_t places; /* that are taken: results of sends have none */
    struct work *oldest, *newest;
    struct round rounds[LANES];
    struct flow **slots;
    size_t slot_count, flow_count;
};

/* Urgent is what a caller hears silence for, and what frees a place at the carrier. */
/* clang-format off */
static const enum lane_kind lane_of[EVENT_KINDS] = {
    [EVENT_CALL]        = LANE_URGENT,
    [EVENT_SCREEN]      = LANE_URGENT,
    [EVENT_PRESS]       = LANE_URGENT,
    [EVENT_RECORDED]    = LANE_URGENT,
    [EVENT_CALL_STATUS] = LANE_URGENT,
    [EVENT_TEXT]        = LANE_OTHERS,
    [EVENT_RECEIPT]     = LANE_OTHERS,
    [EVENT_SENT]        = LANE_URGENT,
    [EVENT_TIMER]       = LANE_OTHERS,
    [EVENT_LINK]        = LANE_OTHERS,
    [EVENT_ACK]         = LANE_OTHERS,
    [EVENT_REPLY]       = LANE_OTHERS,
    [EVENT_STRAY]       = LANE_OTHERS,
    [EVENT_HEARD]       = LANE_URGENT,
    [EVENT_LOOKED]      = LANE_OTHERS,
    [EVENT_LATE_CALL]   = LANE_OTHERS,
    [EVENT_WAKE]        = LANE_OTHERS,
    [EVENT_CALL_BACK]   = LANE_OTHERS,
    [EVENT_CALLED]      = LANE_URGENT,
    [EVENT_CHOICE]      = LANE_URGENT,
    [EVENT_TRANSCRIBED] = LANE_OTHERS,
    [EVENT_LOOKUP]      = LANE_OTHERS,
    [EVENT_KEY]         = LANE_URGENT,
    [EVENT_JOB]         = LANE_OTHERS,
    [EVENT_JOB_IMPORT]  = LANE_OTHERS,
    [EVENT_PASS]        = LANE_OTHERS,
    [EVENT_CLOSE]       = LANE_OTHERS,
    [EVENT_REOPEN]      = LANE_OTHERS,
    [EVENT_USER]        = LANE_OTHERS,
    [EVENT_DUTY]        = LANE_OTHERS,
    [EVENT_ALARM]       = LANE_OTHERS,
    [EVENT_CANARY]      = LANE_OTHERS,
    [EVENT_LINE]        = LANE_OTHERS,
};
/* clang-format on */

/* ---- tenants ---- */

static struct flow **slot_of(const struct queue *q, int32_t tenant)
{
    return &q->slots[((uint32_t)tenant * UINT32_C(2654435761)) & (q->slot_count - 1)];
}

static void grow(struct queue *q)
{
    struct flow **const old = q->slots;
    const size_t old_count = q->slot_count;

    q->slot_count *= 2;
    q->slots = arena_must_alloc(q->slot_count * sizeof(struct flow *));
    for (size_t i = 0; i < old_count; i++)
        for (struct flow *f = old[i], *same; f; f = same) {
            struct flow **at = slot_of(q, f->tenant);
            same = f->same;
            f->same = *at;
            *at = f;
        }
    free(old);
}

static struct flow *flow_of(struct queue *q, int32_t tenant)
{
    for (struct flow *f = *slot_of(q, tenant); f; f = f->same)
        if (f->tenant == tenant)
            return f;
    if (q->flow_count == q->slot_count)
        grow(q);
    struct flow **at = slot_of(q, tenant);
    struct flow *f = arena_must_alloc(sizeof *f);
    f->tenant = tenant;
    f->weight = 1;
    for (int i = 0; i < LANES; i++)
        f->lanes[i].last = &f->lanes[i].first;
    f->same = *at;
    *at = f;
    q->flow_count++;
    return f;
}

void queue_weigh(struct queue *q, int32_t tenant, int weight)
{
    CHECK(weight >= 1 && weight <= QUEUE_WEIGHT_MAX);
    flow_of(q, tenant)->weight = weight;
}

/* ---- by arrival ---- */

static void link_newest(struct queue *q, struct work *w)
{
    w->older = q->newest;
    w->newer = NULL;
    *(q->newest ? &q->newest->newer : &q->oldest) = w;
    q->newest = w;
}

static void unlink_work(struct queue *q, const struct work *w)
{
    *(w->older ? &w->older->newer : &q->oldest) = w->newer;
    *(w->newer ? &w->newer->older : &q->newest) = w->older;
}

size_t queue_count(const struct queue *q)
{
    return q->count;
}

int64_t queue_since_ns(const struct queue *q)
{
    return q->oldest ? q->oldest->since_ns : INT64_MAX;
}

/* ---- the rounds ---- */

static void join(struct round *r, struct flow *f, enum lane_kind kind)
{
    f->lanes[kind].next = NULL;
    f->lanes[kind].credit = f->weight;
    *(r->last ? &r->last->lanes[kind].next : &r->first) = f;
    r->last = f;
}

/* The one at its head has had its turn. */
static void pass_on(struct round *r, enum lane_kind kind)
{
    struct flow *f = r->first;

    r->first = f->lanes[kind].next;
    if (!r->first)
        r->last = NULL;
    if (f->lanes[kind].first)
        join(r, f, kind);
}

static struct work *pop(struct lane *l)
{
    struct work *w = l->first;

    l->first = w->next;
    if (!l->first)
        l->last = &l->first;
    w->next = NULL;
    return w;
}

static bool needs_place(const struct work *w)
{
    return w->event.kind != EVENT_SENT;
}

static void count_out(struct queue *q, struct flow *f, enum lane_kind kind, const struct work *w)
{
    f->places -= needs_place(w);
    q->places -= needs_place(w);
    q->count--;
    q->rounds[kind].count--;
}

static struct work **serve(struct queue *q, enum lane_kind kind, size_t max, struct work **last)
{
    struct round *r = &q->rounds[kind];

    for (; max > 0 && r->first; max--) {
        struct flow *f = r->first;
        struct lane *l = &f->lanes[kind];
        *last = pop(l);
        unlink_work(q, *last);
        count_out(q, f, kind, *last);
        last = &(*last)->next;
        if (--l->credit == 0 || !l->first)
            pass_on(r, kind);
    }
    return last;
}

struct work *queue_take(struct queue *q, size_t max)
{
    struct work *first = NULL, **last = &first;
    const size_t others = q->rounds[LANE_OTHERS].count;
    const size_t kept = others < max / OTHERS_PART ? others : max / OTHERS_PART;
    const size_t urgent = q->rounds[LANE_URGENT].count;
    const size_t before = urgent < max - kept ? urgent : max - kept;

    last = serve(q, LANE_URGENT, before, last);
    serve(q, LANE_OTHERS, max - before, last);
    return first;
}

/* ---- coming ---- */

static bool has_place(const struct queue *q, const struct flow *f)
{
    const size_t most = (q->max - q->places) * SHARE_OF_FREE * (size_t)f->weight;

    return q->places < q->max && f->places < most;
}

enum err queue_add(struct queue *q, struct work *w, int64_t now_ns)
{
    struct flow *f = flow_of(q, w->event.tenant);
    const enum lane_kind kind = lane_of[w->event.kind];
    struct lane *l = &f->lanes[kind];

    if (needs_place(w) && !has_place(q, f))
        return ERR_BUSY;
    if (!l->first)
        join(&q->rounds[kind], f, kind);
    w->since_ns = now_ns;
    w->next = NULL;
    *l->last = w;
    l->last = &w->next;
    link_newest(q, w);
    f->places += needs_place(w);
    q->places += needs_place(w);
    q->count++;
    q->rounds[kind].count++;
    return ERR_NONE;
}

/* ---- leaving out of turn ---- */

/* What has been picked bears itself as `older`. */
static void thin(struct queue *q, struct flow *f, enum lane_kind kind)
{
    struct lane *l = &f->lanes[kind];
    struct work **at = &l->first;

    while (*at) {
        struct work *w = *at;
        if (w->older != w) {
            at = &w->next;
            continue;
        }
        *at = w->next;
        count_out(q, f, kind, w);
    }
    l->last = at;
}

static void thin_round(struct queue *q, enum lane_kind kind)
{
    struct round *r = &q->rounds[kind];
    struct flow **at = &r->first;

    r->last = NULL;
    while (*at) {
        struct flow *f = *at;
        thin(q, f, kind);
        if (f->lanes[kind].first) {
            r->last = f;
            at = &f->lanes[kind].next;
        } else {
            *at = f->lanes[kind].next;
        }
    }
}

struct work *queue_pick(struct queue *q, queue_pick_fn *pick, void *ctx)
{
    struct work *first = NULL, **last = &first;

    for (struct work *w = q->oldest, *newer; w; w = newer) {
        newer = w->newer;
        if (!pick(ctx, w))
            continue;
        unlink_work(q, w);
        w->older = w;
        *last = w;
        last = &w->newer;
    }
    *last = NULL;
    for (int kind = 0; kind < LANES && first; kind++)
        thin_round(q, (enum lane_kind)kind);
    for (struct work *w = first; w; w = w->newer)
        w->next = w->newer;
    return first;
}

/* ---- opening and closing ---- */

struct queue *queue_open(size_t max)
{
    struct queue *q = arena_must_alloc(sizeof *q);

    q->max = max;
    q->slot_count = SLOTS_FIRST;
    q->slots = arena_must_alloc(q->slot_count * sizeof(struct flow *));
    return q;
}

static bool all(void *ctx, const struct work *w)
{
    (void)ctx;
    (void)w;
    return true;
}

void queue_close(struct queue **queue)
{
    struct queue *q = *queue;

    if (!q)
        return;
    work_drop(queue_pick(q, all, NULL));
    for (size_t i = 0; i < q->slot_count; i++)
        for (struct flow *f = q->slots[i], *same; f; f = same) {
            same = f->same;
            free(f);
        }
    free(q->slots);
    free(q);
    *queue = NULL;
}
