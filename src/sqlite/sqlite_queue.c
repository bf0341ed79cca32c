#include "sqlite/sqlite_queue.h"

#include <string.h>

#include "sql/sql_log.h"
#include "sql/sql_rows.h"
#include "sql/sql_texts.h"

/* Timers that one look passes over: some 10 ms. */
enum { ROWS_A_LOOK = 50000 };

void sqlite_queue_due(struct sql *sql, int64_t now_ms, size_t max, struct timer *out,
                      size_t *out_count, int64_t *out_next_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_TIMER_DUE);
    int64_t next_ms = INT64_MAX;
    size_t count = 0;

    sql_put(q, (int64_t)max + 1);
    while (next_ms == INT64_MAX && sql_next(q)) {
        const struct timer t = sql_rows_timer(q);
        if (t.due_ms > now_ms || count == max)
            next_ms = t.due_ms;
        else
            out[count++] = t;
    }
    sql_done(q);
    if (sql_err(sql))
        return;
    *out_count = count;
    *out_next_ms = next_ms;
}

static bool is_left_out(const struct store_due_ask *ask, int32_t tenant)
{
    for (size_t i = 0; i < ask->but_count; i++)
        if (ask->but[i] == tenant)
            return true;
    return false;
}

void sqlite_queue_due_others(struct sql *sql, const struct store_due_ask *ask, struct timer *out,
                             size_t *out_count, int64_t *out_up_to_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_TIMER_DUE_BETWEEN);
    int64_t up_to_ms = ask->until_ms + 1;
    size_t count = 0;
    bool is_over = false;

    sql_put(q, ask->from_ms);
    sql_put(q, ask->until_ms);
    for (int rows = 0; !is_over && sql_next(q); rows++) {
        const struct timer t = sql_rows_timer(q);
        is_over = rows == ROWS_A_LOOK || (count == ask->max && !is_left_out(ask, t.tenant));
        if (is_over)
            up_to_ms = t.due_ms;
        else if (!is_left_out(ask, t.tenant))
            out[count++] = t;
    }
    sql_done(q);
    if (sql_err(sql))
        return;
    *out_count = count;
    *out_up_to_ms = up_to_ms;
}

void sqlite_queue_senders(struct sql *sql, void (*fn)(void *, const struct store_sender *),
                          void *ctx)
{
    struct store_sender s = {.tenant = -1};
    const char *kind = "";

    while (!sql_err(sql)) {
        struct sql_query *q = sql_use(sql, TEXT_SENDER_NEXT);
        sql_put(q, s.tenant);
        sql_put_text(q, s.from);
        sql_put_text(q, kind);
        if (!sql_next(q))
            return;
        struct store_sender next = {.tenant = (int32_t)sql_get(q)};
        SQL_GET_TEXT(q, next.from);
        SQL_GET_NAME(q, outbox_kind, next.kind);
        sql_done(q);
        if (sql_err(sql))
            return;
        s = next;
        kind = outbox_kind_name(s.kind);
        fn(ctx, &s);
    }
}

struct ready {
    struct facts *facts;
    int64_t now_ms, next_ms;
    struct outbox **rows;
    size_t count, max;
};

/* The row as the batch has it, which may have changed it already. */
static struct outbox *in_batch(struct facts *facts, struct outbox *row)
{
    struct fact asked = {.kind = FACT_OUTBOX, .tenant = row->tenant};

    facts_settle(facts, &asked, row);
    return asked.same->outbox;
}

/* Takes what is due of the rows that `q`, its values bound, gives by due time. */
static void take_due(struct sql *sql, struct sql_query *q, enum outbox_state state, struct ready *r)
{
    while (sql_next(q)) {
        struct outbox *row = sql_rows_outbox(q, r->facts->arena);
        if (sql_err(sql))
            break;
        const int64_t stored_ms = row->due_ms;
        row = in_batch(r->facts, row);
        if (row->gone || row->state != state)
            continue;
        if (row->due_ms > r->now_ms || r->count == r->max)
            r->next_ms = row->due_ms < r->next_ms ? row->due_ms : r->next_ms;
        else
            r->rows[r->count++] = row;
        /* Rows come by the due time that is stored; the batch may have postponed this one. */
        if (stored_ms > r->now_ms || r->next_ms <= r->now_ms)
            break;
    }
    sql_done(q);
}

static void ready_of_class(struct sql *sql, const struct store_sender *sender,
                           enum outbox_class class, struct ready *r)
{
    struct sql_query *q = sql_use(sql, TEXT_OUTBOX_READY);

    sql_put(q, sender->tenant);
    sql_put_text(q, sender->from);
    sql_put_text(q, outbox_kind_name(sender->kind));
    sql_put_text(q, outbox_class_name(class));
    take_due(sql, q, OUTBOX_QUEUED, r);
}

void sqlite_queue_ready(struct sql *sql, struct facts *facts, const struct store_sender *sender,
                        int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                        int64_t *out_next_ms)
{
    struct ready r = {facts, now_ms, INT64_MAX, out, 0, max};

    for (int class = 0; class < OUTBOX_CLASSES; class ++)
        ready_of_class(sql, sender, (enum outbox_class) class, &r);
    if (sql_err(sql))
        return;
    *out_count = r.count;
    *out_next_ms = r.next_ms;
}

void sqlite_queue_unsure(struct sql *sql, struct facts *facts, int64_t now_ms, size_t max,
                         struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    struct ready r = {facts, now_ms, INT64_MAX, out, 0, max};

    take_due(sql, sql_use(sql, TEXT_OUTBOX_UNSURE), OUTBOX_UNSURE, &r);
    if (sql_err(sql))
        return;
    *out_count = r.count;
    *out_next_ms = r.next_ms;
}

struct orphan {
    struct orphan *next;
    int32_t tenant;
    int64_t id;
};

static struct orphan *list_orphans(struct sql *sql, struct arena *scratch)
{
    struct sql_query *q = sql_use(sql, TEXT_ORPHANS);
    struct orphan *first = NULL;

    while (sql_next(q)) {
        struct orphan *o = ARENA_NEW(scratch, struct orphan);
        o->tenant = (int32_t)sql_get(q);
        o->id = sql_get(q);
        o->next = first;
        first = o;
    }
    return first;
}

/* It is looked for at once: the program may have been away for long. */
static void make_unsure(struct sql *sql, const struct orphan *o, int64_t now_ms)
{
    struct sql_query *q = sql_use(sql, TEXT_ORPHAN_OUTBOX);

    sql_put(q, o->tenant);
    sql_put(q, o->id);
    sql_put(q, now_ms);
    sql_run(q);

    q = sql_use(sql, TEXT_ORPHAN_MESSAGE); /* a call to alert somebody has none */
    sql_put(q, o->tenant);
    sql_put(q, o->id);
    sql_run(q);
}

void sqlite_queue_orphans(struct sql *sql, struct sql_log *log, int64_t now_ms,
                          struct id_maker *ids, struct arena *scratch, size_t *out_count)
{
    size_t count = 0;

    sql_run(sql_use(sql, TEXT_ORPHAN_LEGS));
    sql_run(sql_use(sql, TEXT_ORPHAN_UPDATES));
    for (const struct orphan *o = list_orphans(sql, scratch); o; o = o->next) {
        make_unsure(sql, o, now_ms);
        sql_log_add_orphan(log, sql, ids, o->tenant, o->id, now_ms);
        count++;
    }
    if (!sql_err(sql))
        *out_count = count;
}
