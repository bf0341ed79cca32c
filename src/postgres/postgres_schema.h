/* postgres/postgres_schema.h - the tables of a PostgreSQL database, and how older ones become
 * newer.
 *
 * The schema is that of SQLite from version 7 on. Each later version is one more entry of the
 * table in the .c, in two steps: one that only adds (expand), with which the program before still
 * works, and, a version later, one that takes away what nobody uses any more (contract). The row
 * of the table `schema` tells the version, and the oldest program that works with it.
 * An empty database is set up by the first node that comes; an older one by `nextring migrate`
 * alone, so that no node changes it under the others.
 * Two variants: one whose history is partitioned by month (postgres/postgres_months.h), and one for
 * an engine that spreads its rows by tenant: there nothing is partitioned, and each key and unique
 * index begins with the tenant but in the tables that are copied everywhere.
 * Threads: the connection's.
 * Source: docs/postgres.md, docs/adr/0030-postgresql.md.
 */
#ifndef POSTGRES_POSTGRES_SCHEMA_H
#define POSTGRES_POSTGRES_SCHEMA_H

#include <stdbool.h>

#include "sql/sql.h"

struct postgres_schema {
    int version;    /* 0: nothing of ours is there */
    int works_from; /* the oldest program that works with it */
    bool is_distributed, is_moving;
};

/* Reads what is there; within a unit of work or not. ERR_BAD_INPUT sticks for a database with
 * another program's tables. */
struct postgres_schema postgres_schema_read(struct sql *sql);
/* The version alone. */
int postgres_schema_version(struct sql *sql);

/* Brings it up to `wanted`, one transaction a version; what another program does at the same time
 * is waited for and found done. `is_distributed` tells how an empty one is made. */
void postgres_schema_raise(struct sql *sql, int wanted, bool is_distributed);

/* Readies a new connection: sets an empty database up, and refuses one that this program cannot
 * work with, by an error that sticks: ERR_CONFLICT, with words that tell what to do. */
struct postgres_schema postgres_schema_greet(struct sql *sql);

/* The statements that bring a database to `version`, part by part from 0 on; NULL behind the
 * last. */
const char *postgres_schema_text(int version, bool is_distributed, int part);

/* Tables whose rows are copied to each place of a distributed database, NULL behind the last; the
 * others are spread by their column `tenant`. */
const char *postgres_schema_copied(int at);

#endif
