#include "river/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { FIRST_WAIT_MS = 1000, MOST_WAIT_MS = 5000 };

struct gate_shut {
    struct gate_pass of;
    bool is_probed; /* a probe is under way */
    int64_t wait_ms;
    int64_t next_ms; /* no probe goes before */
};

static struct gate_shut *find(const struct gate *g, const struct gate_pass *p)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct gate_pass *of = &g->shut[i].of;
        if (of->key_of == p->key_of && of->kind == p->kind && strcmp(of->account, p->account) == 0)
            return &g->shut[i];
    }
    return NULL;
}

static void shut(struct gate *g, const struct gate_pass *p, int64_t now_ms)
{
    if (g->count == g->room) {
        g->room = g->room ? 2 * g->room : 8;
        g->shut = arena_must_grow(g->shut, g->room * sizeof *g->shut);
    }
    g->shut[g->count++] =
        (struct gate_shut){.of = *p, .wait_ms = FIRST_WAIT_MS, .next_ms = now_ms + FIRST_WAIT_MS};
}

bool gate_enter(struct gate *g, struct gate_pass *p, int64_t now_ms)
{
    if (p->edition != g->edition)
        g->count = 0;
    g->edition = p->edition;
    struct gate_shut *s = find(g, p);
    /* The clock may have been put back: then nobody waits for what it was. */
    const bool may_go =
        !s || (!s->is_probed && (now_ms >= s->next_ms || now_ms < s->next_ms - MOST_WAIT_MS));
    p->is_probe = s && may_go;
    if (p->is_probe)
        s->is_probed = true;
    return may_go;
}

void gate_leave(struct gate *g, const struct gate_pass *p, enum gate_word word, int64_t now_ms)
{
    struct gate_shut *s = find(g, p);

    if (p->edition != g->edition) /* what others say of credentials that are gone */
        return;
    if (!s) {
        if (word == GATE_DENIED)
            shut(g, p, now_ms);
        return;
    }
    if (p->is_probe)
        s->is_probed = false;
    if (word == GATE_ACCEPTED) {
        *s = g->shut[--g->count];
    } else if (word == GATE_DENIED && p->is_probe) {
        s->wait_ms = s->wait_ms * 2 < MOST_WAIT_MS ? s->wait_ms * 2 : MOST_WAIT_MS;
        s->next_ms = now_ms + s->wait_ms;
    }
}

void gate_close(struct gate *g)
{
    free(g->shut);
    *g = (struct gate){0};
}
