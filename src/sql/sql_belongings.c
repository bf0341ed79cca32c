#include "sql/sql_belongings.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { KEYS_MAX = 4, STATEMENT_BYTES = 4096, PAGE_BYTES = 2 << 20 };

/* What still does something goes first, the tenant itself last. */
/* clang-format off */
static const struct sql_belonging table[] = {
    {"timer",              "tenant",  "due_at, kind, subject_id", ""},
    {"outbox",             "tenant",  "id",                       " body "},
    {"link",               "tenant",  "hash",                     NULL},
    {"question",           "tenant",  "operator",                 ""},
    {"tag",                "tenant",  "operator, tag",            ""},
    {"claim",              "tenant",  "key",                      ""},
    {"event",              "tenant",  "id",                       " salt chain "},
    {"message",            "tenant",  "id",                       ""},
    {"relay",              "tenant",  "id",                       ""},
    {"twilio_call_events", "tenant",  "id",                       ""},
    {"cascade",            "tenant",  "id",                       ""},
    {"thread",             "tenant",  "id",                       ""},
    {"job_crew",           "tenant",  "job, phone",               ""},
    {"job",                "tenant",  "id",                       ""},
    {"duty",               "tenant",  "operator",                 ""},
    {"consent",            "tenant",  "line, person",             ""},
    {"parties",            "tenant",  "number",                   ""},
    {"line_since",         "tenant",  "line",                     ""},
    {"report_only",        "tenant",  "line",                     ""},
    {"spent",              "tenant",  "day, what",                ""},
    {"swept",              "tenant",  "what",                     ""},
    {"log_head",           "tenant",  "event_id",                 " chain "},
    {"roster_version",     "tenant",  "version",                  " digest "},
    {"session",            "user_id", "hash",                     NULL},
    {"\"user\"",           "tenant",  "id",                       " password setup_hash code_hash "},
    {"token",              "tenant",  "id",                       " hash "},
    {"tenant_secret",      "tenant",  "name",                     NULL},
    {"tenant",             "id",      "id",                       ""},
};
/* Of PostgreSQL alone, and dropped with the tenant. */
static const struct sql_belonging of_nodes[] = {
    {"news",               "tenant",  "node, id",                 NULL},
    {"hold",               "tenant",  "tenant",                   NULL},
};
/* What never holds anything of a tenant. */
static const char *const nobodys[] = {
    "probe", "node", "chore", "topic", "schema", "shared",
};
/* clang-format on */

enum { TABLES = sizeof table / sizeof table[0] };

const struct sql_belonging *sql_belongings_at(int index)
{
    return index >= 0 && index < TABLES ? &table[index] : NULL;
}

/* ---- listing ---- */

static bool is_hidden(const struct sql_belonging *t, const char *column)
{
    const size_t size = strlen(column);

    for (const char *at = t->hidden; (at = strstr(at, column)) != NULL; at += size)
        if (at[-1] == ' ' && at[size] == ' ')
            return true;
    return false;
}

/* The names of the keys; returns how many. */
static int split(const char *keys, struct span out[KEYS_MAX])
{
    struct span rest = span_of(keys);
    int count = 0;

    while (rest.size > 0 && count < KEYS_MAX)
        out[count++] = span_trim(span_cut(rest, ',', &rest));
    return count;
}

/* A cursor is the last row's keys: numbers as "n12", texts as "t" and their bytes in hex, with
 * blanks between. */
static void add_key(struct buf *out, struct sql_query *q, int at)
{
    static const char digits[] = "0123456789abcdef";

    if (out->max && buf_span(out).size)
        buf_add_char(out, ' ');
    if (sql_column_type(q, at) == SQL_NUMBER) {
        buf_add_char(out, 'n');
        buf_add_number(out, sql_get(q));
        return;
    }
    const struct span text = sql_get_span(q);
    buf_add_char(out, 't');
    for (size_t i = 0; i < text.size; i++) {
        buf_add_char(out, digits[(unsigned char)text.data[i] >> 4]);
        buf_add_char(out, digits[(unsigned char)text.data[i] & 15]);
    }
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct span text_of(struct span digits, struct arena *scratch)
{
    char *out = arena_alloc(scratch, digits.size / 2 + 1);

    for (size_t i = 0; i + 1 < digits.size; i += 2) {
        if (hex(digits.data[i]) < 0 || hex(digits.data[i + 1]) < 0)
            return (struct span){NULL, 0};
        out[i / 2] = (char)(hex(digits.data[i]) << 4 | hex(digits.data[i + 1]));
    }
    return (struct span){out, digits.size / 2};
}

/* False: it is none of ours. */
static bool put_cursor(struct sql_query *q, const char *cursor, int keys, struct arena *scratch)
{
    struct span rest = span_of(cursor);

    for (int i = 0; i < keys; i++) {
        const struct span key = span_cut(rest, ' ', &rest);
        int64_t number;
        if (key.size && key.data[0] == 't')
            sql_put_span(q, text_of(span_skip(key, 1), scratch));
        else if (key.size && key.data[0] == 'n' &&
                 span_number(span_skip(key, 1), INT64_MIN, INT64_MAX, &number))
            sql_put(q, number);
        else
            return false;
    }
    return rest.size == 0;
}

static struct sql_query *list_query(struct sql *sql, const struct sql_belonging *t,
                                    const struct store_belongings *ask, struct arena *scratch)
{
    struct buf text = buf_in(scratch, STATEMENT_BYTES);
    struct span keys[KEYS_MAX];
    const int count = split(t->keys, keys);

    buf_printf(&text, "SELECT %s, x.* FROM %s AS x WHERE x.%s = ?1", t->keys, t->table, t->whose);
    if (ask->cursor[0]) {
        buf_printf(&text, " AND (%s) > (", t->keys);
        for (int i = 0; i < count; i++)
            buf_printf(&text, "%s?%d", i ? ", " : "", i + 3);
        buf_add_text(&text, ")");
    }
    buf_printf(&text, " ORDER BY %s LIMIT ?2", t->keys);
    struct sql_query *q = sql_prepare(sql, buf_span(&text).data);
    sql_put(q, ask->tenant);
    sql_put(q, ask->max + 1);
    if (ask->cursor[0] && !put_cursor(q, ask->cursor, count, scratch))
        sql_fail(sql, ERR_BAD_INPUT, "the cursor is none of ours");
    return q;
}

/* The row that has been read up to its keys; returns how long its texts are. */
static size_t give(const struct sql_belonging *t, struct sql_query *q, int from, view_row_fn *fn,
                   void *ctx, struct arena *scratch)
{
    const int columns = sql_columns(q);
    struct view_cell *cells = ARENA_NEW_N(scratch, struct view_cell, (size_t)columns);
    size_t count = 0, bytes = 0;

    for (int i = from; i < columns; i++) {
        struct view_cell cell = {.name = sql_column_name(q, i)};
        const enum sql_type type = sql_column_type(q, i);
        const bool hidden = is_hidden(t, cell.name);
        cell.type = type == SQL_NULL ? VIEW_NULL : type == SQL_NUMBER ? VIEW_NUMBER : VIEW_TEXT;
        if (type == SQL_NUMBER)
            cell.number = sql_get(q);
        else
            cell.text = sql_get_copy(q, scratch);
        bytes += cell.text.size;
        if (!hidden)
            cells[count++] = cell;
    }
    fn(ctx, cells, count);
    return bytes;
}

void sql_belongings_list(struct sql *sql, struct store_belongings *ask, view_row_fn *fn, void *ctx,
                         struct arena *scratch)
{
    const struct sql_belonging *t = sql_belongings_at(ask->table);
    size_t bytes = 0;
    int rows = 0;

    ask->is_more = false;
    if (!t || !t->hidden)
        return;
    struct sql_query *q = list_query(sql, t, ask, scratch);
    struct span keys[KEYS_MAX];
    const int count = split(t->keys, keys);
    while (sql_next(q)) {
        struct buf cursor = buf_in(scratch, STORE_CURSOR_SIZE);
        if (rows++ == ask->max || bytes > PAGE_BYTES) { /* a roster may have megabytes */
            ask->is_more = true;
            sql_done(q);
            break;
        }
        for (int i = 0; i < count; i++)
            add_key(&cursor, q, i);
        bytes += give(t, q, count, fn, ctx, scratch);
        const struct span next = buf_span(&cursor);
        if (next.size >= sizeof ask->cursor || cursor.full)
            sql_fail(sql, ERR_BROKEN, "a key of %s is longer than any", t->table);
        else
            memcpy(ask->cursor, next.data, next.size + 1);
    }
    sql_drop(&q);
}

/* ---- deleting ---- */

static int64_t count_rows(struct sql_query **q)
{
    int64_t count = 0;

    while (sql_next(*q))
        count++;
    sql_drop(q);
    return count;
}

static int64_t drop_some(struct sql *sql, const struct sql_belonging *t, int32_t tenant, int max,
                         struct arena *scratch)
{
    const bool by_user = strcmp(t->whose, "user_id") == 0;
    const char *whose = by_user ? "user_id IN (SELECT id FROM \"user\" WHERE tenant = ?1)"
                                : arena_printf(scratch, "%s = ?1", t->whose);
    const char *text =
        arena_printf(scratch,
                     "DELETE FROM %s WHERE %s AND (%s) IN (SELECT %s FROM %s WHERE %s LIMIT ?2)"
                     " RETURNING 1",
                     t->table, whose, t->keys, t->keys, t->table, whose);
    struct sql_query *q = sql_prepare(sql, text);

    sql_put(q, tenant);
    sql_put(q, max);
    return count_rows(&q);
}

/* The account's mark, unless somebody else is there. */
static int64_t drop_mark(struct sql *sql, int32_t tenant)
{
    struct sql_query *q = sql_prepare(
        sql, "DELETE FROM searched WHERE account IN (SELECT account FROM tenant WHERE id = ?1)"
             " AND account NOT IN (SELECT account FROM tenant WHERE id <> ?1) RETURNING 1");

    sql_put(q, tenant);
    return count_rows(&q);
}

/* So that nobody else gets his number; and what his name alone stands in. */
static void keep_number(struct sql *sql, int32_t tenant)
{
    struct sql_query *q =
        sql_prepare(sql, "INSERT INTO swept (tenant, what, up_to) VALUES (0, 'tenant', ?1)"
                         " ON CONFLICT (tenant, what) DO UPDATE SET up_to = excluded.up_to"
                         " WHERE swept.up_to < excluded.up_to");

    sql_put(q, tenant);
    sql_run(q);
    sql_drop(&q);
    q = sql_prepare(sql, "DELETE FROM chore WHERE name IN"
                         " (SELECT 'publish ' || slug FROM tenant WHERE id = ?1)");
    sql_put(q, tenant);
    sql_run(q);
    sql_drop(&q);
}

/* Those that other programs need, where there may be any. */
static int64_t drop_nodes_rows(struct sql *sql, int32_t tenant, struct arena *scratch)
{
    int64_t gone = 0;

    if (!sql->ops->has_nodes)
        return 0;
    for (size_t i = 0; i < sizeof of_nodes / sizeof of_nodes[0]; i++)
        gone += drop_some(sql, &of_nodes[i], tenant, 1000000, scratch);
    return gone;
}

int64_t sql_belongings_drop(struct sql *sql, int32_t tenant, int max, int *at,
                            struct arena *scratch)
{
    int64_t gone = 0;

    while (*at < TABLES && gone < max && !sql_err(sql)) {
        int64_t beside = 0;
        if (*at == TABLES - 1) {
            keep_number(sql, tenant);
            beside = drop_mark(sql, tenant) + drop_nodes_rows(sql, tenant, scratch);
        }
        const int64_t some = drop_some(sql, &table[*at], tenant, max - (int)gone, scratch);
        gone += some;
        if (gone < max)
            ++*at;
        gone += beside;
    }
    return gone;
}

/* ---- proving ---- */

struct seen {
    struct seen *next;
    const char *name;
    bool by_tenant, by_account, by_user;
};

static struct seen *catalogue(struct sql *sql, struct arena *scratch)
{
    struct sql_query *q = sql_prepare(sql, sql->ops->catalogue);
    struct seen *first = NULL, **last = &first, *t = NULL;

    while (sql_next(q)) {
        const char *name = arena_text(scratch, sql_get_span(q));
        const struct span column = sql_get_span(q);
        if (!t || strcmp(t->name, name) != 0) {
            t = ARENA_NEW(scratch, struct seen);
            t->name = name;
            *last = t;
            last = &t->next;
        }
        t->by_tenant |= span_is_text(column, "tenant");
        t->by_account |= span_is_text(column, "account");
        t->by_user |= span_is_text(column, "user_id");
    }
    sql_drop(&q);
    return first;
}

static bool is_nobodys(const char *name)
{
    for (size_t i = 0; i < sizeof nobodys / sizeof nobodys[0]; i++)
        if (strcmp(name, nobodys[i]) == 0)
            return true;
    return strncmp(name, "sqlite_", 7) == 0;
}

static enum store_trace_how how_of(const struct seen *t)
{
    if (t->by_tenant || strcmp(t->name, "tenant") == 0)
        return STORE_TRACE_BY_TENANT;
    if (is_nobodys(t->name))
        return STORE_TRACE_NONE;
    if (t->by_user)
        return STORE_TRACE_BY_USER;
    return t->by_account ? STORE_TRACE_BY_ACCOUNT : STORE_TRACE_UNKNOWN;
}

/* ?1 his number, ?2 his account. */
static const char *where_of(enum store_trace_how how, const char *name)
{
    switch (how) {
    case STORE_TRACE_BY_TENANT:
        return strcmp(name, "tenant") == 0 ? "id = ?1" : "tenant = ?1";
    case STORE_TRACE_BY_USER:
        return "user_id NOT IN (SELECT id FROM \"user\")";
    case STORE_TRACE_BY_ACCOUNT:
        return "account = ?1 AND account NOT IN (SELECT account FROM tenant)";
    case STORE_TRACE_NONE:
    case STORE_TRACE_UNKNOWN:
        break;
    }
    return NULL;
}

static int64_t count_left(struct sql *sql, const struct seen *t, const struct tenant *tenant,
                          struct arena *scratch)
{
    const enum store_trace_how how = how_of(t);
    const char *where = where_of(how, t->name);

    if (!where)
        return 0;
    struct sql_query *q = sql_prepare(
        sql, arena_printf(scratch, "SELECT count(*) FROM \"%s\" WHERE %s", t->name, where));
    if (how == STORE_TRACE_BY_TENANT)
        sql_put(q, tenant->id);
    else if (how == STORE_TRACE_BY_ACCOUNT)
        sql_put_text(q, tenant->account);
    const int64_t left = sql_next(q) ? sql_get(q) : 0;
    sql_drop(&q);
    return left;
}

void sql_belongings_scan(struct sql *sql, const struct tenant *tenant, store_trace_fn *fn,
                         void *ctx, struct arena *scratch)
{
    for (const struct seen *t = catalogue(sql, scratch); t && !sql_err(sql); t = t->next) {
        const struct store_trace trace = {t->name, how_of(t), count_left(sql, t, tenant, scratch)};
        if (!sql_err(sql))
            fn(ctx, &trace);
    }
}
