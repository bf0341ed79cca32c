#include "net/deadline.h"

#include <stddef.h>

enum { NS_PER_MS = 1000000 };

void deadline_leave(struct deadline *d)
{
    struct deadline_line *line = d->line;

    if (!line)
        return;
    *(d->prev ? &d->prev->next : &line->first) = d->next;
    *(d->next ? &d->next->prev : &line->last) = d->prev;
    *d = (struct deadline){0};
}

void deadline_join(struct deadline *d, struct deadline_line *line, int64_t now_ns)
{
    deadline_leave(d);
    *d = (struct deadline){
        .prev = line->last, .line = line, .due_ns = now_ns + line->time_ms * NS_PER_MS};
    *(line->last ? &line->last->next : &line->first) = d;
    line->last = d;
}

struct deadline *deadline_take_late(struct deadline_line *line, int64_t now_ns)
{
    struct deadline *d = line->first;

    if (!d || d->due_ns > now_ns)
        return NULL;
    deadline_leave(d);
    return d;
}

int64_t deadline_wait_ms(const struct deadline_line *line, int64_t now_ns)
{
    if (!line->first)
        return -1;
    const int64_t left = line->first->due_ns - now_ns;
    return left > 0 ? (left + NS_PER_MS - 1) / NS_PER_MS : 0;
}

int64_t deadline_sooner_ms(int64_t a_ms, int64_t b_ms)
{
    if (a_ms < 0 || b_ms < 0)
        return a_ms < 0 ? b_ms : a_ms;
    return a_ms < b_ms ? a_ms : b_ms;
}
