#include "river/due.h"

#include <stdbool.h>
#include <string.h>

enum {
    PART = DUE_MAX / DUE_CROWD_MAX, /* who has more of what a batch takes is one of the crowd */
    OTHERS_MAX = DUE_MAX / 2,
    FRESH_MS = 1000, /* what other nodes add is seen within that time */
};

void due_note(struct due *d, int64_t due_ms)
{
    if (due_ms < d->seen_ms)
        d->seen_ms = due_ms;
}

void due_forget(struct due *d)
{
    d->seen_ms = 0;
}

static bool is_of_crowd(const struct due *d, int32_t tenant)
{
    for (size_t i = 0; i < d->crowd_count; i++)
        if (d->crowd[i] == tenant)
            return true;
    return false;
}

/* Whoever has more than his part; the part is such that there is room for all of them. */
static void find_crowd(const struct timer *timers, size_t count, struct due *out)
{
    out->crowd_count = 0;
    for (size_t i = 0; i + PART < count; i++) {
        size_t same = 0;
        if (is_of_crowd(out, timers[i].tenant))
            continue;
        for (size_t n = i; n < count; n++)
            same += timers[n].tenant == timers[i].tenant;
        if (same > PART)
            out->crowd[out->crowd_count++] = timers[i].tenant;
    }
}

static bool is_same_crowd(const struct due *a, const struct due *b)
{
    if (a->crowd_count != b->crowd_count)
        return false;
    for (size_t i = 0; i < a->crowd_count; i++)
        if (!is_of_crowd(b, a->crowd[i]))
            return false;
    return true;
}

/* Keeps `max` of the crowd's, the earliest. */
static size_t keep_crowd(const struct due *d, struct timer *timers, size_t count, size_t max)
{
    size_t kept = 0;

    for (size_t i = 0; i < count && kept < max; i++)
        if (is_of_crowd(d, timers[i].tenant))
            timers[kept++] = timers[i];
    return kept;
}

static enum err take_others(struct due *d, struct store *store, int64_t first_ms, int64_t until_ms,
                            struct timer *out, size_t *out_count)
{
    if (d->seen_ms < first_ms || until_ms - d->fresh_ms >= FRESH_MS) {
        d->seen_ms = first_ms;
        d->fresh_ms = until_ms;
    }
    if (d->seen_ms > until_ms) {
        *out_count = 0;
        return ERR_NONE;
    }
    const struct store_due_ask ask = {.from_ms = d->seen_ms,
                                      .until_ms = until_ms,
                                      .but = d->crowd,
                                      .but_count = d->crowd_count,
                                      .max = OTHERS_MAX};
    return store_due_others(store, &ask, out, out_count, &d->seen_ms);
}

enum err due_take(struct due *d, struct store *store, int64_t until_ms, struct timer out[DUE_MAX],
                  size_t *out_count, int64_t *out_next_ms)
{
    struct timer others[OTHERS_MAX];
    struct due now = {.crowd_count = 0};
    size_t count = 0, more = 0;
    int64_t next_ms = INT64_MAX;

    enum err err = store_due(store, until_ms, DUE_MAX, out, &count, &next_ms);
    if (err)
        return err;
    if (next_ms <= until_ms)
        find_crowd(out, count, &now);
    if (is_same_crowd(&now, d)) {
        now.seen_ms = d->seen_ms;
        now.fresh_ms = d->fresh_ms;
    }
    if (now.crowd_count) {
        err = take_others(&now, store, out[0].due_ms, until_ms, others, &more);
        if (err)
            return err;
        count = keep_crowd(&now, out, count, DUE_MAX - more);
        memcpy(out + count, others, more * sizeof *others);
    }
    *d = now;
    *out_count = count + more;
    *out_next_ms = next_ms;
    return ERR_NONE;
}
