#include "postgres/postgres_floor.h"

#include <string.h>

enum { SENDERS = 1024 };

/* A clock that was set back makes what is known worthless. */
int64_t postgres_floor_at(const struct postgres_floor *f, int64_t now_ms)
{
    if (f->full_ms == 0 || now_ms < f->full_ms || now_ms - f->full_ms >= POSTGRES_FLOOR_FULL_MS)
        return 0;
    return f->due_ms;
}

void postgres_floor_note(struct postgres_floor *f, int64_t from, int64_t first_ms, int64_t now_ms)
{
    const int64_t late_ms = now_ms - POSTGRES_FLOOR_SLACK_MS;
    const int64_t due_ms = first_ms < late_ms ? first_ms : late_ms;

    if (from == 0) {
        f->full_ms = now_ms;
        f->due_ms = due_ms;
    } else if (due_ms > f->due_ms) {
        f->due_ms = due_ms;
    }
}

void postgres_floor_lower(struct postgres_floor *f, int64_t due_ms)
{
    if (due_ms < f->due_ms)
        f->due_ms = due_ms;
}

struct postgres_floor_senders {
    struct {
        struct store_sender sender;
        struct postgres_floor floors[OUTBOX_CLASSES];
    } of[SENDERS];
};

struct postgres_floor_senders *postgres_floor_senders_open(void)
{
    return arena_must_alloc(sizeof(struct postgres_floor_senders));
}

bool postgres_floor_is_same(const struct store_sender *a, const struct store_sender *b)
{
    return a->tenant == b->tenant && a->kind == b->kind && strcmp(a->from, b->from) == 0;
}

static uint32_t place_of(const struct store_sender *s)
{
    uint32_t h = (uint32_t)s->tenant * 31 + (uint32_t)s->kind;

    for (const char *c = s->from; *c; c++)
        h = h * 31 + (unsigned char)*c;
    return h % SENDERS;
}

/* Two in one place take turns. */
struct postgres_floor *postgres_floor_of(struct postgres_floor_senders *senders,
                                         const struct store_sender *s)
{
    const uint32_t at = place_of(s);

    if (!postgres_floor_is_same(&senders->of[at].sender, s)) {
        memset(&senders->of[at], 0, sizeof senders->of[at]);
        senders->of[at].sender = *s;
    }
    return senders->of[at].floors;
}
