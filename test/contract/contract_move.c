/* That a move takes every row of every table along, and that what goes wrong leaves nothing that
 * would be taken for a firm's database. */
#include "contract/contract_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postgres/postgres_sql.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"
#include "store/store_migrate.h"
#include "store/store_move.h"

enum { EVENTS = 2100, ROWS = 3 }; /* more than one transaction and one page have */

static char path[128], why[STORE_WHY_SIZE];
static const uint8_t key[32] = {1, 2, 3};

/* ---- a firm ---- */

/* Where the columns' own meaning counts, the store writes the rows. */
static bool is_made_by_the_store(const char *table)
{
    return strcmp(table, "event") == 0 || strcmp(table, "log_head") == 0;
}

static void put_any(struct sql_query *q, struct span type, bool may_be_null, int row, int column)
{
    static char texts[64][48];
    char *text = texts[column];

    if (may_be_null && (row + column) % 3 == 0) {
        sql_put_maybe(q, 0);
    } else if (span_is_text(type, "INTEGER")) {
        sql_put(q, 100 + row * 7 + column);
    } else {
        snprintf(text, 48, row == 1 ? "row %d, \xff\xfe of column %d" : "row %d, \xc3\xa9 \"%d\"",
                 row, column);
        if (span_is_text(type, "BLOB"))
            sql_put_blob(q, text, strlen(text) + 1);
        else
            sql_put_text(q, text);
    }
}

static void fill_row(struct sql *sql, const char *table, int row)
{
    char text[2048];
    int columns = 0;
    struct sql_query *q = sql_prepare(sql, "SELECT count(*) FROM pragma_table_info(?1)");

    sql_put_text(q, table);
    assert_true(sql_next(q));
    columns = (int)sql_get(q);
    sql_drop(&q);
    snprintf(text, sizeof text, "INSERT INTO \"%.64s\" VALUES (?", table);
    for (int i = 1; i < columns; i++)
        strcat(text, ",?");
    strcat(text, ")");
    struct sql_query *into = sql_prepare(sql, text);
    q = sql_prepare(sql, "SELECT type, \"notnull\" + pk FROM pragma_table_info(?1) ORDER BY cid");
    sql_put_text(q, table);
    for (int i = 0; sql_next(q); i++) {
        static char types[64][16];
        const struct span type = sql_get_span(q);
        snprintf(types[i], sizeof types[i], "%.*s", SPAN_ARG(type));
        put_any(into, span_of(types[i]), sql_get(q) == 0, row, i);
    }
    sql_drop(&q);
    sql_run(into);
    sql_drop(&into);
}

/* Rows in each table that there is, whatever it means; returns how many tables. */
static int fill_tables(void)
{
    struct sql *sql = NULL;
    char names[STORE_MOVE_TABLES][64];
    int count = 0;

    GOOD(sqlite_sql_open(path, NULL, 0, &sql, why));
    sql_begin(sql, SQL_WRITE);
    struct sql_query *q = sql_prepare(sql, "SELECT name FROM sqlite_schema WHERE type = 'table'"
                                           " AND name NOT LIKE 'sqlite%' AND name NOT IN"
                                           " ('probe', 'node', 'chore')");
    while (sql_next(q)) {
        assert_true(count < STORE_MOVE_TABLES);
        SQL_GET_TEXT(q, names[count]);
        count++;
    }
    sql_drop(&q);
    for (int i = 0; i < count; i++)
        for (int row = 0; row < ROWS && !is_made_by_the_store(names[i]); row++)
            fill_row(sql, names[i], row);
    if (sql_end(sql))
        fail_msg("%s", sql_why(sql));
    sql_close(&sql);
    return count;
}

static void make_log(struct store *store, int32_t tenant)
{
    kit_begin();
    for (int i = 0; i < EVENTS; i++)
        facts_log(&kit.facts, &(struct event_row){.tenant = tenant,
                                                  .kind = "relay.raised",
                                                  .at_ms = NOW,
                                                  .id = id_next(&kit.ids, NOW),
                                                  .detail = SPAN("words")});
    GOOD(store_save(store, &kit.facts));
}

static int make_firm(void)
{
    struct store *store = NULL;
    int32_t one = 0, two = 0;

    GOOD(store_open(path, &store, why));
    GOOD(store_tenant(store, SPAN("one"), SPAN("One"), SPAN("AC1"), NOW, &one));
    GOOD(store_tenant(store, SPAN("two"), SPAN("Two"), SPAN("AC2"), NOW, &two));
    make_log(store, one);
    make_log(store, two);
    store_close(&store);
    return fill_tables();
}

/* ---- */

static int set_up(void **state)
{
    const int e = kit_set_up(state);

    snprintf(path, sizeof path, "/tmp/nextring-move-%d.db", (int)getpid());
    store_close(&kit.store);
    return e;
}

static int tear_down(void **state)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
    return kit_tear_down(state);
}

static struct store_move_ask ask_of(void)
{
    return (struct store_move_ask){
        .from = path, .to = kit.path, .shared_key = key, .shared_name = "callback.key"};
}

static int64_t in_target(const char *text)
{
    struct sql *sql = kit_beside();

    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : -1;
    sql_drop(&q);
    if (sql_end(sql))
        fail_msg("%s: %s", text, sql_why(sql));
    sql_close(&sql);
    return number;
}

static void every_row_of_every_table_goes_along(void **unused)
{
    const int tables = make_firm();
    const struct store_move_ask ask = ask_of();
    struct store_move_result r;

    (void)unused;
    if (store_move(&ask, &r, why))
        fail_msg("%s", why);
    assert_int_equal(r.table_count, tables);
    assert_true(tables > 20);
    for (size_t i = 0; i < r.table_count; i++)
        if (!is_made_by_the_store(r.tables[i].name))
            assert_int_equal(r.tables[i].rows,
                             ROWS + (strcmp(r.tables[i].name, "tenant") == 0 ? 2 : 0));
    assert_int_equal(r.logs, 2);
    assert_int_equal(r.log_rows, 2 * EVENTS);
    assert_true(r.mended > 20);
    assert_int_equal(in_target("SELECT count(*) FROM shared WHERE name = 'callback.key'"), 1);
    assert_int_equal(in_target("SELECT count(*) FROM tenant AS t LEFT JOIN hold AS h"
                               " ON h.tenant = t.id WHERE h.tenant IS NULL"),
                     0);

    /* And it is what a daemon works with; the file is not any more. */
    GOOD(store_open(kit.path, &kit.store, why));
    int32_t one = 0;
    GOOD(store_tenant(kit.store, SPAN("one"), SPAN("One"), SPAN("AC1"), NOW, &one));
    make_log(kit.store, one);
    assert_int_equal(store_move(&ask, &r, why), ERR_CONFLICT);
    assert_non_null(strstr(why, "was moved"));
}

static void begin_and_die(void *ctx, const char *table, int64_t rows, bool is_check)
{
    (void)ctx, (void)rows;
    if (!is_check && strcmp(table, "relay") == 0)
        _exit(7);
}

static void what_was_broken_off_is_begun_anew(void **unused)
{
    struct store_move_ask ask = ask_of();
    struct store_move_result r;
    int status = 0;

    (void)unused;
    (void)make_firm();
    const pid_t child = fork();
    if (child == 0) {
        ask.progress = begin_and_die;
        (void)!store_move(&ask, &r, why);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 7);
    assert_true(in_target("SELECT count(*) FROM event") > 0);

    assert_int_not_equal(store_open(kit.path, &kit.store, why) ? 1 : store_probe(kit.store, NOW),
                         0);
    store_close(&kit.store);
    if (store_move(&ask, &r, why))
        fail_msg("%s", why);
    assert_int_equal(in_target("SELECT count(*) FROM event"), 2 * EVENTS);
}

static void change_a_row(void *ctx, const char *table, int64_t rows, bool is_check)
{
    if (!is_check || rows || strcmp(table, "relay") != 0)
        return;
    kit_run_beside(ctx);
}

/* The target's last commit does this. */
#define AT_THE_END(what)                                                                \
    "CREATE FUNCTION at_the_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " what   \
    " RETURN NULL; END $$; CREATE CONSTRAINT TRIGGER at_the_end AFTER UPDATE ON schema" \
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.moving_from IS NULL)"        \
    " EXECUTE FUNCTION at_the_end()"

static void assert_source_is(enum err want, const char *words)
{
    struct store *store = NULL;

    enum err e = store_open(path, &store, why);
    store_close(&store);
    assert_int_equal(e, want);
    assert_non_null(strstr(e ? why : "", words));
}

/* As a process that is killed there leaves them: the commit's answer never came. */
static void what_was_broken_off_at_the_last_step_goes_on(void **unused)
{
    struct store_move_ask ask = ask_of();
    struct store_move_result r;

    (void)unused;
    (void)make_firm();
    ask.progress = change_a_row;
    ask.ctx = AT_THE_END("PERFORM pg_terminate_backend(pg_backend_pid());");
    assert_int_equal(store_move(&ask, &r, why), ERR_UNSURE);
    assert_source_is(ERR_CONFLICT, "move again");
    assert_int_not_equal(store_open(kit.path, &kit.store, why) ? 1 : store_probe(kit.store, NOW),
                         0);
    store_close(&kit.store);
    kit_run_beside("DROP TRIGGER at_the_end ON schema");
    ask.progress = NULL;
    if (store_move(&ask, &r, why))
        fail_msg("%s", why);
    assert_int_equal(in_target("SELECT count(*) FROM event"), 2 * EVENTS);
    assert_source_is(ERR_CONFLICT, "was moved");
}

/* The commit had come through, and the file was never told. */
static void a_target_that_is_complete_already_is_left_alone(void **unused)
{
    const struct store_move_ask ask = ask_of();
    struct store_move_result r;
    struct sql *sql = NULL;

    (void)unused;
    (void)make_firm();
    GOOD(store_move(&ask, &r, why));
    GOOD(sqlite_sql_open(path, NULL, 0, &sql, why));
    sqlite_schema_mark(sql, SQLITE_SCHEMA_MOVING);
    sql_close(&sql);
    assert_int_equal(store_move(&ask, &r, why), ERR_CONFLICT);
    assert_non_null(strstr(why, "is complete"));
    assert_int_equal(in_target("SELECT count(*) FROM event"), 2 * EVENTS);
}

static void a_target_that_refuses_the_last_step_leaves_the_file_in_use(void **unused)
{
    struct store_move_ask ask = ask_of();
    struct store_move_result r;

    (void)unused;
    (void)make_firm();
    ask.progress = change_a_row;
    ask.ctx = AT_THE_END("RAISE EXCEPTION 'not now';");
    assert_int_not_equal(store_move(&ask, &r, why), ERR_NONE);
    assert_non_null(strstr(why, "not now"));
    assert_source_is(ERR_NONE, "");
}

static void what_is_not_the_same_afterwards_is_told(void **unused)
{
    struct store_move_ask ask = ask_of();
    struct store_move_result r;

    (void)unused;
    (void)make_firm();
    ask.progress = change_a_row;
    ask.ctx = "UPDATE relay SET step = step + 1 WHERE id = (SELECT max(id) FROM relay)";
    assert_int_equal(store_move(&ask, &r, why), ERR_BROKEN);
    assert_non_null(strstr(why, "table relay, row 3: step"));
    ask.ctx = "DELETE FROM relay WHERE id = (SELECT max(id) FROM relay)";
    assert_int_equal(store_move(&ask, &r, why), ERR_BROKEN);
    assert_non_null(strstr(why, "table relay"));
}

static void a_database_in_use_is_left_alone(void **unused)
{
    const struct store_move_ask ask = ask_of();
    struct store_move_result r;

    (void)unused;
    (void)make_firm();
    GOOD(store_open(kit.path, &kit.store, why));
    (void)kit_tenant("theirs");
    store_close(&kit.store);
    assert_int_equal(store_move(&ask, &r, why), ERR_CONFLICT);
    assert_non_null(strstr(why, "in use already"));
    assert_int_equal(in_target("SELECT count(*) FROM tenant"), 1);
}

static void a_file_that_a_daemon_has_open_is_refused(void **unused)
{
    const struct store_move_ask ask = ask_of();
    struct store_move_result r;
    struct store *daemon = NULL;

    (void)unused;
    assert_int_equal(store_move(&ask, &r, why), ERR_NOT_FOUND);
    (void)make_firm();
    GOOD(store_open(path, &daemon, why));
    assert_int_equal(store_move(&ask, &r, why), ERR_BUSY);
    assert_int_equal(store_migrate_raise(path, false, why), ERR_BUSY);
    store_close(&daemon);
}

static void a_schema_is_looked_at_and_raised(void **unused)
{
    int version = -1;

    (void)unused;
    GOOD(store_migrate_look(path, &version, why));
    assert_int_equal(version, 0);
    GOOD(store_migrate_raise(path, false, why));
    GOOD(store_migrate_look(path, &version, why));
    assert_int_equal(version, STORE_SCHEMA);
    for (int i = 0; i < 2; i++) {
        GOOD(store_migrate_raise(kit.path, false, why)); /* twice is once */
        GOOD(store_migrate_look(kit.path, &version, why));
        assert_int_equal(version, STORE_SCHEMA);
    }
    assert_non_null(store_migrate_text(path, STORE_SCHEMA, false, 0));
    assert_non_null(store_migrate_text(kit.path, STORE_SCHEMA, true, 0));
}

static struct kit_opener opener = {"PostgreSQL", KIT_POSTGRES};
#define EACH(test)                              \
    {                                           \
#test, test, set_up, tear_down, &opener \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_schema_is_looked_at_and_raised),
        EACH(every_row_of_every_table_goes_along),
        EACH(what_was_broken_off_is_begun_anew),
        EACH(what_is_not_the_same_afterwards_is_told),
        EACH(a_database_in_use_is_left_alone),
        EACH(a_file_that_a_daemon_has_open_is_refused),
        EACH(what_was_broken_off_at_the_last_step_goes_on),
        EACH(a_target_that_is_complete_already_is_left_alone),
        EACH(a_target_that_refuses_the_last_step_leaves_the_file_in_use),
    };

    if (!kit_has_postgres())
        return 77; /* skipped: no PostgreSQL was named */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
