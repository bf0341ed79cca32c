#include "simworld/sim_agenda.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"

struct entry {
    int64_t due_ms;
    uint64_t ticket; /* ascending, so it also settles the order within an instant */
    sim_agenda_fn *fn;
    void *ctx;
};

/* A binary heap, the first entry at its root. */
struct sim_agenda {
    struct entry *entries;
    size_t count, room;
    uint64_t last_ticket;
};

struct sim_agenda *sim_agenda_open(void)
{
    return arena_must_alloc(sizeof(struct sim_agenda));
}

void sim_agenda_close(struct sim_agenda **agenda)
{
    if (!*agenda)
        return;
    free((*agenda)->entries);
    free(*agenda);
    *agenda = NULL;
}

static bool before(const struct entry *a, const struct entry *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->ticket < b->ticket;
}

static void swap(struct entry *a, struct entry *b)
{
    const struct entry kept = *a;

    *a = *b;
    *b = kept;
}

static void rise(struct sim_agenda *a, size_t i)
{
    while (i > 0 && before(&a->entries[i], &a->entries[(i - 1) / 2])) {
        swap(&a->entries[i], &a->entries[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static void sink(struct sim_agenda *a, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < a->count; child++)
            if (before(&a->entries[child], &a->entries[least]))
                least = child;
        if (least == i)
            return;
        swap(&a->entries[i], &a->entries[least]);
        i = least;
    }
}

static void remove_at(struct sim_agenda *a, size_t i)
{
    a->count--;
    if (i == a->count)
        return;
    a->entries[i] = a->entries[a->count];
    sink(a, i);
    rise(a, i);
}

uint64_t sim_agenda_add(struct sim_agenda *a, int64_t due_ms, sim_agenda_fn *fn, void *ctx)
{
    if (a->count == a->room) {
        a->room = a->room ? a->room * 2 : 64;
        a->entries = arena_must_grow(a->entries, a->room * sizeof *a->entries);
    }
    a->entries[a->count] = (struct entry){due_ms, ++a->last_ticket, fn, ctx};
    rise(a, a->count++);
    return a->last_ticket;
}

void sim_agenda_cancel(struct sim_agenda *a, uint64_t *ticket)
{
    for (size_t i = 0; *ticket && i < a->count; i++)
        if (a->entries[i].ticket == *ticket) {
            remove_at(a, i);
            break;
        }
    *ticket = 0;
}

int64_t sim_agenda_next(const struct sim_agenda *a)
{
    return a->count ? a->entries[0].due_ms : CLOCK_NEVER;
}

bool sim_agenda_run_one(struct sim_agenda *a, int64_t now_ms)
{
    if (!a->count || a->entries[0].due_ms > now_ms)
        return false;
    const struct entry e = a->entries[0];
    remove_at(a, 0);
    e.fn(e.ctx);
    return true;
}

size_t sim_agenda_count(const struct sim_agenda *a)
{
    return a->count;
}
