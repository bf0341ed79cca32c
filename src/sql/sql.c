#include "sql/sql.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sql_close(struct sql **sql)
{
    if (!*sql)
        return;
    (*sql)->ops->close(*sql);
    *sql = NULL;
}

void sql_allow(struct sql *sql, int64_t ms)
{
    sql->ops->allow(sql, ms);
}

void sql_wipe(struct sql *sql)
{
    if (sql->ops->wipe)
        sql->ops->wipe(sql);
}

enum err sql_err(const struct sql *sql)
{
    return sql->err;
}

const char *sql_why(const struct sql *sql)
{
    return sql->why;
}

const char *sql_path(const struct sql *sql)
{
    return sql->path;
}

void sql_fail(struct sql *sql, enum err e, const char *format, ...)
{
    va_list args;

    if (sql->err)
        return;
    sql->err = e;
    va_start(args, format);
    vsnprintf(sql->why, sizeof sql->why, format, args);
    va_end(args);
}

void sql_begin(struct sql *sql, enum sql_unit unit)
{
    sql->err = ERR_NONE;
    sql->is_again = false;
    sql->ops->begin(sql, unit);
}

enum err sql_end(struct sql *sql)
{
    sql->ops->end(sql);
    return sql->err;
}

void sql_exec(struct sql *sql, const char *text)
{
    if (!sql->err)
        sql->ops->exec(sql, text);
}

int64_t sql_changes(const struct sql *sql)
{
    return sql->ops->changes(sql);
}

struct sql_query *sql_use(struct sql *sql, int index)
{
    struct sql_query *q = sql->ops->use(sql, index);

    q->in = q->out = 0;
    return q;
}

struct sql_query *sql_prepare(struct sql *sql, const char *text)
{
    return sql->ops->prepare(sql, text);
}

void sql_drop(struct sql_query **query)
{
    if (!*query)
        return;
    (*query)->sql->ops->drop(*query);
    *query = NULL;
}

static bool is_dead(const struct sql_query *q)
{
    return q->sql->err || q->is_dead;
}

static void put_null(struct sql_query *q)
{
    if (!is_dead(q))
        q->sql->ops->put_null(q, q->in++);
}

void sql_put(struct sql_query *q, int64_t number)
{
    if (!is_dead(q))
        q->sql->ops->put_number(q, q->in++, number);
}

void sql_put_maybe(struct sql_query *q, int64_t number)
{
    if (number)
        sql_put(q, number);
    else
        put_null(q);
}

void sql_put_span(struct sql_query *q, struct span text)
{
    if (!is_dead(q))
        q->sql->ops->put_text(q, q->in++, text.size ? text : (struct span){"", 0});
}

void sql_put_maybe_span(struct sql_query *q, struct span text)
{
    if (text.size)
        sql_put_span(q, text);
    else
        put_null(q);
}

void sql_put_text(struct sql_query *q, const char *text)
{
    sql_put_span(q, span_of(text));
}

void sql_put_maybe_text(struct sql_query *q, const char *text)
{
    sql_put_maybe_span(q, span_of(text));
}

void sql_put_blob(struct sql_query *q, const void *data, size_t size)
{
    if (!is_dead(q))
        q->sql->ops->put_blob(q, q->in++, (struct span){size ? data : "", size});
}

static void run(struct sql_query *q, bool must_change)
{
    if (!is_dead(q))
        q->sql->ops->run(q, must_change);
    q->in = 0;
}

void sql_run(struct sql_query *q)
{
    run(q, false);
}

void sql_change(struct sql_query *q)
{
    run(q, true);
}

bool sql_next(struct sql_query *q)
{
    if (!is_dead(q)) {
        q->out = 0;
        if (q->sql->ops->next(q))
            return true;
    }
    sql_done(q);
    return false;
}

void sql_done(struct sql_query *q)
{
    q->sql->ops->done(q);
    q->in = 0;
}

int64_t sql_get(struct sql_query *q)
{
    return q->sql->ops->get_number(q, q->out++);
}

struct span sql_get_span(struct sql_query *q)
{
    return q->sql->ops->get_bytes(q, q->out++);
}

struct span sql_get_copy(struct sql_query *q, struct arena *arena)
{
    const struct span text = sql_get_span(q);

    return text.size ? arena_copy(arena, text) : (struct span){0};
}

void sql_get_text(struct sql_query *q, char *out, size_t size)
{
    const struct span text = sql_get_span(q);

    if (text.size >= size) {
        sql_bad_column(q);
        return;
    }
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
}

void sql_get_blob(struct sql_query *q, void *out, size_t size)
{
    const struct span bytes = sql_get_span(q);

    if (bytes.size != size)
        sql_bad_column(q);
    else
        memcpy(out, bytes.data, size);
}

void sql_bad_column(struct sql_query *q)
{
    sql_fail(q->sql, ERR_BROKEN,
             "%s holds a row whose %s is damaged or of a later version: restore a backup",
             q->sql->path, q->sql->ops->column_name(q, q->out - 1));
}

int sql_columns(const struct sql_query *q)
{
    return q->is_dead ? 0 : q->sql->ops->columns(q);
}

int sql_values(const struct sql_query *q)
{
    return q->is_dead ? 0 : q->sql->ops->values(q);
}

const char *sql_column_name(const struct sql_query *q, int at)
{
    return q->sql->ops->column_name(q, at);
}

enum sql_type sql_column_type(const struct sql_query *q, int at)
{
    return q->sql->ops->column_type(q, at);
}
