/* Ids ascend with time, so what began in a range stands together in each table: an id is made
 * when its row is, at or after the instant that the row tells. What was spooled or found in the
 * carrier's log has its id later, but not by more than LATE_MS. */
#include "sql/sql_report.h"

#include "base/id.h"

static const int64_t EARLY_MS = INT64_C(3600000); /* the clock may have been set back */
static const int64_t LATE_MS = INT64_C(8) * 24 * 3600000;

#define IN_RANGE(at) " AND id >= ?2 AND id < ?3 AND " at " >= ?4 AND " at " < ?5"

/* clang-format off */
static const char *const texts[SQL_REPORT_PARTS] = {
    [SQL_REPORT_CALLS] =
        "SELECT id, thread_id, caller, CASE WHEN state = 'over' AND accepted_at IS NULL THEN"
        " (SELECT name FROM parties WHERE parties.tenant = ?1 AND number = caller) END,"
        " started_at, rang_at, accepted_at, ended_at, state, outcome, accepted_by, plan"
        " FROM cascade WHERE tenant = ?1" IN_RANGE("started_at")
        " AND (CAST(?6 AS TEXT) IS NULL OR line = ?6) ORDER BY id DESC",
    /* Calls that read a text out, or call back, are kept as messages too. */
    [SQL_REPORT_TEXTS] =
        "SELECT created_at, CASE WHEN direction = 'out' THEN 1 ELSE 0 END FROM message WHERE tenant = ?1"
        IN_RANGE("created_at")
        " AND CASE WHEN direction = 'in' THEN kind IN ('inbound', 'held_back')"
        " ELSE kind NOT IN ('spoken', 'call_back') AND delivery <> 'dropped' END"
        " AND (CAST(?6 AS TEXT) IS NULL"
        " OR ?6 = CASE WHEN direction = 'in' THEN recipient ELSE sender END)",
    /* When the text reached whoever took it: the first that was sent to him about it. */
    [SQL_REPORT_RELAYS] =
        "SELECT id, thread_id, customer_phone, CASE WHEN state = 'exhausted' AND acked_at IS NULL"
        " THEN (SELECT name FROM parties WHERE parties.tenant = ?1 AND number = customer_phone) END,"
        " kind, raised_at, acked_at, acked_by, CASE WHEN acked_at IS NOT NULL THEN"
        " (SELECT min(m.created_at) FROM message AS m WHERE m.tenant = ?1"
        " AND m.thread_id = relay.thread_id AND m.id >= relay.id >> 21 << 21"
        " AND m.relay_id = relay.id AND m.operator = relay.acked_by AND m.kind = 'forward') END,"
        " state, plan FROM relay WHERE tenant = ?1" IN_RANGE("raised_at")
        " AND (CAST(?6 AS TEXT) IS NULL OR ?6 = (SELECT line FROM thread WHERE thread.tenant = ?1"
        " AND thread.id = relay.thread_id)) ORDER BY id DESC",
    [SQL_REPORT_SPENT] =
        "WITH RECURSIVE days (n) AS (SELECT CAST(?2 AS BIGINT) UNION ALL SELECT n + 1 FROM days WHERE n < ?3)"
        " SELECT n, (SELECT count FROM spent WHERE day = n AND tenant = ?1 AND what = 'texts'),"
        " (SELECT count FROM spent WHERE day = n AND tenant = ?1 AND what = 'calls') FROM days",
};
/* clang-format on */

const char *sql_report_text(enum sql_report_part part)
{
    return texts[part];
}

static struct sql_query *ask_for(struct sql *sql, enum sql_report_part part,
                                 const struct store_report_ask *ask)
{
    const int64_t first_ms = ask->from_ms - EARLY_MS;
    struct sql_query *q = sql_prepare(sql, texts[part]);

    sql_put(q, ask->tenant);
    sql_put(q, first_ms > 0 ? id_floor(first_ms) : 0);
    sql_put(q, id_floor(ask->to_ms + LATE_MS));
    sql_put(q, ask->from_ms);
    sql_put(q, ask->to_ms);
    sql_put_maybe_span(q, ask->line);
    return q;
}

static void calls(struct sql *sql, const struct store_report_ask *ask,
                  const struct store_report_reader *reader)
{
    struct sql_query *q = ask_for(sql, SQL_REPORT_CALLS, ask);

    while (sql_next(q)) {
        struct store_report_call row = {.id = sql_get(q)};
        row.thread = sql_get(q);
        row.customer = sql_get_span(q);
        row.name = sql_get_span(q);
        row.started_ms = sql_get(q);
        row.rang_ms = sql_get(q);
        row.accepted_ms = sql_get(q);
        row.ended_ms = sql_get(q);
        SQL_GET_NAME(q, cascade_state, row.state);
        SQL_GET_NAME(q, outcome, row.outcome);
        row.accepted_by = sql_get_span(q);
        row.plan = sql_get_span(q);
        if (!sql_err(sql))
            reader->call(reader->ctx, &row);
    }
    sql_drop(&q);
}

static void messages(struct sql *sql, const struct store_report_ask *ask,
                     const struct store_report_reader *reader)
{
    struct sql_query *q = ask_for(sql, SQL_REPORT_TEXTS, ask);

    while (sql_next(q)) {
        const int64_t at_ms = sql_get(q);
        reader->text(reader->ctx, at_ms, sql_get(q) != 0);
    }
    sql_drop(&q);
}

static void relays(struct sql *sql, const struct store_report_ask *ask,
                   const struct store_report_reader *reader)
{
    struct sql_query *q = ask_for(sql, SQL_REPORT_RELAYS, ask);

    while (sql_next(q)) {
        struct store_report_relay row = {.id = sql_get(q)};
        row.thread = sql_get(q);
        row.customer = sql_get_span(q);
        row.name = sql_get_span(q);
        SQL_GET_NAME(q, relay_kind, row.kind);
        row.raised_ms = sql_get(q);
        row.acked_ms = sql_get(q);
        row.acked_by = sql_get_span(q);
        row.told_ms = sql_get(q);
        SQL_GET_NAME(q, relay_state, row.state);
        row.plan = sql_get_span(q);
        if (!sql_err(sql))
            reader->relay(reader->ctx, &row);
    }
    sql_drop(&q);
}

static void spent(struct sql *sql, const struct store_report_ask *ask,
                  const struct store_report_reader *reader)
{
    struct sql_query *q = sql_prepare(sql, texts[SQL_REPORT_SPENT]);

    sql_put(q, ask->tenant);
    sql_put(q, ask->from_day);
    sql_put(q, ask->to_day);
    while (sql_next(q)) {
        const int32_t day = (int32_t)sql_get(q);
        const int32_t text_count = (int32_t)sql_get(q);
        reader->spent(reader->ctx, day, text_count, (int32_t)sql_get(q));
    }
    sql_drop(&q);
}

void sql_report(struct sql *sql, const struct store_report_ask *ask,
                const struct store_report_reader *reader)
{
    calls(sql, ask, reader);
    messages(sql, ask, reader);
    relays(sql, ask, reader);
    spent(sql, ask, reader);
}
