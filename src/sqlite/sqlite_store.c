#include "sqlite/sqlite_store.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/sql_save.h"
#include "sql/sql_store.h"
#include "sql/sql_table.h"
#include "sql/sql_tenants.h"
#include "sql/sql_texts.h"
#include "sqlite/sqlite_load.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_queue.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

struct sqlite {
    struct sql_store base; /* first */
    int lock;              /* descriptor, or -1 in memory */
};

static void close_it(struct store *store)
{
    struct sqlite *s = (struct sqlite *)store;

    sql_store_done(&s->base);
    if (s->lock >= 0)
        close(s->lock);
    free(s);
}

/* One program alone has the file. */
static enum err hold(struct store *store, const int32_t *tenants, size_t count, int64_t now_ms)
{
    (void)store, (void)tenants, (void)count, (void)now_ms;
    return ERR_NONE;
}

static void drop(struct store *store)
{
    (void)store;
}

static enum err load(struct store *store, struct facts *facts)
{
    struct sql *sql = sql_store_read(store);

    sqlite_load(sql, facts, ((struct sql_store *)store)->desks);
    return sql_end(sql);
}

static enum err save(struct store *store, const struct facts *facts)
{
    if (!sql_save_is_needed(facts))
        return ERR_NONE;
    struct sql_store *s = (struct sql_store *)store;
    (void)sql_log_trim(s->log);
    struct sql_store_unit u = sql_store_write(store);
    while (sql_store_goes(&u))
        sql_save(u.sql, s->log, facts, s->scratch);
    if (u.err) {
        sql_desks_forget(s->desks);
        sql_log_forget(s->log);
    } else {
        sql_desks_note(s->desks, facts);
    }
    return u.err;
}

static enum err due(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                    size_t *out_count, int64_t *out_next_ms)
{
    struct sql *sql = sql_store_read(store);

    sqlite_queue_due(sql, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err due_others(struct store *store, const struct store_due_ask *ask, struct timer *out,
                           size_t *out_count, int64_t *out_up_to_ms)
{
    struct sql *sql = sql_store_read(store);

    sqlite_queue_due_others(sql, ask, out, out_count, out_up_to_ms);
    return sql_end(sql);
}

static enum err senders(struct store *store, void (*fn)(void *, const struct store_sender *),
                        void *ctx)
{
    struct sql *sql = sql_store_read(store);

    sqlite_queue_senders(sql, fn, ctx);
    return sql_end(sql);
}

static enum err ready(struct store *store, struct facts *facts, const struct store_sender *sender,
                      int64_t now_ms, size_t max, struct outbox **out, size_t *out_count,
                      int64_t *out_next_ms)
{
    struct sql *sql = sql_store_read(store);

    sqlite_queue_ready(sql, facts, sender, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err unsure(struct store *store, struct facts *facts, int64_t now_ms, size_t max,
                       struct outbox **out, size_t *out_count, int64_t *out_next_ms)
{
    struct sql *sql = sql_store_read(store);

    sqlite_queue_unsure(sql, facts, now_ms, max, out, out_count, out_next_ms);
    return sql_end(sql);
}

static enum err orphans(struct store *store, int64_t now_ms, struct id_maker *ids,
                        size_t *out_count)
{
    struct sql_store *s = (struct sql_store *)store;
    struct sql_store_unit u = sql_store_write(store);
    size_t count = 0;

    while (sql_store_goes(&u))
        sqlite_queue_orphans(u.sql, s->log, now_ms, ids, s->scratch, &count);
    if (u.err)
        sql_log_forget(s->log);
    else
        *out_count = count;
    return u.err;
}

static struct sqlite *make(void)
{
    struct sqlite *s = arena_must_alloc(sizeof *s);

    sql_store_init(&s->base);
    sql_table_fill(&s->base.ops);
    sql_tenants(&s->base.ops);
    s->lock = -1;
    return s;
}

static enum err open_reader(const struct store *store, struct store **out, char why[STORE_WHY_SIZE])
{
    const struct sqlite *of = (const struct sqlite *)store;
    struct sqlite *s = make();

    s->base.ops = of->base.ops;
    const enum err e = sqlite_sql_open_reader(of->lock < 0 ? "" : sql_path(of->base.sql), sql_texts,
                                              SQL_TEXTS, &s->base.sql, why);
    if (e) {
        close_it(&s->base.store);
        return e;
    }
    *out = &s->base.store;
    return ERR_NONE;
}

static void fill(struct store_ops *ops)
{
    ops->open_reader = open_reader;
    ops->close = close_it;
    ops->hold = hold;
    ops->drop = drop;
    ops->load = load;
    ops->save = save;
    ops->due = due;
    ops->due_others = due_others;
    ops->senders = senders;
    ops->ready = ready;
    ops->unsure = unsure;
    ops->orphans = orphans;
}

/* Between the database that was and the one that comes back. */
static bool is_restoring(const char *path)
{
    char mark[PATH_MAX];

    return *path && snprintf(mark, sizeof mark, "%s.restoring", path) < (int)sizeof mark &&
           access(mark, F_OK) == 0;
}

enum err sqlite_store_open(const char *path, struct store **out, char why[STORE_WHY_SIZE])
{
    _Static_assert((int)STORE_WHY_SIZE == (int)SQL_WHY_SIZE, "the same words");
    struct sqlite *s = make();

    fill(&s->base.ops);
    enum err e = *path ? sqlite_lock_take(path, &s->lock, why, STORE_WHY_SIZE) : ERR_NONE;
    if (!e && is_restoring(path)) {
        snprintf(why, STORE_WHY_SIZE,
                 "%s: a restore was broken off: say nextring restore with --force again", path);
        e = ERR_CONFLICT;
    }
    if (!e && *path)
        sqlite_lock_make_private(path);
    if (!e)
        e = sqlite_sql_open(path, sql_texts, SQL_TEXTS, &s->base.sql, why);
    if (!e) {
        sqlite_schema_raise(s->base.sql, STORE_SCHEMA);
        e = sql_err(s->base.sql);
        if (e)
            memcpy(why, sql_why(s->base.sql), STORE_WHY_SIZE);
    }
    if (e) {
        close_it(&s->base.store);
        return e;
    }
    *out = &s->base.store;
    return ERR_NONE;
}
