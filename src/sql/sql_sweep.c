#include "sql/sql_sweep.h"

#include <string.h>

#include "base/check.h"
#include "base/id.h"
#include "sql/sql_log.h"
#include "sql/sql_rows.h"
#include "sql/sql_texts.h"

/* ---- counted by the day ---- */

void sql_sweep_save_spent(struct sql *sql, const struct spent *row)
{
    struct sql_query *q = sql_use(sql, TEXT_SPENT_ADD);

    sql_put(q, row->tenant);
    sql_put(q, row->day);
    sql_put_text(q, row->what);
    sql_put(q, row->count);
    sql_run(q);
}

void sql_sweep_spent(struct sql *sql, int32_t since_day,
                     void (*fn)(void *ctx, const struct spent *row), void *ctx)
{
    struct sql_query *q = sql_use(sql, TEXT_SPENT_SINCE);

    sql_put(q, since_day);
    while (sql_next(q)) {
        const struct spent row = sql_rows_spent(q);
        if (!sql_err(sql))
            fn(ctx, &row);
    }
}

/* ---- what has grown old ---- */

/* An id tells when its row was made, so the old rows of a tenant stand in front. Where the key is
 * no id, all keys are looked at, once a round. */
enum by { BY_ID, BY_KEY, BY_HASH, BY_DAY };
enum { HOPS_MAX = 100 }; /* empty looks of one turn */

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

/* ?1 tenant, ?2 after, ?3 the id at which what is new begins, ?4 how many. */
#define PICK(table)                                        \
    "SELECT max(id), count(*) FROM (SELECT id FROM " table \
    " WHERE tenant = ?1 AND id > ?2 AND id < ?3 ORDER BY id LIMIT ?4) AS old"
#define PICK_KEY(table, key) \
    "SELECT " key " FROM " table " WHERE tenant = ?1 AND " key " > ?2 ORDER BY " key " LIMIT ?3"
#define MARK "(operator || ' ' || tag)"
/* ?1 tenant, ?2 after, ?3 up to, ?4 the instant before which all is old, ?5 the id of it. */
#define OLD(table) "DELETE FROM " table " WHERE tenant = ?1 AND id > ?2 AND id <= ?3"

/* Words come before rows: what is erased may stand for a year. A round remembers how far words
 * have been erased, as those rows stay. */
/* clang-format off */
static const struct step {
    const char *name; /* under which its place is kept; NULL: it begins anew each round */
    enum by by;
    bool is_body;
    const char *pick, *wipe;
    bool is_log; /* the chain of what goes is kept */
} steps[STORE_SWEEP_STEPS] = {
    {"message.body", BY_ID, true, PICK("message"),
     "UPDATE message SET body = '', media = NULL WHERE tenant = ?1 AND id > ?2 AND id <= ?3"
     " AND (body <> '' OR media IS NOT NULL)"},
    {"relay.body", BY_ID, true, PICK("relay"),
     "UPDATE relay SET body = '' WHERE tenant = ?1 AND id > ?2 AND id <= ?3 AND body <> ''"
     " AND state NOT IN ('idle', 'open')"},
    {"cascade.transcript", BY_ID, true, PICK("cascade"),
     "UPDATE cascade SET transcript = NULL WHERE tenant = ?1 AND id > ?2 AND id <= ?3"
     " AND transcript IS NOT NULL"},
    {NULL, BY_ID, false, PICK("event"), OLD("event"), true},
    {NULL, BY_ID, false, PICK("twilio_call_events"), OLD("twilio_call_events")},
    {NULL, BY_ID, false, PICK("message"), OLD("message")},
    {NULL, BY_ID, false, PICK("relay"), OLD("relay") " AND state NOT IN ('idle', 'open')"},
    {NULL, BY_ID, false, PICK("cascade"), OLD("cascade") " AND state = 'over'"
     " AND recording IS NULL"},
    {NULL, BY_ID, false, PICK("thread"), OLD("thread") " AND last_at < ?4 AND NOT EXISTS"
     " (SELECT 1 FROM relay WHERE relay.tenant = ?1 AND relay.thread_id = thread.id)"},
    /* Of threads that have gone: a reply with one of them is of no thread with or without it. */
    {NULL, BY_KEY, false, PICK_KEY("tag", MARK),
     "DELETE FROM tag WHERE tenant = ?1 AND " MARK " > ?2 AND " MARK " <= ?3 AND sent_at < ?4"
     " AND NOT EXISTS (SELECT 1 FROM thread WHERE thread.tenant = ?1 AND thread.id = tag.thread_id)"},
    {NULL, BY_KEY, false, PICK_KEY("claim", "key"),
     "DELETE FROM claim WHERE tenant = ?1 AND key > ?2 AND key <= ?3 AND event_id < ?5"},
    {NULL, BY_KEY, false, PICK_KEY("parties", "number"),
     "DELETE FROM parties WHERE tenant = ?1 AND number > ?2 AND number <= ?3"
     " AND coalesce(name_at, 0) < ?4 AND coalesce(line_type_at, 0) < ?4"
     " AND coalesce(again_at, 0) < ?4"},
    {NULL, BY_DAY, false, NULL,
     "DELETE FROM spent WHERE (day, tenant, what) IN"
     " (SELECT day, tenant, what FROM spent WHERE day < ?1 LIMIT ?2)"},
    {NULL, BY_HASH, false,
     "SELECT hash FROM link WHERE ?1 <> 0 AND hash > ?2 ORDER BY hash LIMIT ?3",
     "DELETE FROM link WHERE ?1 <> 0 AND hash > ?2 AND hash <= ?3 AND expires_at < ?4"},
};
/* clang-format on */

struct turn {
    struct sql *sql;
    const struct store_sweep_ask *ask;
    sql_sweep_hold_fn *hold;
    void *hold_ctx;
    struct store_sweep_place *place;
    size_t gone;
};

static const struct step *step_of(const struct turn *t)
{
    return &steps[t->place->step];
}

static int64_t cut_ms(const struct turn *t)
{
    return step_of(t)->is_body ? t->ask->bodies_ms : t->ask->metadata_ms;
}

static int32_t next_tenant(const struct turn *t)
{
    struct sql_query *q = sql_use(t->sql, TEXT_TENANT_NEXT);

    sql_put(q, t->place->tenant);
    const int32_t tenant = sql_next(q) ? (int32_t)sql_get(q) : 0;
    sql_done(q);
    return tenant;
}

static int64_t kept_place(const struct turn *t)
{
    struct sql_query *q = sql_use(t->sql, TEXT_SWEPT_GET);

    sql_put(q, t->place->tenant);
    sql_put_text(q, step_of(t)->name);
    const int64_t after = sql_next(q) ? sql_get(q) : 0;
    sql_done(q);
    return after;
}

static void keep_place(const struct turn *t)
{
    struct sql_query *q = sql_use(t->sql, TEXT_SWEPT_PUT);

    sql_put(q, t->place->tenant);
    sql_put_text(q, step_of(t)->name);
    sql_put(q, t->place->after);
    sql_run(q);
}

static void begin_at(struct turn *t, int32_t tenant)
{
    struct store_sweep_place *p = t->place;

    p->tenant = tenant;
    p->key_bytes = 0;
    p->after = 0;
    if (tenant && step_of(t)->name)
        p->after = kept_place(t);
}

static void end_step(struct turn *t)
{
    t->place->step++;
    t->place->tenant = 0;
}

static void wipe(struct turn *t, struct sql_query *q)
{
    sql_run(q);
    if (!sql_err(t->sql))
        t->gone += (size_t)sql_changes(t->sql);
}

/* Each of these returns how many rows it has looked at. */

static int sweep_ids(struct turn *t)
{
    struct store_sweep_place *p = t->place;
    const int64_t cut = id_floor(cut_ms(t));
    struct sql_query *q = sql_prepare(t->sql, step_of(t)->pick);

    sql_put(q, p->tenant);
    sql_put(q, p->after);
    sql_put(q, cut);
    sql_put(q, t->ask->max);
    const int64_t last = sql_next(q) ? sql_get(q) : 0;
    const int count = (int)sql_get(q);
    sql_drop(&q);
    if (count == 0 || sql_err(t->sql))
        return 0;
    t->hold(t->hold_ctx, p->tenant);
    if (step_of(t)->is_log)
        sql_log_keep_head(t->sql, p->tenant, last);
    q = sql_prepare(t->sql, step_of(t)->wipe);
    sql_put(q, p->tenant);
    sql_put(q, p->after);
    sql_put(q, last);
    if (strstr(step_of(t)->wipe, "?4"))
        sql_put(q, cut_ms(t));
    wipe(t, q);
    sql_drop(&q);
    p->after = last;
    if (step_of(t)->name)
        keep_place(t);
    return count;
}

static void put_key(struct sql_query *q, const struct turn *t, struct span key)
{
    if (step_of(t)->by == BY_HASH)
        sql_put_blob(q, key.data ? key.data : "", key.size);
    else
        sql_put_span(q, key.data ? key : SPAN(""));
}

/* The last of the next keys; returns how many there are. */
static int pick_key(const struct turn *t, struct span after, char last[STORE_SWEEP_KEY_BYTES],
                    size_t *out_bytes)
{
    struct sql_query *q = sql_prepare(t->sql, step_of(t)->pick);
    int count = 0;

    *out_bytes = 0;
    sql_put(q, t->place->tenant);
    put_key(q, t, after);
    sql_put(q, t->ask->max);
    for (; sql_next(q); count++) {
        const struct span found = sql_get_span(q);
        if (found.size == 0 || found.size > STORE_SWEEP_KEY_BYTES) /* none is that long */
            continue;
        memcpy(last, found.data, found.size);
        *out_bytes = found.size;
    }
    sql_drop(&q);
    return count;
}

static int sweep_keys(struct turn *t)
{
    struct store_sweep_place *p = t->place;
    char last[STORE_SWEEP_KEY_BYTES];
    const struct span after = {p->key, p->key_bytes};
    size_t bytes;

    const int count = pick_key(t, after, last, &bytes);
    if (count == 0 || bytes == 0 || sql_err(t->sql))
        return 0;
    if (step_of(t)->by == BY_KEY)
        t->hold(t->hold_ctx, p->tenant);
    struct sql_query *q = sql_prepare(t->sql, step_of(t)->wipe);
    sql_put(q, p->tenant);
    put_key(q, t, after);
    put_key(q, t, (struct span){last, bytes});
    sql_put(q, cut_ms(t));
    if (strstr(step_of(t)->wipe, "?5"))
        sql_put(q, id_floor(cut_ms(t)));
    wipe(t, q);
    sql_drop(&q);
    memcpy(p->key, last, bytes);
    p->key_bytes = bytes;
    return count;
}

static int sweep_days(struct turn *t)
{
    const size_t before = t->gone;
    struct sql_query *q = sql_prepare(t->sql, step_of(t)->wipe);

    sql_put(q, cut_ms(t) / day_ms);
    sql_put(q, t->ask->max);
    wipe(t, q);
    sql_drop(&q);
    return (int)(t->gone - before);
}

static int sweep_some(struct turn *t)
{
    switch (step_of(t)->by) {
    case BY_ID:
        return sweep_ids(t);
    case BY_KEY:
    case BY_HASH:
        return sweep_keys(t);
    case BY_DAY:
        return sweep_days(t);
    }
    return 0;
}

/* Whose rows stand by tenant. */
static bool is_by_tenant(const struct turn *t)
{
    return step_of(t)->by == BY_ID || step_of(t)->by == BY_KEY;
}

/* To the first tenant, or to the only place of a table that knows none before its rows. */
static void begin_step(struct turn *t)
{
    const int32_t tenant = is_by_tenant(t) ? next_tenant(t) : -1;

    if (cut_ms(t) <= 0 || tenant == 0)
        end_step(t);
    else
        begin_at(t, tenant);
}

static void go_on(struct turn *t)
{
    const int32_t tenant = is_by_tenant(t) ? next_tenant(t) : 0;

    if (tenant)
        begin_at(t, tenant);
    else
        end_step(t);
}

void sql_sweep(struct sql *sql, const struct store_sweep_ask *ask, sql_sweep_hold_fn *hold,
               void *hold_ctx, struct store_sweep_place *place, size_t *out_gone)
{
    struct turn t = {sql, ask, hold, hold_ctx, place, 0};

    CHECK(steps[SQL_SWEEP_HISTORY - 1].is_body && !steps[SQL_SWEEP_HISTORY].is_body);
    for (int hops = 0; hops < HOPS_MAX && place->step < STORE_SWEEP_STEPS && !sql_err(sql);
         hops++) {
        if (hops > 0 && place->step == SQL_SWEEP_HISTORY && place->tenant == 0)
            break;
        if (place->tenant == 0) {
            begin_step(&t);
            continue;
        }
        const int count = sweep_some(&t);
        if (count < ask->max)
            go_on(&t);
        if (count > 0)
            break;
    }
    *out_gone = t.gone;
}
