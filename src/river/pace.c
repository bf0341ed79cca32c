/* A sender with rows is in one of two places: in the heap until the instant from which it may be
 * looked at, then in its tenant's line of those that are ready; and a tenant who has such a line
 * stands in the round. */
#include "river/pace.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"

enum {
    SAVED_SECONDS = 5,
    SLOTS_FIRST = 256, /* of both hash tables; doubled when there are as many entries */
    QUANTUM = 4,       /* rows that a tenant of weight 1 may send at his turn */
    NOWHERE = -1,
};
/* What the carrier allows a number that it knows nothing better of. */
static const double segments_per_second = 1;
/* Ending and moving calls has no rate of its own: far above what any account's calls need. */
static const double updates_per_second = 1000;

struct bucket {
    struct bucket *same; /* of the same slot */
    struct turn *turn;   /* its tenant's */
    struct store_sender sender;
    double rate, tokens;
    int64_t filled_ms;
    int64_t look_ms; /* rows wait from here on; INT64_MAX: none */
    int64_t wake_ms; /* what the heap is ordered by */
    int place;       /* in the heap, or NOWHERE */
    bool is_ready;   /* in its tenant's line: */
    struct bucket *before, *after;
    /* As they were at pace_begin, when `undo` is the pace's. */
    uint64_t undo;
    double was_tokens;
    int64_t was_filled_ms, was_look_ms;
    struct bucket *touched; /* since then, too */
};

/* A tenant's. */
struct turn {
    struct turn *same; /* of the same slot */
    int32_t tenant;
    int weight;
    int credit;                  /* rows that he may still send before the others */
    bool is_served;              /* ... since he joined the round */
    struct bucket *first, *last; /* those that are ready */
    struct turn *before, *after; /* in the round, while he has any */
    uint64_t undo;
    int was_credit;
};

struct table {
    void **slots;
    size_t slot_count, count;
};

struct pace {
    double call_rate;
    int nodes; /* that share the rates */
    struct table buckets, turns;
    struct bucket **heap; /* by wake_ms, the earliest first */
    size_t heap_count, heap_room;
    struct turn *first, *last; /* the round */
    const struct turn *served; /* the latest who had a turn */
    uint64_t undo;             /* counts pace_begin */
    struct bucket *touched;    /* since then */
};

/* ---- tables ---- */

static void table_init(struct table *t)
{
    t->slot_count = SLOTS_FIRST;
    t->slots = arena_must_alloc(t->slot_count * sizeof(void *));
}

static uint32_t hash_tenant(int32_t tenant)
{
    return (uint32_t)tenant * UINT32_C(2654435761);
}

static uint32_t hash_sender(const struct store_sender *s)
{
    uint32_t h = hash_tenant(s->tenant) + (uint32_t)s->kind;

    for (const char *c = s->from; *c; c++)
        h = h * 31u + (unsigned char)*c;
    return h;
}

static struct bucket **bucket_slot(const struct table *t, const struct store_sender *s)
{
    return (struct bucket **)&t->slots[hash_sender(s) & (t->slot_count - 1)];
}

static struct turn **turn_slot(const struct table *t, int32_t tenant)
{
    return (struct turn **)&t->slots[hash_tenant(tenant) & (t->slot_count - 1)];
}

/* Twice the slots, empty; the caller puts back what hung in `was`. */
static void table_double(struct table *t, struct table *was)
{
    *was = *t;
    t->slot_count *= 2;
    t->slots = arena_must_alloc(t->slot_count * sizeof(void *));
}

static void grow_buckets(struct table *t)
{
    struct table was;

    table_double(t, &was);
    for (size_t i = 0; i < was.slot_count; i++)
        for (struct bucket *b = was.slots[i], *same; b; b = same) {
            struct bucket **at = bucket_slot(t, &b->sender);
            same = b->same;
            b->same = *at;
            *at = b;
        }
    free(was.slots);
}

static void grow_turns(struct table *t)
{
    struct table was;

    table_double(t, &was);
    for (size_t i = 0; i < was.slot_count; i++)
        for (struct turn *u = was.slots[i], *same; u; u = same) {
            struct turn **at = turn_slot(t, u->tenant);
            same = u->same;
            u->same = *at;
            *at = u;
        }
    free(was.slots);
}

static struct turn *turn_of(struct pace *p, int32_t tenant)
{
    for (struct turn *u = *turn_slot(&p->turns, tenant); u; u = u->same)
        if (u->tenant == tenant)
            return u;
    if (p->turns.count == p->turns.slot_count)
        grow_turns(&p->turns);
    struct turn **at = turn_slot(&p->turns, tenant);
    struct turn *u = arena_must_alloc(sizeof *u);
    u->tenant = tenant;
    u->weight = 1;
    u->credit = QUANTUM;
    u->same = *at;
    *at = u;
    p->turns.count++;
    return u;
}

static double usual_rate(const struct pace *p, enum outbox_kind kind)
{
    switch (kind) {
    case OUTBOX_TEXT:
    case OUTBOX_ERASE: /* in no hurry */
        return segments_per_second;
    case OUTBOX_CALL:
        return p->call_rate;
    case OUTBOX_UPDATE:
    case OUTBOX_KINDS:
        break;
    }
    return updates_per_second;
}

static struct bucket *bucket_of(struct pace *p, const struct store_sender *s)
{
    for (struct bucket *b = *bucket_slot(&p->buckets, s); b; b = b->same)
        if (b->sender.tenant == s->tenant && b->sender.kind == s->kind &&
            strcmp(b->sender.from, s->from) == 0)
            return b;
    if (p->buckets.count == p->buckets.slot_count)
        grow_buckets(&p->buckets);
    struct bucket **at = bucket_slot(&p->buckets, s);
    struct bucket *b = arena_must_alloc(sizeof *b);
    b->sender = *s;
    b->turn = turn_of(p, s->tenant);
    b->rate = usual_rate(p, s->kind) / p->nodes;
    b->tokens = b->rate * SAVED_SECONDS;
    b->look_ms = INT64_MAX;
    b->place = NOWHERE;
    b->same = *at;
    *at = b;
    p->buckets.count++;
    return b;
}

/* ---- the heap ---- */

static void put_at(struct pace *p, size_t place, struct bucket *b)
{
    p->heap[place] = b;
    b->place = (int)place;
}

/* `b` goes to the free place, or up or down from there. */
static void settle(struct pace *p, size_t place, struct bucket *b)
{
    while (place > 0 && p->heap[(place - 1) / 2]->wake_ms > b->wake_ms) {
        put_at(p, place, p->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (size_t below; (below = 2 * place + 1) < p->heap_count; place = below) {
        if (below + 1 < p->heap_count && p->heap[below + 1]->wake_ms < p->heap[below]->wake_ms)
            below++;
        if (p->heap[below]->wake_ms >= b->wake_ms)
            break;
        put_at(p, place, p->heap[below]);
    }
    put_at(p, place, b);
}

static void heap_drop(struct pace *p, struct bucket *b)
{
    const size_t place = (size_t)b->place;
    struct bucket *last = p->heap[--p->heap_count];

    b->place = NOWHERE;
    if (last != b)
        settle(p, place, last);
}

static void heap_put(struct pace *p, struct bucket *b, int64_t wake_ms)
{
    b->wake_ms = wake_ms;
    if (b->place != NOWHERE) {
        settle(p, (size_t)b->place, b);
        return;
    }
    if (p->heap_count == p->heap_room) {
        p->heap_room = p->heap_room ? 2 * p->heap_room : SLOTS_FIRST;
        p->heap = arena_must_grow(p->heap, p->heap_room * sizeof(struct bucket *));
    }
    settle(p, p->heap_count++, b);
}

/* ---- the round ---- */

static void join(struct pace *p, struct turn *u)
{
    u->is_served = false;
    u->before = p->last;
    u->after = NULL;
    *(p->last ? &p->last->after : &p->first) = u;
    p->last = u;
}

/* His turn goes on, as nobody else has had one since. */
static void join_again(struct pace *p, struct turn *u)
{
    u->before = NULL;
    u->after = p->first;
    *(p->first ? &p->first->before : &p->last) = u;
    p->first = u;
}

static void leave(struct pace *p, struct turn *u)
{
    *(u->before ? &u->before->after : &p->first) = u->after;
    *(u->after ? &u->after->before : &p->last) = u->before;
}

static void get_ready(struct pace *p, struct bucket *b)
{
    struct turn *u = b->turn;

    if (!u->first && p->served == u && u->credit > 0)
        join_again(p, u);
    else if (!u->first)
        join(p, u);
    b->is_ready = true;
    b->before = u->last;
    b->after = NULL;
    *(u->last ? &u->last->after : &u->first) = b;
    u->last = b;
}

static void get_unready(struct pace *p, struct bucket *b)
{
    struct turn *u = b->turn;

    *(b->before ? &b->before->after : &u->first) = b->after;
    *(b->after ? &b->after->before : &u->last) = b->before;
    b->is_ready = false;
    if (!u->first)
        leave(p, u);
}

static bool others_wait(const struct pace *p, const struct turn *u)
{
    return p->first && (p->first != u || p->last != u);
}

/* ---- tokens ---- */

static double room(const struct bucket *b)
{
    const double room = b->rate * SAVED_SECONDS;

    return b->sender.kind == OUTBOX_CALL || room < 1 ? 1 : room; /* calls: no saving up */
}

static void fill(struct bucket *b, int64_t now_ms)
{
    if (now_ms > b->filled_ms) {
        b->tokens += (double)(now_ms - b->filled_ms) / 1000 * b->rate;
        b->filled_ms = now_ms;
    }
    if (b->tokens > room(b))
        b->tokens = room(b);
}

/* When the bucket holds a whole token again. */
static int64_t full_ms(const struct bucket *b)
{
    const double wait = b->tokens >= 1 ? 0 : (1 - b->tokens) / b->rate * 1000;

    return b->filled_ms + (int64_t)wait + (wait > 0);
}

static int64_t ready_ms(const struct bucket *b)
{
    const int64_t ms = full_ms(b);

    return b->look_ms > ms ? b->look_ms : ms;
}

/* After whatever has changed about it. */
static void place(struct pace *p, struct bucket *b)
{
    if (b->is_ready && b->tokens >= 1)
        return;
    if (b->is_ready)
        get_unready(p, b);
    if (b->look_ms != INT64_MAX)
        heap_put(p, b, ready_ms(b));
    else if (b->place != NOWHERE)
        heap_drop(p, b);
}

/* ---- undoing ---- */

void pace_begin(struct pace *p)
{
    p->undo++;
    p->touched = NULL;
}

static void touch(struct pace *p, struct bucket *b)
{
    if (b->turn->undo != p->undo) {
        b->turn->undo = p->undo;
        b->turn->was_credit = b->turn->credit;
    }
    if (b->undo == p->undo)
        return;
    b->undo = p->undo;
    b->was_tokens = b->tokens;
    b->was_filled_ms = b->filled_ms;
    b->was_look_ms = b->look_ms;
    b->touched = p->touched;
    p->touched = b;
}

void pace_undo(struct pace *p, int64_t again_ms)
{
    for (struct bucket *b = p->touched; b; b = b->touched) {
        const int64_t look_ms = b->was_look_ms < b->look_ms ? b->was_look_ms : b->look_ms;
        if (b->is_ready)
            get_unready(p, b);
        b->turn->credit = b->turn->was_credit;
        b->tokens = b->was_tokens;
        b->filled_ms = b->was_filled_ms;
        b->look_ms = look_ms < again_ms ? again_ms : look_ms;
        place(p, b);
    }
    pace_begin(p);
}

/* ---- what is noted and taken ---- */

void pace_set_rate(struct pace *p, int32_t tenant, const char *from, double per_second)
{
    struct store_sender s = {.tenant = tenant, .kind = OUTBOX_TEXT};

    strncpy(s.from, from, sizeof s.from - 1);
    struct bucket *b = bucket_of(p, &s);
    b->rate = (per_second > 0 ? per_second : segments_per_second) / p->nodes;
    place(p, b);
}

void pace_share(struct pace *p, int nodes)
{
    CHECK(nodes >= 1);
    for (size_t i = 0; i < p->buckets.slot_count; i++)
        for (struct bucket *b = p->buckets.slots[i]; b; b = b->same) {
            b->rate = b->rate * p->nodes / nodes;
            b->tokens = b->tokens > room(b) ? room(b) : b->tokens;
            place(p, b);
        }
    p->nodes = nodes;
}

void pace_weigh(struct pace *p, int32_t tenant, int weight)
{
    CHECK(weight >= 1 && weight <= PACE_WEIGHT_MAX);
    turn_of(p, tenant)->weight = weight;
}

void pace_note(struct pace *p, const struct store_sender *sender, int64_t at_ms)
{
    struct bucket *b = bucket_of(p, sender);

    if (at_ms >= b->look_ms)
        return;
    touch(p, b);
    b->look_ms = at_ms;
    place(p, b);
}

static void wake(struct pace *p, int64_t now_ms)
{
    while (p->heap_count > 0 && p->heap[0]->wake_ms <= now_ms) {
        struct bucket *b = p->heap[0];
        heap_drop(p, b);
        fill(b, now_ms);
        if (b->tokens >= 1)
            get_ready(p, b);
        else /* a hair less than it was thought to be by now */
            heap_put(p, b, now_ms + 1);
    }
}

static bool is_urgent(const struct store_sender *s, enum outbox_class class)
{
    return s->kind == OUTBOX_UPDATE || (class == OUTBOX_URGENT && s->kind != OUTBOX_CALL);
}

/* Who sends while nobody else waits owes nothing for it afterwards. */
static void charge(struct pace *p, struct turn *u)
{
    const int quantum = QUANTUM * u->weight;

    if (!others_wait(p, u))
        u->credit = quantum;
    else if (u->credit > -quantum)
        u->credit--;
}

bool pace_take(struct pace *p, const struct store_sender *sender, enum outbox_class class, int cost,
               int64_t now_ms)
{
    struct bucket *b = bucket_of(p, sender);

    wake(p, now_ms);
    fill(b, now_ms);
    if (!is_urgent(sender, class) &&
        (b->tokens < 1 || (b->turn->credit <= 0 && others_wait(p, b->turn))))
        return false;
    touch(p, b);
    b->tokens -= cost;
    charge(p, b->turn);
    place(p, b);
    return true;
}

/* ---- who is next ---- */

const struct store_sender *pace_next(struct pace *p, int64_t now_ms, int *out_max)
{
    wake(p, now_ms);
    while (p->first && p->first->credit <= 0) {
        struct turn *u = p->first;
        if (!u->is_served)
            u->credit += QUANTUM * u->weight;
        if (u->credit > 0)
            break;
        leave(p, u);
        join(p, u);
    }
    if (!p->first)
        return NULL;
    struct turn *u = p->first;
    struct bucket *b = u->first;
    fill(b, now_ms);
    *out_max = (int)b->tokens;
    if (others_wait(p, u) && *out_max > u->credit)
        *out_max = u->credit;
    touch(p, b);
    u->is_served = true;
    p->served = u;
    get_unready(p, b);
    b->look_ms = INT64_MAX;
    return &b->sender;
}

int64_t pace_wake_ms(const struct pace *p)
{
    if (p->first)
        return p->first->first->look_ms;
    return p->heap_count > 0 ? p->heap[0]->wake_ms : INT64_MAX;
}

/* ---- opening and closing ---- */

struct pace *pace_open(double call_rate)
{
    struct pace *p = arena_must_alloc(sizeof *p);

    p->call_rate = call_rate;
    p->nodes = 1;
    p->undo = 1; /* no bucket bears it yet */
    table_init(&p->buckets);
    table_init(&p->turns);
    return p;
}

void pace_close(struct pace **pace)
{
    struct pace *p = *pace;

    if (!p)
        return;
    for (size_t i = 0; i < p->buckets.slot_count; i++)
        for (struct bucket *b = p->buckets.slots[i], *same; b; b = same) {
            same = b->same;
            free(b);
        }
    for (size_t i = 0; i < p->turns.slot_count; i++)
        for (struct turn *u = p->turns.slots[i], *same; u; u = same) {
            same = u->same;
            free(u);
        }
    free(p->buckets.slots);
    free(p->turns.slots);
    free(p->heap);
    free(p);
    *pace = NULL;
}
