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
