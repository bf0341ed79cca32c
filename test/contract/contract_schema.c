/* That a SQLite file of an earlier version of the schema opens, and keeps what it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"
#include "store/store.h"
#include "store/store_tenants.h"

static const int64_t NOW = 1790000000000;
static char folder[64], path[96];
static struct store *store;
static struct arena *arena;
static struct id_maker ids;
static struct facts facts;

static int set_up(void **unused)
{
    (void)unused;
    strcpy(folder, "/tmp/nextring-contract-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/test.db", folder);
    arena = arena_open(0);
    facts_init(&facts, arena, &ids, NOW);
    return 0;
}

static int tear_down(void **unused)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    (void)unused;
    store_close(&store);
    arena_close(&arena);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    rmdir(folder);
    return 0;
}

/* One of each row that later versions add to, as version 1 wrote them. */
/* clang-format off */
static const char rows_of_1[] =
    "INSERT INTO thread VALUES"
    " (1, 10, '+13125550101', '+13125550150', 1000, 2000, 'anna', 'A-17', 0, 20, 3000);"
    "INSERT INTO relay VALUES"
    " (1, 20, 10, 'text', 1000, '+13125550150', 30, NULL, 'idle', 0, NULL, 'words', NULL, NULL,"
    " NULL, NULL, NULL, NULL, NULL);"
    "INSERT INTO message VALUES"
    " (1, 30, 10, 'out', 'system', 'forward', '+13125550101', '+13125550111', '+13125550150',"
    " 'anna', NULL, 1000, 20, NULL, 'unsure', NULL, 'words', NULL, 'SM1');"
    "INSERT INTO message VALUES"
    " (1, 31, 10, 'out', 'system', 'forward', '+13125550101', '+13125550111', '+13125550150',"
    " 'anna', NULL, 1000, 20, NULL, 'queued', NULL, 'words', NULL, NULL);"
    "INSERT INTO outbox VALUES"
    " (1, 30, 'text', '+13125550101', 'normal', 'unsure', 5000, 'AC1', '+13125550111', 'words',"
    " NULL, NULL, 1, 1);"
    "INSERT INTO outbox VALUES"
    " (1, 31, 'text', '+13125550101', 'normal', 'sending', 6000, 'AC1', '+13125550111', 'words',"
    " NULL, NULL, 1, 1);"
    "INSERT INTO outbox VALUES"
    " (1, 32, 'text', '+13125550101', 'normal', 'queued', 7000, 'AC1', '+13125550111', 'words',"
    " NULL, NULL, 1, 1);"
    "INSERT INTO tag VALUES (1, 'anna', 'K7F', 10, 4000);";

/* As version 6 wrote them. */
static const char rows_of_6[] =
    "INSERT INTO tenant VALUES (1, 'one', 'One', 'AC1', 1000);"
    "INSERT INTO outbox (tenant, id, kind, sender, class, state, due_at, account, recipient, body,"
    " fence, attempt, sent_at) VALUES (1, 31, 'text', '+13125550101', 'normal', 'sending', 6000,"
    " 'AC1', '+13125550111', 'words', 1, 1, 6000);"
    "INSERT INTO user (id, tenant, login, name, role, created_at) VALUES"
    " (1, 1, 'Mara', 'Mara', 'admin', 1000);";

/* As version 7 wrote them. */
static const char rows_of_7[] =
    "INSERT INTO tenant VALUES (1, 'one', 'One', 'AC1', 1000, 'active', 3, NULL, NULL, 1000);"
    "INSERT INTO tenant_secret VALUES (1, 'api_key', x'00', 'k1', 1000);"
    "INSERT INTO line_since VALUES (1, '+13125550101', 1000);";
/* clang-format on */

static void make_version(int version, const char *more)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE];

    assert_int_equal(sqlite_sql_open(path, NULL, 0, &sql, why), ERR_NONE);
    sqlite_schema_raise(sql, version);
    sql_exec(sql, more);
    if (sql_err(sql))
        fail_msg("%s", sql_why(sql));
    sql_close(&sql);
}

static void open_it(void)
{
    char why[STORE_WHY_SIZE] = "";

    if (store_open(path, &store, why))
        fail_msg("cannot open: %s", why);
}

static int64_t asked(const char *text)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE];

    assert_int_equal(sqlite_sql_open(path, NULL, 0, &sql, why), ERR_NONE);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : -1;
    sql_drop(&q);
    assert_int_equal(sql_err(sql), ERR_NONE);
    sql_close(&sql);
    return number;
}

static void rows_of_version_1_are_read_after_it_is_raised(void **unused)
{
    (void)unused;
    make_version(1, rows_of_1);
    assert_int_equal(asked("PRAGMA user_version"), 1);
    open_it();
    assert_int_equal(asked("PRAGMA user_version"), STORE_SCHEMA);
    facts_want_id(&facts, FACT_THREAD, 1, 10);
    facts_want_desk(&facts, 1, SPAN("anna"));
    facts_want_duties(&facts, 1);
    assert_null(facts_idle(&facts, 1));
    assert_null(facts_message_by_sid(&facts, 1, SPAN("SM1")));
    assert_int_equal(store_load(store, &facts), ERR_NONE);

    struct thread *t = facts_thread_by_id(&facts, 1, 10);
    assert_string_equal(t->owner, "anna");
    assert_int_equal(t->closed_text_ms, 3000);
    assert_int_equal(t->closes_ms + t->heard_ms + t->heard_print + t->burst_ms + t->burst, 0);
    const struct message *m = facts_message_by_sid(&facts, 1, SPAN("SM1"));
    assert_int_equal(m->id, 30);
    assert_false(m->late || m->duplicate);
    const struct desk *desk = facts_desk(&facts, 1, SPAN("anna"));
    assert_int_equal(desk->count, 1);
    assert_string_equal(desk->tags[0].line, "");
    assert_int_equal(facts_idle(&facts, 1)->count, 1);
    assert_int_equal(facts_duties(&facts, 1)->count, 0);

    t->burst = 3;
    t->closes_ms = NOW;
    facts_touch(&facts, FACT_THREAD, t);
    assert_int_equal(store_save(store, &facts), ERR_NONE);
    store_close(&store);
    open_it(); /* and nothing is raised twice */
    facts_init(&facts, arena, &ids, NOW);
    facts_want_id(&facts, FACT_THREAD, 1, 10);
    assert_int_equal(store_load(store, &facts), ERR_NONE);
    assert_int_equal(facts_thread_by_id(&facts, 1, 10)->burst, 3);
    assert_int_equal(facts_thread_by_id(&facts, 1, 10)->closes_ms, NOW);
}

static void what_version_1_left_unsure_is_looked_for_since_it_was_due(void **unused)
{
    struct outbox *got[4];
    size_t count = 0;
    int64_t next_ms = 0;

    (void)unused;
    make_version(1, rows_of_1);
    open_it();
    assert_int_equal(store_orphans(store, NOW, &ids, &count), ERR_NONE);
    assert_int_equal(count, 1);
    assert_int_equal(store_unsure(store, &facts, NOW, 4, got, &count, &next_ms), ERR_NONE);
    assert_int_equal(count, 2);
    assert_int_equal(got[0]->id, 30);
    assert_int_equal(got[0]->sent_ms, 5000);
    assert_int_equal(got[0]->unsure_ms, 5000);
    assert_false(got[0]->again);
    assert_int_equal(got[1]->id, 31);
    assert_int_equal(got[1]->sent_ms, 6000);
    assert_int_equal(got[1]->unsure_ms, NOW);
    facts_want_id(&facts, FACT_OUTBOX, 1, 32);
    assert_int_equal(store_load(store, &facts), ERR_NONE);
    assert_int_equal(facts_outbox(&facts, 1, 32)->sent_ms, 0); /* it was never sent */
}

/* Nobody's terms change, and whoever signs in does so as before. */
static void rows_of_version_6_are_read_after_it_is_raised(void **unused)
{
    struct user user = {.id = 0};

    (void)unused;
    make_version(6, rows_of_6);
    open_it();
    assert_int_equal(asked("PRAGMA user_version"), STORE_SCHEMA);
    assert_int_equal(asked("SELECT count(*) FROM tenant WHERE state = 'active' AND weight = 1"
                           " AND texts_a_day IS NULL AND calls_a_day IS NULL"),
                     1);
    facts_want_id(&facts, FACT_OUTBOX, 1, 31);
    assert_int_equal(store_load(store, &facts), ERR_NONE);
    const struct outbox *o = facts_outbox(&facts, 1, 31);
    assert_int_equal(o->state, OUTBOX_SENDING);
    assert_int_equal(o->incarnation, 0);
    assert_int_equal(store_user_find(store, SPAN("mARA"), &user), ERR_NONE);
    assert_int_equal(user.id, 1);
}

static void see_tenant(void *ctx, const struct tenant *t)
{
    *(struct tenant *)ctx = *t;
}

static void see_secret(void *ctx, const struct tenant_sealed *row)
{
    (void)ctx;
    assert_string_equal(row->key_id, "k1");
}

static void see_line(void *ctx, const struct report_only *row)
{
    (void)ctx;
    fail_msg("%s is in report-only mode", row->line);
}

/* No line is in report-only mode, and one can be. */
static void rows_of_version_7_are_read_after_it_is_raised(void **unused)
{
    struct tenant tenant = {.id = 0};
    const struct store_tenants reader = {see_tenant, see_secret, &tenant, see_line};
    const struct report_only row = {1, "+13125550101", NOW, NOW + 1, ""};

    (void)unused;
    make_version(7, rows_of_7);
    assert_int_equal(asked("PRAGMA user_version"), 7);
    open_it();
    assert_int_equal(asked("PRAGMA user_version"), STORE_SCHEMA);
    assert_int_equal(store_tenants_read(store, &reader), ERR_NONE);
    assert_int_equal(tenant.id, 1);
    assert_int_equal(tenant.terms.weight, 3);
    assert_int_equal(store_tenants_report_only(store, &row), ERR_NONE);
    assert_int_equal(asked("SELECT until_at FROM report_only WHERE tenant = 1"), NOW + 1);
    assert_int_equal(asked("SELECT since_at FROM line_since"), 1000);
}

static void a_file_that_was_moved_is_opened_no_more(void **unused)
{
    char why[STORE_WHY_SIZE] = "";
    struct sql *sql = NULL;

    (void)unused;
    make_version(STORE_SCHEMA, "");
    assert_int_equal(sqlite_sql_open(path, NULL, 0, &sql, why), ERR_NONE);
    sqlite_schema_mark(sql, SQLITE_SCHEMA_MOVED);
    sql_close(&sql);
    assert_int_equal(store_open(path, &store, why), ERR_CONFLICT);
    assert_non_null(strstr(why, "was moved to PostgreSQL"));
}

static void a_file_that_cannot_be_raised_stays_as_it_was(void **unused)
{
    char why[STORE_WHY_SIZE] = "";

    (void)unused;
    make_version(1, rows_of_1);
    make_version(1, "CREATE TABLE line_since (id INTEGER)"); /* in the way, half through */
    assert_int_not_equal(store_open(path, &store, why), ERR_NONE);
    assert_null(store);
    assert_non_null(strstr(why, "line_since"));
    assert_int_equal(asked("PRAGMA user_version"), 1);
    assert_int_equal(asked("SELECT count(*) FROM pragma_table_info('thread')"), 11);
    assert_int_equal(asked("SELECT count(*) FROM outbox WHERE state = 'unsure'"), 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(rows_of_version_1_are_read_after_it_is_raised),
        EACH(what_version_1_left_unsure_is_looked_for_since_it_was_due),
        EACH(rows_of_version_6_are_read_after_it_is_raised),
        EACH(rows_of_version_7_are_read_after_it_is_raised),
        EACH(a_file_that_was_moved_is_opened_no_more),
        EACH(a_file_that_cannot_be_raised_stays_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
