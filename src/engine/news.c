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

static void add(struct news *n, struct news_row row)
{
    n->rows[n->count++ % NEWS_ROWS] = row;
}

/* The decisions of a batch follow one another tenant by tenant rather than row by row, so looking
 * at the last one alone leaves few doubles. */
static void add_event(struct news *n, const struct event_row *row, int64_t at, uint64_t since)
{
    struct news_row *last = &n->rows[(n->count + NEWS_ROWS - 1) % NEWS_ROWS];

    if (n->count > since && last->kind == NEWS_EVENT && last->tenant == row->tenant)
        last->id = row->id;
    else
        add(n, (struct news_row){row->tenant, NEWS_EVENT, row->id, at});
}

static bool to_news(const struct fact *fact, enum news_kind *out_kind, int64_t *out_id)
{
    switch (fact->kind) {
    case FACT_THREAD:
        *out_kind = NEWS_THREAD;
        *out_id = fact->thread->id;
        return true;
    case FACT_RELAY:
        *out_kind = NEWS_RELAY;
        *out_id = fact->relay->id;
        return true;
    case FACT_CASCADE:
        *out_kind = NEWS_CALL;
        *out_id = fact->cascade->id;
        return true;
    case FACT_MESSAGE:
        *out_kind = NEWS_MESSAGE;
        *out_id = fact->message->id;
        return true;
    case FACT_JOB:
        *out_kind = NEWS_JOB;
        *out_id = fact->job->id;
        return true;
    case FACT_CLAIM:
    case FACT_OUTBOX:
    case FACT_LINK:
    case FACT_DESK:
    case FACT_DUTIES:
    case FACT_CONSENT:
    case FACT_QUESTION:
    case FACT_IDLE:
    case FACT_PARTY:
    case FACT_LIVE:
    case FACT_WAITING:
    case FACT_CUSTOMER_JOBS:
    case FACT_CREW_JOBS:
    case FACT_BURDEN:
    case FACT_KINDS:
        break;
    }
    return false;
}

void news_note(void *ctx, const struct facts *facts)
{
    struct news *n = ctx;
    const int64_t at = facts->ids->last;
    enum news_kind kind;
    int64_t id;

    pthread_mutex_lock(&n->lock);
    const uint64_t since = n->count;
    for (const struct appended *row = facts->added; row; row = row->next)
        if (row->kind == APPEND_EVENT)
            add_event(n, &row->event, at, since);
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if ((fact->fresh || fact->dirty) && to_news(fact, &kind, &id))
            add(n, (struct news_row){fact->tenant, kind, id, at});
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
        if (row->tenant == tenant && row->kind != NEWS_EVENT && !has(out, count, row))
            out[count++] = *row;
    }
    pthread_mutex_unlock(&n->lock);
    return count;
}
