#include "postgres/postgres_months.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "postgres/postgres_pipe.h"
#include "postgres/postgres_sql.h"

enum { YEAR = 2020, TEXT_SIZE = 768 };
static const int64_t ahead_ms = INT64_C(3) * 24 * 3600 * 1000;

/* Rows that change get room; history of one kind does not. */
static const struct table {
    const char *name, *with;
} tables[] = {
    {"event", ""},
    {"message", " WITH (fillfactor = 85)"},
    {"twilio_call_events", ""},
};
enum { TABLES = sizeof tables / sizeof tables[0] };

/* Months are counted from January of YEAR. */
static int month_at(int64_t at_ms)
{
    const time_t seconds = (time_t)(at_ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    const int month = (tm.tm_year + 1900 - YEAR) * 12 + tm.tm_mon;
    return month < 0 ? 0 : month < POSTGRES_MONTHS ? month : POSTGRES_MONTHS - 1;
}

static int64_t first_id(int month)
{
    struct tm tm = {.tm_year = YEAR - 1900 + month / 12, .tm_mon = month % 12, .tm_mday = 1};

    return id_floor((int64_t)timegm(&tm) * 1000);
}

static bool is_known(const struct postgres_months *m, int month)
{
    return m->is_whole || (m->known[month / 64] >> (month % 64) & 1) != 0;
}

static void know(struct postgres_months *m, int month, bool is_there)
{
    const uint64_t bit = UINT64_C(1) << (month % 64);

    m->known[month / 64] = is_there ? m->known[month / 64] | bit : m->known[month / 64] & ~bit;
}

/* The months that a table of the history has, marked in `out`. */
static void list(struct sql *sql, const char *table, bool out[POSTGRES_MONTHS])
{
    struct sql_query *q =
        sql_prepare(sql, "SELECT CAST(substr(c.relname, length(?1) + 3, 4) AS integer),"
                         " CAST(substr(c.relname, length(?1) + 8, 2) AS integer)"
                         " FROM pg_catalog.pg_inherits AS i, pg_catalog.pg_class AS c,"
                         " pg_catalog.pg_class AS p, pg_catalog.pg_namespace AS n"
                         " WHERE i.inhrelid = c.oid AND i.inhparent = p.oid AND p.relname = ?1"
                         " AND NOT i.inhdetachpending"
                         " AND p.relnamespace = n.oid AND n.nspname = current_schema()"
                         " AND c.relname LIKE ?1 || '\\_y____m__' ESCAPE '\\'");

    sql_put_text(q, table);
    while (sql_next(q)) {
        const int64_t year = sql_get(q);
        const int64_t month = (year - YEAR) * 12 + sql_get(q) - 1;
        if (month >= 0 && month < POSTGRES_MONTHS)
            out[month] = true;
    }
    sql_drop(&q);
}

void postgres_months_read(struct postgres_months *m, struct sql *sql)
{
    bool all[POSTGRES_MONTHS] = {false};

    memset(m->known, 0, sizeof m->known);
    for (int t = 0; t < TABLES && !sql_err(sql); t++) {
        bool of_table[POSTGRES_MONTHS] = {false};
        list(sql, tables[t].name, of_table);
        for (int i = 0; i < POSTGRES_MONTHS; i++)
            all[i] = of_table[i] && (t == 0 || all[i]);
    }
    for (int i = 0; i < POSTGRES_MONTHS && !sql_err(sql); i++)
        know(m, i, all[i]);
}

/* A month that is on its way out is not there. */
enum { STATE_NONE, STATE_ATTACHED, STATE_PENDING, STATE_DETACHED };

static void name_of(const struct table *table, int month, char out[64])
{
    snprintf(out, 64, "%s_y%04dm%02d", table->name, YEAR + month / 12, month % 12 + 1);
}

static int state_of(struct sql *sql, const char *name)
{
    struct sql_query *q = sql_prepare(
        sql, "SELECT CASE WHEN i.inhrelid IS NULL THEN 3 WHEN i.inhdetachpending THEN 2 ELSE 1 END"
             " FROM pg_catalog.pg_namespace AS n, pg_catalog.pg_class AS c"
             " LEFT JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = c.oid"
             " WHERE c.relnamespace = n.oid AND n.nspname = current_schema() AND c.relname = ?1");

    sql_put_text(q, name);
    const int state = sql_next(q) ? (int)sql_get(q) : STATE_NONE;
    sql_drop(&q);
    return state;
}

/* What retention was given up at half way is taken back as it is: it goes the next time. */
static void make(struct sql *sql, const struct table *table, int month)
{
    char text[TEXT_SIZE], name[64];

    name_of(table, month, name);
    const int state = state_of(sql, name);
    if (state == STATE_ATTACHED)
        return;
    if (state == STATE_NONE) {
        snprintf(text, sizeof text, "CREATE TABLE %s (LIKE %s INCLUDING ALL)%s", name, table->name,
                 table->with);
        sql_exec(sql, text);
    }
    if (state == STATE_PENDING) {
        snprintf(text, sizeof text, "ALTER TABLE %s DETACH PARTITION %s FINALIZE", table->name,
                 name);
        sql_exec(sql, text);
    }
    snprintf(text, sizeof text,
             "ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (%lld) TO (%lld)", table->name,
             name, (long long)first_id(month), (long long)first_id(month + 1));
    sql_exec(sql, text);
}

static bool is_there(struct sql *sql, int month)
{
    char name[64];
    bool is_whole = true;

    sql_begin(sql, SQL_READ);
    for (int t = 0; t < TABLES; t++) {
        name_of(&tables[t], month, name);
        is_whole &= state_of(sql, name) == STATE_ATTACHED;
    }
    return !sql_end(sql) && is_whole;
}

/* One transaction: afterwards a month is there for all tables, also when it was for some. */
static void make_all(struct sql *sql, int month)
{
    sql_begin(sql, SQL_WRITE);
    for (int t = 0; t < TABLES && !sql_err(sql); t++)
        make(sql, &tables[t], month);
    if (!sql_end(sql))
        return;
    /* Perhaps another node was first. */
    char why[SQL_WHY_SIZE];
    snprintf(why, sizeof why, "%s", sql_why(sql));
    if (!is_there(sql, month))
        sql_fail(sql, ERR_BUSY, "%s", why);
}

static void need(struct postgres_months *m, struct sql *sql, int month)
{
    char why[SQL_WHY_SIZE] = "";
    struct sql *beside = NULL;

    if (is_known(m, month) || sql_err(sql))
        return;
    enum err e = postgres_sql_open_beside(sql, &beside, why);
    if (!e) {
        make_all(beside, month);
        e = sql_err(beside);
        snprintf(why, sizeof why, "%s", sql_why(beside));
        sql_close(&beside);
    }
    if (e)
        sql_fail(sql, e, "the month of new rows cannot be made: %.200s", why);
    else
        know(m, month, true);
}

void postgres_months_need(struct postgres_months *m, struct sql *sql, int64_t id)
{
    const int64_t at_ms = id_at_ms(id);

    need(m, sql, month_at(at_ms));
    need(m, sql, month_at(at_ms + ahead_ms));
}

/* ---- months that are past their time ---- */

int postgres_months_oldest(struct sql *sql, int64_t before)
{
    const int end = month_at(id_at_ms(before));
    int64_t year = 0, month = 0;
    struct sql_query *q = sql_prepare(
        sql, "SELECT CAST(substr(c.relname, length(c.relname) - 6, 4) AS integer) AS y,"
             " CAST(substr(c.relname, length(c.relname) - 1, 2) AS integer) AS m"
             " FROM pg_catalog.pg_class AS c, pg_catalog.pg_namespace AS n"
             " WHERE c.relnamespace = n.oid AND n.nspname = current_schema() AND c.relkind = 'r'"
             " AND c.relname ~ '^(event|message|twilio_call_events)_y[0-9]{4}m[0-9]{2}$'"
             " ORDER BY y, m LIMIT 1");

    if (sql_next(q)) {
        year = sql_get(q);
        month = sql_get(q);
    }
    sql_drop(&q);
    const int64_t found = (year - YEAR) * 12 + month - 1;
    return year && found >= 0 && found < end ? (int)found : POSTGRES_MONTHS;
}

void postgres_months_range(int month, int64_t *out_from, int64_t *out_to)
{
    *out_from = first_id(month);
    *out_to = first_id(month + 1);
}

/* A detached month is nobody's any more but those whose transactions are older. While one of
 * these lasts, the statement is given up; it goes on where it was the next time. */
static bool take_off(struct sql *sql, const struct table *table, int month)
{
    char name[64], text[TEXT_SIZE];

    name_of(table, month, name);
    const int state = state_of(sql, name);
    if (sql_err(sql) || state == STATE_NONE)
        return !sql_err(sql);
    if (state == STATE_ATTACHED || state == STATE_PENDING) {
        snprintf(text, sizeof text, "ALTER TABLE %s DETACH PARTITION %s %s", table->name, name,
                 state == STATE_PENDING ? "FINALIZE" : "CONCURRENTLY");
        sql_exec(sql, text);
    }
    snprintf(text, sizeof text, "DROP TABLE %s", name);
    sql_exec(sql, text);
    return !sql_err(sql);
}

bool postgres_months_retire(struct postgres_months *m, struct sql *sql, int month)
{
    struct sql *beside = NULL;
    char why[SQL_WHY_SIZE];
    bool is_done = true;

    if (postgres_sql_open_beside(sql, &beside, why))
        return false;
    know(m, month, false); /* a row that comes all the same has it made anew */
    postgres_pipe_fresh(beside);
    sql_exec(beside, "SET statement_timeout = '150ms'");
    sql_exec(beside, "SET lock_timeout = '50ms'");
    for (int t = 0; t < TABLES && is_done; t++)
        is_done = take_off(beside, &tables[t], month);
    sql_close(&beside);
    return is_done;
}
