/* What holds on PostgreSQL however much has gathered: retention takes whole months and is in
 * nobody's way, and what is due is found at once however many dead rows there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "contract/contract_kit.h"
#include "postgres/postgres_queue.h"
#include "sql/sql_sweep.h"

enum { DEAD = 60000, FEW_PAGES = 40, TENANTS = 120 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

static int64_t ask_number(const char *text)
{
    struct sql *sql = kit_beside();

    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t n = sql_next(q) ? sql_get(q) : -1;
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    sql_close(&sql);
    return n;
}

/* ---- months ---- */

/* One event, text and call event of that age. */
static int64_t add_old(int32_t tenant, int age_days)
{
    const int64_t at_ms = NOW - age_days * day_ms, first = id_floor(at_ms) + 10 * tenant;
    const struct event_row event = {
        .id = first, .tenant = tenant, .kind = "text.received", .at_ms = at_ms};
    const struct call_event call = {
        .id = first + 1, .tenant = tenant, .kind = "inbound", .at_ms = at_ms};
    struct message m = kit_message(tenant, 0);

    m.id = first + 2;
    facts_log(&kit.facts, &event);
    facts_log_call(&kit.facts, &call);
    facts_add_message(&kit.facts, &m);
    return first;
}

static int64_t months_left(void)
{
    return ask_number("SELECT count(*) FROM pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n"
                      " WHERE c.relnamespace = n.oid AND n.nspname = current_schema()"
                      " AND c.relkind = 'r' AND c.relname ~ '_y[0-9]{4}m[0-9]{2}$'");
}

static const struct store_sweep_ask year = {.metadata_ms = NOW - 365 * day_ms, .max = 100};

static int sweep_until(struct store_sweep_place *place, int step, int turns)
{
    int n = 0;

    for (; place->step < step && n < turns; n++) {
        size_t gone = 0;
        const enum err err = store_sweep(kit.store, &year, place, &gone);
        if (err != ERR_BUSY) /* who is in another's way leaves it for now */
            GOOD(err);
    }
    return n;
}

static void whole_months_go_and_the_chains_heads_stay(void **unused)
{
    struct store_sweep_place place = {.step = 0};
    struct store_log_place log;
    const int32_t tenant = kit_tenant("acme");

    (void)unused;
    add_old(tenant, 500);
    const int64_t last = add_old(tenant, 450);
    const int64_t kept = add_old(tenant, 370); /* a part of its month is not old */
    add_old(tenant, 5);
    kit_save();
    const int64_t before = months_left();
    assert_true(sweep_until(&place, STORE_SWEEP_STEPS, 1000) < 1000);
    assert_true(months_left() <= before - 6);
    assert_int_equal(ask_number("SELECT count(*) FROM event"), 1);
    assert_int_equal(ask_number("SELECT count(*) FROM message"), 1);
    GOOD(store_log_place(kit.store, tenant, 0, 100, &log));
    assert_int_equal(log.gone, kept); /* by the row, as its month stays */
    char text[160];
    snprintf(text, sizeof text,
             "SELECT count(*) FROM log_head WHERE tenant = %d AND event_id = %lld", (int)tenant,
             (long long)last);
    assert_int_equal(ask_number(text), 1);
    GOOD(store_probe(kit.store, NOW));
}

static void heads_are_kept_of_every_tenant_before_a_month_goes(void **unused)
{
    struct store_sweep_place place = {.step = 0};
    char slug[16];

    (void)unused;
    for (int i = 0; i < TENANTS; i++) {
        snprintf(slug, sizeof slug, "t%d", i);
        add_old(kit_tenant(slug), 500);
    }
    add_old(0, 500); /* of what is on no roster */
    kit_save();
    assert_true(sweep_until(&place, STORE_SWEEP_STEPS, 1000) < 1000);
    assert_int_equal(ask_number("SELECT count(*) FROM event"), 0);
    assert_int_equal(ask_number("SELECT count(*) FROM log_head"), TENANTS + 1);
}

/* A report, or a backup, that looks at the old month for long. */
static void a_month_that_somebody_reads_stays_and_nobody_waits(void **unused)
{
    struct store_sweep_place place = {.step = 0};
    const int32_t tenant = kit_tenant("acme");

    (void)unused;
    add_old(tenant, 500);
    kit_save();
    struct sql *reader = kit_beside();
    sql_begin(reader, SQL_READ);
    sql_exec(reader, "SET LOCAL idle_in_transaction_session_timeout = 0");
    struct sql_query *q = sql_prepare(reader, "SELECT count(*) FROM event");
    assert_true(sql_next(q));
    sql_drop(&q);
    (void)sweep_until(&place, SQL_SWEEP_HISTORY, 10);
    for (int i = 0; i < 5; i++) {
        const int64_t began_ns = clock_mono_ns();
        (void)sweep_until(&place, SQL_SWEEP_HISTORY + 1, 1);
        assert_true(clock_mono_ns() - began_ns < INT64_C(1000000000));
        assert_int_equal(place.step, SQL_SWEEP_HISTORY);
        add_old(tenant, 4 - i);
        kit_save();
    }
    assert_int_not_equal(
        ask_number("SELECT count(*) FROM pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n"
                   " WHERE c.relnamespace = n.oid AND n.nspname = current_schema()"
                   " AND c.relname = 'event_y2025m05'"),
        0);
    q = sql_prepare(reader, "SELECT count(*) FROM event");
    assert_true(sql_next(q));
    assert_int_equal(sql_get(q), 1); /* as of when it began */
    sql_drop(&q);
    assert_int_equal(sql_end(reader), ERR_NONE);
    sql_close(&reader);
    assert_true(sweep_until(&place, STORE_SWEEP_STEPS, 1000) < 1000);
    assert_int_equal(ask_number("SELECT count(*) FROM event"), 5);
    assert_int_equal(ask_number("SELECT count(*) FROM log_head"), 1);
}

/* Retention was given up when one table's was dropped, and another's detached. */
static void a_month_that_is_half_gone_is_made_whole(void **unused)
{
    const int32_t tenant = kit_tenant("acme");

    (void)unused;
    add_old(tenant, 500);
    kit_save();
    kit_run_beside("DROP TABLE event_y2025m05;"
                   " ALTER TABLE message DETACH PARTITION message_y2025m05");
    kit_reopen();
    kit_begin();
    add_old(tenant, 499);
    kit_save();
    assert_int_equal(ask_number("SELECT count(*) FROM event"), 1);
    assert_int_equal(ask_number("SELECT count(*) FROM message"), 2); /* as it was */
    assert_int_equal(ask_number("SELECT count(*) FROM twilio_call_events"), 2);
}

static void a_round_with_nothing_old_makes_nothing_and_drops_nothing(void **unused)
{
    struct store_sweep_place place = {.step = 0};

    (void)unused;
    add_old(kit_tenant("acme"), 5);
    kit_save();
    const int64_t before = months_left();
    assert_true(sweep_until(&place, STORE_SWEEP_STEPS, 100) < 100);
    assert_int_equal(months_left(), before);
    assert_int_equal(ask_number("SELECT count(*) FROM event"), 1);
}

/* ---- what is due, beside a transaction that stays open ---- */

struct cost {
    long pages;
    double ms;
};

static void read_cost(struct span shown, struct cost *out)
{
    char line[256];

    snprintf(line, sizeof line, "%.*s", SPAN_ARG(shown));
    const char *shared = out->pages ? NULL : strstr(line, "Buffers: shared");
    const char *hit = shared ? strstr(shared, "hit=") : NULL;
    const char *read = shared ? strstr(shared, "read=") : NULL;
    const char *time = strstr(line, "Execution Time: ");
    out->pages += hit ? strtol(hit + 4, NULL, 10) : 0;
    out->pages += read ? strtol(read + 5, NULL, 10) : 0;
    out->ms = time ? strtod(time + 16, NULL) : out->ms;
}

/* What a statement of the queue touches, planned as the store's connection plans it. */
static struct cost cost_of(int at, const char *types, const char *values)
{
    struct sql *sql = kit_beside();
    struct cost cost = {0, 0};
    char text[1600];

    sql_begin(sql, SQL_READ);
    sql_exec(sql, "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off;"
                  " SET LOCAL enable_sort = off; SET LOCAL plan_cache_mode = force_generic_plan");
    snprintf(text, sizeof text, "PREPARE look (%s) AS %s", types, postgres_queue_text(at));
    sql_exec(sql, text);
    snprintf(text, sizeof text, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE look (%s)", values);
    struct sql_query *q = sql_prepare(sql, text);
    while (sql_next(q))
        read_cost(sql_get_span(q), &cost);
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    sql_close(&sql);
    assert_true(cost.pages > 0);
    return cost;
}

static struct cost timers_from(int64_t from_ms)
{
    char values[64];

    snprintf(values, sizeof values, "%lld, 129", (long long)from_ms);
    return cost_of(0, "bigint, bigint", values);
}

static struct cost rows_from(int32_t tenant, int64_t from_ms)
{
    char values[256];

    snprintf(values, sizeof values, "%d, '+18585550100', 'text', '{normal}', '{%lld}', 65",
             (int)tenant, (long long)from_ms);
    return cost_of(4, "integer, text, text, text[], bigint[], bigint", values);
}

static struct sql *hold_open(void)
{
    struct sql *reader = kit_beside();

    sql_begin(reader, SQL_READ);
    sql_exec(reader, "SET LOCAL idle_in_transaction_session_timeout = 0");
    struct sql_query *q = sql_prepare(reader, "SELECT count(*) FROM timer");
    assert_true(sql_next(q));
    sql_drop(&q);
    return reader;
}

static void let_go(struct sql **reader)
{
    assert_int_equal(sql_end(*reader), ERR_NONE);
    sql_close(reader);
}

static void compare(const char *what, struct cost start, struct cost bound)
{
    print_message("%s, %d dead rows: %ld pages and %.2f ms with the lower bound, %ld and %.2f"
                  " from the start\n",
                  what, DEAD, bound.pages, bound.ms, start.pages, start.ms);
    assert_true(start.pages > 10L * FEW_PAGES); /* there is something to be passed over */
    assert_true(bound.pages < FEW_PAGES);
}

/* Ten minutes of 100 timers a second, all done, and a transaction that could still see them. */
static void what_is_due_is_found_beside_dead_rows_that_somebody_holds(void **unused)
{
    struct timer due[8];
    size_t count = 0;
    int64_t next_ms;
    char text[256];
    struct sql *reader = hold_open();

    (void)unused;
    snprintf(text, sizeof text,
             "INSERT INTO timer (due_at, tenant, kind, subject_id)"
             " SELECT %lld + i * 10, 1, 'relay', i FROM generate_series(1, %d) AS i",
             (long long)(NOW - INT64_C(600000)), DEAD - 1);
    kit_run_beside(text);
    kit_run_beside("DELETE FROM timer");
    const struct timer one = {
        .due_ms = NOW, .tenant = kit_tenant("acme"), .kind = TIMER_RELAY, .subject = 7};
    facts_put_timer(&kit.facts, &one);
    kit_save();
    GOOD(store_due(kit.store, NOW, 8, due, &count, &next_ms)); /* learns where the queue begins */
    assert_int_equal(count, 1);
    compare("timers", timers_from(0), timers_from(NOW - 5000));
    GOOD(store_due(kit.store, NOW + 1, 8, due, &count, &next_ms));
    assert_int_equal(count, 1);
    let_go(&reader);
}

/* The same of texts that were sent. */
static void what_may_be_sent_is_found_beside_them_too(void **unused)
{
    struct sql *reader = hold_open();
    char text[512];

    (void)unused;
    const int32_t tenant = kit_tenant("acme");
    snprintf(text, sizeof text,
             "INSERT INTO outbox (tenant, id, kind, sender, class, state, due_at, account,"
             " recipient, body, fence, attempt) SELECT %d, i, 'text', '+18585550100', 'normal',"
             " 'queued', %lld + i * 10, 'AC1', '+13125550150', 'hello', 0, 0"
             " FROM generate_series(1, %d) AS i",
             (int)tenant, (long long)(NOW - INT64_C(600000)), DEAD);
    kit_run_beside(text);
    kit_run_beside("DELETE FROM outbox");
    compare("rows to be sent", rows_from(tenant, 0), rows_from(tenant, NOW - 5000));
    let_go(&reader);
}

int main(void)
{
    static const struct kit_opener opener = {"PostgreSQL", KIT_POSTGRES};
    struct CMUnitTest tests[] = {
        KIT_TEST(whole_months_go_and_the_chains_heads_stay),
        KIT_TEST(heads_are_kept_of_every_tenant_before_a_month_goes),
        KIT_TEST(a_month_that_somebody_reads_stays_and_nobody_waits),
        KIT_TEST(a_month_that_is_half_gone_is_made_whole),
        KIT_TEST(a_round_with_nothing_old_makes_nothing_and_drops_nothing),
        KIT_TEST(what_is_due_is_found_beside_dead_rows_that_somebody_holds),
        KIT_TEST(what_may_be_sent_is_found_beside_them_too),
    };

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tests[i].initial_state = (void *)(uintptr_t)&opener;
    if (!kit_has_postgres())
        return 77; /* skipped */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
