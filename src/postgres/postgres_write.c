#include "postgres/postgres_write.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/hash.h"
#include "postgres/postgres_column.h"
#include "postgres/postgres_pipe.h"
#include "sql/sql_columns.h"
#include "sql/sql_texts.h"

enum { BUCKETS = 256, TEXT_BYTES = 8192, NAME_BYTES = 40 };

/* Its columns as sql_save.c binds them. Types are postgres_column's letters: a small one is born
 * with the row and stays, a capital may change. The first `keys` columns are the key. */
struct table {
    const char *name, *columns, *types;
    int keys;
    bool is_once;  /* a batch may write a key twice: the last one counts */
    bool is_found; /* a changed row is found by an index of its key alone, whatever the planner
                      believes: postgres_load.c tells how */
};

enum {
    CLAIM,
    THREAD,
    RELAY,
    CASCADE,
    MESSAGE,
    OUTBOX,
    LINK,
    CONSENT,
    PARTIES,
    QUESTION,
    JOB,
    JOB_CREW,
    EVENT,
    CALL_EVENT,
    TIMER,
    TAG,
    DUTY,
    SPENT,
    NEWS,
    TABLES
};

/* clang-format off */
static const struct table tables[TABLES] = {
    [CLAIM] = {"claim", "tenant, key, event_id, answer", "itbt", 2, false},
    [THREAD] = {"thread", SQL_COLUMNS_THREAD, "ibttb" "BTTIBBBBBBI", 2, false, true},
    [RELAY] = {"relay", SQL_COLUMNS_RELAY, "ibb" "T" "b" "BBTIBTTTBBBBT", 2, false, true},
    [CASCADE] = {"cascade", SQL_COLUMNS_CASCADE,
                 "ibbtttttb" "TTIIBBBTTTTIBIBTIBBBIB", 2, false, true},
    [MESSAGE] = {"message", SQL_COLUMNS_MESSAGE, "ibbttttttttb" "BBTITTT" "i" "I", 2, false},
    [OUTBOX] = {"outbox", SQL_COLUMNS_OUTBOX, "ibtt" "TTBTTTBBIITBBII" "IB", 2, false},
    [LINK] = {"link", SQL_COLUMNS_LINK, "yitbt" "BB", 1, false},
    [CONSENT] = {"consent", SQL_COLUMNS_CONSENT, "itt" "IB", 3, false},
    [PARTIES] = {"parties", SQL_COLUMNS_PARTY, "it" "TTBBB", 2, false},
    [QUESTION] = {"question", SQL_COLUMNS_QUESTION, "it" "TTBBTTTT", 2, false},
    [JOB] = {"job", SQL_COLUMNS_JOB, "ibtbt" "TTTTTTTTTTTTTTTTBIIBBBBBBBIB", 2, false, true},
    [JOB_CREW] = {"job_crew", "tenant, job, phone", "ibt", 3, false},
    [EVENT] = {"event", "tenant, id, kind, created_at, thread_id, subject_id, operator, detail,"
               " is_alarm, salt, chain", "ibtbbbttiyy", 2, false},
    [CALL_EVENT] = {"twilio_call_events", "tenant, id, cascade_id, created_at, call_sid, kind,"
                    " line, caller, operator, attempt, detail", "ibbbttttti" "t", 2, false},
    [TIMER] = {"timer", "due_at, tenant, kind, subject_id", "bitb", 4, true},
    [TAG] = {"tag", "tenant, operator, tag, thread_id, sent_at, line", "itt" "BBT", 3, true},
    [DUTY] = {"duty", SQL_COLUMNS_DUTY, "it" "TBBIBBBBB", 2, true},
    [SPENT] = {"spent", "tenant, day, what, count", "iit" "I", 3, false},
    [NEWS] = {"news", "tenant, node, id, changes", "iibt", 3, false},
};

/* In the order in which they are sent: a relay is written with its thread's customer, and what
 * goes makes room for what comes. */
enum verb { ADD, KEEP /* unless it is there */, PUT, ADD_UP, CHANGE, DROP, DROP_CREW, ADD_RELAY };
static const struct statement {
    int table;
    enum verb verb;
    int text, or_text; /* of sql_texts; or_text 0: one alone */
} statements[] = {
    {THREAD, ADD, TEXT_THREAD_ADD, 0},
    {THREAD, CHANGE, TEXT_THREAD_CHANGE, 0},
    {CLAIM, ADD, TEXT_CLAIM_ADD, 0},
    {RELAY, ADD_RELAY, TEXT_RELAY_ADD, 0},
    {RELAY, CHANGE, TEXT_RELAY_CHANGE, 0},
    {CASCADE, ADD, TEXT_CASCADE_ADD, 0},
    {CASCADE, CHANGE, TEXT_CASCADE_CHANGE, 0},
    {MESSAGE, ADD, TEXT_MESSAGE_ADD, 0},
    {MESSAGE, CHANGE, TEXT_MESSAGE_CHANGE, TEXT_MESSAGE_BIND},
    {OUTBOX, DROP, TEXT_OUTBOX_DROP, 0},
    {OUTBOX, ADD, TEXT_OUTBOX_ADD, 0},
    {OUTBOX, CHANGE, TEXT_OUTBOX_CHANGE, 0},
    {LINK, ADD, TEXT_LINK_ADD, 0},
    {LINK, CHANGE, TEXT_LINK_CHANGE, 0},
    {CONSENT, ADD, TEXT_CONSENT_ADD, 0},
    {CONSENT, CHANGE, TEXT_CONSENT_CHANGE, 0},
    {PARTIES, PUT, TEXT_PARTY_PUT, 0},
    {QUESTION, DROP, TEXT_QUESTION_DROP, 0},
    {QUESTION, PUT, TEXT_QUESTION_PUT, 0},
    {JOB, ADD, TEXT_JOB_ADD, 0},
    {JOB, CHANGE, TEXT_JOB_CHANGE, 0},
    {JOB_CREW, DROP_CREW, TEXT_JOB_CREW_DROP, 0},
    {JOB_CREW, KEEP, TEXT_JOB_CREW_ADD, 0},
    {EVENT, ADD, TEXT_EVENT_ADD, 0},
    {CALL_EVENT, ADD, TEXT_CALL_EVENT_ADD, 0},
    {TIMER, DROP, TEXT_TIMER_DROP, 0},
    {TIMER, KEEP, TEXT_TIMER_ADD, 0},
    {TAG, PUT, TEXT_TAG_PUT, 0},
    {DUTY, PUT, TEXT_DUTY_PUT, 0},
    {SPENT, ADD_UP, TEXT_SPENT_ADD, 0},
    {NEWS, ADD, TEXT_NEWS_ADD, 0},
};
/* clang-format on */
enum { STATEMENTS = sizeof statements / sizeof statements[0] };

struct row {
    struct row *next;
    struct row *in_bucket;
    int table;
    bool is_over; /* a later one of the same key counts */
    struct postgres_put puts[];
};

struct rows {
    struct row *first, **last;
};

struct postgres_write {
    char *texts[STATEMENTS + 1];
    int count[STATEMENTS]; /* values that a row brings */
    int of_text[SQL_TEXTS];
    struct postgres_column columns[POSTGRES_VALUES];
    struct arena *scratch;
    struct rows rows[STATEMENTS];
    struct row *buckets[BUCKETS];
};

/* ---- the texts ---- */

/* Column number `at` of a list. */
static const char *name_of(const struct table *t, int at, char out[NAME_BYTES])
{
    struct span rest = span_of(t->columns), name = {NULL, 0};

    for (int i = 0; i <= at; i++)
        name = span_cut(rest, ',', &rest);
    while (name.size && *name.data == ' ')
        name = (struct span){name.data + 1, name.size - 1};
    CHECK(name.size > 0 && name.size < NAME_BYTES);
    memcpy(out, name.data, name.size);
    out[name.size] = 0;
    return out;
}

static int columns_of(const struct table *t)
{
    int count = 1;

    for (const char *c = t->columns; *c; c++)
        count += *c == ',';
    CHECK((size_t)count == strlen(t->types) && count <= POSTGRES_VALUES);
    return count;
}

/* Whether a statement is sent this column, of the values that it is bound. */
static bool sends(const struct statement *s, int at)
{
    const struct table *t = &tables[s->table];

    return s->verb != CHANGE || at < t->keys || isupper((unsigned char)t->types[at]);
}

static enum postgres_column_type type_at(const struct table *t, int at)
{
    return (enum postgres_column_type)tolower((unsigned char)t->types[at]);
}

/* unnest($1::integer[], ...) AS v (tenant, ...) */
static void say_values(struct buf *b, const struct statement *s, int count)
{
    const struct table *t = &tables[s->table];
    char name[NAME_BYTES];
    int sent = 0;

    buf_printf(b, "unnest(");
    for (int i = 0; i < count; i++)
        if (sends(s, i)) {
            sent++;
            buf_printf(b, "%s$%d::%s[]", sent > 1 ? ", " : "", sent,
                       postgres_column_type_name(type_at(t, i)));
        }
    buf_printf(b, ") AS v (");
    for (int i = 0; i < count; i++)
        if (sends(s, i))
            buf_printf(b, "%s%s", i ? ", " : "", name_of(t, i, name));
    buf_printf(b, ")");
}

static void say_keys(struct buf *b, const struct table *t, int keys, const char *between)
{
    char name[NAME_BYTES];

    for (int i = 0; i < keys; i++) {
        name_of(t, i, name);
        buf_printf(b, "%s%s.%s = v.%s", i ? between : "", t->name, name, name);
    }
}

static void say_sets(struct buf *b, const struct table *t, int count, const char *from)
{
    char name[NAME_BYTES];
    bool more = false;

    for (int i = 0; i < count; i++)
        if (isupper((unsigned char)t->types[i])) {
            name_of(t, i, name);
            buf_printf(b, "%s%s = %s.%s", more ? ", " : "", name, from, name);
            more = true;
        }
}

/* What stands there already. */
static void say_conflict(struct buf *b, const struct statement *s, int count)
{
    const struct table *t = &tables[s->table];
    char name[NAME_BYTES];

    if (s->verb != KEEP && s->verb != PUT && s->verb != ADD_UP)
        return;
    buf_printf(b, " ON CONFLICT (");
    for (int i = 0; i < t->keys; i++)
        buf_printf(b, "%s%s", i ? ", " : "", name_of(t, i, name));
    buf_add_text(b, s->verb == KEEP ? ") DO NOTHING" : ") DO UPDATE SET ");
    if (s->verb == PUT)
        say_sets(b, t, count, "excluded");
    if (s->verb == ADD_UP)
        buf_printf(b, "count = %s.count + excluded.count", t->name);
}

static void say_insert(struct buf *b, const struct statement *s, int count)
{
    const struct table *t = &tables[s->table];
    const bool is_relay = s->verb == ADD_RELAY;

    buf_printf(b, "INSERT INTO %s (%s%s) SELECT v.*%s FROM ", t->name, t->columns,
               is_relay ? ", customer_phone" : "",
               is_relay ? ", (SELECT customer_phone FROM thread WHERE thread.tenant = v.tenant"
                          " AND thread.id >= v.thread_id AND thread.id <= v.thread_id"
                          " ORDER BY thread.id LIMIT 1)"
                        : "");
    say_values(b, s, count);
    say_conflict(b, s, count);
}

static void say_change(struct buf *b, const struct statement *s, int count)
{
    const struct table *t = &tables[s->table];

    buf_printf(b, "WITH u AS (UPDATE %s SET ", t->name);
    say_sets(b, t, count, "v");
    buf_printf(b, " FROM ");
    say_values(b, s, count);
    if (t->is_found)
        buf_printf(b,
                   " CROSS JOIN LATERAL (SELECT ctid FROM %s AS r WHERE r.tenant = v.tenant"
                   " AND r.id >= v.id AND r.id <= v.id ORDER BY r.id LIMIT 1) AS at"
                   " WHERE %s.ctid = at.ctid",
                   t->name, t->name);
    else
        buf_printf(b, " WHERE ");
    if (!t->is_found)
        say_keys(b, t, t->keys, " AND ");
    buf_printf(b, " RETURNING 1) SELECT 1 / CASE WHEN count(*) = cardinality($1) THEN 1 ELSE 0"
                  " END FROM u");
}

static void say_drop(struct buf *b, const struct statement *s, int count)
{
    const struct table *t = &tables[s->table];

    buf_printf(b, "DELETE FROM %s USING ", t->name);
    say_values(b, s, count);
    buf_printf(b, " WHERE ");
    say_keys(b, t, count, " AND ");
}

/* How many values a row of this statement brings. */
static int values_of(const struct statement *s)
{
    const struct table *t = &tables[s->table];

    if (s->verb == DROP)
        return t->keys;
    return s->verb == DROP_CREW ? 2 : columns_of(t);
}

static char *text_of(const struct statement *s, int count)
{
    struct arena *arena = arena_open(TEXT_BYTES);
    struct buf b = buf_in(arena, TEXT_BYTES);

    if (s->verb == CHANGE)
        say_change(&b, s, count);
    else if (s->verb == DROP || s->verb == DROP_CREW)
        say_drop(&b, s, count);
    else
        say_insert(&b, s, count);
    CHECK(!b.full);
    char *text = arena_must_alloc(b.size + 1);
    memcpy(text, b.data, b.size);
    text[b.size] = 0;
    arena_close(&arena);
    return text;
}

struct postgres_write *postgres_write_open(void)
{
    struct postgres_write *w = arena_must_alloc(sizeof *w);

    memset(w, 0, sizeof *w);
    memset(w->of_text, 0xff, sizeof w->of_text);
    for (int i = 0; i < STATEMENTS; i++) {
        const struct statement *s = &statements[i];
        w->count[i] = values_of(s);
        w->texts[i] = text_of(s, w->count[i]);
        w->of_text[s->text] = i;
        if (s->or_text)
            w->of_text[s->or_text] = i;
    }
    return w;
}

void postgres_write_close(struct postgres_write **write)
{
    struct postgres_write *w = *write;

    if (!w)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        free(w->texts[i]);
    for (int i = 0; i < POSTGRES_VALUES; i++)
        postgres_column_done(&w->columns[i]);
    free(w);
    *write = NULL;
}

const char *postgres_write_text(const struct postgres_write *w, int at)
{
    return w->texts[at];
}

/* ---- keeping ---- */

static size_t bucket_of(const struct row *r)
{
    uint64_t h = hash_number(HASH_BEGIN, (uint64_t)r->table);

    for (int i = 0; i < tables[r->table].keys; i++) {
        const struct postgres_put *p = &r->puts[i];
        h = hash_number(h, (uint64_t)p->number);
        h = hash_span(h, p->bytes);
    }
    return (h ^ h >> 32) % BUCKETS;
}

static bool is_same_key(const struct row *a, const struct row *b)
{
    if (a->table != b->table)
        return false;
    for (int i = 0; i < tables[a->table].keys; i++) {
        const struct postgres_put *x = &a->puts[i], *y = &b->puts[i];
        if (x->kind != y->kind || x->number != y->number || x->bytes.size != y->bytes.size ||
            (x->bytes.size && memcmp(x->bytes.data, y->bytes.data, x->bytes.size) != 0))
            return false;
    }
    return true;
}

static void take_place(struct postgres_write *w, struct row *row)
{
    struct row **bucket = &w->buckets[bucket_of(row)];

    for (struct row *r = *bucket; r; r = r->in_bucket)
        if (is_same_key(r, row))
            r->is_over = true;
    row->in_bucket = *bucket;
    *bucket = row;
}

static void keep(void *ctx, int index, const struct postgres_put *puts, int count)
{
    struct postgres_write *w = ctx;
    const int at = w->of_text[index];

    CHECK(at >= 0 && count == w->count[at]);
    struct row *row = arena_alloc(w->scratch, sizeof *row + (size_t)count * sizeof row->puts[0]);
    row->table = statements[at].table;
    memcpy(row->puts, puts, (size_t)count * sizeof row->puts[0]);
    for (int i = 0; i < count; i++) {
        struct postgres_put *p = &row->puts[i];
        if (p->kind == POSTGRES_PUT_NULL || p->kind == POSTGRES_PUT_NUMBER)
            p->bytes = (struct span){NULL, 0};
        else
            p->number = 0, p->bytes = arena_copy(w->scratch, p->bytes);
        if (p->kind == POSTGRES_PUT_NULL)
            p->number = 0;
    }
    *w->rows[at].last = row;
    w->rows[at].last = &row->next;
    if (tables[row->table].is_once)
        take_place(w, row);
}

void postgres_write_begin(struct postgres_write *w, struct sql *sql, struct arena *scratch)
{
    w->scratch = scratch;
    memset(w->buckets, 0, sizeof w->buckets);
    for (int i = 0; i < STATEMENTS; i++) {
        w->rows[i].first = NULL;
        w->rows[i].last = &w->rows[i].first;
    }
    postgres_pipe_put_off(sql, keep, w);
}

/* ---- sending ---- */

static void put(struct postgres_column *c, const struct postgres_put *p)
{
    switch (p->kind) {
    case POSTGRES_PUT_NULL:
        postgres_column_null(c);
        break;
    case POSTGRES_PUT_NUMBER:
        postgres_column_number(c, p->number);
        break;
    case POSTGRES_PUT_TEXT:
    case POSTGRES_PUT_BYTES:
        postgres_column_bytes(c, p->bytes);
        break;
    }
}

static void send_one(struct postgres_write *w, struct sql *sql, int at)
{
    const struct statement *s = &statements[at];
    struct postgres_value values[POSTGRES_VALUES];
    int sent = 0, rows = 0;

    for (const struct row *r = w->rows[at].first; r; r = r->next)
        rows += !r->is_over;
    if (rows == 0)
        return;
    for (int i = 0; i < w->count[at]; i++) {
        struct postgres_column *c = &w->columns[sent];
        if (!sends(s, i))
            continue;
        postgres_column_begin(c, type_at(&tables[s->table], i));
        for (const struct row *r = w->rows[at].first; r; r = r->next)
            if (!r->is_over)
                put(c, &r->puts[i]);
        values[sent++] = postgres_column_value(c);
    }
    postgres_pipe_send(sql, w->texts[at], values, sent);
}

void postgres_write_send(struct postgres_write *w, struct sql *sql)
{
    postgres_pipe_put_off(sql, NULL, NULL);
    for (int i = 0; i < STATEMENTS; i++)
        send_one(w, sql, i);
}
