#include "store/move_check.h"

#include <stdio.h>
#include <string.h>

#include "codec/digest.h"
#include "journal/journal_check.h"
#include "postgres/postgres_text.h"
#include "sql/backend.h"

enum { ROWS_A_PAGE = 2000 };

static enum err say(struct move_check *c, const struct sql *sql)
{
    if (!sql_err(sql))
        return ERR_NONE;
    snprintf(c->why, STORE_WHY_SIZE, "%s", sql_why(sql));
    return sql_err(sql);
}

/* ---- pages of a table ---- */

/* A table of the target, some rows at a time: whoever reads it is never in a transaction for long.
 * A key is kept from one page to the next. */
struct pages {
    struct sql *sql;
    const struct move_table *t;
    struct arena *arena; /* of a page's key */
    const char *first, *next;
    struct sql_query *q;
    struct move_value key[MOVE_KEYS];
    bool has_key;
    int rows; /* of this page, so far */
};

static struct pages pages_of(struct sql *sql, struct arena *arena, const struct move_table *t)
{
    return (struct pages){
        .sql = sql,
        .t = t,
        .arena = arena_open(0),
        .first = move_table_page(arena, t, false, ROWS_A_PAGE),
        .next = move_table_page(arena, t, true, ROWS_A_PAGE),
    };
}

static void end_page(struct pages *p)
{
    if (!p->q)
        return;
    sql_drop(&p->q);
    (void)sql_end(p->sql); /* the error sticks, and is asked for at the end */
}

static void begin_page(struct pages *p)
{
    sql_begin(p->sql, SQL_READ);
    p->q = sql_prepare(p->sql, p->has_key ? p->next : p->first);
    for (int i = 0; p->has_key && i < p->t->key_count; i++) {
        if (p->key[i].type == MOVE_NUMBER)
            sql_put(p->q, p->key[i].number);
        else if (p->key[i].type == MOVE_BYTES)
            sql_put_blob(p->q, p->key[i].bytes.data, p->key[i].bytes.size);
        else
            sql_put_span(p->q, p->key[i].bytes);
    }
    p->rows = 0;
}

/* True: its values are in `out`, until the next call. */
static bool next_row(struct pages *p, struct move_value out[MOVE_COLUMNS])
{
    if (!p->q)
        begin_page(p);
    if (!sql_next(p->q)) {
        const bool was_last = p->rows < ROWS_A_PAGE;
        end_page(p);
        if (was_last || sql_err(p->sql))
            return false;
        return next_row(p, out);
    }
    p->rows++;
    for (int i = 0; i < p->t->count; i++)
        out[i] = move_table_get(p->q, &p->t->columns[i], i);
    if (p->rows == ROWS_A_PAGE) {
        arena_reset(p->arena);
        p->has_key = true;
        for (int i = 0; i < p->t->key_count; i++) {
            p->key[i] = out[p->t->keys[i]];
            p->key[i].bytes = arena_copy(p->arena, p->key[i].bytes);
        }
    }
    return true;
}

static enum err close_pages(struct move_check *c, struct pages *p)
{
    end_page(p);
    arena_close(&p->arena);
    return say(c, p->sql);
}

/* ---- row by row ---- */

static bool is_same(struct arena *scratch, const struct move_value *source,
                    const struct move_value *target)
{
    if (source->type != target->type)
        return false;
    if (source->type == MOVE_NUMBER)
        return source->number == target->number;
    const struct span bytes =
        source->type == MOVE_TEXT ? postgres_text_clean(scratch, source->bytes) : source->bytes;
    return span_is(bytes, target->bytes);
}

static enum err differs(struct move_check *c, const struct move_table *t, int64_t row,
                        const char *what)
{
    snprintf(c->why, STORE_WHY_SIZE,
             "table %s, row %lld: %s is not what was written: begin the move anew", t->name,
             (long long)row, what);
    return ERR_BROKEN;
}

enum err move_check_table(struct move_check *c, const struct move_table *t, int64_t rows)
{
    struct pages p = pages_of(c->target, c->arena, t);
    struct arena *scratch = arena_open(0);
    struct move_value target[MOVE_COLUMNS];
    enum err e = ERR_NONE;
    int64_t row = 0;

    if (c->progress)
        c->progress(c->ctx, t->name, 0, true);
    sql_begin(c->source, SQL_READ);
    struct sql_query *q = sql_prepare(c->source, t->select);
    while (!e && sql_next(q)) {
        row++;
        if (!next_row(&p, target)) {
            e = say(c, c->target);
            if (!e)
                e = differs(c, t, row, "it is missing: the database");
        }
        for (int i = 0; i < t->count && !e; i++) {
            const struct move_value source = move_table_get(q, &t->columns[i], i);
            if (!is_same(scratch, &source, &target[i]))
                e = differs(c, t, row, t->columns[i].name);
        }
        if (row % ROWS_A_PAGE == 0) {
            arena_reset(scratch);
            if (c->progress)
                c->progress(c->ctx, t->name, row, true);
        }
    }
    sql_drop(&q);
    if (sql_end(c->source) && !e)
        e = say(c, c->source);
    if (!e && (row != rows || next_row(&p, target)))
        e = differs(c, t, row, "how many there are");
    const enum err of_pages = close_pages(c, &p);
    arena_close(&scratch);
    return e ? e : of_pages;
}

/* ---- what proves itself ---- */

static int column_of(const struct move_table *t, const char *name)
{
    for (int i = 0; i < t->count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return i;
    return -1;
}

/* Where the columns of a row of the log stand. */
struct log_columns {
    int tenant, id, at, thread, subject, kind, operator_id, detail, alarm, salt, chain;
};

static struct log_columns find_columns(const struct move_table *t)
{
    return (struct log_columns){
        .tenant = column_of(t, "tenant"),
        .id = column_of(t, "id"),
        .at = column_of(t, "created_at"),
        .thread = column_of(t, "thread_id"),
        .subject = column_of(t, "subject_id"),
        .kind = column_of(t, "kind"),
        .operator_id = column_of(t, "operator"),
        .detail = column_of(t, "detail"),
        .alarm = column_of(t, "is_alarm"),
        .salt = column_of(t, "salt"),
        .chain = column_of(t, "chain"),
    };
}

static struct journal_row row_of(const struct log_columns *at, const struct move_value *v)
{
    return (struct journal_row){
        .tenant = (int32_t)v[at->tenant].number,
        .id = v[at->id].number,
        .at_ms = v[at->at].number,
        .thread = v[at->thread].number,
        .subject = v[at->subject].number,
        .kind = v[at->kind].bytes,
        .operator_id = v[at->operator_id].bytes,
        .detail = v[at->detail].bytes,
        .alarm = v[at->alarm].number != 0,
        .salt = v[at->salt].bytes,
    };
}

/* Rows that went with their time leave the hash of the last of them as a head. */
static bool head_before(struct move_check *c, int32_t tenant, int64_t id, uint8_t chain[32])
{
    sql_begin(c->source, SQL_READ);
    struct sql_query *q = sql_prepare(c->source, "SELECT chain FROM log_head WHERE tenant = ?1 AND"
                                                 " event_id < ?2 ORDER BY event_id DESC LIMIT 1");
    sql_put(q, tenant);
    sql_put(q, id);
    const struct span found = sql_next(q) ? sql_get_span(q) : (struct span){NULL, 0};
    const bool has_one = found.size == JOURNAL_HASH_BYTES;
    if (has_one)
        memcpy(chain, found.data, JOURNAL_HASH_BYTES);
    sql_drop(&q);
    (void)sql_end(c->source); /* the error sticks, and is asked for at the end */
    return has_one;
}

static enum err end_log(struct move_check *c, const struct journal_check *log)
{
    if (log->why) {
        snprintf(c->why, STORE_WHY_SIZE,
                 "the log of tenant %d is not whole at event %lld: %s. Look at it with nextring"
                 " export --verify, or move a backup",
                 (int)log->tenant, (long long)log->broken_id, log->why);
        return ERR_BROKEN;
    }
    c->logs++;
    c->log_rows += log->count;
    return ERR_NONE;
}

enum err move_check_logs(struct move_check *c, const struct move_table *event)
{
    const struct log_columns at = find_columns(event);
    struct pages p = pages_of(c->target, c->arena, event);
    struct digest_hash *hash = digest_hash_open();
    struct journal_check log = {.tenant = 0};
    struct move_value v[MOVE_COLUMNS];
    enum err e = ERR_NONE;

    while (!e && next_row(&p, v)) {
        const struct journal_row row = row_of(&at, v);
        if (row.tenant != log.tenant || !log.count) {
            uint8_t chain[JOURNAL_HASH_BYTES];
            e = log.count ? end_log(c, &log) : ERR_NONE;
            const bool has_head = head_before(c, row.tenant, row.id, chain);
            log = journal_check_begin(row.tenant, has_head ? chain : NULL);
            log.hash = hash;
        }
        const struct span chain = v[at.chain].bytes;
        journal_check_row(&log, &row,
                          chain.size == JOURNAL_HASH_BYTES ? (const uint8_t *)chain.data : NULL);
        if (c->progress && p.rows == ROWS_A_PAGE)
            c->progress(c->ctx, "log", c->log_rows + log.count, true);
    }
    if (!e && log.count)
        e = end_log(c, &log);
    if (!e)
        e = say(c, c->source);
    digest_hash_close(&hash);
    const enum err of_pages = close_pages(c, &p);
    return e ? e : of_pages;
}
