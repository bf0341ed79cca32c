#include "sql/sql_log.h"

#include <stdlib.h>
#include <string.h>

#include "base/dice.h"
#include "base/id.h"
#include "codec/digest.h"
#include "journal/journal_chain.h"
#include "sql/sql_texts.h"

enum {
    SALTS = 64,
    ROOM_LEAST = 512, /* a power of two, as it stays when it doubles */
    ROOM_MOST = 1 << 16,
};

/* The end of a tenant's chain. */
struct end {
    bool is_used;
    bool is_known;
    int32_t tenant;
    int64_t last; /* id of its last row; 0: none */
    uint8_t chain[JOURNAL_HASH_BYTES];
};

struct sql_log {
    struct end *ends; /* by tenant, each in its place or the next free one behind it */
    size_t count, room;
    char salts[SALTS * JOURNAL_SALT_BYTES]; /* drawn at once; the first `spare` are still unused */
    size_t spare;
    struct digest_hash *hash;
};

static void empty(struct sql_log *log)
{
    log->count = 0;
    for (size_t i = 0; i < log->room; i++)
        log->ends[i].is_used = false;
}

struct sql_log *sql_log_open(void)
{
    struct sql_log *log = arena_must_alloc(sizeof *log);

    log->room = ROOM_LEAST;
    log->ends = arena_must_alloc(log->room * sizeof *log->ends);
    empty(log);
    log->spare = 0;
    log->hash = digest_hash_open();
    return log;
}

void sql_log_close(struct sql_log **log)
{
    if (!*log)
        return;
    digest_hash_close(&(*log)->hash);
    free((*log)->ends);
    free(*log);
    *log = NULL;
}

void sql_log_add_orphan(struct sql_log *log, struct sql *sql, struct id_maker *ids, int32_t tenant,
                        int64_t outbox, int64_t now_ms)
{
    const struct event_row event = {
        .id = id_next(ids, now_ms),
        .tenant = tenant,
        .kind = "outbox.unsure",
        .at_ms = now_ms,
        .subject = outbox,
        .detail = SPAN("the program ended while it was being sent"),
        .alarm = true, /* like an answer of the carrier that was lost */
    };

    sql_log_add(log, sql, ids, &event);
}

void sql_log_forget(struct sql_log *log)
{
    empty(log);
}

bool sql_log_trim(struct sql_log *log)
{
    if (log->count < ROOM_MOST / 2)
        return false;
    empty(log);
    return true;
}

static struct end *place_in(struct end *ends, size_t room, int32_t tenant)
{
    size_t at = ((uint32_t)tenant * 2654435761u) & (room - 1);

    while (ends[at].is_used && ends[at].tenant != tenant)
        at = (at + 1) & (room - 1);
    return &ends[at];
}

static void grow(struct sql_log *log)
{
    const size_t room = 2 * log->room;
    struct end *ends = arena_must_alloc(room * sizeof *ends);

    for (size_t i = 0; i < room; i++)
        ends[i].is_used = false;
    for (size_t i = 0; i < log->room; i++)
        if (log->ends[i].is_used)
            *place_in(ends, room, log->ends[i].tenant) = log->ends[i];
    free(log->ends);
    log->ends = ends;
    log->room = room;
}

/* The tenant's, unknown when it is new here. */
static struct end *slot_of(struct sql_log *log, int32_t tenant)
{
    if (2 * log->count >= log->room)
        grow(log);
    struct end *end = place_in(log->ends, log->room, tenant);
    if (!end->is_used) {
        *end = (struct end){.is_used = true, .tenant = tenant};
        log->count++;
    }
    return end;
}

bool sql_log_know(struct sql_log *log, int32_t tenant, int64_t last, struct span chain)
{
    struct end *end = slot_of(log, tenant);
    const bool is_same = end->is_known && end->last == last;

    end->last = last;
    end->is_known = true;
    memset(end->chain, 0, sizeof end->chain);
    if (chain.size == sizeof end->chain)
        memcpy(end->chain, chain.data, sizeof end->chain);
    return is_same;
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
    struct end *end = slot_of(log, tenant);

    if (end->is_known)
        return end;
    *end = (struct end){.is_used = true, .tenant = tenant};
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
        if (texts[i] == TEXT_LOG_HEAD_KEEP)
            sql_put_blob(q, "", 0); /* of rows that have none */
        sql_run(q);
    }
}
