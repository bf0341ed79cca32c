/* postgres/postgres_column.h - many values of one column as one value: a PostgreSQL array in its
 * binary form.
 *
 * Owns: its bytes, which it keeps from one use to the next; postgres_column_done releases them.
 * Threads: one at a time.
 * Source: array_recv in src/backend/utils/adt/arrayfuncs.c of PostgreSQL 15.
 */
#ifndef POSTGRES_POSTGRES_COLUMN_H
#define POSTGRES_POSTGRES_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "postgres/postgres_pipe.h"

/* As a statement's text has it: its letter. */
enum postgres_column_type {
    POSTGRES_COLUMN_INT4 = 'i',
    POSTGRES_COLUMN_INT8 = 'b',
    POSTGRES_COLUMN_TEXT = 't',
    POSTGRES_COLUMN_BYTES = 'y',
};

struct postgres_column {
    enum postgres_column_type type;
    char *data;
    size_t size, room;
    int32_t count;
    bool has_null;
};

/* Empties it; what it held is gone. */
void postgres_column_begin(struct postgres_column *c, enum postgres_column_type type);
void postgres_column_done(struct postgres_column *c);

void postgres_column_null(struct postgres_column *c);
void postgres_column_number(struct postgres_column *c, int64_t number);
void postgres_column_bytes(struct postgres_column *c, struct span bytes);
/* The array, which lives until the column is used again. */
struct postgres_value postgres_column_value(struct postgres_column *c);

/* "integer" and so on, for the text of a statement. */
const char *postgres_column_type_name(enum postgres_column_type type);

/* One number as a value; `room` holds it. */
struct postgres_value postgres_column_int4(int32_t number, char room[4]);
struct postgres_value postgres_column_int8(int64_t number, char room[8]);
struct postgres_value postgres_column_text(struct span text);

#endif
