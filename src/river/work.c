#include "river/work.h"

void work_drop(struct work *first)
{
    for (struct work *w = first; w;) {
        struct work *next = w->next;
        struct arena *arena = w->arena;
        if (w->is_alone)
            arena_close(&arena);
        w = next;
    }
}

struct reading *work_tired(struct reading **list, int64_t before_ns)
{
    struct reading *first = NULL, **last = &first;

    for (struct reading **at = list; *at;) {
        struct reading *r = *at;
        if (!r->is_awaited || r->since_ns >= before_ns) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        *last = r;
        last = &r->next;
    }
    *last = NULL;
    return first;
}
