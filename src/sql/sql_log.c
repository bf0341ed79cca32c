#include "sql/sql_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "codec/digest.h"
#include "journal/journal_chain.h"
#include "sql/sql_texts.h"

enum { SLOTS = 512, SALTS = 64 };

/* The end of a tenant's chain. */
struct end {
    bool is_known;
    int32_t tenant;
    int64_t last; /* id of its last row; 0: none */
    uint8_t chain[JOURNAL_HASH_BYTES];
};

struct sql_log {
    struct end ends[SLOTS];
    char salts[SALTS * JOURNAL_SALT_BYTES]; /* drawn at once; the first `spare` are still unused */
    size_t spare;
    struct digest_hash *hash;
};

struct sql_log *sql_log_open(void)
{
    struct sql_log *log = arena_must_alloc(sizeof *log);

    sql_log_forget(log);
    log->spare = 0;
    log->hash = digest_hash_open();
    return log;
}

void sql_log_close(struct sql_log **log)
{
    if (!*log)
        return;
    digest_hash_close(&(*log)->hash);
    free(*log);
    *log = NULL;
}

void sql_log_forget(struct sql_log *log)
{
    for (size_t i = 0; i < SLOTS; i++)
        log->ends[i].is_known = false;
}

static struct span next_salt(struct sql_log *log)
{
    if (log->spare == 0) {
        dice_fill(log->salts, sizeof log->salts);
        log->spare = SALTS;
    }
    log->spare--;
    return (struct span){log->salts + log->spare * JOURNAL_SALT_BYTES, JOURNAL_SALT_BYTES};
}

/* Id and hash of the row that a statement finds, up to the id `most` where it asks for one; what
 * has no hash counts as all zero. */
static bool take_end(struct sql *sql, int text, int64_t most, struct end *out)
{
    struct sql_query *q = sql_use(sql, text);

    sql_put(q, out->tenant);
    if (most)
        sql_put(q, most);
    const bool found = sql_next(q);
    if (found) {
        out->last = sql_get(q);
        const struct span chain = sql_get_span(q);
        out->is_known = chain.size == sizeof out->chain;
        if (out->is_known)
            memcpy(out->chain, chain.data, sizeof out->chain);
    }
    sql_done(q);
    return found;
}

static struct end *end_of(struct sql_log *log, struct sql *sql, int32_t tenant)
{
    struct end *end = &log->ends[(uint32_t)tenant % SLOTS];

    if (end->is_known && end->tenant == tenant)
        return end;
    *end = (struct end){.tenant = tenant};
    if (!take_end(sql, TEXT_EVENT_LAST, 0, end))
        (void)take_end(sql, TEXT_LOG_HEAD_LAST, 0, end);
    end->is_known = !sql_err(sql);
    return end;
}

/* Its own id if that stands behind the end; else the next of the maker, who is moved there. */
static int64_t place_of(const struct event_row *row, const struct end *end, struct id_maker *ids)
{
    if (row->id > end->last)
        return row->id;
    if (ids->last < end->last)
        ids->last = end->last;
    return id_next(ids, row->at_ms);
}

void sql_log_add(struct sql_log *log, struct sql *sql, struct id_maker *ids,
                 const struct event_row *row)
{
    struct end *end = end_of(log, sql, row->tenant);
    const struct journal_row link = {
        .tenant = row->tenant,
        .id = place_of(row, end, ids),
        .at_ms = row->at_ms,
        .thread = row->thread,
        .subject = row->subject,
        .kind = span_of(row->kind),
        .operator_id = span_of(row->operator_id),
        .detail = row->detail,
        .alarm = row->alarm,
        .salt = row->detail.size ? next_salt(log) : (struct span){NULL, 0},
    };

    journal_chain_next(log->hash, end->chain, &link, end->chain);
    end->last = link.id;
    struct sql_query *q = sql_use(sql, TEXT_EVENT_ADD);
    sql_put(q, row->tenant);
    sql_put(q, link.id);
    sql_put_text(q, row->kind);
    sql_put(q, row->at_ms);
    sql_put_maybe(q, row->thread);
    sql_put_maybe(q, row->subject);
    sql_put_maybe_text(q, row->operator_id);
    sql_put_maybe_span(q, row->detail);
    sql_put(q, row->alarm);
    if (link.salt.size)
        sql_put_blob(q, link.salt.data, link.salt.size);
    else
        sql_put_maybe(q, 0);
    sql_put_blob(q, end->chain, sizeof end->chain);
    sql_run(q);
}

static int64_t rows_behind(struct sql *sql, int32_t tenant, int64_t after, int max)
{
    struct sql_query *q = sql_use(sql, TEXT_EVENT_BEHIND);
    int64_t count = 0;

    sql_put(q, tenant);
    sql_put(q, after);
    sql_put(q, max);
    while (sql_next(q))
        count++;
    return count;
}

void sql_log_place(struct sql *sql, int32_t tenant, int64_t after, int max,
                   struct store_log_place *out)
{
    struct end head = {.tenant = tenant}, last = {.tenant = tenant}, before = {.tenant = tenant};

    *out = (struct store_log_place){0};
    (void)take_end(sql, TEXT_LOG_HEAD_LAST, 0, &head);
    out->gone = head.last;
    out->last = take_end(sql, TEXT_EVENT_LAST, 0, &last) ? last.last : head.last;
    out->behind = rows_behind(sql, tenant, after, max);
    if (after && !take_end(sql, TEXT_EVENT_BEFORE, after, &before))
        (void)take_end(sql, TEXT_LOG_HEAD_BEFORE, after, &before);
    out->has_chain = before.is_known;
    memcpy(out->chain, before.chain, sizeof out->chain);
}

void sql_log_keep_head(struct sql *sql, int32_t tenant, int64_t last)
{
    static const int texts[] = {TEXT_LOG_HEAD_KEEP, TEXT_LOG_HEAD_DROP};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sql_query *q = sql_use(sql, texts[i]);
        sql_put(q, tenant);
        sql_put(q, last);
        sql_run(q);
    }
}
