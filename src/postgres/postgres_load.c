#include "postgres/postgres_load.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "model/fact_list.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_text.h"
#include "sql/sql_columns.h"
#include "sql/sql_rows.h"

enum { KEYS_MOST = 3 };

/* What a list holds at most, as the text of its statement says it. A desk with more tags than there
 * are is no desk. */
#define LIST_MOST 4000
#define IDLE_MOST 200
#define LIVE_MOST 500
#define JOBS_MOST 50
_Static_assert(IDLE_MOST == (int)LIMIT_IDLE && LIVE_MOST == (int)LIMIT_LIVE &&
                   JOBS_MOST == (int)JOB_LIST,
               "one number");

/* What facts are asked by. */
enum by { BY_ID, BY_KEY, BY_PAIR, BY_TENANT, BY_HASH };

#define STRING(n) STRING_OF(n)
#define STRING_OF(n) #n
/* One look at an index for each key, whatever the planner believes of the tables: a key is asked as
 * a range in order, as no other index has that order, and to sort is forbidden (postgres_sql.c). */
#define FROM_IDS "FROM unnest($1::integer[], $2::bigint[]) WITH ORDINALITY AS k (tenant, id, n)"
#define FROM_KEYS "FROM unnest($1::integer[], $2::text[]) WITH ORDINALITY AS k (tenant, key, n)"
#define FROM_PAIRS                                                       \
    "FROM unnest($1::integer[], $2::text[], $3::text[]) WITH ORDINALITY" \
    " AS k (tenant, line, person, n)"
#define FROM_TENANTS "FROM unnest($1::integer[]) WITH ORDINALITY AS k (tenant, n)"
#define IS(column, key) column " >= " key " AND " column " <= " key " ORDER BY " column " LIMIT 1"
#define EACH(columns, table, where)                                                            \
    " CROSS JOIN LATERAL (SELECT " columns " FROM " table " WHERE " table ".tenant = k.tenant" \
    " AND " where ") r"
#define ROW_BY_ID(columns, table) \
    "SELECT k.n, r.* " FROM_IDS EACH(columns, table, IS(table ".id", "k.id"))
#define ROW_BY_KEY(columns, table, key) \
    "SELECT k.n, r.* " FROM_KEYS EACH(columns, table, IS(table "." key, "k.key"))

typedef void *row_fn(struct sql_query *q, struct arena *arena);
typedef void list_fn(struct facts *f, struct fact *fact, struct sql_query *q);

static void fill_desk(struct facts *f, struct fact *fact, struct sql_query *q);
static void fill_duties(struct facts *f, struct fact *fact, struct sql_query *q);
static void fill_ids(struct facts *f, struct fact *fact, struct sql_query *q);

/* clang-format off */
/* How a kind of facts is read: a row each, or many rows that fill a list. */
static const struct form {
    enum fact_kind kind;
    enum by by;
    const char *text;
    row_fn *row;
    list_fn *list;
} forms[] = {
    {FACT_CLAIM, BY_KEY, ROW_BY_KEY("event_id, answer", "claim", "key"), sql_rows_claim, NULL},
    {FACT_THREAD, BY_ID, ROW_BY_ID(SQL_COLUMNS_THREAD, "thread"), sql_rows_thread, NULL},
    {FACT_THREAD, BY_PAIR, "SELECT k.n, r.* " FROM_PAIRS EACH(SQL_COLUMNS_THREAD, "thread",
     "thread.line = k.line AND " IS("thread.customer_phone", "k.person")), sql_rows_thread, NULL},
    {FACT_RELAY, BY_ID, ROW_BY_ID(SQL_COLUMNS_RELAY, "relay"), sql_rows_relay, NULL},
    {FACT_CASCADE, BY_ID, ROW_BY_ID(SQL_COLUMNS_CASCADE, "cascade"), sql_rows_cascade, NULL},
    {FACT_CASCADE, BY_KEY, ROW_BY_KEY(SQL_COLUMNS_CASCADE, "cascade", "call_sid"),
     sql_rows_cascade, NULL},
    {FACT_MESSAGE, BY_ID, ROW_BY_ID(SQL_COLUMNS_MESSAGE, "message"), sql_rows_message, NULL},
    {FACT_MESSAGE, BY_KEY, "SELECT k.n, r.* " FROM_KEYS EACH(SQL_COLUMNS_MESSAGE, "message",
     "direction = 'out' AND " IS("message.sid", "k.key")), sql_rows_message, NULL},
    {FACT_OUTBOX, BY_ID, ROW_BY_ID(SQL_COLUMNS_OUTBOX, "outbox"), sql_rows_outbox, NULL},
    {FACT_LINK, BY_HASH, "SELECT k.n, r.* FROM unnest($1::bytea[]) WITH ORDINALITY AS k (hash, n)"
     " CROSS JOIN LATERAL (SELECT " SQL_COLUMNS_LINK " FROM link WHERE " IS("link.hash", "k.hash")
     ") r", sql_rows_link, NULL},
    {FACT_DESK, BY_KEY, "SELECT k.n, r.* " FROM_KEYS EACH("tag, thread_id, sent_at, line", "tag",
     "operator = k.key ORDER BY sent_at DESC LIMIT " STRING(LIST_MOST)), NULL, fill_desk},
    {FACT_DUTIES, BY_TENANT, "SELECT k.n, r.* " FROM_TENANTS EACH(SQL_COLUMNS_DUTY, "duty",
     "true ORDER BY operator LIMIT " STRING(LIST_MOST)), NULL, fill_duties},
    {FACT_CONSENT, BY_PAIR, "SELECT k.n, r.* " FROM_PAIRS EACH(SQL_COLUMNS_CONSENT, "consent",
     "consent.line = k.line AND " IS("consent.person", "k.person")), sql_rows_consent, NULL},
    {FACT_QUESTION, BY_KEY, ROW_BY_KEY(SQL_COLUMNS_QUESTION, "question", "operator"),
     sql_rows_question, NULL},
    {FACT_IDLE, BY_TENANT, "SELECT k.n, r.id " FROM_TENANTS EACH("id", "relay",
     "state IN ('idle', 'open') AND state = 'idle' ORDER BY id LIMIT " STRING(IDLE_MOST)), NULL,
     fill_ids},
    {FACT_PARTY, BY_KEY, ROW_BY_KEY(SQL_COLUMNS_PARTY, "parties", "number"), sql_rows_party, NULL},
    {FACT_LIVE, BY_TENANT, "SELECT k.n, r.id " FROM_TENANTS EACH("id", "cascade",
     "state <> 'over' AND state = 'ringing' ORDER BY id LIMIT " STRING(LIVE_MOST)), NULL, fill_ids},
    {FACT_LIVE, BY_KEY, "SELECT k.n, r.id " FROM_KEYS EACH("id", "cascade",
     "state = 'ringing' AND shows_line = 0 AND caller >= k.key AND caller <= k.key"
     " ORDER BY caller, id LIMIT " STRING(LIVE_MOST)),
     NULL, fill_ids},
    {FACT_WAITING, BY_KEY, "SELECT k.n, r.id " FROM_KEYS EACH("id", "relay",
     "state IN ('idle', 'open') AND kind IN ('missed_call', 'voicemail') AND k.key ="
     " (SELECT thread.line FROM thread WHERE thread.tenant = relay.tenant"
     " AND " IS("thread.id", "relay.thread_id") ") ORDER BY relay.id DESC LIMIT 1"), NULL, fill_ids},
    {FACT_JOB, BY_ID, ROW_BY_ID(SQL_COLUMNS_JOB, "job"), sql_rows_job, NULL},
    {FACT_JOB, BY_KEY, ROW_BY_KEY(SQL_COLUMNS_JOB, "job", "job_id"), sql_rows_job, NULL},
    {FACT_CUSTOMER_JOBS, BY_KEY, "SELECT k.n, r.id " FROM_KEYS EACH("id", "job",
     SQL_COLUMNS_ACTIVE_JOB " AND customer_phone IS NOT NULL AND customer_phone >= k.key"
     " AND customer_phone <= k.key ORDER BY customer_phone DESC, id DESC LIMIT " STRING(JOBS_MOST)), NULL, fill_ids},
    {FACT_CREW_JOBS, BY_KEY, "SELECT k.n, r.job " FROM_KEYS EACH("job", "job_crew",
     "phone >= k.key AND phone <= k.key ORDER BY phone DESC, job DESC LIMIT " STRING(JOBS_MOST)), NULL, fill_ids},
    {FACT_BURDEN, BY_KEY, "SELECT k.n, r.owned " FROM_KEYS " CROSS JOIN LATERAL (SELECT count(*)"
     " AS owned FROM (SELECT 1 FROM thread WHERE thread.tenant = k.tenant AND owner IS NOT NULL"
     " AND is_closed = 0 AND owner >= k.key AND owner <= k.key ORDER BY owner) t) r", NULL,
     fill_ids},
};
/* clang-format on */
enum { FORMS = sizeof forms / sizeof forms[0] };

const char *postgres_load_text(int at)
{
    return at < FORMS ? forms[at].text : NULL;
}

/* The facts of a round that are asked alike. */
struct group {
    struct fact **facts;
    size_t count, room;
};

struct postgres_load {
    struct group groups[FORMS];
    struct postgres_column columns[KEYS_MOST];
};

struct postgres_load *postgres_load_open(void)
{
    return arena_must_alloc(sizeof(struct postgres_load));
}

void postgres_load_close(struct postgres_load **load)
{
    struct postgres_load *l = *load;

    if (!l)
        return;
    for (int i = 0; i < FORMS; i++)
        free(l->groups[i].facts);
    for (int i = 0; i < KEYS_MOST; i++)
        postgres_column_done(&l->columns[i]);
    free(l);
    *load = NULL;
}

/* ---- lists ---- */

static void fill_desk(struct facts *f, struct fact *fact, struct sql_query *q)
{
    struct tag tag = sql_rows_tag(q);

    tag.tenant = fact->tenant;
    memcpy(tag.operator_id, fact->desk->operator_id, sizeof tag.operator_id);
    fact_list_fill_desk(f, fact->desk, &tag);
}

static void fill_duties(struct facts *f, struct fact *fact, struct sql_query *q)
{
    const struct duty d = sql_rows_duty(q);

    fact_list_fill_duties(f, fact->duties, &d);
}

static void fill_ids(struct facts *f, struct fact *fact, struct sql_query *q)
{
    const int64_t id = sql_get(q);

    if (fact->kind == FACT_IDLE)
        fact_list_fill_idle(f, fact->idle, id);
    else if (fact->kind == FACT_LIVE)
        fact_list_fill_live(f, fact->live, id);
    else if (fact->kind == FACT_WAITING || fact->kind == FACT_BURDEN)
        *fact->waiting = id; /* one number, whichever */
    else
        fact_list_fill_jobs(f, fact->jobs, id);
}

/* ---- a round ---- */

static bool is_one_of(const struct form *form, const struct fact *fact)
{
    if (form->kind != fact->kind)
        return false;
    switch (form->by) {
    case BY_ID:
        return fact->id != 0;
    case BY_TENANT:
        return !fact->key.size;
    case BY_KEY:
        return fact->id == 0 && (fact->kind != FACT_LIVE || fact->key.size);
    case BY_PAIR:
    case BY_HASH:
        break;
    }
    return fact->id == 0;
}

static void put_key(struct postgres_load *l, const struct form *form, const struct fact *fact,
                    struct arena *scratch)
{
    struct span rest = postgres_text_clean(scratch, fact->key);

    if (form->by == BY_HASH) {
        postgres_column_bytes(&l->columns[0], fact->key);
        return;
    }
    postgres_column_number(&l->columns[0], fact->tenant);
    if (form->by == BY_ID)
        postgres_column_number(&l->columns[1], fact->id);
    if (form->by == BY_KEY)
        postgres_column_bytes(&l->columns[1], rest);
    if (form->by == BY_PAIR) {
        postgres_column_bytes(&l->columns[1], span_cut(rest, ' ', &rest));
        postgres_column_bytes(&l->columns[2], rest);
    }
}

static void send_group(struct postgres_load *l, struct postgres_hold *h, int at)
{
    static const char *const types[] = {
        [BY_ID] = "ib", [BY_KEY] = "it", [BY_PAIR] = "itt", [BY_TENANT] = "i", [BY_HASH] = "y"};
    const struct form *form = &forms[at];
    const struct group *g = &l->groups[at];
    const int keys = (int)strlen(types[form->by]);
    struct postgres_value values[KEYS_MOST];

    for (int i = 0; i < keys; i++)
        postgres_column_begin(&l->columns[i], (enum postgres_column_type)types[form->by][i]);
    for (size_t i = 0; i < g->count; i++)
        put_key(l, form, g->facts[i], h->scratch);
    for (int i = 0; i < keys; i++)
        values[i] = postgres_column_value(&l->columns[i]);
    postgres_pipe_send(h->of->sql, form->text, values, keys);
}

/* A row that stands in the set already is the batch's own. */
static void settle(struct facts *f, struct fact *fact, void *row)
{
    if (row || fact->state == FACT_WANTED)
        facts_settle(f, fact, row);
}

/* Lists stand with their facts, still wanted, while they are filled. */
static void begin_lists(struct facts *f, const struct group *g)
{
    for (size_t i = 0; i < g->count; i++)
        g->facts[i]->row = fact_list_empty(f, g->facts[i]);
}

static void take_group(struct postgres_load *l, struct sql *sql, struct facts *f, int at)
{
    const struct form *form = &forms[at];
    const struct group *g = &l->groups[at];
    struct sql_query *q = postgres_pipe_take(sql);

    if (form->list)
        begin_lists(f, g);
    while (sql_next(q)) {
        const int64_t n = sql_get(q);
        CHECK(n >= 1 && (size_t)n <= g->count);
        struct fact *fact = g->facts[n - 1];
        if (form->list) {
            form->list(f, fact, q);
            continue;
        }
        void *row = form->row(q, f->arena);
        if (!sql_err(sql))
            settle(f, fact, row);
    }
    for (size_t i = 0; i < g->count && !sql_err(sql); i++)
        settle(f, g->facts[i], form->list ? g->facts[i]->row : NULL);
}

/* ---- what a fact makes wanted ---- */

static void want_all(struct facts *f, enum fact_kind kind, int32_t tenant, const int64_t *ids,
                     size_t count)
{
    for (size_t i = 0; i < count; i++)
        facts_want_id(f, kind, tenant, ids[i]);
}

static void follow_thread(struct facts *f, const struct thread *t)
{
    if (t->relay)
        facts_want_id(f, FACT_RELAY, t->tenant, t->relay);
    facts_want_party(f, t->tenant, span_of(t->customer));
    if (t->job[0])
        facts_want_job(f, t->tenant, span_of(t->job));
}

/* Of what was asked for by name, as a timer or a receipt names it, the decision will ask on; to
 * know it now is a round trip less for each of them. */
static void look_behind(struct facts *f, const struct fact *home)
{
    if (home->kind == FACT_RELAY && home->relay->message)
        facts_want_id(f, FACT_MESSAGE, home->tenant, home->relay->message);
    if (home->kind == FACT_MESSAGE && home->message->relay)
        facts_want_id(f, FACT_RELAY, home->tenant, home->message->relay);
}

static void follow(struct facts *f, const struct fact *fact, bool is_first)
{
    const struct fact *home = fact->same ? fact->same : fact;

    if (fact->state != FACT_PRESENT)
        return;
    if (is_first && fact->id)
        look_behind(f, home);
    if (fact->kind == FACT_THREAD)
        follow_thread(f, home->thread);
    else if (fact->kind == FACT_RELAY)
        facts_want_id(f, FACT_THREAD, fact->tenant, home->relay->thread);
    else if (fact->kind == FACT_CASCADE && home->cascade->thread)
        facts_want_id(f, FACT_THREAD, fact->tenant, home->cascade->thread);
    else if (fact->kind == FACT_IDLE)
        want_all(f, FACT_RELAY, fact->tenant, fact->idle->relays, fact->idle->count);
    else if (fact->kind == FACT_LIVE)
        want_all(f, FACT_CASCADE, fact->tenant, fact->live->cascades, fact->live->count);
    else if (fact->kind == FACT_WAITING && *fact->waiting)
        facts_want_id(f, FACT_RELAY, fact->tenant, *fact->waiting);
    else if (fact->kind == FACT_CUSTOMER_JOBS || fact->kind == FACT_CREW_JOBS)
        want_all(f, FACT_JOB, fact->tenant, fact->jobs->ids, fact->jobs->count);
}

/* Of a thread by its parties it is known beforehand who the customer is: one round less. */
static void look_ahead(struct facts *f, const struct fact *fact)
{
    struct span person;

    if (fact->kind != FACT_THREAD || fact->id)
        return;
    (void)span_cut(fact->key, ' ', &person);
    facts_want_party(f, fact->tenant, person);
}

/* ---- desks that are remembered ---- */

/* Only under a hold it is known that nobody else has changed them. */
static bool take_desk(struct postgres_hold *h, struct facts *f, struct fact *fact)
{
    struct desk *desk = fact_list_empty(f, fact);

    if (h->state != HOLD_HELD || !postgres_hold_has(h, fact->tenant) ||
        !sql_desks_get(h->of->desks, fact->tenant, f->arena, desk))
        return false;
    facts_settle(f, fact, desk);
    return true;
}

/* A desk that is remembered is not read before the locks are had, which tell whether it still
 * stands so. */
static bool waits_for_hold(const struct postgres_hold *h, const struct fact *fact)
{
    return fact->kind == FACT_DESK && (h->state == HOLD_ASKED || h->state == HOLD_SENT) &&
           sql_desks_has(h->of->desks, fact->tenant, fact->key);
}

static void keep_desks(struct postgres_hold *h, const struct group *g)
{
    for (size_t i = 0; i < g->count; i++)
        if (h->state == HOLD_HELD && postgres_hold_has(h, g->facts[i]->tenant))
            sql_desks_put(h->of->desks, g->facts[i]->tenant, g->facts[i]->desk);
}

/* ---- links ---- */

/* A link tells its tenant only when it is read, so that one is held then, and the link read again:
 * it may have been used a moment before. True: all are held. */
static bool hold_their_tenants(struct postgres_hold *h, struct group *g)
{
    struct postgres_hold_list t = {ARENA_NEW_N(h->scratch, int32_t, g->count + 1), 0};

    for (size_t i = 0; i < g->count; i++)
        if (g->facts[i]->state == FACT_PRESENT && !postgres_hold_has(h, g->facts[i]->link->tenant))
            postgres_hold_list_add(&t, g->facts[i]->link->tenant);
    if (t.count == 0)
        return true;
    postgres_hold_more(h, t.list, t.count);
    postgres_hold_more_take(h);
    for (size_t i = 0; i < t.count; i++)
        if (!sql_err(h->of->sql) && !postgres_hold_has(h, t.list[i])) {
            sql_fail(h->of->sql, ERR_BUSY, "the tenant of a link is held by another node");
            h->of->sql->is_again = true;
        }
    return false;
}

static void read_links_again(struct postgres_load *l, struct postgres_hold *h, struct facts *f,
                             int at)
{
    struct group *g = &l->groups[at];

    if (g->count == 0 || h->state != HOLD_HELD || hold_their_tenants(h, g))
        return;
    for (size_t i = 0; i < g->count; i++)
        g->facts[i]->state = FACT_WANTED;
    send_group(l, h, at);
    take_group(l, h->of->sql, f, at);
}

/* ---- the rounds ---- */

static void add(struct group *g, struct fact *fact)
{
    if (g->count == g->room) {
        g->room = g->room ? 2 * g->room : 64;
        g->facts = arena_must_grow(g->facts, g->room * sizeof(struct fact *));
    }
    g->facts[g->count++] = fact;
}

static void sort_in(struct postgres_load *l, struct fact *fact)
{
    for (int i = 0; i < FORMS; i++)
        if (is_one_of(&forms[i], fact)) {
            add(&l->groups[i], fact);
            return;
        }
    check_failed(__FILE__, __LINE__, "a fact that can be asked for");
}

/* Sorts what is wanted into its groups; false: there is nothing. What is looked ahead for stands
 * behind in the list. */
static bool gather(struct postgres_load *l, struct postgres_hold *h, struct facts *f)
{
    bool is_any = false;

    for (int i = 0; i < FORMS; i++)
        l->groups[i].count = 0;
    for (struct fact *fact = *f->unread; fact; fact = fact->next) {
        if (fact->state != FACT_WANTED)
            continue;
        look_ahead(f, fact);
        if (fact->kind == FACT_DESK && take_desk(h, f, fact))
            continue;
        is_any = true;
        if (!waits_for_hold(h, fact))
            sort_in(l, fact);
    }
    return is_any;
}

static void one_round(struct postgres_load *l, struct postgres_hold *h, struct facts *f,
                      bool is_first)
{
    struct sql *sql = h->of->sql;

    postgres_hold_send(h);
    for (int i = 0; i < FORMS; i++)
        if (l->groups[i].count)
            send_group(l, h, i);
    postgres_hold_take(h);
    for (int i = 0; i < FORMS; i++) {
        if (!l->groups[i].count)
            continue;
        take_group(l, sql, f, i);
        if (forms[i].kind == FACT_DESK && !sql_err(sql))
            keep_desks(h, &l->groups[i]);
    }
    for (int i = 0; i < FORMS; i++) {
        if (forms[i].kind == FACT_LINK && !sql_err(sql))
            read_links_again(l, h, f, i);
        for (size_t k = 0; k < l->groups[i].count && !sql_err(sql); k++)
            follow(f, l->groups[i].facts[k], is_first);
    }
}

void postgres_load(struct postgres_load *l, struct postgres_hold *h, struct facts *f)
{
    struct sql *sql = h->of->sql;

    for (bool is_first = h->state != HOLD_HELD; !sql_err(sql) && gather(l, h, f); is_first = false)
        one_round(l, h, f, is_first);
    if (sql_err(sql))
        return;
    f->unread = f->last;
    f->short_of = false;
}
