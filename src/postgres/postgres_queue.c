#include "postgres/postgres_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "postgres/postgres_floor.h"
#include "postgres/postgres_pipe.h"
#include "sql/sql_columns.h"
#include "sql/sql_rows.h"

enum {
    HELD_MS = 100, /* until what somebody else held is looked at again */
    COLUMNS = 4,
};

static const char due_text[] = "SELECT due_at, tenant, kind, subject_id FROM timer"
                               " WHERE due_at >= $1::bigint"
                               " ORDER BY due_at, tenant, kind, subject_id LIMIT $2::bigint";
static const char others_text[] =
    "SELECT due_at, tenant, kind, subject_id FROM timer"
    " WHERE due_at >= $1::bigint AND due_at <= $2::bigint AND tenant <> ALL ($3::integer[])"
    " ORDER BY due_at, tenant, kind, subject_id LIMIT $4::bigint";
/* Which of them are still there. */
static const char still_text[] =
    "SELECT k.n FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[])"
    " WITH ORDINALITY AS k (due_at, tenant, kind, subject_id, n) CROSS JOIN LATERAL"
    " (SELECT 1 FROM timer WHERE timer.due_at = k.due_at AND timer.tenant = k.tenant"
    " AND timer.kind = k.kind AND timer.subject_id = k.subject_id LIMIT 1) r";
/* One look for each sender, however many rows it has. */
static const char senders_text[] =
    "WITH RECURSIVE s AS ((SELECT tenant, sender, kind FROM outbox WHERE state = 'queued'"
    " ORDER BY tenant, sender, kind LIMIT 1) UNION ALL SELECT n.* FROM s CROSS JOIN LATERAL"
    " (SELECT tenant, sender, kind FROM outbox WHERE state = 'queued'"
    " AND (outbox.tenant, outbox.sender, outbox.kind) > (s.tenant, s.sender, s.kind)"
    " ORDER BY tenant, sender, kind LIMIT 1) n) SELECT tenant, sender, kind FROM s";
static const char ready_text[] =
    "SELECT k.n, r.* FROM unnest($4::text[], $5::bigint[]) WITH ORDINALITY AS k (class, floor, n)"
    " CROSS JOIN LATERAL (SELECT " SQL_COLUMNS_OUTBOX " FROM outbox WHERE state = 'queued'"
    " AND outbox.tenant = $1::integer AND sender = $2::text AND kind = $3::text"
    " AND outbox.class = k.class AND due_at >= k.floor ORDER BY due_at, id LIMIT $6::bigint) r";
static const char unsure_text[] =
    "SELECT " SQL_COLUMNS_OUTBOX " FROM outbox WHERE state = 'unsure' AND due_at >= $1::bigint"
    " ORDER BY due_at, tenant, id LIMIT $2::bigint";
static const char again_text[] =
    "SELECT r.* FROM unnest($1::integer[], $2::bigint[]) WITH ORDINALITY AS k (tenant, id, n)"
    " CROSS JOIN LATERAL (SELECT " SQL_COLUMNS_OUTBOX " FROM outbox WHERE state = 'unsure'"
    " AND outbox.tenant = k.tenant AND outbox.id >= k.id AND outbox.id <= k.id"
    " ORDER BY outbox.id LIMIT 1) r";

const char *postgres_queue_text(int at)
{
    static const char *const texts[] = {due_text,   others_text, still_text, senders_text,
                                        ready_text, unsure_text, again_text};

    return at < (int)(sizeof texts / sizeof texts[0]) ? texts[at] : NULL;
}

/* Rows of a sender, by class and due time, as they were read in a batch: whoever asks again in the
 * same batch is told from here, as nobody else changes them. */
struct ready_row {
    struct outbox *row;
    int64_t due_ms; /* as it is stored; the batch may have postponed it */
    int64_t class;  /* from 1 */
};
struct ready_rows {
    uint64_t serial; /* of the batch; 0: none */
    struct store_sender sender;
    struct ready_row *rows;
    size_t count, room, passed; /* those in front that the batch has settled */
    int64_t limit;              /* of each class so many were read */
};

struct postgres_queue {
    struct postgres_column columns[COLUMNS];
    struct ready_rows ready;
    struct postgres_floor timers, unsure;
    struct postgres_floor_senders *senders;
};

struct postgres_queue *postgres_queue_open(void)
{
    struct postgres_queue *queue = arena_must_alloc(sizeof *queue);

    queue->senders = postgres_floor_senders_open();
    return queue;
}

void postgres_queue_close(struct postgres_queue **queue)
{
    if (!*queue)
        return;
    for (int i = 0; i < COLUMNS; i++)
        postgres_column_done(&(*queue)->columns[i]);
    free((*queue)->ready.rows);
    free((*queue)->senders);
    free(*queue);
    *queue = NULL;
}

/* ---- units ---- */

/* Inside a batch its locks go first, if they are still to be asked for. */
static void begin(struct postgres_hold *h)
{
    if (h->state == HOLD_NONE)
        postgres_pipe_fresh(h->of->sql);
    else
        postgres_hold_send(h);
}

static void send_two(struct postgres_hold *h, const char *text, int64_t a, int64_t b)
{
    char first[8], second[8];
    const struct postgres_value values[] = {postgres_column_int8(a, first),
                                            postgres_column_int8(b, second)};

    postgres_pipe_send(h->of->sql, text, values, 2);
}

/* ---- timers ---- */

/* Of timers whose tenants were not held when they were read, those stay that still stand now that
 * they are: the others are somebody else's. */
static size_t sift_timers(struct postgres_queue *queue, struct postgres_hold *h,
                          const struct postgres_hold_list *strangers, struct timer *timers,
                          size_t count)
{
    static const char types[] = "bitb";
    struct postgres_value values[COLUMNS];
    struct sql *sql = h->of->sql;
    bool *stands = ARENA_NEW_N(h->scratch, bool, count + 1);
    size_t kept = 0;

    for (int i = 0; i < COLUMNS; i++)
        postgres_column_begin(&queue->columns[i], (enum postgres_column_type)types[i]);
    for (size_t i = 0; i < count; i++) {
        postgres_column_number(&queue->columns[0], timers[i].due_ms);
        postgres_column_number(&queue->columns[1], timers[i].tenant);
        postgres_column_bytes(&queue->columns[2], span_of(timer_kind_name(timers[i].kind)));
        postgres_column_number(&queue->columns[3], timers[i].subject);
    }
    for (int i = 0; i < COLUMNS; i++)
        values[i] = postgres_column_value(&queue->columns[i]);
    postgres_hold_more(h, strangers->list, strangers->count);
    postgres_pipe_send(sql, still_text, values, COLUMNS);
    postgres_hold_more_take(h);
    struct sql_query *q = postgres_pipe_take(sql);
    while (sql_next(q)) {
        const int64_t n = sql_get(q);
        CHECK(n >= 1 && (size_t)n <= count);
        stands[n - 1] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (stands[i] && postgres_hold_has(h, timers[i].tenant))
            timers[kept++] = timers[i];
    return kept;
}

/* Of what was found in a batch, those stay whose tenants it could hold. */
static size_t leave_held(struct postgres_queue *queue, struct postgres_hold *h,
                         struct timer *timers, size_t count)
{
    struct postgres_hold_list strangers = {ARENA_NEW_N(h->scratch, int32_t, count + 1), 0};

    for (size_t i = 0; i < count && h->state == HOLD_HELD; i++)
        if (!postgres_hold_has(h, timers[i].tenant))
            postgres_hold_list_add(&strangers, timers[i].tenant);
    return strangers.count ? sift_timers(queue, h, &strangers, timers, count) : count;
}

void postgres_queue_due(struct postgres_queue *queue, struct postgres_hold *h, int64_t now_ms,
                        size_t max, struct timer *out, size_t *out_count, int64_t *out_next_ms)
{
    const int64_t floor_ms = postgres_floor_at(&queue->timers, now_ms);
    struct sql *sql = h->of->sql;
    int64_t next_ms = INT64_MAX, first_ms = INT64_MAX;
    size_t count = 0;

    begin(h);
    send_two(h, due_text, floor_ms, (int64_t)max + 1);
    postgres_hold_take(h);
    struct sql_query *q = postgres_pipe_take(sql);
    while (next_ms == INT64_MAX && sql_next(q)) {
        const struct timer t = sql_rows_timer(q);
        if (first_ms == INT64_MAX)
            first_ms = t.due_ms;
        if (t.due_ms > now_ms || count == max)
            next_ms = t.due_ms;
        else
            out[count++] = t;
    }
    sql_done(q);
    if (sql_err(sql))
        return;
    const size_t kept = leave_held(queue, h, out, count);
    if (sql_err(sql))
        return;
    if (kept < count && now_ms + HELD_MS < next_ms)
        next_ms = now_ms + HELD_MS;
    count = kept;
    postgres_floor_note(&queue->timers, floor_ms, first_ms, now_ms);
    *out_count = count;
    *out_next_ms = next_ms;
}

static void send_others(struct postgres_queue *queue, struct postgres_hold *h,
                        const struct store_due_ask *ask)
{
    char from[8], until[8], max[8];
    struct postgres_column *but = &queue->columns[0];

    postgres_column_begin(but, POSTGRES_COLUMN_INT4);
    for (size_t i = 0; i < ask->but_count; i++)
        postgres_column_number(but, ask->but[i]);
    const struct postgres_value values[] = {
        postgres_column_int8(ask->from_ms, from), postgres_column_int8(ask->until_ms, until),
        postgres_column_value(but), postgres_column_int8((int64_t)ask->max + 1, max)};
    postgres_pipe_send(h->of->sql, others_text, values, 4);
}

void postgres_queue_due_others(struct postgres_queue *queue, struct postgres_hold *h,
                               const struct store_due_ask *ask, struct timer *out,
                               size_t *out_count, int64_t *out_up_to_ms)
{
    struct sql *sql = h->of->sql;
    int64_t up_to_ms = ask->until_ms + 1;
    size_t count = 0;

    begin(h);
    send_others(queue, h, ask);
    postgres_hold_take(h);
    struct sql_query *q = postgres_pipe_take(sql);
    while (up_to_ms > ask->until_ms && sql_next(q)) {
        const struct timer t = sql_rows_timer(q);
        if (count == ask->max)
            up_to_ms = t.due_ms;
        else
            out[count++] = t;
    }
    sql_done(q);
    if (sql_err(sql))
        return;
    const int64_t first_ms = count ? out[0].due_ms : up_to_ms;
    const size_t kept = leave_held(queue, h, out, count);
    if (sql_err(sql))
        return;
    *out_count = kept;
    *out_up_to_ms = kept < count ? first_ms : up_to_ms;
}

/* ---- senders ---- */

void postgres_queue_senders(struct postgres_hold *h,
                            void (*fn)(void *, const struct store_sender *), void *ctx)
{
    struct sql *sql = h->of->sql;

    begin(h);
    postgres_pipe_send(sql, senders_text, NULL, 0);
    postgres_hold_take(h);
    struct sql_query *q = postgres_pipe_take(sql);
    while (sql_next(q)) {
        struct store_sender s = {.tenant = (int32_t)sql_get(q)};
        SQL_GET_TEXT(q, s.from);
        SQL_GET_NAME(q, outbox_kind, s.kind);
        if (!sql_err(sql))
            fn(ctx, &s);
    }
}

/* ---- rows of the outbox ---- */

struct ready {
    const struct postgres_queue_ask *ask;
    enum outbox_state state;
    size_t count;
    int64_t next_ms;
    bool is_done; /* of this class */
};

/* The row as the batch has it, which may have changed it already. */
static struct outbox *in_batch(struct facts *facts, struct outbox *row)
{
    struct fact asked = {.kind = FACT_OUTBOX, .tenant = row->tenant};

    facts_settle(facts, &asked, row);
    return asked.same->outbox;
}

/* What is asked of each row that leaves, so that one load brings it for all. */
static void want(struct facts *f, const struct outbox *o)
{
    if (o->cascade)
        facts_want_id(f, FACT_CASCADE, o->tenant, o->cascade);
    if (o->cascade) /* it may be dropped */
        facts_want_id(f, FACT_MESSAGE, o->tenant, o->id);
    if (o->kind == OUTBOX_TEXT)
        facts_want_consent(f, o->tenant, span_of(o->from), span_of(o->to));
}

/* Rows come by the due time that is stored. */
static void take_row(struct ready *r, struct outbox *row, int64_t stored_ms)
{
    const int64_t now_ms = r->ask->now_ms;

    if (r->is_done)
        return;
    if (row->gone || row->state != r->state)
        return;
    if (row->due_ms > now_ms || r->count == r->ask->max) {
        r->next_ms = row->due_ms < r->next_ms ? row->due_ms : r->next_ms;
    } else {
        r->ask->out[r->count++] = row;
        if (r->state == OUTBOX_QUEUED)
            want(r->ask->facts, row);
    }
    r->is_done = stored_ms > now_ms || r->next_ms <= now_ms;
}

/* Rows that the batch has taken or postponed already come again. `sender`: NULL for anybody's. */
static int64_t rows_to_ask(const struct postgres_queue_ask *ask, const struct store_sender *sender)
{
    int64_t count = (int64_t)ask->max + 1;

    for (const struct fact *fact = ask->facts->first; fact; fact = fact->next)
        count += fact->kind == FACT_OUTBOX && fact->state == FACT_PRESENT && fact->dirty &&
                 !fact->fresh && !fact->same &&
                 (!sender || strcmp(fact->outbox->from, sender->from) == 0);
    return count;
}

static void send_ready(struct postgres_queue *queue, struct postgres_hold *h,
                       const struct store_sender *s, int64_t rows,
                       const int64_t floors[OUTBOX_CLASSES])
{
    char tenant[4], limit[8];

    postgres_column_begin(&queue->columns[0], POSTGRES_COLUMN_TEXT);
    postgres_column_begin(&queue->columns[1], POSTGRES_COLUMN_INT8);
    for (int class = 0; class < OUTBOX_CLASSES; class ++) {
        postgres_column_bytes(&queue->columns[0],
                              span_of(outbox_class_name((enum outbox_class) class)));
        postgres_column_number(&queue->columns[1], floors[class]);
    }
    const struct postgres_value values[] = {
        postgres_column_int4(s->tenant, tenant),
        postgres_column_text(span_of(s->from)),
        postgres_column_text(span_of(outbox_kind_name(s->kind))),
        postgres_column_value(&queue->columns[0]),
        postgres_column_value(&queue->columns[1]),
        postgres_column_int8(rows, limit),
    };
    postgres_pipe_send(h->of->sql, ready_text, values, 6);
}

static void keep_row(struct ready_rows *kept, struct outbox *row, int64_t class)
{
    if (kept->count == kept->room) {
        kept->room = 2 * kept->room + 64;
        kept->rows = arena_must_grow(kept->rows, kept->room * sizeof *kept->rows);
    }
    kept->rows[kept->count++] = (struct ready_row){row, row->due_ms, class};
}

static void take_ready(struct postgres_hold *h, struct ready_rows *kept, struct facts *facts)
{
    struct sql *sql = h->of->sql;
    struct sql_query *q = postgres_pipe_take(sql);

    while (sql_next(q)) {
        const int64_t n = sql_get(q);
        struct outbox *row = sql_rows_outbox(q, facts->arena);
        if (sql_err(sql))
            break;
        CHECK(n >= 1 && n <= OUTBOX_CLASSES);
        keep_row(kept, row, n);
        if (row->expires_ms && row->expires_ms <= facts->now_ms) /* it will be dropped */
            facts_want_id(facts, FACT_MESSAGE, row->tenant, row->id);
    }
    sql_done(q);
}

/* Reads at most `limit` rows of each class; none when somebody else holds the tenant. */
static void read_ready(struct postgres_queue *queue, struct postgres_hold *h,
                       const struct postgres_queue_ask *ask, const struct store_sender *s,
                       int64_t limit)
{
    struct postgres_floor *floors = postgres_floor_of(queue->senders, s);
    struct ready_rows *kept = &queue->ready;
    int64_t from_ms[OUTBOX_CLASSES];
    size_t at = 0;
    bool is_more = false;

    for (int i = 0; i < OUTBOX_CLASSES; i++)
        from_ms[i] = postgres_floor_at(&floors[i], ask->now_ms);
    begin(h);
    if (h->state != HOLD_NONE && !postgres_hold_has(h, s->tenant)) {
        postgres_hold_take(h);
        postgres_hold_more(h, &s->tenant, 1);
        is_more = true;
    }
    send_ready(queue, h, s, limit, from_ms);
    postgres_hold_take(h);
    if (is_more)
        postgres_hold_more_take(h);
    kept->serial = 0;
    kept->count = kept->passed = 0;
    take_ready(h, kept, ask->facts);
    if (sql_err(h->of->sql))
        return;
    for (int i = 0; i < OUTBOX_CLASSES; i++) {
        while (at < kept->count && kept->rows[at].class < i + 1)
            at++;
        const bool is_any = at < kept->count && kept->rows[at].class == i + 1;
        postgres_floor_note(&floors[i], from_ms[i], is_any ? kept->rows[at].due_ms : INT64_MAX,
                            ask->now_ms);
    }
    kept->serial = h->state == HOLD_NONE ? 0 : h->serial;
    kept->sender = *s;
    kept->limit = limit;
}

/* False: rows that were not read might come before. */
static bool take_kept(struct ready_rows *kept, struct ready *r)
{
    int64_t class = 0, of_class = 0;

    for (size_t i = kept->passed; i < kept->count; i++) {
        struct ready_row *k = &kept->rows[i];
        k->row = in_batch(r->ask->facts, k->row);
        if (i == kept->passed && (k->row->gone || k->row->state != OUTBOX_QUEUED))
            kept->passed++;
        if (k->class != class) {
            r->is_done = false;
            class = k->class;
            of_class = 0;
            for (size_t before = i; before > 0 && kept->rows[before - 1].class == class; before--)
                of_class++;
        }
        take_row(r, k->row, k->due_ms);
        of_class++;
        if (of_class == kept->limit && !r->is_done)
            return false;
    }
    return true;
}

void postgres_queue_ready(struct postgres_queue *queue, struct postgres_hold *h,
                          const struct postgres_queue_ask *ask, const struct store_sender *s,
                          struct postgres_queue_found *out)
{
    struct ready_rows *kept = &queue->ready;
    struct ready r = {ask, OUTBOX_QUEUED, 0, INT64_MAX, false};

    if (h->state != HOLD_HELD || kept->serial != h->serial ||
        !postgres_floor_is_same(&kept->sender, s))
        read_ready(queue, h, ask, s, rows_to_ask(ask, s));
    const bool is_mine = h->state == HOLD_NONE || postgres_hold_has(h, s->tenant);
    while (is_mine && !sql_err(h->of->sql) && !take_kept(kept, &r)) {
        read_ready(queue, h, ask, s, 4 * kept->limit + 64);
        r = (struct ready){ask, OUTBOX_QUEUED, 0, INT64_MAX, false};
    }
    out->count = r.count;
    out->next_ms = is_mine ? r.next_ms : ask->now_ms + HELD_MS;
}

/* ---- unsure rows ---- */

/* Reads those again whose tenants were not held when they were read; what others hold is theirs. */
static void read_again(struct postgres_queue *queue, struct postgres_hold *h,
                       const struct postgres_hold_list *strangers, struct outbox **rows,
                       size_t *count)
{
    struct postgres_value values[2];
    struct sql *sql = h->of->sql;
    const size_t asked = *count;
    size_t found = 0;

    postgres_column_begin(&queue->columns[0], POSTGRES_COLUMN_INT4);
    postgres_column_begin(&queue->columns[1], POSTGRES_COLUMN_INT8);
    for (size_t i = 0; i < asked; i++) {
        postgres_column_number(&queue->columns[0], rows[i]->tenant);
        postgres_column_number(&queue->columns[1], rows[i]->id);
    }
    values[0] = postgres_column_value(&queue->columns[0]);
    values[1] = postgres_column_value(&queue->columns[1]);
    postgres_hold_more(h, strangers->list, strangers->count);
    postgres_pipe_send(sql, again_text, values, 2);
    postgres_hold_more_take(h);
    struct sql_query *q = postgres_pipe_take(sql);
    while (sql_next(q)) {
        struct outbox *row = sql_rows_outbox(q, h->scratch);
        CHECK(found < asked);
        if (postgres_hold_has(h, row->tenant))
            rows[found++] = row;
    }
    *count = found;
}

static size_t take_unsure(struct postgres_hold *h, struct outbox **rows)
{
    struct sql_query *q = postgres_pipe_take(h->of->sql);
    size_t count = 0;

    while (sql_next(q))
        rows[count++] = sql_rows_outbox(q, h->scratch);
    return count;
}

static void keep_unsure(struct ready *r, struct outbox *const *rows, size_t count)
{
    struct arena *arena = r->ask->facts->arena;

    for (size_t i = 0; i < count; i++) {
        struct outbox *row = ARENA_NEW(arena, struct outbox);
        *row = *rows[i];
        row->body = arena_copy(arena, row->body);
        row->media = row->media.size ? arena_copy(arena, row->media) : row->media;
        const int64_t stored_ms = row->due_ms;
        take_row(r, in_batch(r->ask->facts, row), stored_ms);
    }
}

void postgres_queue_unsure(struct postgres_queue *queue, struct postgres_hold *h,
                           const struct postgres_queue_ask *ask, struct postgres_queue_found *out)
{
    const int64_t floor_ms = postgres_floor_at(&queue->unsure, ask->now_ms);
    const int64_t limit = rows_to_ask(ask, NULL);
    struct ready r = {ask, OUTBOX_UNSURE, 0, INT64_MAX, false};
    struct outbox **rows = ARENA_NEW_N(h->scratch, struct outbox *, (size_t)limit);

    begin(h);
    send_two(h, unsure_text, floor_ms, limit);
    postgres_hold_take(h);
    const size_t count = take_unsure(h, rows);
    if (sql_err(h->of->sql))
        return;
    const int64_t first_ms = count ? rows[0]->due_ms : INT64_MAX;
    struct postgres_hold_list strangers = {ARENA_NEW_N(h->scratch, int32_t, count + 1), 0};
    size_t due = 0;
    while (due < count && rows[due]->due_ms <= ask->now_ms) {
        if (h->state == HOLD_HELD && !postgres_hold_has(h, rows[due]->tenant))
            postgres_hold_list_add(&strangers, rows[due]->tenant);
        due++;
    }
    if (due < count)
        r.next_ms = rows[due]->due_ms;
    size_t mine = due;
    if (strangers.count)
        read_again(queue, h, &strangers, rows, &mine);
    if (sql_err(h->of->sql))
        return;
    keep_unsure(&r, rows, mine);
    postgres_floor_note(&queue->unsure, floor_ms, first_ms, ask->now_ms);
    if (mine < due && ask->now_ms + HELD_MS < r.next_ms)
        r.next_ms = ask->now_ms + HELD_MS;
    out->count = r.count;
    out->next_ms = r.next_ms;
}

/* ---- what was written ---- */

static void note_outbox(struct postgres_queue *queue, const struct outbox *o)
{
    if (!o->gone && o->state == OUTBOX_UNSURE)
        postgres_floor_lower(&queue->unsure, o->due_ms);
    if (o->gone || o->state != OUTBOX_QUEUED)
        return;
    struct store_sender s = {.tenant = o->tenant, .kind = o->kind};
    memcpy(s.from, o->from, sizeof s.from);
    postgres_floor_lower(&postgres_floor_of(queue->senders, &s)[o->class], o->due_ms);
}

void postgres_queue_note(struct postgres_queue *queue, const struct facts *facts)
{
    for (const struct fact *fact = facts->first; fact; fact = fact->next)
        if (fact->kind == FACT_OUTBOX && fact->state == FACT_PRESENT && !fact->same &&
            (fact->fresh || fact->dirty))
            note_outbox(queue, fact->outbox);
    for (const struct appended *row = facts->added; row; row = row->next)
        if (row->kind == APPEND_TIMER && !row->timer.gone)
            postgres_floor_lower(&queue->timers, row->timer.due_ms);
}
