#include "sql/sql_report_only.h"

#include "sql/sql_columns.h"
#include "sql/sql_nodes.h"

void sql_report_only_read(struct sql *sql, const struct store_tenants *reader)
{
    struct sql_query *q;

    if (!reader->line)
        return;
    q = sql_prepare(sql, "SELECT tenant, line, since_at, until_at, made_by FROM report_only"
                         " ORDER BY tenant, line");
    while (sql_next(q)) {
        struct report_only row = {.tenant = (int32_t)sql_get(q)};
        SQL_GET_TEXT(q, row.line);
        row.since_ms = sql_get(q);
        row.until_ms = sql_get(q);
        SQL_GET_TEXT(q, row.by);
        if (!sql_err(sql))
            reader->line(reader->ctx, &row);
    }
    sql_drop(&q);
}

static void must_have(struct sql *sql, int32_t tenant)
{
    struct sql_query *q = sql_prepare(sql, "SELECT id FROM tenant WHERE id = ?1");

    sql_put(q, tenant);
    if (!sql_next(q))
        sql_fail(sql, ERR_NOT_FOUND, "there is no such tenant");
    sql_drop(&q);
}

/* The line's own row, and the tenant's that are over for so long that nobody tells of them. */
static void clear(struct sql *sql, const struct report_only *row)
{
    struct sql_query *q = sql_prepare(
        sql, "DELETE FROM report_only WHERE tenant = ?1 AND (line = ?2 OR until_at < ?3)");

    sql_put(q, row->tenant);
    sql_put_text(q, row->line);
    sql_put(q, row->since_ms - report_only_ms);
    sql_run(q);
    sql_drop(&q);
}

static void add(struct sql *sql, const struct report_only *row)
{
    struct sql_query *q =
        sql_prepare(sql, "INSERT INTO report_only (tenant, line, since_at, until_at, made_by)"
                         " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (tenant, line) DO UPDATE"
                         " SET since_at = excluded.since_at, until_at = excluded.until_at,"
                         " made_by = excluded.made_by");

    sql_put(q, row->tenant);
    sql_put_text(q, row->line);
    sql_put(q, row->since_ms);
    sql_put(q, row->until_ms);
    sql_put_maybe_text(q, row->by[0] ? row->by : NULL);
    sql_run(q);
    sql_drop(&q);
}

enum err sql_report_only_put(struct store *store, const struct report_only *row)
{
    struct sql_store_unit u = sql_store_write(store);

    while (sql_store_goes(&u)) {
        must_have(u.sql, row->tenant);
        clear(u.sql, row);
        if (row->until_ms)
            add(u.sql, row);
        sql_nodes_mark(u.of, STORE_TOPIC_TENANTS);
    }
    return u.err;
}
