#include "postgres/postgres_column.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"

/* Dimensions, whether there is a null, the elements' type, how many, the first one's number. */
enum { HEAD_BYTES = 20, LEAST_BYTES = 512 };

static void set32(char *at, uint32_t n)
{
    at[0] = (char)(n >> 24);
    at[1] = (char)(n >> 16);
    at[2] = (char)(n >> 8);
    at[3] = (char)n;
}

static void set64(char *at, uint64_t n)
{
    set32(at, (uint32_t)(n >> 32));
    set32(at + 4, (uint32_t)n);
}

static char *add(struct postgres_column *c, size_t size)
{
    if (c->size + size > c->room) {
        c->room = 2 * (c->size + size) + LEAST_BYTES;
        c->data = arena_must_grow(c->data, c->room);
    }
    char *at = c->data + c->size;
    c->size += size;
    return at;
}

void postgres_column_begin(struct postgres_column *c, enum postgres_column_type type)
{
    c->type = type;
    c->size = 0;
    c->count = 0;
    c->has_null = false;
    (void)add(c, HEAD_BYTES);
}

void postgres_column_done(struct postgres_column *c)
{
    free(c->data);
    *c = (struct postgres_column){.data = NULL};
}

void postgres_column_null(struct postgres_column *c)
{
    set32(add(c, 4), UINT32_MAX);
    c->count++;
    c->has_null = true;
}

void postgres_column_number(struct postgres_column *c, int64_t number)
{
    if (c->type == POSTGRES_COLUMN_INT4) {
        char *at = add(c, 8);
        CHECK(number >= INT32_MIN && number <= INT32_MAX);
        set32(at, 4);
        set32(at + 4, (uint32_t)number);
    } else {
        char *at = add(c, 12);
        CHECK(c->type == POSTGRES_COLUMN_INT8);
        set32(at, 8);
        set64(at + 4, (uint64_t)number);
    }
    c->count++;
}

void postgres_column_bytes(struct postgres_column *c, struct span bytes)
{
    char *at = add(c, 4 + bytes.size);

    CHECK(c->type == POSTGRES_COLUMN_TEXT || c->type == POSTGRES_COLUMN_BYTES);
    set32(at, (uint32_t)bytes.size);
    if (bytes.size)
        memcpy(at + 4, bytes.data, bytes.size);
    c->count++;
}

static const struct type {
    enum postgres_column_type type;
    uint32_t element, array;
    const char *name;
} types[] = {
    {POSTGRES_COLUMN_INT4, POSTGRES_INT4, POSTGRES_INT4_ARRAY, "integer"},
    {POSTGRES_COLUMN_INT8, POSTGRES_INT8, POSTGRES_INT8_ARRAY, "bigint"},
    {POSTGRES_COLUMN_TEXT, POSTGRES_TEXT, POSTGRES_TEXT_ARRAY, "text"},
    {POSTGRES_COLUMN_BYTES, POSTGRES_BYTES, POSTGRES_BYTES_ARRAY, "bytea"},
};

static const struct type *type_of(enum postgres_column_type type)
{
    const struct type *t = types;

    while (t->type != type)
        t++;
    return t;
}

struct postgres_value postgres_column_value(struct postgres_column *c)
{
    const struct type *t = type_of(c->type);

    set32(c->data, c->count > 0);
    set32(c->data + 4, c->has_null);
    set32(c->data + 8, t->element);
    set32(c->data + 12, (uint32_t)c->count);
    set32(c->data + 16, 1);
    return (struct postgres_value){
        c->data, c->count > 0 ? (int)c->size : 12 /* an empty one has no dimension */, t->array};
}

const char *postgres_column_type_name(enum postgres_column_type type)
{
    return type_of(type)->name;
}

struct postgres_value postgres_column_int4(int32_t number, char room[4])
{
    set32(room, (uint32_t)number);
    return (struct postgres_value){room, 4, POSTGRES_INT4};
}

struct postgres_value postgres_column_int8(int64_t number, char room[8])
{
    set64(room, (uint64_t)number);
    return (struct postgres_value){room, 8, POSTGRES_INT8};
}

struct postgres_value postgres_column_text(struct span text)
{
    return (struct postgres_value){text.size ? text.data : "", (int)text.size, POSTGRES_TEXT};
}
