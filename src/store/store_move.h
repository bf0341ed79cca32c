/* store/store_move.h - takes everything that a SQLite file holds into a PostgreSQL database.
 *
 * Tables are found in the file's own catalogue, so that none is forgotten; rows go in the order of
 * their keys, some thousands in a transaction. Afterwards both are read again, side by side: every
 * value of every row must be the same, and every tenant's log be whole. What was broken off is
 * begun anew: until the end the target bears a mark, under which no daemon serves it. Right before
 * that is taken away the file gets one, under which nothing writes to it any more: never are both
 * served. Broken off between the two, neither is, and the same move again goes on.
 * Errors: ERR_BUSY, a program has the file open, or the database is away; ERR_CONFLICT, the target
 * holds something else, or was changed meanwhile; ERR_NOT_FOUND, there is no such file; ERR_BROKEN,
 * what was read again is not what was written; ERR_UNSURE, the answer to the last step was lost,
 * and the same move again tells. `why` names cause and mend. Threads: one.
 */
#ifndef STORE_STORE_MOVE_H
#define STORE_STORE_MOVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "sql/backend.h"

enum { STORE_MOVE_TABLES = 64, STORE_MOVE_NAME_SIZE = 64 };

struct store_move_table {
    char name[STORE_MOVE_NAME_SIZE];
    int64_t rows;
};

struct store_move_result {
    struct store_move_table tables[STORE_MOVE_TABLES];
    size_t table_count;
    int64_t rows;
    int64_t mended;         /* texts that are not UTF-8, in which a "?" stands now */
    int64_t logs, log_rows; /* that proved whole */
};

struct store_move_ask {
    const char *from, *to;     /* path and address */
    const uint8_t *shared_key; /* 32 bytes that all nodes will use, NULL: none; its name: */
    const char *shared_name;
    /* Told now and then: rows of the table so far; NULL: nobody is. */
    void (*progress)(void *ctx, const char *table, int64_t rows, bool is_check);
    void *ctx;
};

MUST_USE enum err store_move(const struct store_move_ask *ask, struct store_move_result *out,
                             char why[STORE_WHY_SIZE]);

#endif
