#include "store/move_table.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"

enum { TEXT_MAX = 8192 };

/* The rows of these are made anew by whoever opens the database. */
static const char *const left_out[] = {"probe", "node", "chore"};
static const char *const by_month[] = {"event", "message", "twilio_call_events"};

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static enum move_type type_of(struct span declared)
{
    if (span_is_text(declared, "INTEGER"))
        return MOVE_NUMBER;
    return span_is_text(declared, "BLOB") ? MOVE_BYTES : MOVE_TEXT;
}

static void add_column(struct move_table *t, struct sql_query *q)
{
    CHECK(t->count < MOVE_COLUMNS);
    struct move_column *c = &t->columns[t->count];
    SQL_GET_TEXT(q, c->name);
    c->type = type_of(sql_get_span(q));
    const int64_t key = sql_get(q);
    CHECK(key <= MOVE_KEYS);
    if (key) {
        t->keys[key - 1] = t->count;
        t->key_count++;
    }
    if (strcmp(c->name, "id") == 0)
        t->id_at = t->count;
    t->count++;
}

static void add_names(struct buf *out, const struct move_table *t, const int *which, int count)
{
    for (int i = 0; i < count; i++)
        buf_printf(out, "%s\"%s\"", i ? ", " : "", t->columns[which ? which[i] : i].name);
}

static const char *text_of(const struct buf *out)
{
    CHECK(!out->full);
    return out->data;
}

const char *move_table_page(struct arena *arena, const struct move_table *t, bool has_after,
                            int limit)
{
    struct buf out = buf_in(arena, TEXT_MAX);

    buf_add_text(&out, "SELECT ");
    add_names(&out, t, NULL, t->count);
    buf_printf(&out, " FROM \"%s\"", t->name);
    if (has_after) {
        buf_add_text(&out, " WHERE (");
        add_names(&out, t, t->keys, t->key_count);
        buf_add_text(&out, ") > (");
        for (int i = 0; i < t->key_count; i++)
            buf_printf(&out, "%s?%d", i ? ", " : "", i + 1);
        buf_add_text(&out, ")");
    }
    buf_add_text(&out, " ORDER BY ");
    add_names(&out, t, t->keys, t->key_count);
    if (limit)
        buf_printf(&out, " LIMIT %d", limit);
    return text_of(&out);
}

static const char *insert_text(struct arena *arena, const struct move_table *t)
{
    struct buf out = buf_in(arena, TEXT_MAX);

    buf_printf(&out, "INSERT INTO \"%s\" (", t->name);
    add_names(&out, t, NULL, t->count);
    buf_add_text(&out, ") VALUES (");
    for (int i = 0; i < t->count; i++)
        buf_printf(&out, "%s$%d", i ? ", " : "", i + 1);
    buf_add_text(&out, ")");
    return text_of(&out);
}

static void describe(struct sql *sql, struct arena *arena, struct move_table *t)
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT name, type, pk FROM pragma_table_info(?1) ORDER BY cid");

    t->id_at = -1;
    sql_put_text(q, t->name);
    while (sql_next(q))
        add_column(t, q);
    sql_drop(&q);
    if (sql_err(sql))
        return;
    CHECK(t->key_count > 0);
    t->is_by_month = is_among(t->name, by_month, sizeof by_month / sizeof by_month[0]);
    t->select = move_table_page(arena, t, false, 0);
    t->insert = insert_text(arena, t);
}

size_t move_table_list(struct sql *sql, struct arena *arena, struct move_table *out, size_t max)
{
    size_t count = 0;

    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                           " AND name NOT LIKE 'sqlite%' ORDER BY name");
    while (sql_next(q)) {
        CHECK(count < max);
        out[count] = (struct move_table){.count = 0};
        SQL_GET_TEXT(q, out[count].name);
        if (!is_among(out[count].name, left_out, sizeof left_out / sizeof left_out[0]))
            count++;
    }
    sql_drop(&q);
    for (size_t i = 0; i < count && !sql_err(sql); i++)
        describe(sql, arena, &out[i]);
    (void)sql_end(sql); /* the error sticks, and is the caller's to ask */
    return count;
}

struct move_value move_table_get(struct sql_query *row, const struct move_column *column, int at)
{
    switch (sql_column_type(row, at)) {
    case SQL_NUMBER:
        return (struct move_value){.type = MOVE_NUMBER, .number = sql_get(row)};
    case SQL_TEXT:
        return (struct move_value){.type = column->type == MOVE_BYTES ? MOVE_BYTES : MOVE_TEXT,
                                   .bytes = sql_get_span(row)};
    case SQL_NULL:
        (void)sql_get(row);
        break;
    }
    return (struct move_value){.type = MOVE_NULL};
}
