/* postgres/postgres_text.h - statements and values as PostgreSQL has them.
 *
 * Threads: any.
 * Source: https://www.postgresql.org/docs/15/sql-syntax-lexical.html
 */
#ifndef POSTGRES_POSTGRES_TEXT_H
#define POSTGRES_POSTGRES_TEXT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"

/* The statement with $N for `?N`, and for `?` in the order in which they stand; what stands in
 * quotes or in a comment is left alone. The caller frees it. *out_values: how many values it has.
 */
char *postgres_text_number(const char *text, int *out_values);

/* `text` itself, or, where it is no UTF-8 or holds a NUL, which PostgreSQL refuses, a copy with
 * '?' for each such byte: as long as it was, so that it fits where it comes from. */
struct span postgres_text_clean(struct arena *arena, struct span text);

/* Whole numbers in the order of the network, as binary values have them. */
void postgres_text_put(char *out, int bytes, int64_t number);
int64_t postgres_text_get(const char *data, int bytes);
/* A numeric in binary form, cut to its whole part. */
int64_t postgres_text_numeric(const char *data, int bytes);

#endif
