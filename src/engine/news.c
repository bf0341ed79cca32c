#include "engine/news.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

struct news {
    pthread_mutex_t lock;
    uint64_t count; /* rows since the start: the newest stands before count % NEWS_ROWS */
    struct news_row rows[NEWS_ROWS];
};

struct news *news_open(void)
{
    struct news *n = arena_must_alloc(sizeof *n);

    n->count = 0;
    pthread_mutex_init(&n->lock, NULL);
    return n;
}

void news_close(struct news **news)
{
    if (!*news)
        return;
    pthread_mutex_destroy(&(*news)->lock);
    free(*news);
    *news = NULL;
}

/* Places before this one are not kept any more. */
static uint64_t oldest(const struct news *n)
{
    return n->count > NEWS_ROWS ? n->count - NEWS_ROWS : 0;
}

/* Those of other nodes come somewhat late: no place stands lower than the one before. */
static void add(struct news *n, struct news_row row)
{
    const int64_t before = n->count ? n->rows[(n->count - 1) % NEWS_ROWS].at : 0;

    if (row.at < before)
        row.at = before;
    n->rows[n->count++ % NEWS_ROWS] = row;
}

/* The decisions of a batch follow one another tenant by tenant rather than row by row, so looking
 * at the last one alone leaves few doubles. */
static void add_event(struct news *n, const struct event_row *row, int64_t at, uint64_t since)
{
    struct news_row *last = &n->rows[(n->count + NEWS_ROWS - 1) % NEWS_ROWS];

    if (n->count > since && last->kind == STORE_CHANGE_EVENT && last->tenant == row->tenant)
        last->id = row->id;
    else
        add(n, (struct news_row){row->tenant, STORE_CHANGE_EVENT, row->id, at});
}

void news_note(void *ctx, const struct facts *facts)
{
    struct news *n = ctx;
    const int64_t at = facts->ids->last;
    struct store_change change;

    pthread_mutex_lock(&n->lock);
    const uint64_t since = n->count;
    for (const struct appended *row = facts->added; row; row = row->next)
        if (row->kind == APPEND_EVENT)
            add_event(n, &row->event, at, since);
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if ((fact->fresh || fact->dirty) && store_nodes_change_of(fact, &change))
            add(n, (struct news_row){change.tenant, change.kind, change.id, at});
    pthread_mutex_unlock(&n->lock);
}

void news_hear(void *ctx, const struct store_change *change)
{
    struct news *n = ctx;

    pthread_mutex_lock(&n->lock);
    add(n, (struct news_row){change->tenant, change->kind, change->id, change->at});
    pthread_mutex_unlock(&n->lock);
}

size_t news_take(struct news *n, uint64_t *seen, struct news_row *out, size_t max)
{
    size_t count = 0;

    pthread_mutex_lock(&n->lock);
    if (*seen < oldest(n))
        *seen = oldest(n);
    while (*seen < n->count && count < max)
        out[count++] = n->rows[(*seen)++ % NEWS_ROWS];
    pthread_mutex_unlock(&n->lock);
    return count;
}

static bool has(const struct news_row *rows, size_t count, const struct news_row *row)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind == row->kind && rows[i].id == row->id)
            return true;
    return false;
}

size_t news_since(struct news *n, int32_t tenant, int64_t at, struct news_row *out, size_t max)
{
    size_t count = 0;

    pthread_mutex_lock(&n->lock);
    for (uint64_t i = n->count; i > oldest(n) && count < max; i--) {
        const struct news_row *row = &n->rows[(i - 1) % NEWS_ROWS];
        if (row->at < at)
            break;
        if (row->tenant == tenant && row->kind != STORE_CHANGE_EVENT && !has(out, count, row))
            out[count++] = *row;
    }
    pthread_mutex_unlock(&n->lock);
    return count;
}
