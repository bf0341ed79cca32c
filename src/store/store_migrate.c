#include "store/store_migrate.h"

#include <string.h>
#include <unistd.h>

#include "postgres/postgres_schema.h"
#include "postgres/postgres_sql.h"
#include "sql/sql.h"
#include "sql/sql_texts.h"
#include "sqlite/sqlite_lock.h"
#include "sqlite/sqlite_schema.h"
#include "sqlite/sqlite_sql.h"

bool store_migrate_is_shared(const char *address)
{
    return postgres_sql_is_address(address);
}

static enum err end(struct sql **sql, char why[STORE_WHY_SIZE])
{
    const enum err e = sql_err(*sql);

    if (e)
        memcpy(why, sql_why(*sql), STORE_WHY_SIZE);
    sql_close(sql);
    return e;
}

enum err store_migrate_look(const char *address, int *out_version, char why[STORE_WHY_SIZE])
{
    const bool is_shared = store_migrate_is_shared(address);
    struct sql *sql = NULL;

    if (!is_shared && access(address, F_OK)) {
        *out_version = 0;
        return ERR_NONE;
    }
    enum err e = is_shared ? postgres_sql_open(address, sql_texts, SQL_TEXTS, &sql, why)
                           : sqlite_sql_open_reader(address, NULL, 0, &sql, why);
    if (e)
        return e;
    sql_begin(sql, SQL_READ);
    const int version = is_shared ? postgres_schema_version(sql) : sqlite_schema_version(sql);
    if (version > STORE_SCHEMA)
        sql_fail(sql, ERR_CONFLICT,
                 "%s has schema %d and this program knows %d: use the newer program", sql_path(sql),
                 version, (int)STORE_SCHEMA);
    (void)sql_end(sql); /* the error sticks */
    e = end(&sql, why);
    if (!e)
        *out_version = version;
    return e;
}

static enum err raise_shared(const char *address, bool is_distributed, char why[STORE_WHY_SIZE])
{
    struct sql *sql = NULL;
    const enum err e = postgres_sql_open(address, sql_texts, SQL_TEXTS, &sql, why);

    if (e)
        return e;
    postgres_schema_raise(sql, STORE_SCHEMA, is_distributed);
    return end(&sql, why);
}

/* The file is its owner's alone, and nobody else has it open meanwhile. */
static enum err raise_file(const char *path, char why[STORE_WHY_SIZE])
{
    struct sql *sql = NULL;
    int lock = -1;
    enum err e = sqlite_lock_take(path, &lock, why, STORE_WHY_SIZE);

    if (e)
        return e;
    sqlite_lock_make_private(path);
    e = sqlite_sql_open(path, NULL, 0, &sql, why);
    if (!e) {
        sqlite_schema_raise(sql, STORE_SCHEMA);
        e = end(&sql, why);
    }
    close(lock);
    return e;
}

enum err store_migrate_raise(const char *address, bool is_distributed, char why[STORE_WHY_SIZE])
{
    return store_migrate_is_shared(address) ? raise_shared(address, is_distributed, why)
                                            : raise_file(address, why);
}

const char *store_migrate_text(const char *address, int version, bool is_distributed, int part)
{
    if (store_migrate_is_shared(address))
        return postgres_schema_text(version, is_distributed, part);
    return part == 0 ? sqlite_schema_text(version) : NULL;
}
