#include "sql/sql_forget.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "journal/journal_chain.h"
#include "model/job.h"

enum { STATEMENT_BYTES = 16 << 10, THREADS_MAX = 256, HOME_DIGITS = 10 };

/* BY_ID: in the order of ids; BY_KEY: of a text; AT_ONCE: a few rows by an index, or a small table;
 * JOBS, EVENTS: row by row, as what is left must be worked out; WAIT: for the timers. */
enum by { BY_ID, BY_KEY, AT_ONCE, JOBS, EVENTS, WAIT };

/* ?1 tenant, ?2 after, ?3 up to, ?4 the number, ?5 a pattern of its digits, ?6 now. @ stands for
 * the ids of his threads. */
#define THREADED "thread_id IN (@)"
#define OF_MESSAGES                                                                         \
    "(customer_phone = ?4 OR sender = ?4 OR recipient = ?4 OR " THREADED " OR body LIKE ?5" \
    " OR media LIKE ?5)"
#define OF_CASCADES "(caller = ?4 OR " THREADED " OR transcript LIKE ?5)"
/* Who else is in a row that has his digits stays in it. */
#define WITHOUT(column) column " = CASE WHEN " column " = ?4 THEN '' ELSE " column " END"
#define NULLED(column) column " = CASE WHEN " column " = ?4 THEN NULL ELSE " column " END"

/* In this order: the carrier, what hangs on threads, and his threads at the end. */
/* clang-format off */
static const struct step {
    const char *table;
    enum by by;
    const char *key;    /* BY_KEY */
    const char *where;
    const char *change; /* NULL: the rows go */
    bool is_ask;        /* nothing of his is erased by it */
} steps[STORE_FORGET_STEPS] = {
    {"message", BY_ID, NULL, "sid IS NOT NULL AND " OF_MESSAGES,
     "INSERT INTO timer (due_at, tenant, kind, subject_id) SELECT ?6, tenant, 'forget', id FROM message", true},
    {"cascade", BY_ID, NULL, "recording IS NOT NULL AND " OF_CASCADES,
     "INSERT INTO timer (due_at, tenant, kind, subject_id) SELECT ?6, tenant, 'recording', id FROM cascade", true},
    {"timer", WAIT, NULL, NULL, NULL, true},
    {"message", BY_ID, NULL, OF_MESSAGES,
     "UPDATE message SET " WITHOUT("sender") ", " WITHOUT("recipient") ", " WITHOUT("customer_phone") ", body = '',"
     " media = NULL"},
    {"relay", BY_ID, NULL, "(customer_phone = ?4 OR " THREADED " OR body LIKE ?5)",
     "UPDATE relay SET " NULLED("customer_phone") ", body = ''"},
    {"twilio_call_events", BY_ID, NULL, "(caller = ?4 OR detail LIKE ?5 OR cascade_id IN"
     " (SELECT id FROM cascade WHERE cascade.tenant = ?1 AND " THREADED "))",
     "UPDATE twilio_call_events SET " NULLED("caller") ", detail = NULL"},
    {"cascade", BY_ID, NULL, OF_CASCADES, "UPDATE cascade SET " WITHOUT("caller") ", transcript = NULL"},
    {"job", JOBS, NULL, "(customer_phone = ?4 OR claimed_by = ?4 OR handed_by = ?4 OR handed_to = ?4"
     " OR created_by = ?4 OR crew LIKE ?5 OR stakeholders LIKE ?5 OR notes LIKE ?5 OR title LIKE ?5"
     " OR address LIKE ?5)", NULL},
    {"event", EVENTS, NULL, "detail IS NOT NULL AND (" THREADED " OR detail LIKE ?5 OR detail = ?4)", NULL},
    {"claim", BY_KEY, "key", "(answer LIKE ?5 OR answer = ?4)", "UPDATE claim SET answer = NULL"},
    {"question", AT_ONCE, NULL, "(body LIKE ?5 OR body = ?4)", NULL},
    {"consent", AT_ONCE, NULL, "person = ?4", NULL},
    {"parties", AT_ONCE, NULL, "number = ?4", NULL},
    {"spent", AT_ONCE, NULL, "what = ?4", NULL},
    {"job_crew", AT_ONCE, NULL, "phone = ?4", NULL},
    {"link", AT_ONCE, NULL, "operator = ?4", NULL},
    {"roster_version", AT_ONCE, NULL, "(document LIKE ?5 OR note LIKE ?5 OR document = ?4)", NULL},
    {"thread", AT_ONCE, NULL, "customer_phone = ?4",
     "UPDATE thread SET customer_phone = 'forgotten ' || id, is_closed = 1, heard_print = NULL"},
};
/* clang-format on */

struct forgetting {
    struct sql *sql;
    const struct store_forget_ask *ask;
    const char *threads; /* "12, 34" */
    const char *pattern;
    struct arena *scratch;
    int64_t gone;
};

/* At home people leave the country's number out. */
static const char *pattern_of(struct arena *scratch, const char *number)
{
    const char *digits = number + (number[0] == '+');
    const size_t size = strlen(digits);

    if (strncmp(number, "+1", 2) == 0 && size > HOME_DIGITS)
        digits += size - HOME_DIGITS;
    return arena_printf(scratch, "%%%s%%", digits);
}

static const char *threads_of(struct sql *sql, const struct store_forget_ask *ask,
                              struct arena *scratch)
{
    struct buf out = buf_in(scratch, STATEMENT_BYTES);
    struct sql_query *q = sql_prepare(
        sql, "SELECT id FROM thread WHERE tenant = ?1 AND customer_phone = ?2 LIMIT ?3");

    sql_put(q, ask->tenant);
    sql_put_text(q, ask->number);
    sql_put(q, THREADS_MAX);
    buf_add_char(&out, '0');
    while (sql_next(q)) {
        buf_add_text(&out, ", ");
        buf_add_number(&out, sql_get(q));
    }
    sql_drop(&q);
    return arena_text(scratch, buf_span(&out));
}

static struct forgetting begin(struct sql *sql, const struct store_forget_ask *ask,
                               struct arena *scratch)
{
    return (struct forgetting){
        .sql = sql,
        .ask = ask,
        .threads = threads_of(sql, ask, scratch),
        .pattern = pattern_of(scratch, ask->number),
        .scratch = scratch,
    };
}

/* ---- statements ---- */

/* HEAD, then the rows of the step between two ids or keys (or all of them), with the threads in. */
static struct sql_query *prepare(const struct forgetting *f, const char *head,
                                 const struct step *step, bool is_page)
{
    struct buf out = buf_in(f->scratch, STATEMENT_BYTES);
    const char *key = step->key ? step->key : "id";

    buf_printf(&out, "%s WHERE tenant = ?1", head);
    if (is_page)
        buf_printf(&out, " AND %s > ?2 AND %s <= ?3", key, key);
    buf_add_text(&out, " AND ");
    for (const char *p = step->where; *p; p++) {
        if (*p == '@')
            buf_add_text(&out, f->threads);
        else
            buf_add_char(&out, *p);
    }
    if (step->is_ask && is_page) /* it was asked before, in this very millisecond */
        buf_add_text(&out, " ON CONFLICT DO NOTHING");
    CHECK(!out.full);
    return sql_prepare(f->sql, arena_text(f->scratch, buf_span(&out)));
}

struct page {
    int64_t from, to;
    struct span from_key, to_key;
};

/* A statement without a page still has the places of one. */
static void put_all(struct sql_query *q, const struct forgetting *f, const struct step *step,
                    const struct page *page)
{
    sql_put(q, f->ask->tenant);
    if (step->by == BY_KEY) {
        sql_put_span(q, page->from_key);
        sql_put_span(q, page->to_key);
    } else {
        sql_put(q, page->from);
        sql_put(q, page->to);
    }
    sql_put_text(q, f->ask->number);
    sql_put_text(q, f->pattern);
    if (sql_values(q) > 5)
        sql_put(q, f->ask->now_ms);
}

static void change(struct forgetting *f, const struct step *step, const struct page *page)
{
    const char *head =
        step->change ? step->change : arena_printf(f->scratch, "DELETE FROM %s", step->table);
    struct sql_query *q = prepare(f, head, step, true);

    put_all(q, f, step, page);
    sql_run(q);
    if (!sql_err(f->sql) && !step->is_ask)
        f->gone += sql_changes(f->sql);
    sql_drop(&q);
}

/* ---- row by row ---- */

struct row {
    struct row *next;
    int64_t id;
    struct span salt, words;
    uint8_t hash[JOURNAL_HASH_BYTES];
};

static void erase_words(struct forgetting *f, struct row *row)
{
    struct sql_query *q = sql_prepare(
        f->sql, "UPDATE event SET detail = NULL, salt = ?3 WHERE tenant = ?1 AND id = ?2");

    sql_put(q, f->ask->tenant);
    sql_put(q, row->id);
    if (row->salt.size == JOURNAL_SALT_BYTES)
        sql_put_blob(q, row->hash, sizeof row->hash);
    else /* from before there was a chain */
        sql_put_maybe(q, 0);
    sql_run(q);
    sql_drop(&q);
    f->gone++;
}

static void change_events(struct forgetting *f, const struct step *step, const struct page *page)
{
    struct sql_query *q = prepare(f, "SELECT id, salt, detail FROM event", step, true);
    struct row *first = NULL;

    put_all(q, f, step, page);
    while (sql_next(q)) {
        struct row *row = ARENA_NEW(f->scratch, struct row);
        row->id = sql_get(q);
        row->salt = sql_get_copy(q, f->scratch);
        row->words = sql_get_copy(q, f->scratch);
        journal_chain_detail(NULL, row->salt, row->words, row->hash);
        row->next = first;
        first = row;
    }
    sql_drop(&q);
    for (; first && !sql_err(f->sql); first = first->next)
        erase_words(f, first);
}

/* Without him; others who work on the job, or hear of it, stay. */
static struct span people_without(struct forgetting *f, struct span text)
{
    struct job_person people[JOB_PEOPLE];
    uint8_t count = 0;
    size_t kept = 0;

    if (!text.size || !job_people_parse(text, people, &count))
        return (struct span){NULL, 0};
    for (size_t i = 0; i < count; i++)
        if (strcmp(people[i].phone, f->ask->number) != 0)
            people[kept++] = people[i];
    return kept ? job_people_render(f->scratch, people, kept) : (struct span){NULL, 0};
}

struct job_row {
    struct job_row *next;
    int64_t id;
    struct span crew, stakeholders;
};

static void erase_of_job(struct forgetting *f, const struct job_row *row)
{
    struct sql_query *q = sql_prepare(
        f->sql,
        "UPDATE job SET"
        " customer_name = CASE WHEN customer_phone = ?3 THEN NULL ELSE customer_name END,"
        " address = CASE WHEN customer_phone = ?3 OR address LIKE ?4 THEN NULL ELSE address END,"
        " notes = CASE WHEN customer_phone = ?3 OR notes LIKE ?4 THEN NULL ELSE notes END,"
        " title = CASE WHEN title LIKE ?4 THEN NULL ELSE title END,"
        " claimed_by = CASE WHEN claimed_by = ?3 THEN NULL ELSE claimed_by END,"
        " handed_by = CASE WHEN handed_by = ?3 THEN NULL ELSE handed_by END,"
        " handed_to = CASE WHEN handed_to = ?3 THEN NULL ELSE handed_to END,"
        " created_by = CASE WHEN created_by = ?3 THEN NULL ELSE created_by END,"
        " crew = ?5, stakeholders = ?6,"
        " customer_phone = CASE WHEN customer_phone = ?3 THEN NULL ELSE customer_phone END"
        " WHERE tenant = ?1 AND id = ?2");

    sql_put(q, f->ask->tenant);
    sql_put(q, row->id);
    sql_put_text(q, f->ask->number);
    sql_put_text(q, f->pattern);
    sql_put_maybe_span(q, row->crew);
    sql_put_maybe_span(q, row->stakeholders);
    sql_run(q);
    sql_drop(&q);
    f->gone++;
}

static void change_jobs(struct forgetting *f, const struct step *step, const struct page *page)
{
    struct sql_query *q = prepare(f, "SELECT id, crew, stakeholders FROM job", step, true);
    struct job_row *first = NULL;

    put_all(q, f, step, page);
    while (sql_next(q)) {
        struct job_row *row = ARENA_NEW(f->scratch, struct job_row);
        row->id = sql_get(q);
        row->crew = people_without(f, sql_get_copy(q, f->scratch));
        row->stakeholders = people_without(f, sql_get_copy(q, f->scratch));
        row->next = first;
        first = row;
    }
    sql_drop(&q);
    for (; first && !sql_err(f->sql); first = first->next)
        erase_of_job(f, first);
}

/* ---- a turn ---- */

/* The last of the next rows, of his or not; false: there are none. */
static bool next_page(const struct forgetting *f, const struct step *step,
                      const struct store_forget_place *place, struct page *out)
{
    const bool by_key = step->by == BY_KEY;
    const char *key = by_key ? step->key : "id";
    struct sql_query *q = sql_prepare(
        f->sql, arena_printf(f->scratch,
                             "SELECT max(%s), count(*) FROM (SELECT %s FROM %s WHERE tenant = ?1"
                             " AND %s > ?2 ORDER BY %s LIMIT ?3) AS page",
                             key, key, step->table, key, key));

    sql_put(q, f->ask->tenant);
    out->from = place->after;
    out->from_key = arena_copy(f->scratch, span_of(place->key));
    if (by_key)
        sql_put_span(q, out->from_key);
    else
        sql_put(q, place->after);
    sql_put(q, f->ask->max);
    bool is_there = sql_next(q);
    if (is_there && by_key)
        out->to_key = sql_get_copy(q, f->scratch);
    else if (is_there)
        out->to = sql_get(q);
    is_there = is_there && sql_get(q) > 0;
    sql_drop(&q);
    return is_there && !sql_err(f->sql) && out->to_key.size < STORE_FORGET_KEY_SIZE;
}

static void end_step(struct store_forget_place *place)
{
    *place = (struct store_forget_place){.step = place->step + 1};
}

static void turn_page(struct forgetting *f, const struct step *step,
                      struct store_forget_place *place)
{
    struct page page = {0, 0, {NULL, 0}, {NULL, 0}};

    if (!next_page(f, step, place, &page)) {
        end_step(place);
        return;
    }
    if (step->by == JOBS)
        change_jobs(f, step, &page);
    else if (step->by == EVENTS)
        change_events(f, step, &page);
    else
        change(f, step, &page);
    place->after = page.to;
    if (page.to_key.size)
        memcpy(place->key, page.to_key.data, page.to_key.size + 1);
}

static void change_all(struct forgetting *f, const struct step *step)
{
    const char *head =
        step->change ? step->change : arena_printf(f->scratch, "DELETE FROM %s", step->table);
    struct buf out = buf_in(f->scratch, STATEMENT_BYTES);

    /* ?2 and ?3 are the number and its pattern here, as nothing is counted off. */
    for (const char *p = step->where; *p; p++) {
        if (p[0] == '?' && (p[1] == '4' || p[1] == '5')) {
            buf_add_text(&out, p[1] == '4' ? "?2" : "?3");
            p++;
        } else {
            buf_add_char(&out, *p);
        }
    }
    const char *text =
        arena_printf(f->scratch, "%s WHERE tenant = ?1 AND %.*s", head, SPAN_ARG(buf_span(&out)));
    struct sql_query *q = sql_prepare(f->sql, text);
    sql_put(q, f->ask->tenant);
    sql_put_text(q, f->ask->number);
    if (sql_values(q) > 2)
        sql_put_text(q, f->pattern);
    sql_run(q);
    if (!sql_err(f->sql))
        f->gone += sql_changes(f->sql);
    sql_drop(&q);
}

static bool has_timers(const struct forgetting *f)
{
    struct sql_query *q =
        sql_prepare(f->sql, "SELECT 1 FROM timer WHERE due_at <= ?1 AND tenant = ?2"
                            " AND kind IN ('forget', 'recording') LIMIT 1");

    sql_put(q, f->ask->now_ms);
    sql_put(q, f->ask->tenant);
    const bool has_some = sql_next(q);
    sql_drop(&q);
    return has_some;
}

void sql_forget_turn(struct sql *sql, const struct store_forget_ask *ask,
                     struct store_forget_place *place, int64_t *out_gone, struct arena *scratch)
{
    struct forgetting f = begin(sql, ask, scratch);
    const struct step *step = &steps[place->step];

    CHECK(place->step >= 0 && place->step < STORE_FORGET_STEPS);
    switch (step->by) {
    case WAIT:
        if (!has_timers(&f))
            end_step(place);
        break;
    case AT_ONCE:
        change_all(&f, step);
        end_step(place);
        break;
    case BY_ID:
    case BY_KEY:
    case JOBS:
    case EVENTS:
        turn_page(&f, step, place);
        break;
    }
    *out_gone = f.gone;
}

/* ---- looking ---- */

static int64_t count(const struct forgetting *f, const char *table, const char *where)
{
    const struct step step = {.table = table, .where = where};
    struct sql_query *q =
        prepare(f, arena_printf(f->scratch, "SELECT count(*) FROM %s", table), &step, false);

    /* The same places, whether or not the condition has them. */
    sql_put(q, f->ask->tenant);
    if (sql_values(q) > 1)
        sql_put_text(q, f->ask->number);
    if (sql_values(q) > 2)
        sql_put_text(q, f->pattern);
    const int64_t rows = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return rows;
}

/* ?4 and ?5 become ?2 and ?3. */
static const char *unpaged(struct arena *scratch, const char *where)
{
    char *text = arena_text(scratch, span_of(where));

    for (char *p = text; *p; p++)
        if (p[0] == '?' && (p[1] == '4' || p[1] == '5'))
            p[1] = (char)(p[1] - 2);
    return text;
}

static void look_at_what_forbids(const struct forgetting *f, struct store_forget_sight *out)
{
    out->relays = count(f, "relay",
                        "state IN ('idle', 'open') AND (customer_phone = ?2 OR " THREADED
                        " OR body LIKE ?3)");
    out->calls = count(f, "cascade", "state <> 'over' AND (caller = ?2 OR " THREADED ")");
    out->jobs = count(f, "job",
                      "state IN ('pending', 'assigned', 'in-progress') AND"
                      " (customer_phone = ?2 OR crew LIKE ?3 OR stakeholders LIKE ?3"
                      " OR notes LIKE ?3 OR title LIKE ?3 OR address LIKE ?3)");
    out->sends = count(f, "outbox",
                       "kind IN ('text', 'call') AND (recipient = ?2 OR recipient LIKE ?3"
                       " OR body LIKE ?3)");
    out->rosters = count(f, "roster_version",
                         "(document LIKE ?3 OR document = ?2) AND version ="
                         " (SELECT max(version) FROM roster_version AS latest WHERE"
                         " latest.tenant = ?1 AND latest.is_good = 1)");
}

void sql_forget_look(struct sql *sql, const struct store_forget_ask *ask,
                     struct store_forget_sight *out, struct arena *scratch)
{
    const struct forgetting f = begin(sql, ask, scratch);

    *out = (struct store_forget_sight){.count = 0};
    for (int i = 0; i < STORE_FORGET_STEPS && !sql_err(sql); i++) {
        if (steps[i].is_ask)
            continue;
        out->of[out->count].table = steps[i].table;
        out->of[out->count++].rows = count(&f, steps[i].table, unpaged(scratch, steps[i].where));
    }
    look_at_what_forbids(&f, out);
}
