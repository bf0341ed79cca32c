#include "store/sqlite_load.h"

#include <string.h>

#include "base/check.h"
#include "base/id.h"
#include "model/fact_list.h"
#include "store/sqlite_jobs.h"
#include "store/sqlite_texts.h"

/* The desk of an operator with more open threads than there are tags is not a desk. */
enum { DESK_MOST = 4000, DUTIES_MOST = 4000 };

static struct plan *get_plan(struct sql_query *q, struct arena *arena)
{
    const struct span text = sql_get_span(q);

    if (!text.size)
        return NULL;
    struct plan *plan = ARENA_NEW(arena, struct plan);
    if (plan_parse(text, plan))
        sql_bad_column(q);
    return plan;
}

static void *get_thread(struct sql_query *q, struct arena *arena)
{
    struct thread *t = ARENA_NEW(arena, struct thread);

    t->tenant = (int32_t)sql_get(q);
    t->id = sql_get(q);
    SQL_GET_TEXT(q, t->line);
    SQL_GET_TEXT(q, t->customer);
    t->opened_ms = sql_get(q);
    t->last_ms = sql_get(q);
    SQL_GET_TEXT(q, t->owner);
    SQL_GET_TEXT(q, t->job);
    t->closed = sql_get(q);
    t->relay = sql_get(q);
    t->closed_text_ms = sql_get(q);
    t->closes_ms = sql_get(q);
    t->heard_ms = sql_get(q);
    t->heard_print = sql_get(q);
    t->burst_ms = sql_get(q);
    t->burst = (int32_t)sql_get(q);
    return t;
}

static void *get_relay(struct sql_query *q, struct arena *arena)
{
    struct relay *r = ARENA_NEW(arena, struct relay);

    r->tenant = (int32_t)sql_get(q);
    r->id = sql_get(q);
    r->thread = sql_get(q);
    SQL_GET_NAME(q, relay_kind, r->kind);
    r->raised_ms = sql_get(q);
    r->message = sql_get(q);
    r->cascade = sql_get(q);
    SQL_GET_NAME(q, relay_state, r->state);
    r->step = (uint8_t)sql_get(q);
    r->due_ms = sql_get(q);
    r->body = sql_get_copy(q, arena);
    r->plan = get_plan(q, arena);
    SQL_GET_TEXT(q, r->acked_by);
    r->forwarded_to_primary_at = sql_get(q);
    r->primary_ack_at = sql_get(q);
    r->forwarded_to_backup_at = sql_get(q);
    r->acked_at = sql_get(q);
    SQL_GET_NAME(q, final_status, r->final_status);
    return r;
}

static void *get_cascade(struct sql_query *q, struct arena *arena)
{
    struct cascade *c = ARENA_NEW(arena, struct cascade);

    c->tenant = (int32_t)sql_get(q);
    c->id = sql_get(q);
    c->thread = sql_get(q);
    SQL_GET_TEXT(q, c->account);
    SQL_GET_TEXT(q, c->call_sid);
    SQL_GET_TEXT(q, c->line);
    SQL_GET_TEXT(q, c->caller);
    SQL_GET_TEXT(q, c->job);
    c->started_ms = sql_get(q);
    SQL_GET_NAME(q, cascade_state, c->state);
    SQL_GET_NAME(q, outcome, c->outcome);
    c->attempt = (uint8_t)sql_get(q);
    c->ring_s = (uint16_t)sql_get(q);
    c->due_ms = sql_get(q);
    c->accepted_ms = sql_get(q);
    c->ended_ms = sql_get(q);
    SQL_GET_TEXT(q, c->accepted_by);
    SQL_GET_TEXT(q, c->leg_sid);
    c->plan = get_plan(q, arena);
    c->recording = sql_get_copy(q, arena);
    c->recording_s = (int32_t)sql_get(q);
    c->relay = sql_get(q);
    c->round = (uint8_t)sql_get(q);
    c->rang_ms = sql_get(q);
    c->transcript = sql_get_copy(q, arena);
    c->shows_line = sql_get(q);
    c->turn_ms = sql_get(q);
    c->added_ms = sql_get(q);
    c->watch_ms = sql_get(q);
    c->conference = sql_get(q);
    c->waits_ms = sql_get(q);
    return c;
}

static void *get_message(struct sql_query *q, struct arena *arena)
{
    struct message *m = ARENA_NEW(arena, struct message);

    m->tenant = (int32_t)sql_get(q);
    m->id = sql_get(q);
    m->thread = sql_get(q);
    SQL_GET_NAME(q, direction, m->direction);
    SQL_GET_NAME(q, origin, m->origin);
    SQL_GET_NAME(q, message_kind, m->kind);
    SQL_GET_TEXT(q, m->from);
    SQL_GET_TEXT(q, m->to);
    SQL_GET_TEXT(q, m->customer);
    SQL_GET_TEXT(q, m->operator_id);
    SQL_GET_TEXT(q, m->job);
    m->at_ms = sql_get(q);
    m->relay = sql_get(q);
    m->cascade = sql_get(q);
    SQL_GET_NAME(q, delivery, m->delivery);
    m->error_code = (int32_t)sql_get(q);
    m->body = sql_get_copy(q, arena);
    m->media = sql_get_copy(q, arena);
    SQL_GET_TEXT(q, m->sid);
    m->late = sql_get(q);
    m->duplicate = sql_get(q);
    return m;
}

struct outbox *sqlite_load_outbox(struct sql_query *q, struct arena *arena)
{
    struct outbox *o = ARENA_NEW(arena, struct outbox);

    o->tenant = (int32_t)sql_get(q);
    o->id = sql_get(q);
    SQL_GET_NAME(q, outbox_kind, o->kind);
    SQL_GET_TEXT(q, o->from);
    SQL_GET_NAME(q, outbox_class, o->class);
    SQL_GET_NAME(q, outbox_state, o->state);
    o->due_ms = sql_get(q);
    SQL_GET_TEXT(q, o->account);
    SQL_GET_TEXT(q, o->to);
    o->body = sql_get_copy(q, arena);
    o->cascade = sql_get(q);
    o->expires_ms = sql_get(q);
    o->fence = (int32_t)sql_get(q);
    o->attempt = (int32_t)sql_get(q);
    o->media = sql_get_copy(q, arena);
    o->sent_ms = sql_get(q);
    o->unsure_ms = sql_get(q);
    o->again = sql_get(q);
    const int64_t rung = sql_get(q); /* from 1; null: none */
    o->has_rung = rung > 0;
    o->rung = rung > 0 ? (uint8_t)(rung - 1) : 0;
    return o;
}

static void *get_outbox(struct sql_query *q, struct arena *arena)
{
    return sqlite_load_outbox(q, arena);
}

static void *get_job(struct sql_query *q, struct arena *arena)
{
    return sqlite_jobs_get(q, arena);
}

static void *get_link(struct sql_query *q, struct arena *arena)
{
    struct link *l = ARENA_NEW(arena, struct link);

    sql_get_blob(q, l->hash, sizeof l->hash);
    l->tenant = (int32_t)sql_get(q);
    SQL_GET_NAME(q, link_purpose, l->purpose);
    l->subject = sql_get(q);
    SQL_GET_TEXT(q, l->operator_id);
    l->expires_ms = sql_get(q);
    l->used_ms = sql_get(q);
    return l;
}

static void *get_consent(struct sql_query *q, struct arena *arena)
{
    struct consent *c = ARENA_NEW(arena, struct consent);

    c->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, c->line);
    SQL_GET_TEXT(q, c->person);
    c->is_out = sql_get(q);
    c->at_ms = sql_get(q);
    return c;
}

static void *get_party(struct sql_query *q, struct arena *arena)
{
    struct party *p = ARENA_NEW(arena, struct party);

    p->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, p->number);
    SQL_GET_TEXT(q, p->name);
    SQL_GET_NAME(q, line_type, p->line_type);
    p->name_ms = sql_get(q);
    p->line_type_ms = sql_get(q);
    p->again_ms = sql_get(q);
    return p;
}

static void get_choices(struct sql_query *q, struct question *out)
{
    struct span rest = sql_get_span(q);

    while (rest.size) {
        const struct span one = span_cut(rest, ' ', &rest);
        if (out->thread_count == QUESTION_CHOICES ||
            !id_parse(one, &out->threads[out->thread_count])) {
            sql_bad_column(q);
            return;
        }
        out->thread_count++;
    }
}

static void *get_question(struct sql_query *q, struct arena *arena)
{
    struct question *a = ARENA_NEW(arena, struct question);

    a->tenant = (int32_t)sql_get(q);
    SQL_GET_TEXT(q, a->operator_id);
    SQL_GET_NAME(q, question_kind, a->kind);
    SQL_GET_TEXT(q, a->line);
    a->message = sql_get(q);
    a->due_ms = sql_get(q);
    SQL_GET_TEXT(q, a->tag);
    a->body = sql_get_copy(q, arena);
    a->media = sql_get_copy(q, arena);
    get_choices(q, a);
    return a;
}

static void *get_claim(struct sql_query *q, struct arena *arena)
{
    struct claim_fact *claimed = ARENA_NEW(arena, struct claim_fact);

    claimed->event = sql_get(q);
    claimed->answer = sql_get_copy(q, arena);
    return claimed;
}

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

    settle(sql, facts, fact, q, get_thread);
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
    settle(sql, facts, fact, by_id(sql, TEXT_RELAY_GET, fact), get_relay);
    if (fact->state == FACT_PRESENT)
        facts_want_id(facts, FACT_THREAD, fact->tenant, fact->relay->thread);
}

static void load_cascade(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q =
        fact->id ? by_id(sql, TEXT_CASCADE_GET, fact) : by_key(sql, TEXT_CASCADE_FIND, fact);

    settle(sql, facts, fact, q, get_cascade);
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

    settle(sql, facts, fact, q, get_message);
}

static void load_link(struct sql *sql, struct facts *facts, struct fact *fact)
{
    struct sql_query *q = sql_use(sql, TEXT_LINK_GET);

    sql_put_blob(q, fact->key.data, fact->key.size);
    settle(sql, facts, fact, q, get_link);
}

static void read_desk(struct sql *sql, struct facts *facts, const struct fact *fact,
                      struct desk *desk)
{
    struct sql_query *q = by_key(sql, TEXT_DESK_GET, fact);
    struct tag tag = {.tenant = fact->tenant};

    memcpy(tag.operator_id, desk->operator_id, sizeof tag.operator_id);
    sql_put(q, DESK_MOST);
    while (sql_next(q)) {
        SQL_GET_TEXT(q, tag.tag);
        tag.thread = sql_get(q);
        tag.sent_ms = sql_get(q);
        SQL_GET_TEXT(q, tag.line);
        fact_list_fill_desk(facts, desk, &tag);
    }
}

static void load_desk(struct sql *sql, struct facts *facts, struct fact *fact,
                      struct sqlite_desks *desks)
{
    struct desk *desk = ARENA_NEW(facts->arena, struct desk);

    CHECK(fact->key.size < sizeof desk->operator_id);
    memcpy(desk->operator_id, fact->key.data, fact->key.size);
    if (!sqlite_desks_get(desks, fact->tenant, facts->arena, desk)) {
        read_desk(sql, facts, fact, desk);
        if (sql_err(sql))
            return;
        sqlite_desks_put(desks, fact->tenant, desk);
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
        struct duty d = {.tenant = (int32_t)sql_get(q)};
        SQL_GET_TEXT(q, d.operator_id);
        SQL_GET_NAME(q, duty_state, d.state);
        d.since_ms = sql_get(q);
        d.until_ms = sql_get(q);
        d.wrong_tags = (int32_t)sql_get(q);
        d.wrong_ms = sql_get(q);
        d.locked_ms = sql_get(q);
        d.shift_ms = sql_get(q);
        d.shift_id = sql_get(q);
        d.shift_due_ms = sql_get(q);
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

    settle(sql, facts, fact, q, get_job);
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
                     struct sqlite_desks *desks)
{
    switch (fact->kind) {
    case FACT_CLAIM:
        settle(sql, facts, fact, by_key(sql, TEXT_CLAIM_GET, fact), get_claim);
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
        settle(sql, facts, fact, by_id(sql, TEXT_OUTBOX_GET, fact), get_outbox);
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
        settle(sql, facts, fact, by_pair(sql, TEXT_CONSENT_GET, fact), get_consent);
        break;
    case FACT_QUESTION:
        settle(sql, facts, fact, by_key(sql, TEXT_QUESTION_GET, fact), get_question);
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
        settle(sql, facts, fact, by_key(sql, TEXT_PARTY_GET, fact), get_party);
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

void sqlite_load(struct sql *sql, struct facts *facts, struct sqlite_desks *desks)
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
