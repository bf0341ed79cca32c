/* store/move_table.h - the tables of a SQLite file as its catalogue has them, and a row's values.
 *
 * Errors stick to the connection. Texts live in the arena.
 */
#ifndef STORE_MOVE_TABLE_H
#define STORE_MOVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "sql/sql.h"

enum { MOVE_COLUMNS = 48, MOVE_KEYS = 4, MOVE_NAME_SIZE = 64 };

enum move_type { MOVE_NULL, MOVE_NUMBER, MOVE_TEXT, MOVE_BYTES };
struct move_column {
    char name[MOVE_NAME_SIZE];
    enum move_type type; /* of what it holds where that is not null */
};

struct move_table {
    char name[MOVE_NAME_SIZE];
    struct move_column columns[MOVE_COLUMNS];
    int count;
    int keys[MOVE_KEYS]; /* which columns are its key, in their order */
    int key_count;
    int id_at;                   /* the column `id`; -1: none */
    bool is_by_month;            /* parted by the time in its ids */
    const char *select, *insert; /* all rows in the order of the key; one row, its values by $N */
};

struct move_value {
    enum move_type type;
    int64_t number;
    struct span bytes; /* lives until the next row */
};

/* Every table that holds what must be kept; what a running program alone needs is left out. */
size_t move_table_list(struct sql *sql, struct arena *arena, struct move_table *out, size_t max);
/* A statement that gives at most `limit` rows in the order of the key: with `has_after` those
 * behind the key in ?1 and so on. */
const char *move_table_page(struct arena *arena, const struct move_table *t, bool has_after,
                            int limit);
/* The value in the column at which the row's reading stands, number `at`. */
struct move_value move_table_get(struct sql_query *row, const struct move_column *column, int at);

#endif
