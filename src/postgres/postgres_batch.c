#include "postgres/postgres_batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "postgres/postgres_hold.h"
#include "postgres/postgres_load.h"
#include "postgres/postgres_months.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_queue.h"
#include "postgres/postgres_write.h"
#include "sql/sql_news.h"
#include "sql/sql_save.h"

enum { TRIES = 5, ORPHANS_AT_ONCE = 200 /* tenants */ };

struct postgres_batch {
    struct sql_store *of;
    struct postgres_months *months;
    struct postgres_hold hold;
    struct postgres_load *load;
    struct postgres_queue *queue;
    struct postgres_write *write;
    bool doubts_months; /* one that was known may have been dropped */
    /* Tenants that the last batch turned out to need when it was to be saved; ascending. */
    int32_t *wanted;
    size_t wanted_count, wanted_room;
};

struct postgres_batch *postgres_batch_open(struct sql_store *of, struct postgres_months *months)
{
    struct postgres_batch *b = arena_must_alloc(sizeof *b);

    b->of = of;
    b->months = months;
    postgres_hold_init(&b->hold, of);
    b->load = postgres_load_open();
    b->queue = postgres_queue_open();
    b->write = postgres_write_open();
    return b;
}

void postgres_batch_close(struct postgres_batch **batch)
{
    struct postgres_batch *b = *batch;

    if (!b)
        return;
    postgres_hold_done(&b->hold);
    postgres_load_close(&b->load);
    postgres_queue_close(&b->queue);
    postgres_write_close(&b->write);
    free(b->wanted);
    free(b);
    *batch = NULL;
}

/* ---- units of work ---- */

static bool is_lost(const struct postgres_batch *b)
{
    return b->hold.state == HOLD_LOST;
}

/* What stands alone reads as of one instant. */
static void begin_alone(struct postgres_batch *b)
{
    static const char text[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    arena_reset(b->hold.scratch);
    postgres_pipe_fresh(b->of->sql);
    postgres_pipe_send(b->of->sql, text, NULL, 0);
    sql_done(postgres_pipe_take(b->of->sql));
}

static void end_alone(struct postgres_batch *b)
{
    postgres_pipe_undo(b->of->sql);
}

/* After an error of a batch nothing of it is written, and what follows fails alike. */
static enum err end_step(struct postgres_batch *b)
{
    const enum err e = sql_err(b->of->sql);

    if (e && b->hold.state != HOLD_NONE) {
        postgres_pipe_undo(b->of->sql);
        b->hold.state = HOLD_LOST;
    }
    return e;
}

enum err postgres_batch_hold(struct postgres_batch *b, const int32_t *tenants, size_t count)
{
    struct postgres_hold_list t = {arena_must_alloc((count + b->wanted_count) * sizeof *tenants),
                                   0};

    for (size_t i = 0; i < count; i++)
        postgres_hold_list_add(&t, tenants[i]);
    for (size_t i = 0; i < b->wanted_count; i++)
        postgres_hold_list_add(&t, b->wanted[i]);
    b->wanted_count = 0;
    postgres_hold_undo(&b->hold);
    postgres_hold_ask(&b->hold, t.list, t.count);
    free(t.list);
    return ERR_NONE;
}

void postgres_batch_drop(struct postgres_batch *b)
{
    postgres_hold_undo(&b->hold);
}

enum err postgres_batch_load(struct postgres_batch *b, struct facts *facts)
{
    const bool is_alone = b->hold.state == HOLD_NONE;

    if (is_lost(b))
        return sql_err(b->of->sql);
    if (is_alone)
        begin_alone(b);
    postgres_load(b->load, &b->hold, facts);
    if (!is_alone)
        return end_step(b);
    end_alone(b);
    return sql_err(b->of->sql);
}

/* ---- saving ---- */

static int32_t tenant_of(const struct appended *row)
{
    switch (row->kind) {
    case APPEND_EVENT:
        return row->event.tenant;
    case APPEND_CALL_EVENT:
        return row->call_event.tenant;
    case APPEND_TIMER:
        return row->timer.tenant;
    case APPEND_TAG:
        return row->tag.tenant;
    case APPEND_DUTY:
        return row->duty.tenant;
    case APPEND_SPENT:
        return row->spent.tenant;
    }
    return 0;
}

/* Of what is to be written, those that are not held. */
static struct postgres_hold_list strangers(const struct postgres_batch *b,
                                           const struct facts *facts)
{
    struct postgres_hold_list t = {NULL, 0};
    size_t room = 1;

    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        room += fact->fresh || fact->dirty;
    for (const struct appended *row = facts->added; row; row = row->next)
        room++;
    t.list = ARENA_NEW_N(b->hold.scratch, int32_t, room);
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if (fact->fresh || fact->dirty)
            postgres_hold_list_add(&t, fact->kind == FACT_LINK ? fact->link->tenant : fact->tenant);
    for (const struct appended *row = facts->added; row; row = row->next)
        postgres_hold_list_add(&t, tenant_of(row));
    size_t kept = 0;
    for (size_t i = 0; i < t.count; i++)
        if (b->hold.state == HOLD_NONE || !postgres_hold_has(&b->hold, t.list[i]))
            t.list[kept++] = t.list[i];
    t.count = kept;
    return t;
}

/* Months are made before they are needed, by the clock; these are of rows that are older. */
static void need_months(struct postgres_batch *b, const struct facts *facts)
{
    struct sql *sql = b->of->sql;

    if (b->doubts_months)
        postgres_months_read(b->months, sql);
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if (fact->kind == FACT_MESSAGE && fact->fresh)
            postgres_months_need(b->months, sql, fact->message->id);
    for (const struct appended *row = facts->added; row; row = row->next) {
        if (row->kind == APPEND_EVENT)
            postgres_months_need(b->months, sql, row->event.id);
        if (row->kind == APPEND_CALL_EVENT)
            postgres_months_need(b->months, sql, row->call_event.id);
    }
}

/* What was read of a tenant before he was held may have been changed since by somebody else, so
 * such a batch is made again, and then begins with holding him. No event that there is does so:
 * what is found by a link, a timer or as ready to be sent is held before it is read. */
static void want_the_rest(struct postgres_batch *b, const struct facts *facts)
{
    const struct postgres_hold_list t = strangers(b, facts);

    if (t.count == 0)
        return;
    if (t.count > b->wanted_room) {
        b->wanted_room = 2 * t.count;
        b->wanted = arena_must_grow(b->wanted, b->wanted_room * sizeof *b->wanted);
    }
    memcpy(b->wanted, t.list, t.count * sizeof *t.list);
    b->wanted_count = t.count;
    sql_fail(b->of->sql, ERR_BUSY, "what is to be written belongs to a tenant that is not held");
    b->of->sql->is_again = true;
}

static bool has_event(const struct facts *facts, int32_t tenant)
{
    for (const struct appended *row = facts->added; row; row = row->next)
        if (row->kind == APPEND_EVENT && row->event.tenant == tenant)
            return true;
    return false;
}

/* Whoever remembers a desk finds by the end of the log that somebody else has changed it, so tags
 * that come without an event are given one. */
static void log_tags(struct postgres_batch *b, const struct facts *facts)
{
    struct event_row event = {.tenant = -1, .kind = "tag.put", .at_ms = facts->now_ms};

    for (const struct appended *row = facts->added; row; row = row->next) {
        if (row->kind != APPEND_TAG || row->tag.tenant == event.tenant ||
            has_event(facts, row->tag.tenant))
            continue;
        event.tenant = row->tag.tenant;
        event.id = id_next(facts->ids, facts->now_ms);
        event.thread = row->tag.thread;
        postgres_months_need(b->months, b->of->sql, event.id);
        sql_log_add(b->of->log, b->of->sql, facts->ids, &event);
    }
}

/* The locks are had. */
static void write_all(struct postgres_batch *b, const struct facts *facts)
{
    struct sql *sql = b->of->sql;

    need_months(b, facts);
    postgres_write_begin(b->write, sql, b->hold.scratch);
    sql_save(sql, b->of->log, facts, b->hold.scratch);
    log_tags(b, facts);
    if (b->of->store.is_heard)
        sql_news_tell(sql, &b->of->store, facts, b->hold.scratch);
    postgres_write_send(b->write, sql);
    if (!sql_err(sql))
        postgres_hold_commit(&b->hold);
}

static enum err note_end(struct postgres_batch *b, const struct facts *facts)
{
    const enum err e = sql_err(b->of->sql);

    postgres_hold_undo(&b->hold);
    b->doubts_months = e && b->of->sql->is_again;
    if (e) {
        sql_desks_forget(b->of->desks);
        sql_log_forget(b->of->log);
    } else if (facts) {
        sql_desks_note(b->of->desks, facts);
        postgres_queue_note(b->queue, facts);
    }
    return e;
}

static enum err save_alone(struct postgres_batch *b, const struct facts *facts)
{
    struct sql *sql = b->of->sql;

    for (int i = 0; i < TRIES; i++) {
        arena_reset(b->hold.scratch);
        const struct postgres_hold_list t = strangers(b, facts);
        int32_t *list = arena_must_alloc(t.count * sizeof *list); /* asking empties the scratch */
        memcpy(list, t.list, t.count * sizeof *list);
        postgres_hold_ask(&b->hold, list, t.count);
        free(list);
        postgres_hold_send(&b->hold);
        postgres_hold_take(&b->hold);
        if (!sql_err(sql))
            write_all(b, facts);
        if (!note_end(b, facts) || !sql->is_again)
            break;
    }
    return sql_err(sql);
}

enum err postgres_batch_save(struct postgres_batch *b, const struct facts *facts)
{
    struct sql *sql = b->of->sql;

    if (is_lost(b))
        return sql_err(sql);
    if (!sql_save_is_needed(facts)) {
        postgres_hold_undo(&b->hold);
        return ERR_NONE;
    }
    if (b->hold.state == HOLD_NONE)
        return save_alone(b, facts);
    postgres_hold_send(&b->hold);
    postgres_hold_take(&b->hold);
    if (!sql_err(sql))
        want_the_rest(b, facts);
    if (!sql_err(sql))
        write_all(b, facts);
    return note_end(b, facts);
}

/* ---- what is due ---- */

/* Each is one statement when it stands alone. */
static bool may_look(struct postgres_batch *b)
{
    if (b->hold.state == HOLD_NONE)
        arena_reset(b->hold.scratch);
    return !is_lost(b);
}

enum err postgres_batch_due_others(struct postgres_batch *b, const struct store_due_ask *ask,
                                   struct timer *out, size_t *out_count, int64_t *out_up_to_ms)
{
    if (may_look(b))
        postgres_queue_due_others(b->queue, &b->hold, ask, out, out_count, out_up_to_ms);
    return end_step(b);
}

enum err postgres_batch_due(struct postgres_batch *b, int64_t now_ms, size_t max, struct timer *out,
                            size_t *out_count, int64_t *out_next_ms)
{
    if (may_look(b))
        postgres_queue_due(b->queue, &b->hold, now_ms, max, out, out_count, out_next_ms);
    return end_step(b);
}

enum err postgres_batch_senders(struct postgres_batch *b,
                                void (*fn)(void *ctx, const struct store_sender *sender), void *ctx)
{
    if (may_look(b))
        postgres_queue_senders(&b->hold, fn, ctx);
    return end_step(b);
}

enum err postgres_batch_ready(struct postgres_batch *b, struct facts *facts,
                              const struct store_sender *sender, int64_t now_ms, size_t max,
                              struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    const struct postgres_queue_ask ask = {facts, now_ms, max, out};
    struct postgres_queue_found found;

    if (may_look(b))
        postgres_queue_ready(b->queue, &b->hold, &ask, sender, &found);
    const enum err e = end_step(b);
    if (!e) {
        *out_count = found.count;
        *out_next_ms = found.next_ms;
    }
    return e;
}

enum err postgres_batch_unsure(struct postgres_batch *b, struct facts *facts, int64_t now_ms,
                               size_t max, struct outbox **out, size_t *out_count,
                               int64_t *out_next_ms)
{
    const struct postgres_queue_ask ask = {facts, now_ms, max, out};
    struct postgres_queue_found found;

    if (may_look(b))
        postgres_queue_unsure(b->queue, &b->hold, &ask, &found);
    const enum err e = end_step(b);
    if (!e) {
        *out_count = found.count;
        *out_next_ms = found.next_ms;
    }
    return e;
}

/* ---- rows of nodes that are gone ---- */

#define LOST                                                                                    \
    "outbox.state = 'sending' AND NOT EXISTS (SELECT 1 FROM node WHERE node.node = outbox.node" \
    " AND node.incarnation = outbox.incarnation AND node.gone_at IS NULL)"
#define THEIRS " AND outbox.tenant = ANY ($1::integer[])"

static const char orphan_tenants_text[] =
    "SELECT DISTINCT tenant FROM outbox WHERE " LOST " ORDER BY tenant LIMIT $1::integer";
/* A phone that may ring is rung once; ending or moving a call is safe to repeat. */
static const char orphan_legs_text[] =
    "DELETE FROM outbox WHERE " LOST THEIRS " AND kind = 'call' AND rung IS NOT NULL";
static const char orphan_updates_text[] =
    "UPDATE outbox SET state = 'queued', due_at = $2::bigint, node = NULL, incarnation = NULL"
    " WHERE " LOST THEIRS " AND kind IN ('update', 'erase')";
static const char orphans_text[] =
    "UPDATE outbox SET state = 'unsure', unsure_at = $2::bigint, due_at = $2::bigint,"
    " sent_at = coalesce(sent_at, $2::bigint), node = NULL, incarnation = NULL WHERE " LOST THEIRS
    " RETURNING tenant, id";
/* A receipt that came first knows better. */
static const char orphan_messages_text[] =
    "UPDATE message SET delivery = 'unsure' FROM unnest($1::integer[], $2::bigint[])"
    " AS v (tenant, id) WHERE message.tenant = v.tenant AND message.id = v.id"
    " AND message.delivery = 'queued'";

struct orphan {
    struct orphan *next;
    int32_t tenant;
    int64_t id;
};

static size_t find_tenants(struct postgres_batch *b, int32_t *out)
{
    struct sql *sql = b->of->sql;
    char most[4];
    const struct postgres_value value = postgres_column_int4(ORPHANS_AT_ONCE, most);
    size_t count = 0;

    postgres_pipe_fresh(sql);
    postgres_pipe_send(sql, orphan_tenants_text, &value, 1);
    struct sql_query *q = postgres_pipe_take(sql);
    while (sql_next(q))
        out[count++] = (int32_t)sql_get(q);
    postgres_pipe_take_all(sql);
    return count;
}

static struct orphan *make_unsure(struct postgres_batch *b, int64_t now_ms)
{
    struct sql *sql = b->of->sql;
    struct orphan *first = NULL, **last = &first;
    struct postgres_column column = {.data = NULL};
    char now[8];

    postgres_column_begin(&column, POSTGRES_COLUMN_INT4);
    for (size_t i = 0; i < b->hold.count; i++)
        postgres_column_number(&column, b->hold.tenants[i]);
    const struct postgres_value values[] = {postgres_column_value(&column),
                                            postgres_column_int8(now_ms, now)};
    postgres_pipe_send(sql, orphan_legs_text, values, 1);
    postgres_pipe_send(sql, orphan_updates_text, values, 2);
    postgres_pipe_send(sql, orphans_text, values, 2);
    postgres_hold_take(&b->hold);
    sql_done(postgres_pipe_take(sql));
    sql_done(postgres_pipe_take(sql));
    struct sql_query *q = postgres_pipe_take(sql);
    while (sql_next(q)) {
        struct orphan *o = ARENA_NEW(b->hold.scratch, struct orphan);
        o->tenant = (int32_t)sql_get(q);
        o->id = sql_get(q);
        *last = o;
        last = &o->next;
    }
    postgres_column_done(&column);
    return first;
}

static void send_messages(struct sql *sql, const struct orphan *first)
{
    struct postgres_column tenants = {.data = NULL}, ids = {.data = NULL};

    postgres_column_begin(&tenants, POSTGRES_COLUMN_INT4);
    postgres_column_begin(&ids, POSTGRES_COLUMN_INT8);
    for (const struct orphan *o = first; o; o = o->next) {
        postgres_column_number(&tenants, o->tenant);
        postgres_column_number(&ids, o->id);
    }
    const struct postgres_value values[] = {postgres_column_value(&tenants),
                                            postgres_column_value(&ids)};
    postgres_pipe_send(sql, orphan_messages_text, values, 2);
    postgres_column_done(&tenants);
    postgres_column_done(&ids);
}

/* Returns how many rows of these tenants may have been sent or not. */
static size_t end_orphans(struct postgres_batch *b, const int32_t *tenants, size_t tenant_count,
                          int64_t now_ms, struct id_maker *ids)
{
    struct sql *sql = b->of->sql;
    size_t count = 0;

    postgres_hold_ask(&b->hold, tenants, tenant_count);
    postgres_hold_send(&b->hold);
    const struct orphan *first = make_unsure(b, now_ms);
    postgres_months_need(b->months, sql, id_floor(now_ms));
    postgres_write_begin(b->write, sql, b->hold.scratch);
    for (const struct orphan *o = first; o && !sql_err(sql); o = o->next) {
        sql_log_add_orphan(b->of->log, sql, ids, o->tenant, o->id, now_ms);
        count++;
    }
    postgres_write_send(b->write, sql);
    if (!sql_err(sql)) {
        send_messages(sql, first);
        postgres_hold_commit(&b->hold);
    }
    return note_end(b, NULL) ? 0 : count;
}

enum err postgres_batch_orphans(struct postgres_batch *b, int64_t now_ms, struct id_maker *ids,
                                size_t *out_count)
{
    int32_t tenants[ORPHANS_AT_ONCE];
    struct sql *sql = b->of->sql;
    size_t all = 0, found = ORPHANS_AT_ONCE;

    postgres_hold_undo(&b->hold);
    for (int tries = 0; tries < TRIES && found == ORPHANS_AT_ONCE;) {
        found = find_tenants(b, tenants);
        if (found && !sql_err(sql))
            all += end_orphans(b, tenants, found, now_ms, ids);
        if (sql_err(sql) && !sql->is_again)
            break;
        if (sql_err(sql)) { /* others came first: what is left is looked for again */
            tries++;
            found = ORPHANS_AT_ONCE;
        }
    }
    if (!sql_err(sql))
        *out_count = all;
    return sql_err(sql);
}

const char *postgres_batch_text(const struct postgres_batch *b, int at)
{
    int passed = 0;

    while (postgres_load_text(passed))
        passed++;
    if (at < passed)
        return postgres_load_text(at);
    at -= passed;
    for (passed = 0; postgres_queue_text(passed);)
        passed++;
    return at < passed ? postgres_queue_text(at) : postgres_write_text(b->write, at - passed);
}
