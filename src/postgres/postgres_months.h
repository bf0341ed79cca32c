/* postgres/postgres_months.h - the months of the history: a partition each.
 *
 * Ids begin with their time, so a month is a range of them. A month is made by a connection of its
 * own when a row of it is about to be written, and the next one towards the end of one, as a
 * table that is then attached: that waits for nobody who reads or writes. Two nodes that make the
 * same are no error, nor is a month that some of the tables have. What is past its time for all
 * goes a whole month at once. Threads: the connection's. Source: docs/postgres.md;
 * https://www.postgresql.org/docs/15/ddl-partitioning.html
 */
#ifndef POSTGRES_POSTGRES_MONTHS_H
#define POSTGRES_POSTGRES_MONTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/sql.h"

enum { POSTGRES_MONTHS = 140 * 12 }; /* from 2020 on, as ids reach */

struct postgres_months {
    bool is_whole; /* nothing is partitioned: nothing is to be made */
    uint64_t known[POSTGRES_MONTHS / 64 + 1];
};

/* Reads which are there. */
void postgres_months_read(struct postgres_months *m, struct sql *sql);
/* Makes sure of the month of a row with this id, before the row is written. An error sticks to the
 * connection, whose unit of work it is none of otherwise. */
void postgres_months_need(struct postgres_months *m, struct sql *sql, int64_t id);

/* The oldest month that ends before the id and of which anything is left; POSTGRES_MONTHS: none. */
int postgres_months_oldest(struct sql *sql, int64_t before);
/* The ids of a month: from the first to below the second. */
void postgres_months_range(int month, int64_t *out_from, int64_t *out_to);
/* Drops a whole month with all that is in it, in the way of nobody: false when somebody still sees
 * it, and the next call goes on. By a connection of its own. */
bool postgres_months_retire(struct postgres_months *m, struct sql *sql, int month);

#endif
