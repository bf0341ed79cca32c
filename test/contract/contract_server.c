/* What only a PostgreSQL server can show of one connection: how it speaks, what it makes of the
 * server's refusals, and its tables, months and variants. Skipped where NEXTRING_TEST_DATABASE
 * names no server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/id.h"
#include "postgres/postgres_fault.h"
#include "postgres/postgres_months.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "postgres/postgres_text.h"
#include "store/store.h"
#include "store/store_tenants.h"

enum { SKIPPED = 77 };

static const int64_t NOW = 1790000000000;
static const char *const texts[] = {
    "INSERT INTO thing (id, small, words, bytes) VALUES (?, ?, ?, ?)",
    "UPDATE thing SET words = ?2 WHERE id = ?1",
    "SELECT id, small, words, bytes FROM thing ORDER BY id",
};
enum { ADD, CHANGE, LIST, TEXTS };

static char name[64], address[640];
static struct sql *sql;

#define GOOD(e) assert_int_equal((e), ERR_NONE)

static void in_server(const char *before, const char *after)
{
    struct sql *server = NULL;
    char why[SQL_WHY_SIZE], text[128];

    GOOD(postgres_sql_open(getenv("NEXTRING_TEST_DATABASE"), NULL, 0, &server, why));
    snprintf(text, sizeof text, "%s %s %s", before, name, after);
    sql_begin(server, SQL_WRITE);
    sql_exec(server, text);
    if (sql_end(server))
        fail_msg("%s", sql_why(server));
    sql_close(&server);
}

static struct sql *open_sql(void)
{
    struct sql *out = NULL;
    char why[SQL_WHY_SIZE];

    GOOD(postgres_sql_open(address, texts, TEXTS, &out, why));
    return out;
}

static int set_up(void **unused)
{
    static int count;
    const char *server = getenv("NEXTRING_TEST_DATABASE");

    (void)unused;
    snprintf(name, sizeof name, "server_%d_%d", (int)getpid(), ++count);
    snprintf(address, sizeof address, "%.500s%coptions=-csearch_path%%3D%s", server,
             strchr(server, '?') ? '&' : '?', name);
    in_server("CREATE SCHEMA", "");
    sql = open_sql();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    sql_close(&sql);
    in_server("DROP SCHEMA", "CASCADE");
    return 0;
}

static void exec(struct sql *on, const char *text)
{
    sql_begin(on, SQL_WRITE);
    sql_exec(on, text);
    if (sql_end(on))
        fail_msg("%s: %s", text, sql_why(on));
}

static void make_thing(void)
{
    exec(sql, "CREATE TABLE thing (id bigint PRIMARY KEY, small integer, words text, bytes bytea)");
}

static int64_t ask(struct sql *on, const char *text)
{
    struct sql_query *q = sql_prepare(on, text);
    const int64_t number = sql_next(q) ? sql_get(q) : INT64_MIN;

    sql_drop(&q);
    return number;
}

/* In a unit of its own. */
static int64_t read_one(const char *text)
{
    sql_begin(sql, SQL_READ);
    const int64_t number = ask(sql, text);
    GOOD(sql_end(sql));
    return number;
}

static void add_thing(struct sql *on, int64_t id)
{
    struct sql_query *q = sql_use(on, ADD);

    sql_put(q, id);
    sql_put_maybe(q, 0);
    sql_put_maybe_text(q, "");
    sql_put_blob(q, "\0\1", 2);
    sql_run(q);
}

/* ---- words and values ---- */

static void values_are_numbered_where_they_stand(void **unused)
{
    static const struct row {
        const char *text, *want;
        int values;
    } rows[] = {
        {"SELECT 1", "SELECT 1", 0},
        {"a = ? AND b = ?", "a = $1 AND b = $2", 2},
        {"a = ?2 AND b = ?1", "a = $2 AND b = $1", 2},
        {"a = ?12", "a = $12", 12},
        {"a = '?' AND b = ?", "a = '?' AND b = $1", 1},
        {"a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1", 1},
        {"\"?\" = ?", "\"?\" = $1", 1},
        {"a -- ?\n= ?", "a -- ?\n= $1", 1},
        {"a /* ? */ = ?", "a /* ? */ = $1", 1},
        {"a = '?", "a = '?", 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int values = -1;
        char *got = postgres_text_number(rows[i].text, &values);
        assert_string_equal(got, rows[i].want);
        assert_int_equal(values, rows[i].values);
        free(got);
    }
}

static void numbers_travel_in_their_order(void **unused)
{
    static const int64_t numbers[] = {0, 1, -1, 255, 256, -256, 32767, INT64_MAX, INT64_MIN};
    char bytes[8];

    (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        postgres_text_put(bytes, 8, numbers[i]);
        assert_int_equal(postgres_text_get(bytes, 8), numbers[i]);
    }
    postgres_text_put(bytes, 2, -2);
    assert_int_equal(postgres_text_get(bytes, 2), -2);
    assert_int_equal(bytes[1], (char)0xfe);
}

static void each_type_comes_back_as_it_went(void **unused)
{
    static const struct row {
        const char *text;
        int64_t want;
    } rows[] = {
        {"SELECT CAST(-7 AS smallint)", -7},
        {"SELECT CAST(-70000 AS integer)", -70000},
        {"SELECT CAST(9007199254740993 AS bigint)", INT64_C(9007199254740993)},
        {"SELECT true", 1},
        {"SELECT sum(n) FROM (VALUES (CAST(5000000000 AS bigint)), (6)) AS t (n)", 5000000006},
        {"SELECT CAST(-123456789.75 AS numeric)", -123456789},
        {"SELECT CAST(20000 AS numeric)", 20000},
        {"SELECT CAST(NULL AS bigint)", 0},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(read_one(rows[i].text), rows[i].want);
    sql_begin(sql, SQL_READ);
    (void)ask(sql, "SELECT 'words'");
    assert_int_equal(sql_end(sql), ERR_BROKEN);
}

/* What was null when the statement was prepared may be a number later. */
static void a_statement_takes_nulls_first_and_numbers_later(void **unused)
{
    (void)unused;
    make_thing();
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    struct sql_query *q = sql_use(sql, ADD);
    sql_put(q, 2);
    sql_put(q, 70000);
    sql_put_text(q, "it's \xf0\x9f\x9a\xbf");
    sql_put_blob(q, "", 0);
    sql_run(q);
    GOOD(sql_end(sql));

    sql_begin(sql, SQL_READ);
    q = sql_use(sql, LIST);
    assert_true(sql_next(q));
    assert_int_equal(sql_get(q), 1);
    assert_int_equal(sql_column_type(q, 1), SQL_NULL);
    assert_int_equal(sql_get(q), 0);
    assert_int_equal(sql_get_span(q).size, 0);
    const struct span bytes = sql_get_span(q);
    assert_int_equal(bytes.size, 2);
    assert_memory_equal(bytes.data, "\0\1", 2);
    assert_true(sql_next(q));
    (void)sql_get(q);
    assert_int_equal(sql_column_type(q, 1), SQL_NUMBER);
    assert_int_equal(sql_get(q), 70000);
    assert_true(span_is_text(sql_get_span(q), "it's \xf0\x9f\x9a\xbf"));
    assert_string_equal(sql_column_name(q, 3), "bytes");
    assert_false(sql_next(q));
    GOOD(sql_end(sql));
}

static void what_is_no_text_is_mended(void **unused)
{
    (void)unused;
    make_thing();
    sql_begin(sql, SQL_WRITE);
    struct sql_query *q = sql_use(sql, ADD);
    sql_put(q, 1);
    sql_put_maybe(q, 0);
    sql_put_span(q, (struct span){"a\0b\xff\xc3\xa4", 6});
    sql_put_blob(q, "", 0);
    sql_run(q);
    GOOD(sql_end(sql));
    sql_begin(sql, SQL_READ);
    q = sql_prepare(sql, "SELECT words FROM thing");
    assert_true(sql_next(q));
    /* No longer than it was: whoever keeps it in a field of his reads it back. */
    assert_true(span_is_text(sql_get_span(q), "a?b?\xc3\xa4"));
    sql_drop(&q);
    GOOD(sql_end(sql));
}

static void many_rows_come_one_by_one(void **unused)
{
    int64_t sum = 0;

    (void)unused;
    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(sql, "SELECT * FROM generate_series(1, 100000)");
    while (sql_next(q))
        sum += sql_get(q);
    sql_drop(&q);
    assert_int_equal(sum, INT64_C(5000050000));
    q = sql_prepare(sql, "SELECT * FROM generate_series(1, 100000)");
    assert_true(sql_next(q)); /* and is left after the first */
    sql_drop(&q);
    assert_int_equal(ask(sql, "SELECT 7"), 7);
    GOOD(sql_end(sql));
}

/* ---- refusals ---- */

static void codes_tell_what_to_do(void **unused)
{
    static const struct row {
        const char *code;
        enum err err;
        bool is_again, is_lost;
    } rows[] = {
        {"23505", ERR_CONFLICT, false, false}, {"23502", ERR_BROKEN, false, false},
        {"23514", ERR_BUSY, true, false},      {"40001", ERR_BUSY, true, false},
        {"40P01", ERR_BUSY, true, false},      {"40003", ERR_UNSURE, false, true},
        {"55P03", ERR_BUSY, true, false},      {"57014", ERR_BUSY, false, false},
        {"57P01", ERR_BUSY, false, true},      {"08006", ERR_BUSY, false, true},
        {"25P03", ERR_BUSY, false, true},      {"25006", ERR_BUSY, false, true},
        {"53100", ERR_FULL, false, false},     {"22012", ERR_BROKEN, false, false},
        {"42P01", ERR_BROKEN, false, false},   {"", ERR_BROKEN, false, false},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct postgres_fault *f = postgres_fault_find(rows[i].code);
        assert_int_equal(f->err, rows[i].err);
        assert_int_equal(f->is_again, rows[i].is_again);
        assert_int_equal(f->is_lost, rows[i].is_lost);
    }
}

static void a_row_that_is_there_is_a_conflict_and_nothing_is_kept(void **unused)
{
    (void)unused;
    make_thing();
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    add_thing(sql, 2);
    add_thing(sql, 1);
    add_thing(sql, 3); /* after the error nothing is done any more */
    assert_int_equal(sql_end(sql), ERR_CONFLICT);
    assert_non_null(strstr(sql_why(sql), "thing_pkey"));
    assert_int_equal(read_one("SELECT count(*) FROM thing"), 0);
}

static void a_change_of_nothing_is_told(void **unused)
{
    (void)unused;
    make_thing();
    sql_begin(sql, SQL_WRITE);
    struct sql_query *q = sql_use(sql, CHANGE);
    sql_put(q, 1);
    sql_put_text(q, "new");
    sql_change(q);
    assert_int_equal(sql_end(sql), ERR_BROKEN);
    assert_string_equal(sql_why(sql), SQL_GONE);
}

static void a_statement_that_could_not_be_prepared_is_prepared_later(void **unused)
{
    (void)unused;
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    assert_int_equal(sql_end(sql), ERR_BROKEN);
    make_thing();
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    GOOD(sql_end(sql));
}

static void a_row_that_is_held_is_left_to_who_holds_it(void **unused)
{
    struct sql *other = open_sql();

    (void)unused;
    make_thing();
    exec(sql, "INSERT INTO thing (id) VALUES (1)");
    sql_begin(other, SQL_WRITE);
    assert_int_equal(ask(other, "SELECT id FROM thing FOR UPDATE"), 1);
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, "SET LOCAL lock_timeout = 20");
    (void)ask(sql, "SELECT id FROM thing FOR UPDATE");
    assert_int_equal(sql_end(sql), ERR_BUSY);
    assert_true(sql->is_again);
    GOOD(sql_end(other));
    sql_begin(sql, SQL_WRITE);
    assert_int_equal(ask(sql, "SELECT id FROM thing FOR UPDATE"), 1);
    GOOD(sql_end(sql));
    assert_false(sql->is_again);
    sql_close(&other);
}

static void who_reads_writes_nothing_and_ends_in_time(void **unused)
{
    struct sql *reader = NULL;
    char why[SQL_WHY_SIZE];

    (void)unused;
    make_thing();
    GOOD(postgres_sql_open_reader(sql, &reader, why));
    sql_begin(reader, SQL_READ);
    assert_int_equal(ask(reader, "SELECT count(*) FROM thing"), 0);
    GOOD(sql_end(reader));
    sql_begin(reader, SQL_WRITE);
    add_thing(reader, 1);
    assert_int_equal(sql_end(reader), ERR_BUSY);

    sql_allow(reader, 30);
    sql_begin(reader, SQL_READ);
    (void)ask(reader, "SELECT count(*) FROM generate_series(1, 1000000000)");
    assert_int_equal(sql_end(reader), ERR_BUSY);
    assert_non_null(strstr(sql_why(reader), "took too long"));
    sql_allow(reader, 0);
    sql_begin(reader, SQL_READ);
    assert_int_equal(ask(reader, "SELECT 1"), 1);
    GOOD(sql_end(reader));
    sql_close(&reader);
}

/* ---- connections that break ---- */

static void a_connection_that_broke_is_made_anew(void **unused)
{
    struct sql *other = open_sql();
    char text[96];

    (void)unused;
    make_thing();
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    const int64_t pid = ask(sql, "SELECT pg_backend_pid()");
    snprintf(text, sizeof text, "SELECT CAST(pg_terminate_backend(%d, 5000) AS integer)", (int)pid);
    sql_begin(other, SQL_READ);
    assert_int_equal(ask(other, text), 1);
    GOOD(sql_end(other));
    add_thing(sql, 2);
    assert_int_equal(sql_end(sql), ERR_BUSY);
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 3); /* prepared on the connection before */
    assert_int_equal(ask(sql, "SELECT count(*) FROM thing"), 1);
    GOOD(sql_end(sql));
    sql_close(&other);
}

/* A trigger that waits for the commit does there what a fault would. */
static void plant_at_commit(const char *does)
{
    char text[640];

    snprintf(text, sizeof text,
             "CREATE TABLE probe (id integer PRIMARY KEY, created_at bigint);"
             "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS"
             " $$ BEGIN %s; RETURN NULL; END $$;"
             "CREATE CONSTRAINT TRIGGER fault AFTER INSERT ON thing DEFERRABLE INITIALLY DEFERRED"
             " FOR EACH ROW EXECUTE FUNCTION fault();",
             does);
    exec(sql, text);
}

static void a_commit_whose_answer_is_lost_is_unsure(void **unused)
{
    (void)unused;
    make_thing();
    plant_at_commit("PERFORM pg_terminate_backend(pg_backend_pid())");
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    assert_int_equal(sql_end(sql), ERR_UNSURE);
    /* The next unit first proves, by a commit of its own, that what is read will last. */
    assert_int_equal(read_one("SELECT count(*) FROM probe"), 1);
}

/* So says a server that has given up waiting for its standby. */
static void a_commit_with_a_warning_is_unsure(void **unused)
{
    (void)unused;
    make_thing();
    plant_at_commit("RAISE WARNING 'committed here alone'");
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    assert_int_equal(sql_end(sql), ERR_UNSURE);
    assert_int_equal(read_one("SELECT count(*) FROM thing"), 1);
    assert_int_equal(read_one("SELECT count(*) FROM probe"), 1);
}

static void a_commit_that_is_refused_is_no_doubt(void **unused)
{
    (void)unused;
    make_thing();
    plant_at_commit("RAISE EXCEPTION 'no' USING ERRCODE = '40001'");
    sql_begin(sql, SQL_WRITE);
    add_thing(sql, 1);
    assert_int_equal(sql_end(sql), ERR_BUSY);
    assert_true(sql->is_again);
    assert_int_equal(read_one("SELECT count(*) FROM probe"), 0);
}

static void a_plan_hangs_on_no_statistics(void **unused)
{
    (void)unused;
    assert_int_equal(read_one("SELECT count(*) FROM pg_settings WHERE setting = 'off' AND name IN"
                              " ('enable_seqscan', 'enable_sort', 'enable_hashjoin',"
                              " 'enable_mergejoin', 'enable_bitmapscan')"),
                     5);
}

static void no_word_holds_the_password(void **unused)
{
    static const struct row {
        const char *address, *part;
    } rows[] = {
        {"postgres://who:geheim@127.0.0.1:1/there", "127.0.0.1 port 1, database there"},
        {"postgres://who:geheim@127.0.0.1,[::1]:1/there?password=geheim", "cannot be reached"},
        {"postgres://who:geheim@h:1/there?what=geheim", "is not understood"},
        {"postgres://who:geh%eim@h/there", "is not understood"},
        /* What stands behind an '@' or a '/' that is not written as %XX is no password to libpq. */
        {"postgres://who:x@geheim@127.0.0.1:1/there", "is not understood"},
        {"postgres://who:1/geheim@127.0.0.1:1/there", "is not understood"},
        {"postgres://who:geh/eim@127.0.0.1:1/there", "is not understood"},
    };

    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sql *bad = NULL;
        char why[SQL_WHY_SIZE] = "";
        if (!postgres_sql_open(rows[i].address, texts, TEXTS, &bad, why)) {
            sql_begin(bad, SQL_WRITE);
            assert_int_equal(sql_end(bad), ERR_BUSY);
            snprintf(why, sizeof why, "%s", sql_why(bad));
            sql_close(&bad);
        }
        assert_null(strstr(why, "geh"));
        assert_non_null(strstr(why, rows[i].part));
    }
}

/* ---- the pipe ---- */

static struct postgres_value number_of(char out[8], int64_t number)
{
    postgres_text_put(out, 8, number);
    return (struct postgres_value){out, 8, POSTGRES_INT8};
}

static void answers_come_in_the_order_of_the_statements(void **unused)
{
    static const char add[] = "INSERT INTO thing (id) VALUES ($1) RETURNING id * 10";
    static const char count[] = "SELECT count(*) FROM thing";
    char bytes[8];

    (void)unused;
    make_thing();
    for (int round = 0; round < 2; round++) {
        postgres_pipe_fresh(sql);
        postgres_pipe_send(sql, "BEGIN", NULL, 0);
        for (int i = 1; i <= 3; i++) {
            const struct postgres_value v = number_of(bytes, round * 10 + i);
            postgres_pipe_send(sql, add, &v, 1);
        }
        postgres_pipe_send(sql, count, NULL, 0);
        (void)postgres_pipe_take(sql); /* BEGIN's */
        for (int i = 1; i <= 3; i++) {
            struct sql_query *q = postgres_pipe_take(sql);
            assert_int_equal(postgres_pipe_taken(sql), 1);
            assert_true(sql_next(q));
            assert_int_equal(sql_get(q), (round * 10 + i) * 10);
            assert_false(sql_next(q));
        }
        struct sql_query *q = postgres_pipe_take(sql);
        assert_true(sql_next(q));
        assert_int_equal(sql_get(q), (round + 1) * 3);
        postgres_pipe_send(sql, "COMMIT", NULL, 0);
        postgres_pipe_take_all(sql);
        GOOD(sql_err(sql));
    }
}

static void what_stands_behind_a_failure_is_passed_over(void **unused)
{
    static const char add[] = "INSERT INTO thing (id) VALUES ($1)";
    static const char gone[] = "SELECT 1 / (CASE WHEN $1 = 0 THEN 0 ELSE 1 END)";
    char bytes[8];

    (void)unused;
    make_thing();
    postgres_pipe_fresh(sql);
    postgres_pipe_send(sql, "BEGIN", NULL, 0);
    struct postgres_value v = number_of(bytes, 1);
    postgres_pipe_send(sql, add, &v, 1);
    v = number_of(bytes, 0);
    postgres_pipe_send(sql, gone, &v, 1);
    postgres_pipe_send(sql, "COMMIT", NULL, 0);
    postgres_pipe_take_all(sql);
    assert_int_equal(sql_err(sql), ERR_BROKEN);
    assert_non_null(strstr(sql_why(sql), SQL_GONE));
    assert_int_equal(read_one("SELECT count(*) FROM thing"), 0); /* it is as good as new */
}

/* ---- tables ---- */

static void raise_to(int version, bool is_distributed)
{
    postgres_schema_raise(sql, version, is_distributed);
    if (sql_err(sql))
        fail_msg("%s", sql_why(sql));
}

static void child_opens(void)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE] = "";
    const enum err e = store_open(address, &store, why);

    if (e)
        fprintf(stderr, "%s\n", why);
    _exit(e ? 1 : store_probe(store, NOW) != ERR_NONE);
}

static void four_nodes_set_an_empty_one_up_at_once(void **unused)
{
    int status = 0;

    (void)unused;
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            child_opens();
    for (int i = 0; i < 4; i++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(postgres_schema_version(sql), STORE_SCHEMA);
}

static void refused(enum err want, const char *part)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE] = "";

    assert_int_equal(store_open(address, &store, why), want);
    assert_null(store);
    if (!strstr(why, part))
        fail_msg("'%s' is not in '%s'", part, why);
}

static void a_schema_is_used_by_who_works_with_it(void **unused)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE], text[96];

    (void)unused;
    raise_to(STORE_SCHEMA, false);
    snprintf(text, sizeof text, "UPDATE schema SET version = %d", STORE_SCHEMA + 1);
    exec(sql, text); /* expanded for the next program */
    GOOD(store_open(address, &store, why));
    GOOD(store_probe(store, NOW));
    store_close(&store);
    snprintf(text, sizeof text, "UPDATE schema SET works_from = %d", STORE_SCHEMA + 1);
    exec(sql, text); /* contracted */
    refused(ERR_CONFLICT, "use the newer program");
    snprintf(text, sizeof text, "UPDATE schema SET works_from = 1, version = %d", STORE_SCHEMA - 1);
    exec(sql, text);
    refused(ERR_CONFLICT, "run nextring migrate");
    snprintf(text, sizeof text, "UPDATE schema SET version = %d, moving_from = 'x'", STORE_SCHEMA);
    exec(sql, text);
    refused(ERR_CONFLICT, "is not finished");
}

/* As whoever upgrades one node after the other does it: the older ones go on meanwhile. */
static void one_of_version_7_is_raised_and_keeps_what_it_has(void **unused)
{
    struct store *store = NULL;
    char why[STORE_WHY_SIZE];
    const struct report_only row = {1, "+13125550101", NOW, NOW + 1, ""};

    (void)unused;
    raise_to(7, false);
    exec(sql, "INSERT INTO tenant (id, slug, name, account, created_at)"
              " VALUES (1, 'one', 'One', 'AC1', 1000)");
    refused(ERR_CONFLICT, "run nextring migrate");
    raise_to(STORE_SCHEMA, false);
    assert_int_equal(read_one("SELECT version FROM schema"), STORE_SCHEMA);
    assert_int_equal(read_one("SELECT works_from FROM schema"), 7);
    assert_int_equal(read_one("SELECT count(*) FROM tenant WHERE slug = 'one'"), 1);
    GOOD(store_open(address, &store, why));
    GOOD(store_tenants_report_only(store, &row));
    store_close(&store);
    assert_int_equal(read_one("SELECT until_at FROM report_only WHERE tenant = 1"), NOW + 1);
}

static void what_is_another_programs_is_left_alone(void **unused)
{
    (void)unused;
    make_thing();
    refused(ERR_BAD_INPUT, "another program's tables");
    strcat(address, "_not_there");
    refused(ERR_BAD_INPUT, "create it, or leave it out");
}

static bool is_copied(struct span table)
{
    for (int i = 0; postgres_schema_copied(i); i++)
        if (span_is_text(table, postgres_schema_copied(i)))
            return true;
    return false;
}

/* What would have to be looked for in every place cannot be unique there. */
static void distributed_keys_begin_with_the_tenant(void **unused)
{
    int keys = 0, own = 0;

    (void)unused;
    raise_to(STORE_SCHEMA, true);
    assert_true(postgres_schema_read(sql).is_distributed);
    sql_begin(sql, SQL_READ);
    struct sql_query *q = sql_prepare(
        sql, "SELECT t.relname::text, i.relname::text, a.attname::text FROM pg_index AS x"
             " JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid"
             " LEFT JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]"
             " WHERE x.indisunique AND t.relnamespace = current_schema()::regnamespace");
    while (sql_next(q)) {
        const struct span table = sql_get_span(q), index = sql_get_span(q), first = sql_get_span(q);
        keys++;
        if (is_copied(table))
            continue;
        own++;
        if (!span_is_text(first, "tenant"))
            fail_msg("%.*s begins with %.*s", SPAN_ARG(index), SPAN_ARG(first));
    }
    sql_drop(&q);
    GOOD(sql_end(sql));
    assert_true(own > 15 && keys > own);
    assert_int_equal(read_one("SELECT count(*) FROM pg_class WHERE relkind = 'p'"
                              " AND relnamespace = current_schema()::regnamespace"),
                     0);
}

/* ---- months ---- */

static int64_t months_of(const char *table)
{
    char text[160];

    snprintf(text, sizeof text, "SELECT count(*) FROM pg_inherits WHERE inhparent = '%s'::regclass",
             table);
    return read_one(text);
}

static void add_event(int64_t at_ms)
{
    char text[256];

    snprintf(text, sizeof text,
             "INSERT INTO event (tenant, id, kind, created_at, is_alarm)"
             " VALUES (1, %lld, 'x', %lld, 0)",
             (long long)id_floor(at_ms) + 1, (long long)at_ms);
    exec(sql, text);
}

static void need(struct postgres_months *m, int64_t at_ms)
{
    sql_begin(sql, SQL_WRITE);
    postgres_months_need(m, sql, id_floor(at_ms) + 1);
    if (sql_end(sql))
        fail_msg("%s", sql_why(sql));
}

static const int64_t mid_ms = 1789000000000;      /* 2026-09-10 */
static const int64_t last_ms = 1790805600000;     /* 2026-09-30T22:00Z */
static const int64_t long_ago_ms = 1580000000000; /* 2020-01-26 */

static void months_are_made_as_they_are_needed(void **unused)
{
    struct postgres_months m = {0}, other = {0};

    (void)unused;
    raise_to(STORE_SCHEMA, false);
    need(&m, mid_ms);
    assert_int_equal(months_of("event"), 1);
    add_event(mid_ms);
    need(&m, last_ms); /* the next one, too */
    assert_int_equal(months_of("event"), 2);
    assert_int_equal(months_of("message"), 2);
    assert_int_equal(months_of("twilio_call_events"), 2);
    need(&m, long_ago_ms);
    add_event(long_ago_ms);
    need(&other, mid_ms); /* who does not know finds it made */
    assert_int_equal(months_of("event"), 3);
    memset(&other, 0, sizeof other);
    postgres_months_read(&other, sql);
    assert_memory_equal(&other, &m, sizeof m);
}

static int oldest(int64_t before_ms)
{
    sql_begin(sql, SQL_READ);
    const int month = postgres_months_oldest(sql, id_floor(before_ms));
    GOOD(sql_end(sql));
    return month;
}

static void a_month_goes_when_nobody_sees_it_any_more(void **unused)
{
    struct postgres_months m = {0};
    struct sql *other = open_sql();

    (void)unused;
    raise_to(STORE_SCHEMA, false);
    need(&m, long_ago_ms);
    need(&m, mid_ms);
    add_event(long_ago_ms);
    assert_int_equal(oldest(long_ago_ms), POSTGRES_MONTHS); /* it is not over then */
    assert_int_equal(oldest(mid_ms), 0);
    sql_begin(other, SQL_READ);
    assert_int_equal(ask(other, "SELECT count(*) FROM event"), 1);
    assert_false(postgres_months_retire(&m, sql, 0));
    GOOD(sql_end(other));
    bool is_gone = false; /* it gives up quickly, and a busy machine is slow */
    for (int tries = 0; tries < 50 && !is_gone; tries++)
        is_gone = postgres_months_retire(&m, sql, 0);
    assert_true(is_gone);
    assert_int_equal(months_of("event"), 1);
    assert_int_equal(oldest(mid_ms), POSTGRES_MONTHS);
    need(&m, long_ago_ms); /* a late row finds its month again */
    add_event(long_ago_ms);
    sql_close(&other);
}

#define ON_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_numbered_where_they_stand),
        cmocka_unit_test(numbers_travel_in_their_order),
        cmocka_unit_test(codes_tell_what_to_do),
        ON_SERVER(each_type_comes_back_as_it_went),
        ON_SERVER(a_statement_takes_nulls_first_and_numbers_later),
        ON_SERVER(what_is_no_text_is_mended),
        ON_SERVER(many_rows_come_one_by_one),
        ON_SERVER(a_row_that_is_there_is_a_conflict_and_nothing_is_kept),
        ON_SERVER(a_change_of_nothing_is_told),
        ON_SERVER(a_statement_that_could_not_be_prepared_is_prepared_later),
        ON_SERVER(a_row_that_is_held_is_left_to_who_holds_it),
        ON_SERVER(who_reads_writes_nothing_and_ends_in_time),
        ON_SERVER(a_connection_that_broke_is_made_anew),
        ON_SERVER(a_commit_whose_answer_is_lost_is_unsure),
        ON_SERVER(a_commit_with_a_warning_is_unsure),
        ON_SERVER(a_commit_that_is_refused_is_no_doubt),
        ON_SERVER(a_plan_hangs_on_no_statistics),
        ON_SERVER(no_word_holds_the_password),
        ON_SERVER(answers_come_in_the_order_of_the_statements),
        ON_SERVER(what_stands_behind_a_failure_is_passed_over),
        ON_SERVER(four_nodes_set_an_empty_one_up_at_once),
        ON_SERVER(one_of_version_7_is_raised_and_keeps_what_it_has),
        ON_SERVER(a_schema_is_used_by_who_works_with_it),
        ON_SERVER(what_is_another_programs_is_left_alone),
        ON_SERVER(distributed_keys_begin_with_the_tenant),
        ON_SERVER(months_are_made_as_they_are_needed),
        ON_SERVER(a_month_goes_when_nobody_sees_it_any_more),
    };
    const char *server = getenv("NEXTRING_TEST_DATABASE");

    if (!server || !*server)
        return SKIPPED;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
