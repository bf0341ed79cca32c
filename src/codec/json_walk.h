/* codec/json_walk.h - where the members of an object or list stand in its text, so that one can
 * be changed and every other byte stays what it is.
 *
 * Only for text that json_parse has accepted.
 * Owns: nothing; spans are borrowed from the text.
 * Threads: any.
 */
#ifndef CODEC_JSON_WALK_H
#define CODEC_JSON_WALK_H

#include <stdbool.h>

#include "base/span.h"

struct json_walk {
    struct span rest;
    bool is_object;
};

/* False when `value` is neither an object nor a list. Blanks around it do no harm. */
bool json_walk_open(struct span value, struct json_walk *out);
/* The next member: its key with quotes and escapes (empty in a list), and its value without
 * blanks around it. False at the end. */
bool json_walk_next(struct json_walk *walk, struct span *out_key, struct span *out_value);
/* The value of `key`, which needs no escapes; NULL data without. */
struct span json_walk_get(struct span object, const char *key);

#endif
