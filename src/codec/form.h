/* codec/form.h - application/x-www-form-urlencoded: parse keeping duplicates and order, write.
 *
 * Threads: any.
 * Errors: form_parse gives ERR_BAD_INPUT for a broken percent escape, a NUL, or text that is
 * not UTF-8 after decoding; ERR_FULL above FORM_FIELDS_MAX fields.
 * Source: WHATWG URL standard section 5, stricter as said.
 */
#ifndef CODEC_FORM_H
#define CODEC_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { FORM_FIELDS_MAX = 200 };

struct form_field {
    struct span name, value; /* decoded */
};

struct form {
    struct form_field *fields; /* in wire order */
    size_t count;
};

/* Decoded text lives in the arena (or in `body` where nothing had to be decoded). */
MUST_USE enum err form_parse(struct arena *arena, struct span body, struct form *out);
/* The first value of `name`; an empty span with NULL data when there is none. */
struct span form_get(const struct form *form, const char *name);
size_t form_count(const struct form *form, const char *name);

/* Appends "name=value" with '&' before it when `out` is not empty. */
void form_add(struct buf *out, const char *name, struct span value);

#endif
