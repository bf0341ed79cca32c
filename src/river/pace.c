#include "river/pace.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { SAVED_SECONDS = 5, BUCKETS = 256 };
/* What the carrier allows a number that it knows nothing better of. */
static const double segments_per_second = 1;
/* Ending and moving calls has no rate of its own: far above what any account's calls need. */
static const double updates_per_second = 1000;

struct bucket {
    struct bucket *next; /* of the same hash */
    struct bucket *all;  /* of all, for turns */
    struct store_sender sender;
    double rate, tokens;
    int64_t filled_ms;
    int64_t look_ms; /* rows wait from here on; INT64_MAX: none */
};

struct pace {
    double call_rate;
    struct bucket *hashed[BUCKETS];
    struct bucket *first, *turn; /* turn: where the next round begins, so that all get theirs */
};

struct pace *pace_open(double call_rate)
{
    struct pace *p = arena_must_alloc(sizeof *p);

    p->call_rate = call_rate;
    return p;
}

void pace_close(struct pace **pace)
{
    if (!*pace)
        return;
    for (struct bucket *b = (*pace)->first; b;) {
        struct bucket *after = b->all;
        free(b);
        b = after;
    }
    free(*pace);
    *pace = NULL;
}

static unsigned hash(const struct store_sender *s)
{
    unsigned h = (unsigned)s->tenant * 31u + (unsigned)s->kind;

    for (const char *c = s->from; *c; c++)
        h = h * 31u + (unsigned char)*c;
    return h % BUCKETS;
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
    struct bucket **at = &p->hashed[hash(s)];

    for (struct bucket *b = *at; b; b = b->next)
        if (b->sender.tenant == s->tenant && b->sender.kind == s->kind &&
            strcmp(b->sender.from, s->from) == 0)
            return b;
    struct bucket *b = arena_must_alloc(sizeof *b);
    b->sender = *s;
    b->rate = usual_rate(p, s->kind);
    b->tokens = b->rate * SAVED_SECONDS;
    b->look_ms = INT64_MAX;
    b->next = *at;
    *at = b;
    b->all = p->first;
    p->first = b;
    return b;
}

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

void pace_set_rate(struct pace *p, int32_t tenant, const char *from, double per_second)
{
    struct store_sender s = {.tenant = tenant, .kind = OUTBOX_TEXT};

    strncpy(s.from, from, sizeof s.from - 1);
    bucket_of(p, &s)->rate = per_second > 0 ? per_second : segments_per_second;
}

void pace_note(struct pace *p, const struct store_sender *sender, int64_t at_ms)
{
    struct bucket *b = bucket_of(p, sender);

    if (at_ms < b->look_ms)
        b->look_ms = at_ms;
}

bool pace_take(struct pace *p, const struct store_sender *sender, enum outbox_class class, int cost,
               int64_t now_ms)
{
    struct bucket *b = bucket_of(p, sender);

    fill(b, now_ms);
    if (b->tokens < 1 && (class != OUTBOX_URGENT || sender->kind == OUTBOX_CALL))
        return false;
    b->tokens -= cost;
    return true;
}

/* When the bucket holds a whole token again. */
static int64_t full_ms(const struct bucket *b)
{
    const double wait = b->tokens >= 1 ? 0 : (1 - b->tokens) / b->rate * 1000;

    return b->filled_ms + (int64_t)wait + (wait > 0);
}

static int64_t ready_ms(const struct bucket *b)
{
    if (b->look_ms == INT64_MAX)
        return INT64_MAX;
    return b->look_ms > full_ms(b) ? b->look_ms : full_ms(b);
}

const struct store_sender *pace_next(struct pace *p, int64_t now_ms, int *out_max)
{
    struct bucket *b = p->turn ? p->turn : p->first;
    struct bucket *const begin = b;

    while (b) {
        fill(b, now_ms);
        if (b->look_ms <= now_ms && b->tokens >= 1) {
            b->look_ms = INT64_MAX;
            p->turn = b->all;
            *out_max = (int)b->tokens;
            return &b->sender;
        }
        b = b->all ? b->all : p->first;
        if (b == begin)
            break;
    }
    return NULL;
}

int64_t pace_wake_ms(const struct pace *p)
{
    int64_t wake_ms = INT64_MAX;

    for (const struct bucket *b = p->first; b; b = b->all)
        if (ready_ms(b) < wake_ms)
            wake_ms = ready_ms(b);
    return wake_ms;
}
