/* codec/json.h - JSON in, with places for mistakes; JSON out, by a writer that cannot forget a
 * comma or an escape.
 *
 * Owns: json_parse's tree, until json_close. Values are borrowed from it.
 * Errors: place and words of the first syntax error. Duplicate keys, nesting beyond 64 levels
 * and bytes after the end are errors.
 * Threads: a tree belongs to one thread at a time.
 * Source: RFC 8259.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct json; /* a value; NULL stands for "absent" and every reader below accepts it */

enum json_type {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_TEXT,
    JSON_LIST,
    JSON_OBJECT,
    JSON_TYPES
};

struct json_place {
    int line, column; /* from 1; column in characters */
    char words[160];  /* what is wrong, one line */
};

/* ERR_BAD_INPUT fills *place. */
MUST_USE enum err json_parse(struct span text, struct json **out, struct json_place *place);
void json_close(struct json **root);

enum json_type json_type(const struct json *value);
/* "an object", "a text", ... for messages. */
const char *json_type_name(enum json_type type);
const struct json *json_get(const struct json *object, const char *key);
size_t json_count(const struct json *list_or_object);
const struct json *json_at(const struct json *list, size_t index);
/* The i-th member of an object in the order of the text; name in *out_key. */
const struct json *json_member(const struct json *object, size_t index, struct span *out_key);
struct span json_text(const struct json *value); /* empty when it is no text */
bool json_bool(const struct json *value);        /* false when it is no bool */
/* False when it is no whole number in [min, max]. */
bool json_number(const struct json *value, int64_t min, int64_t max, int64_t *out);
/* The value as compact JSON text, keys in the order of the text. */
struct span json_dump(struct arena *arena, const struct json *value);

/* Where a value stands in the text it was parsed from. `path` names it as
 * "chains.dispatch[0].ring_seconds" ('.' before keys, keys quoted as ["a.b"] when they hold
 * '.', '[' or '"'). The place of the deepest part that exists is given. */
void json_locate(struct span text, const char *path, int *out_line, int *out_column);

/* The writer: values go into the buffer in order; inside an object give `key`, inside a list
 * or at the top NULL. */
struct json_out {
    struct buf *buf;
    bool more; /* a comma is due */
};

struct json_out json_out(struct buf *buf);
void json_out_object(struct json_out *o, const char *key);
void json_out_list(struct json_out *o, const char *key);
void json_out_end_object(struct json_out *o);
void json_out_end_list(struct json_out *o);
/* Bytes that are not UTF-8 become U+FFFD. */
void json_out_text(struct json_out *o, const char *key, struct span text);
void json_out_number(struct json_out *o, const char *key, int64_t n);
void json_out_bool(struct json_out *o, const char *key, bool b);
void json_out_null(struct json_out *o, const char *key);
/* A text, or null when its data is NULL. */
void json_out_text_or_null(struct json_out *o, const char *key, struct span text);
/* Text that is JSON already. */
void json_out_raw(struct json_out *o, const char *key, struct span json);

#endif
