/* The generic cell rate algorithm: each one known has the instant up to which its allowance is
 * spent. A minute's worth may be spent ahead. */
#include "rules/guard.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"

enum { PLACES = 4096, LOOK = 8, MINUTE_MS = 60000 };

struct place {
    uint64_t who;
    int64_t spent_ms;
};

/* A place as it was before it was changed. */
struct former {
    struct place *at, was;
};

struct guard {
    struct place places[PLACES];
    struct former *former; /* since guard_begin, in their order */
    size_t former_count, former_room;
    bool has_begun; /* else nothing is ever undone */
};

struct guard *guard_open(void)
{
    return arena_must_alloc(sizeof(struct guard));
}

void guard_close(struct guard **guard)
{
    if (!*guard)
        return;
    free((*guard)->former);
    free(*guard);
    *guard = NULL;
}

void guard_begin(struct guard *g)
{
    if (!g)
        return;
    g->former_count = 0;
    g->has_begun = true;
}

void guard_undo(struct guard *g)
{
    while (g && g->former_count > 0) {
        const struct former *f = &g->former[--g->former_count];
        *f->at = f->was;
    }
}

static void keep_former(struct guard *g, struct place *at)
{
    if (!g->has_begun || g->former_count == PLACES)
        return;
    if (g->former_count == g->former_room) {
        g->former_room = g->former_room ? 2 * g->former_room : 64;
        g->former = arena_must_grow(g->former, g->former_room * sizeof *g->former);
    }
    g->former[g->former_count++] = (struct former){at, *at};
}

static uint64_t name_of(int32_t tenant, struct span who)
{
    return hash_span(hash_number(HASH_BEGIN, (uint32_t)tenant), who) | 1; /* 0 is a free place */
}

/* Its place, to be changed; when all it could have are taken, that of whoever was silent longest.
 */
static struct place *place_of(struct guard *g, uint64_t who)
{
    struct place *oldest = NULL;

    for (uint64_t i = 0; i < LOOK; i++) {
        struct place *p = &g->places[((who ^ who >> 32) + i) % PLACES];
        if (p->who == who) {
            keep_former(g, p);
            return p;
        }
        if (!oldest || p->spent_ms < oldest->spent_ms)
            oldest = p;
    }
    keep_former(g, oldest);
    *oldest = (struct place){.who = who};
    return oldest;
}

int64_t guard_wait_ms(struct guard *g, int32_t tenant, struct span who, int a_minute,
                      int64_t now_ms)
{
    if (!g || a_minute <= 0)
        return 0;
    struct place *p = place_of(g, name_of(tenant, who));
    if (p->spent_ms < now_ms)
        p->spent_ms = now_ms;
    p->spent_ms += MINUTE_MS / a_minute;
    const int64_t ahead_ms = p->spent_ms - now_ms;
    return ahead_ms > MINUTE_MS ? ahead_ms - MINUTE_MS : 0;
}

void guard_note(struct guard *g, int32_t tenant, struct span who, int64_t until_ms)
{
    if (g)
        place_of(g, name_of(tenant, who))->spent_ms = until_ms;
}

void guard_forget(struct guard *g, int32_t tenant, struct span who)
{
    guard_note(g, tenant, who, 0);
}

bool guard_is_noted(struct guard *g, int32_t tenant, struct span who, int64_t now_ms)
{
    return g && place_of(g, name_of(tenant, who))->spent_ms > now_ms;
}
