#include "sql/sql_news.h"

#include "base/buf.h"
#include "base/id.h"
#include "sql/sql_texts.h"

enum { ONE_SIZE = 1 + ID_TEXT_SIZE, CHANGES_MAX = 2000 /* of one tenant's batch */ };

static const char letters[STORE_CHANGES] = {
    [STORE_CHANGE_EVENT] = 'e', [STORE_CHANGE_THREAD] = 't', [STORE_CHANGE_RELAY] = 'r',
    [STORE_CHANGE_CALL] = 'c',  [STORE_CHANGE_JOB] = 'j',    [STORE_CHANGE_MESSAGE] = 'm',
};

bool sql_news_of(const struct fact *fact, struct store_change *out)
{
    switch (fact->kind) {
    case FACT_THREAD:
        *out = (struct store_change){fact->tenant, STORE_CHANGE_THREAD, fact->thread->id, 0};
        return true;
    case FACT_RELAY:
        *out = (struct store_change){fact->tenant, STORE_CHANGE_RELAY, fact->relay->id, 0};
        return true;
    case FACT_CASCADE:
        *out = (struct store_change){fact->tenant, STORE_CHANGE_CALL, fact->cascade->id, 0};
        return true;
    case FACT_MESSAGE:
        *out = (struct store_change){fact->tenant, STORE_CHANGE_MESSAGE, fact->message->id, 0};
        return true;
    case FACT_JOB:
        *out = (struct store_change){fact->tenant, STORE_CHANGE_JOB, fact->job->id, 0};
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

/* A tenant's changes, while they are gathered. */
struct told {
    struct told *next;
    int32_t tenant;
    int64_t event; /* the latest of the log; 0: none */
    struct buf text;
};

struct gathering {
    struct arena *scratch;
    struct told *first;
};

static struct told *told_of(struct gathering *g, int32_t tenant)
{
    struct told **at = &g->first;

    for (; *at; at = &(*at)->next)
        if ((*at)->tenant == tenant)
            return *at;
    *at = ARENA_NEW(g->scratch, struct told);
    (*at)->tenant = tenant;
    (*at)->text = buf_in(g->scratch, (size_t)CHANGES_MAX * ONE_SIZE);
    return *at;
}

static void add(struct told *t, enum store_change_kind kind, int64_t id)
{
    char text[ID_TEXT_SIZE + 1];

    if (buf_span(&t->text).size + ONE_SIZE > (size_t)CHANGES_MAX * ONE_SIZE)
        return;
    id_render(id, text);
    buf_add_char(&t->text, letters[kind]);
    buf_add(&t->text, (struct span){text, ID_TEXT_SIZE});
}

static void gather(struct gathering *g, const struct facts *facts)
{
    struct store_change change;

    for (const struct appended *row = facts->added; row; row = row->next)
        if (row->kind == APPEND_EVENT)
            told_of(g, row->event.tenant)->event = row->event.id;
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if ((fact->fresh || fact->dirty) && sql_news_of(fact, &change))
            add(told_of(g, change.tenant), change.kind, change.id);
    for (struct told *t = g->first; t; t = t->next)
        if (t->event)
            add(t, STORE_CHANGE_EVENT, t->event);
}

void sql_news_tell(struct sql *sql, const struct store *store, const struct facts *facts,
                   struct arena *scratch)
{
    struct gathering g = {.scratch = scratch};

    gather(&g, facts);
    for (const struct told *t = g.first; t; t = t->next) {
        struct sql_query *q = sql_use(sql, TEXT_NEWS_ADD);
        sql_put(q, t->tenant);
        sql_put(q, store->node);
        sql_put(q, id_next(facts->ids, facts->now_ms));
        sql_put_span(q, buf_span(&t->text));
        sql_run(q);
    }
}

static bool kind_of(char letter, enum store_change_kind *out)
{
    for (int i = 0; i < STORE_CHANGES; i++)
        if (letters[i] == letter) {
            *out = (enum store_change_kind)i;
            return true;
        }
    return false;
}

void sql_news_read(int32_t tenant, int64_t at, struct span changes, store_change_fn *fn, void *ctx)
{
    struct store_change change = {.tenant = tenant, .at = at};

    for (size_t i = 0; i + ONE_SIZE <= changes.size; i += ONE_SIZE) {
        if (!kind_of(changes.data[i], &change.kind) ||
            !id_parse((struct span){changes.data + i + 1, ID_TEXT_SIZE}, &change.id))
            return;
        fn(ctx, &change);
    }
}
