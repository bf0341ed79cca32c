#include "sql/sql_forget.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "journal/journal_chain.h"
#include "model/job.h"
#include "sql/number_words.h"

enum { STATEMENT_BYTES = 16 << 10, THREADS_MAX = 256, WORDS_MAX = 5, DOCUMENTS_A_TURN = 10 };

/* BY_ID: in the order of numbers; BY_KEY: of a text; AT_ONCE: a few rows by an index, or a small
 * table; JOBS, EVENTS: row by row, as what is left must be worked out; WAIT: for the timers. */
enum by { BY_ID, BY_KEY, AT_ONCE, JOBS, EVENTS, WAIT };

/* ?1 tenant, ?2 after, ?3 up to, ?4 the number; in what is asked of a page ?5 a pattern that his
 * number in words has, in what asks the carrier ?5 now. @ stands for the ids of his threads. */
#define THREADED "thread_id IN (@)"
#define OF_MESSAGES "(customer_phone = ?4 OR sender = ?4 OR recipient = ?4 OR " THREADED ")"
#define OF_CASCADES "(caller = ?4 OR " THREADED ")"
#define NO_ROW "?4 = ''"
#define THIS_ROW "?4 <> ''"
/* Who else is in a row that has his digits stays in it. */
#define WITHOUT(column) column " = CASE WHEN " column " = ?4 THEN '' ELSE " column " END"
#define NULLED(column) column " = CASE WHEN " column " = ?4 THEN NULL ELSE " column " END"

/* In this order: the carrier, what hangs on threads, and his threads at the end. A row is his by
 * `where`, or when his number stands in one of its `words`, in whatever form. */
/* clang-format off */
static const struct step {
    const char *table;
    enum by by;
    const char *key;    /* NULL: id; nobody needs that of AT_ONCE */
    const char *where;
    const char *words[WORDS_MAX]; /* columns of what people wrote */
    const char *change; /* NULL: the rows go */
    bool is_ask;        /* nothing of his is erased by it */
    const char *also;   /* holds of each of them; NULL: nothing */
} steps[STORE_FORGET_STEPS] = {
    {"message", BY_ID, NULL, OF_MESSAGES, {"body", "media"},
     "INSERT INTO timer (due_at, tenant, kind, subject_id) SELECT ?5, tenant, 'forget', id FROM message", true,
     "sid IS NOT NULL"},
    {"cascade", BY_ID, NULL, OF_CASCADES, {"transcript"},
     "INSERT INTO timer (due_at, tenant, kind, subject_id) SELECT ?5, tenant, 'recording', id FROM cascade", true,
     "recording IS NOT NULL"},
    {"timer", WAIT, NULL, NULL, {NULL}, NULL, true, NULL},
    {"message", BY_ID, NULL, OF_MESSAGES, {"body", "media"},
     "UPDATE message SET " WITHOUT("sender") ", " WITHOUT("recipient") ", " WITHOUT("customer_phone") ", body = '',"
     " media = NULL", false, NULL},
    {"relay", BY_ID, NULL, "(customer_phone = ?4 OR " THREADED ")", {"body"},
     "UPDATE relay SET " NULLED("customer_phone") ", body = ''", false, NULL},
    {"twilio_call_events", BY_ID, NULL, "(caller = ?4 OR cascade_id IN"
     " (SELECT id FROM cascade WHERE cascade.tenant = ?1 AND " THREADED "))", {"detail"},
     "UPDATE twilio_call_events SET " NULLED("caller") ", detail = NULL", false, NULL},
    {"cascade", BY_ID, NULL, OF_CASCADES, {"transcript"}, "UPDATE cascade SET " WITHOUT("caller") ", transcript = NULL",
     false, NULL},
    {"job", JOBS, NULL, "(customer_phone = ?4 OR claimed_by = ?4 OR handed_by = ?4 OR handed_to = ?4"
     " OR created_by = ?4)", {"crew", "stakeholders", "address", "notes", "title"}, NULL, false, NULL},
    {"event", EVENTS, NULL, THREADED, {"detail"}, NULL, false, "detail IS NOT NULL"},
    {"claim", BY_KEY, "key", NO_ROW, {"answer"}, "UPDATE claim SET answer = NULL", false, NULL},
    {"question", BY_KEY, "operator", NO_ROW, {"body"}, NULL, false, NULL},
    {"consent", AT_ONCE, NULL, "person = ?4", {NULL}, NULL, false, NULL},
    {"parties", AT_ONCE, NULL, "number = ?4", {NULL}, NULL, false, NULL},
    {"spent", AT_ONCE, NULL, "what = ?4", {NULL}, NULL, false, NULL},
    {"job_crew", AT_ONCE, NULL, "phone = ?4", {NULL}, NULL, false, NULL},
    {"link", AT_ONCE, NULL, "operator = ?4", {NULL}, NULL, false, NULL},
    {"roster_version", BY_ID, "version", NO_ROW, {"document", "note", "mistakes"}, NULL, false, NULL},
    {"thread", AT_ONCE, NULL, "customer_phone = ?4", {NULL},
     "UPDATE thread SET customer_phone = 'forgotten ' || id, is_closed = 1, heard_print = NULL", false, NULL},
};
/* clang-format on */

struct forgetting {
    struct sql *sql;
    const struct store_forget_ask *ask;
    const char *threads; /* "12, 34" */
    struct number_words words;
    const char *pattern;
    struct arena *scratch;
    int64_t gone;
};

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
    const struct number_words words = number_words_of(ask->number);

    return (struct forgetting){
        .sql = sql,
        .ask = ask,
        .threads = threads_of(sql, ask, scratch),
        .words = words,
        .pattern = number_words_pattern(scratch, &words),
        .scratch = scratch,
    };
}

/* ---- statements ---- */

/* Part of the rows: a few that follow one another, or one of them. */
struct page {
    int64_t from, to;
    struct span from_key, to_key;
    bool is_one; /* `from` is in it, too */
};

static const char *key_of(const struct step *step)
{
    return step->key ? step->key : step->by == AT_ONCE ? "tenant" : "id";
}

/* With the threads in. */
static void add_where(struct buf *out, const struct forgetting *f, const char *where)
{
    for (const char *p = where; *p; p++) {
        if (*p == '@')
            buf_add_text(out, f->threads);
        else
            buf_add_char(out, *p);
    }
}

/* HEAD, and the tenant's rows; of a page, when there is one. */
static struct buf begin_statement(const struct forgetting *f, const char *head,
                                  const struct step *step, const struct page *page)
{
    struct buf out = buf_in(f->scratch, STATEMENT_BYTES);

    buf_printf(&out, "%s WHERE tenant = ?1", head);
    if (page)
        buf_printf(&out, " AND %s %s ?2 AND %s <= ?3", key_of(step), page->is_one ? ">=" : ">",
                   key_of(step));
    if (step->also)
        buf_printf(&out, " AND %s", step->also);
    return out;
}

/* A statement without a page has no places of one. */
static struct sql_query *prepare(const struct forgetting *f, const struct buf *text, bool is_paged)
{
    char *words = arena_text(f->scratch, buf_span(text));

    CHECK(!text->full);
    for (char *p = words; !is_paged && *p; p++)
        if (p[0] == '?' && (p[1] == '4' || p[1] == '5'))
            p[1] = (char)(p[1] - 2);
    return sql_prepare(f->sql, words);
}

static void put_page(struct sql_query *q, const struct forgetting *f, const struct step *step,
                     const struct page *page)
{
    sql_put(q, f->ask->tenant);
    if (page && step->by == BY_KEY) {
        sql_put_span(q, page->from_key);
        sql_put_span(q, page->to_key);
    } else if (page) {
        sql_put(q, page->from);
        sql_put(q, page->to);
    }
}

/* `where` in place of the step's own. */
static void change(struct forgetting *f, const struct step *step, const char *where,
                   const struct page *page)
{
    const char *head =
        step->change ? step->change : arena_printf(f->scratch, "DELETE FROM %s", step->table);
    struct buf out = begin_statement(f, head, step, page);

    buf_add_text(&out, " AND ");
    add_where(&out, f, where);
    if (step->is_ask) /* it was asked before, in this very millisecond */
        buf_add_text(&out, " ON CONFLICT DO NOTHING");
    struct sql_query *q = prepare(f, &out, page);
    put_page(q, f, step, page);
    if (sql_values(q) > (page ? 3 : 1))
        sql_put_text(q, f->ask->number);
    if (sql_values(q) > (page ? 4 : 2))
        sql_put(q, f->ask->now_ms);
    sql_run(q);
    if (!sql_err(f->sql) && !step->is_ask)
        f->gone += sql_changes(f->sql);
    sql_drop(&q);
}

/* Rows that are his, or may be: each one's key, whether it is his by the step's condition, its
 * words, and `more` columns. */
static struct sql_query *seek(const struct forgetting *f, const struct step *step,
                              const struct page *page, const char *more)
{
    struct buf head = buf_in(f->scratch, STATEMENT_BYTES);

    buf_printf(&head, "SELECT %s, CASE WHEN ", key_of(step));
    add_where(&head, f, step->where);
    buf_add_text(&head, " THEN 1 ELSE 0 END");
    for (size_t i = 0; i < WORDS_MAX && step->words[i]; i++)
        buf_printf(&head, ", %s", step->words[i]);
    buf_printf(&head, "%s FROM %s", more, step->table);
    struct buf out = begin_statement(f, buf_span(&head).data, step, page);
    buf_add_text(&out, " AND (");
    add_where(&out, f, step->where);
    for (size_t i = 0; i < WORDS_MAX && step->words[i]; i++)
        buf_printf(&out, " OR %s LIKE ?5", step->words[i]);
    buf_add_char(&out, ')');
    struct sql_query *q = prepare(f, &out, page);
    put_page(q, f, step, page);
    if (sql_values(q) > (page ? 3 : 1))
        sql_put_text(q, f->ask->number);
    if (sql_values(q) > (page ? 4 : 2))
        sql_put_text(q, f->pattern);
    return q;
}

/* After the key: whether the row is his. */
static bool is_his(const struct forgetting *f, const struct step *step, struct sql_query *q)
{
    bool is = sql_get(q) != 0;

    for (size_t i = 0; i < WORDS_MAX && step->words[i]; i++)
        is = number_words_in(&f->words, sql_get_span(q)) || is;
    return is;
}

/* ---- by their words ---- */

struct found {
    struct found *next;
    struct page page;
};

/* Each by itself: there are never many. */
static void change_found(struct forgetting *f, const struct step *step, const struct page *page)
{
    struct found *first = NULL;
    struct sql_query *q = step->words[0] ? seek(f, step, page, "") : NULL;

    while (q && sql_next(q)) {
        struct found *one = ARENA_NEW(f->scratch, struct found);
        if (step->by == BY_KEY)
            one->page.from_key = sql_get_copy(q, f->scratch);
        else
            one->page.from = sql_get(q);
        if (!is_his(f, step, q))
            continue;
        one->page.is_one = true;
        one->page.to = one->page.from;
        one->page.to_key = one->page.from_key;
        one->next = first;
        first = one;
    }
    if (q)
        sql_drop(&q);
    for (; first && !sql_err(f->sql); first = first->next)
        change(f, step, THIS_ROW, &first->page);
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
    struct sql_query *q = seek(f, step, page, ", salt");
    struct row *first = NULL;

    while (sql_next(q)) {
        struct row *row = ARENA_NEW(f->scratch, struct row);
        row->id = sql_get(q);
        const bool is_of_thread = sql_get(q) != 0;
        row->words = sql_get_copy(q, f->scratch);
        row->salt = sql_get_copy(q, f->scratch);
        if (!is_of_thread && !number_words_in(&f->words, row->words))
            continue;
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
    for (size_t i = 0; i < count; i++) {
        if (strcmp(people[i].phone, f->ask->number) == 0)
            continue;
        if (number_words_in(&f->words, span_of(people[i].name)))
            people[i].name[0] = 0;
        people[kept++] = people[i];
    }
    return kept ? job_people_render(f->scratch, people, kept) : (struct span){NULL, 0};
}

/* What is left of a job in which he is. */
struct job_row {
    struct job_row *next;
    int64_t id;
    struct span crew, stakeholders, address, notes, title;
};

static void erase_of_job(struct forgetting *f, const struct job_row *row)
{
    struct sql_query *q = sql_prepare(
        f->sql, "UPDATE job SET"
                " customer_name = CASE WHEN customer_phone = ?3 THEN NULL ELSE customer_name END,"
                " address = CASE WHEN customer_phone = ?3 THEN NULL ELSE ?4 END,"
                " notes = CASE WHEN customer_phone = ?3 THEN NULL ELSE ?5 END, title = ?6,"
                " claimed_by = CASE WHEN claimed_by = ?3 THEN NULL ELSE claimed_by END,"
                " handed_by = CASE WHEN handed_by = ?3 THEN NULL ELSE handed_by END,"
                " handed_to = CASE WHEN handed_to = ?3 THEN NULL ELSE handed_to END,"
                " created_by = CASE WHEN created_by = ?3 THEN NULL ELSE created_by END,"
                " crew = ?7, stakeholders = ?8,"
                " customer_phone = CASE WHEN customer_phone = ?3 THEN NULL ELSE customer_phone END"
                " WHERE tenant = ?1 AND id = ?2");

    sql_put(q, f->ask->tenant);
    sql_put(q, row->id);
    sql_put_text(q, f->ask->number);
    sql_put_maybe_span(q, row->address);
    sql_put_maybe_span(q, row->notes);
    sql_put_maybe_span(q, row->title);
    sql_put_maybe_span(q, row->crew);
    sql_put_maybe_span(q, row->stakeholders);
    sql_run(q);
    sql_drop(&q);
    f->gone++;
}

/* Empty when he is in it. *is_in becomes true then. */
static struct span text_without(struct forgetting *f, struct span text, bool *is_in)
{
    const bool has_him = number_words_in(&f->words, text);

    *is_in = *is_in || has_him;
    return has_him ? (struct span){NULL, 0} : arena_copy(f->scratch, text);
}

static void change_jobs(struct forgetting *f, const struct step *step, const struct page *page)
{
    struct sql_query *q = seek(f, step, page, "");
    struct job_row *first = NULL;

    while (sql_next(q)) {
        struct job_row *row = ARENA_NEW(f->scratch, struct job_row);
        row->id = sql_get(q);
        bool is_in = sql_get(q) != 0;
        const struct span crew = sql_get_copy(q, f->scratch);
        const struct span stakeholders = sql_get_copy(q, f->scratch);
        is_in = is_in || number_words_in(&f->words, crew);
        is_in = is_in || number_words_in(&f->words, stakeholders);
        row->crew = people_without(f, crew);
        row->stakeholders = people_without(f, stakeholders);
        row->address = text_without(f, sql_get_span(q), &is_in);
        row->notes = text_without(f, sql_get_span(q), &is_in);
        row->title = text_without(f, sql_get_span(q), &is_in);
        if (!is_in)
            continue;
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
    const bool by_key = step->by == BY_KEY, is_large = strcmp(step->table, "roster_version") == 0;
    const char *key = key_of(step);
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
    sql_put(q, is_large && f->ask->max > DOCUMENTS_A_TURN ? DOCUMENTS_A_TURN : f->ask->max);
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

static void change_both(struct forgetting *f, const struct step *step, const struct page *page)
{
    change_found(f, step, page);
    change(f, step, step->where, page);
}

static void turn_page(struct forgetting *f, const struct step *step,
                      struct store_forget_place *place)
{
    struct page page = {.is_one = false};

    if (!next_page(f, step, place, &page)) {
        end_step(place);
        return;
    }
    if (step->by == JOBS)
        change_jobs(f, step, &page);
    else if (step->by == EVENTS)
        change_events(f, step, &page);
    else
        change_both(f, step, &page);
    place->after = page.to;
    if (page.to_key.size)
        memcpy(place->key, page.to_key.data, page.to_key.size + 1);
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
        change(&f, step, step->where, NULL);
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

static int64_t count(const struct forgetting *f, const struct step *step)
{
    struct sql_query *q = seek(f, step, NULL, "");
    int64_t rows = 0;

    while (sql_next(q)) {
        if (step->by == BY_KEY)
            (void)sql_get_span(q);
        else
            (void)sql_get(q);
        rows += is_his(f, step, q);
    }
    sql_drop(&q);
    return rows;
}

/* clang-format off */
/* In the order of store_forget_sight. */
static const struct step hindrances[] = {
    {"relay", BY_ID, NULL, "(customer_phone = ?4 OR " THREADED ")", {"body"}, NULL, false, "state IN ('idle', 'open')"},
    {"cascade", BY_ID, NULL, OF_CASCADES, {NULL}, NULL, false, "state <> 'over'"},
    {"job", BY_ID, NULL, "customer_phone = ?4", {"crew", "stakeholders", "notes", "title", "address"}, NULL, false,
     "state IN ('pending', 'assigned', 'in-progress')"},
    {"outbox", BY_ID, NULL, "recipient = ?4", {"recipient", "body"}, NULL, false, "kind IN ('text', 'call')"},
    {"roster_version", BY_ID, "version", NO_ROW, {"document"}, NULL, false,
     "version = (SELECT max(version) FROM roster_version AS latest WHERE latest.tenant = ?1 AND latest.is_good = 1)"},
};
/* clang-format on */

static void look_at_what_forbids(const struct forgetting *f, struct store_forget_sight *out)
{
    int64_t *const of[] = {&out->relays, &out->calls, &out->jobs, &out->sends, &out->rosters};

    _Static_assert(sizeof of / sizeof of[0] == sizeof hindrances / sizeof hindrances[0], "each");
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
        *of[i] = count(f, &hindrances[i]);
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
        out->of[out->count++].rows = count(&f, &steps[i]);
    }
    look_at_what_forbids(&f, out);
}
