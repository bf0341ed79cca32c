/* What is erased does not stay in SQLite's write-ahead log, and a crash while that is written over
 * loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/contract_file.h"
#include "sqlite/sqlite_sql.h"

enum { LOG_BYTES_MAX = 16 << 20, ROWS = 300, BLOCK = 4096 };

static const char secret[] = "+16195550150 wrote this";

struct bytes {
    char *data;
    size_t size;
};

static struct bytes read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    struct bytes b = {.data = malloc(LOG_BYTES_MAX)};

    assert_non_null(f);
    assert_non_null(b.data);
    b.size = fread(b.data, 1, LOG_BYTES_MAX, f);
    assert_true(b.size < LOG_BYTES_MAX);
    fclose(f);
    return b;
}

static void write_all(const char *path, const struct bytes *b)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(b->data, 1, b->size, f), b->size);
    assert_int_equal(fclose(f), 0);
}

static const char *beside(const char *end)
{
    static char path[128];

    snprintf(path, sizeof path, "%s%s", file_path, end);
    return path;
}

static bool file_has(const char *path, const char *words)
{
    struct bytes b = read_all(path);
    const bool is = memmem(b.data, b.size, words, strlen(words)) != NULL;

    free(b.data);
    return is;
}

static struct sql *open_it(void)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE];

    assert_int_equal(sqlite_sql_open(file_path, NULL, 0, &sql, why), ERR_NONE);
    return sql;
}

static void write_it(struct sql *sql, const char *text)
{
    sql_begin(sql, SQL_WRITE);
    sql_exec(sql, text);
    assert_int_equal(sql_end(sql), ERR_NONE);
}

static int64_t ask(struct sql *sql, const char *text)
{
    struct sql_query *q = sql_prepare(sql, text);
    const int64_t number = sql_next(q) ? sql_get(q) : -1;

    sql_drop(&q);
    return number;
}

/* Many rows that stay, and one for each of them that goes. */
static struct sql *fill(void)
{
    struct sql *sql = open_it();
    char text[256];

    write_it(sql, "CREATE TABLE a (id INTEGER PRIMARY KEY, words TEXT NOT NULL);"
                  "CREATE TABLE probe (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)");
    for (int i = 0; i < ROWS; i++) {
        snprintf(text, sizeof text, "INSERT INTO a VALUES (%d, '%s'), (%d, 'stays')", 2 * i, secret,
                 2 * i + 1);
        write_it(sql, text);
    }
    write_it(sql, "DELETE FROM a WHERE words <> 'stays'");
    return sql;
}

static void touch(struct sql *sql, int i)
{
    char text[128];

    snprintf(text, sizeof text, "INSERT OR REPLACE INTO probe VALUES (1, %d)", i);
    write_it(sql, text);
}

static void what_was_erased_is_not_in_the_log(void **unused)
{
    (void)unused;
    struct sql *sql = fill();
    const struct bytes before = read_all(beside("-wal"));
    assert_true(file_has(beside("-wal"), secret));
    sql_wipe(sql);
    touch(sql, 1);
    assert_false(file_has(beside("-wal"), secret));
    const struct bytes after = read_all(beside("-wal"));
    assert_int_equal(after.size, before.size); /* it is never cut off */
    assert_int_equal(ask(sql, "SELECT count(*) FROM a"), ROWS);
    for (int i = 0; i < 2000; i++) /* the log goes round */
        touch(sql, i);
    assert_int_equal(ask(sql, "SELECT at FROM probe"), 1999);
    assert_int_equal(ask(sql, "SELECT count(*) FROM a"), ROWS);
    sql_close(&sql);
    free(before.data);
    free(after.data);
}

/* Whoever reads in the log keeps it from its start. */
static void it_waits_for_who_reads(void **unused)
{
    (void)unused;
    struct sql *sql = fill(), *reader = NULL;
    char why[SQL_WHY_SIZE];

    assert_int_equal(sqlite_sql_open_reader(file_path, NULL, 0, &reader, why), ERR_NONE);
    touch(sql, 0);
    sql_begin(reader, SQL_READ);
    assert_int_equal(ask(reader, "SELECT count(*) FROM a"), ROWS);
    touch(sql, 1);
    sql_wipe(sql);
    for (int i = 2; i < 10; i++)
        touch(sql, i);
    assert_true(file_has(beside("-wal"), secret));
    assert_int_equal(ask(reader, "SELECT at FROM probe"), 0);
    assert_int_equal(ask(reader, "SELECT count(*) FROM a"), ROWS);
    assert_int_equal(sql_end(reader), ERR_NONE);
    touch(sql, 10);
    touch(sql, 11);
    assert_false(file_has(beside("-wal"), secret));
    assert_int_equal(ask(sql, "SELECT at FROM probe"), 11);
    sql_close(&reader);
    sql_close(&sql);
}

/* Any of its blocks may have reached the disk when the power goes, and any may not. */
static void a_crash_meanwhile_loses_nothing(void **unused)
{
    unsigned dice = 1;

    (void)unused;
    struct sql *sql = fill();
    sql_wipe(sql);
    struct bytes before = read_all(beside("-wal"));
    const struct bytes database = read_all(file_path);
    touch(sql, 7);
    struct bytes after = read_all(beside("-wal"));
    const struct bytes databases[] = {database, read_all(file_path)};
    sql_close(&sql);
    assert_int_equal(after.size, before.size);
    const size_t kept = 32 + 2 * (24 + 4096); /* what the commit has made sure of */
    for (int round = 0; round < 50; round++) {
        struct bytes torn = {.data = malloc(after.size), .size = after.size};
        memcpy(torn.data, after.data, after.size);
        for (size_t at = (kept / BLOCK + 1) * BLOCK; at + BLOCK <= torn.size; at += BLOCK) {
            dice = dice * 1103515245u + 12345u;
            if (dice >> 16 & 1)
                memcpy(torn.data + at, before.data + at, BLOCK);
        }
        write_all(file_path, &databases[round % 2]);
        write_all(beside("-wal"), &torn);
        unlink(beside("-shm"));
        sql = open_it();
        assert_int_equal(ask(sql, "SELECT at FROM probe"), 7);
        assert_int_equal(ask(sql, "SELECT count(*) FROM a"), ROWS);
        assert_int_equal(ask(sql, "SELECT count(*) FROM pragma_integrity_check"
                                  " WHERE integrity_check = 'ok'"),
                         1);
        sql_close(&sql);
        free(torn.data);
    }
    free(before.data);
    free(after.data);
    free(databases[0].data);
    free(databases[1].data);
}

/* In memory there is none, and before the first commit of a file neither. */
static void where_there_is_no_log_nothing_is_done(void **unused)
{
    struct sql *sql = NULL;
    char why[SQL_WHY_SIZE];

    (void)unused;
    assert_int_equal(sqlite_sql_open("", NULL, 0, &sql, why), ERR_NONE);
    sql_wipe(sql);
    write_it(sql, "CREATE TABLE probe (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)");
    touch(sql, 1);
    touch(sql, 2);
    assert_int_equal(ask(sql, "SELECT at FROM probe"), 2);
    sql_close(&sql);
    sql = open_it();
    sql_wipe(sql);
    write_it(sql, "CREATE TABLE probe (id INTEGER PRIMARY KEY, at INTEGER NOT NULL)");
    touch(sql, 3);
    assert_int_equal(ask(sql, "SELECT at FROM probe"), 3);
    sql_close(&sql);
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, file_set_up, file_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(what_was_erased_is_not_in_the_log),
        EACH(it_waits_for_who_reads),
        EACH(a_crash_meanwhile_loses_nothing),
        EACH(where_there_is_no_log_nothing_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
