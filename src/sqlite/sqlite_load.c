#include "sqlite/sqlite_load.h"

#include <string.h>

#include "base/check.h"
#include "base/id.h"
#include "model/fact_list.h"
#include "sql/sql_rows.h"
#include "sql/sql_texts.h"

/* The desk of an operator with more open threads than there are tags is not a desk. */
enum { DESK_MOST = 4000, DUTIES_MOST = 4000 };

/* Hands over what has been read, NULL for nothing. After an error the fact stays wanted: what could
 * not be read is not absent; false then. */
static bool hand_over(struct sql *sql, struct facts *facts, struct fact *fact, void *row)
{
    if (sql_err(sql))
        return false;
    facts_settle(facts, fact, row);
    return true;
}

/* The one row of a query whose values are bound. */
static void settle(struct sql *sql, struct facts *facts, struct fact *fact, struct sql_query *q,
                   void *(*get)(struct sql_query *, struct arena *))
{
    void *row = sql_next(q) ? get(q, facts->arena) : NULL;

    sql_done(q);
    hand_over(sql, facts, fact, row);
}

/* The one number that a query gives, 0 when it gives none. */
static int64_t *settle_number(struct sql *sql, struct facts *facts, struct fact *fact,
                              struct sql_query *q)
{
    int64_t *number = ARENA_NEW(facts->arena, int64_t);

    *number = sql_next(q) ? sql_get(q) : 0;
    sql_done(q);
    return hand_over(sql, facts, fact, number) ? number : NULL;
}

static void want_all(struct facts *facts, enum fact_kind kind, int32_t tenant, const int64_t *ids,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        facts_want_id(facts, kind, tenant, ids[i]);
}

static struct sql_query *by_id(struct sql *sql, int text, const struct fact *fact)
{
    struct sql_query *q = sql_use(sql, text);

    sql_put(q, fact->tenant);
    sql_put(q, fact->id);
    return q;
}

static struct sql_query *by_key(struct sql *sql, int text, const struct fact *fact)
{
    struct sql_query *q = sql_use(sql, text);

    sql_put(q, fact->tenant);
    sql_put_span(q, fact->key);
    return q;
}

/* The key is "line person". */
static struct sql_query *by_pair(struct sql *sql, int text, const struct fact *fact)
{
    struct sql_query *q = sql_use(sql, text);
    struct span person;
    const struct span line = span_cut(fact->key, ' ', &person);

    sql_put(q, fact->tenant);
    sql_put_span(q, line);
    sql_put_span(q, person);
    return q;
}

static void load_thread(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->id ? by_id(sql, TEXT_THREAD_GET, fact) : by_pair(sql, TEXT_THREAD_FIND, fact);

    settle(sql, facts, fact, q, sql_rows_thread);
    if (fact->state != FACT_PRESENT)
        return;
    const struct thread *t = fact->same ? fact->same->thread : fact->thread;
    if (t->relay)
        facts_want_id(facts, FACT_RELAY, t->tenant, t->relay);
    facts_want_party(facts, t->tenant, span_of(t->customer));
    if (t->job[0])
        facts_want_job(facts, t->tenant, span_of(t->job));
}

static void load_relay(struct sql *sql, struct facts *facts, struct fact *fact)
{
    settle(sql, facts, fact, by_id(sql, TEXT_RELAY_GET, fact), sql_rows_relay);
    if (fact->state == FACT_PRESENT)
        facts_want_id(facts, FACT_THREAD, fact->tenant, fact->relay->thread);
}

static void load_cascade(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->id ? by_id(sql, TEXT_CASCADE_GET, fact) : by_key(sql, TEXT_CASCADE_FIND, fact);

    settle(sql, facts, fact, q, sql_rows_cascade);
    if (fact->state != FACT_PRESENT)
        return;
    const struct cascade *c = fact->same ? fact->same->cascade : fact->cascade;
    if (c->thread)
        facts_want_id(facts, FACT_THREAD, c->tenant, c->thread);
}

static void load_message(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->id ? by_id(sql, TEXT_MESSAGE_GET, fact) : by_key(sql, TEXT_MESSAGE_FIND, fact);

    settle(sql, facts, fact, q, sql_rows_message);
}

static void load_link(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_LINK_GET);

    sql_put_blob(q, fact->key.data, fact->key.size);
    settle(sql, facts, fact, q, sql_rows_link);
}

static void read_desk(struct sql *sql, struct facts *facts, const struct fact *fact,
                      struct desk *desk)
{
    struct sql_query *q = by_key(sql, TEXT_DESK_GET, fact);

    sql_put(q, DESK_MOST);
    while (sql_next(q)) {
        struct tag tag = sql_rows_tag(q);
        tag.tenant = fact->tenant;
        memcpy(tag.operator_id, desk->operator_id, sizeof tag.operator_id);
        fact_list_fill_desk(facts, desk, &tag);
    }
}

static void load_desk(struct sql *sql, struct facts *facts, struct fact *fact,
                      struct sql_desks *desks)
{
    struct desk *desk = ARENA_NEW(facts->arena, struct desk);

    CHECK(fact->key.size < sizeof desk->operator_id);
    memcpy(desk->operator_id, fact->key.data, fact->key.size);
    if (!sql_desks_get(desks, fact->tenant, facts->arena, desk)) {
        read_desk(sql, facts, fact, desk);
        if (sql_err(sql))
            return;
        sql_desks_put(desks, fact->tenant, desk);
    }
    facts_settle(facts, fact, desk);
}

static void load_duties(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_DUTIES_GET);
    struct duties *duties = ARENA_NEW(facts->arena, struct duties);

    sql_put(q, fact->tenant);
    sql_put(q, DUTIES_MOST);
    while (sql_next(q)) {
        const struct duty d = sql_rows_duty(q);
        fact_list_fill_duties(facts, duties, &d);
    }
    hand_over(sql, facts, fact, duties);
}

static void load_idle(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_RELAY_IDLE);
    struct idle *idle = ARENA_NEW(facts->arena, struct idle);

    sql_put(q, fact->tenant);
    sql_put(q, LIMIT_IDLE);
    while (sql_next(q))
        fact_list_fill_idle(facts, idle, sql_get(q));
    if (hand_over(sql, facts, fact, idle))
        want_all(facts, FACT_RELAY, fact->tenant, idle->relays, idle->count);
}

static void load_live(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->key.size ? by_key(sql, TEXT_CASCADE_LIVE_OF, fact) : sql_use(sql, TEXT_CASCADE_LIVE);
    struct live *live = ARENA_NEW(facts->arena, struct live);

    if (!fact->key.size)
        sql_put(q, fact->tenant);
    sql_put(q, LIMIT_LIVE);
    while (sql_next(q))
        fact_list_fill_live(facts, live, sql_get(q));
    if (hand_over(sql, facts, fact, live))
        want_all(facts, FACT_CASCADE, fact->tenant, live->cascades, live->count);
}

static void load_waiting(struct sql *sql, struct facts *facts, struct fact *fact)
{
    const int64_t *relay =
        settle_number(sql, facts, fact, by_key(sql, TEXT_RELAY_LAST_WAITING, fact));

    if (relay && *relay)
        facts_want_id(facts, FACT_RELAY, fact->tenant, *relay);
}

static void load_job(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->id ? by_id(sql, TEXT_JOB_GET, fact) : by_key(sql, TEXT_JOB_FIND, fact);

    settle(sql, facts, fact, q, sql_rows_job);
}

static void load_jobs(struct sql *sql, struct facts *facts, struct fact *fact, int text)
{
    struct sql_query *q = by_key(sql, text, fact);
    struct job_list *list = ARENA_NEW(facts->arena, struct job_list);

    sql_put(q, JOB_LIST);
    while (sql_next(q))
        fact_list_fill_jobs(facts, list, sql_get(q));
    if (hand_over(sql, facts, fact, list))
        want_all(facts, FACT_JOB, fact->tenant, list->ids, list->count);
}

static void load_one(struct sql *sql, struct facts *facts, struct fact *fact,
                     struct sql_desks *desks)
{
    switch (fact->kind) {
    case FACT_CLAIM:
        settle(sql, facts, fact, by_key(sql, TEXT_CLAIM_GET, fact), sql_rows_claim);
        break;
    case FACT_THREAD:
        load_thread(sql, facts, fact);
        break;
    case FACT_RELAY:
        load_relay(sql, facts, fact);
        break;
    case FACT_CASCADE:
        load_cascade(sql, facts, fact);
        break;
    case FACT_MESSAGE:
        load_message(sql, facts, fact);
        break;
    case FACT_OUTBOX:
        settle(sql, facts, fact, by_id(sql, TEXT_OUTBOX_GET, fact), sql_rows_outbox);
        break;
    case FACT_LINK:
        load_link(sql, facts, fact);
        break;
    case FACT_DESK:
        load_desk(sql, facts, fact, desks);
        break;
    case FACT_DUTIES:
        load_duties(sql, facts, fact);
        break;
    case FACT_CONSENT:
        settle(sql, facts, fact, by_pair(sql, TEXT_CONSENT_GET, fact), sql_rows_consent);
        break;
    case FACT_QUESTION:
        settle(sql, facts, fact, by_key(sql, TEXT_QUESTION_GET, fact), sql_rows_question);
        break;
    case FACT_IDLE:
        load_idle(sql, facts, fact);
        break;
    case FACT_LIVE:
        load_live(sql, facts, fact);
        break;
    case FACT_WAITING:
        load_waiting(sql, facts, fact);
        break;
    case FACT_PARTY:
        settle(sql, facts, fact, by_key(sql, TEXT_PARTY_GET, fact), sql_rows_party);
        break;
    case FACT_JOB:
        load_job(sql, facts, fact);
        break;
    case FACT_CUSTOMER_JOBS:
        load_jobs(sql, facts, fact, TEXT_JOB_CUSTOMERS);
        break;
    case FACT_CREW_JOBS:
        load_jobs(sql, facts, fact, TEXT_JOB_CREWS);
        break;
    case FACT_BURDEN:
        settle_number(sql, facts, fact, by_key(sql, TEXT_BURDEN, fact));
        break;
    case FACT_KINDS:
        break;
    }
}

void sqlite_load(struct sql *sql, struct facts *facts, struct sql_desks *desks)
{
    /* What one row makes wanted stands behind it in the list. */
    for (struct fact *fact = *facts->unread; fact && !sql_err(sql); fact = fact->next)
        if (fact->state == FACT_WANTED)
            load_one(sql, facts, fact, desks);
    if (sql_err(sql))
        return;
    facts->unread = facts->last;
    facts->short_of = false;
}
