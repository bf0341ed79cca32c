/* config/doc.h - a JSON document read value by value, every mistake listed with its place.
 *
 * A node is a value and the way to it. A reader that finds something wrong lists it and gives
 * false or NULL; the caller goes on, so that all mistakes are found in one reading.
 * Absent and null are the same.
 * Owns: the parsed tree and the nodes, until doc_close. Texts that are handed out are borrowed
 * from the tree.
 * Threads: one at a time.
 */
#ifndef CONFIG_DOC_H
#define CONFIG_DOC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "codec/json.h"
#include "config/mistakes.h"

struct doc {
    struct arena *scratch; /* nodes and paths */
    struct span text;
    const char *file; /* for messages; may be NULL */
    struct mistakes *mistakes;
    struct json *tree;
};

struct doc_node {
    const struct doc_node *up; /* NULL at the top */
    const struct json *value;
    struct span key; /* NULL data: an item of a list */
    size_t index;    /* its place in the list or object above */
};

/* Parses; NULL, with the mistake listed, when the text is no JSON. Call doc_close either way. */
const struct doc_node *doc_open(struct doc *doc, const char *file, struct span text,
                                struct mistakes *mistakes);
void doc_close(struct doc *doc);

/* The member `key`; NULL when absent, null or `node` no object. */
const struct doc_node *doc_get(struct doc *doc, const struct doc_node *node, const char *key);
/* The first of several names for the same; two of them at once are a mistake. */
const struct doc_node *doc_get_any(struct doc *doc, const struct doc_node *node,
                                   const char *const *keys);
/* Item of a list, or member of an object (then ->key is its name). */
const struct doc_node *doc_item(struct doc *doc, const struct doc_node *node, size_t index);
size_t doc_count(const struct doc_node *node);

/* Whether the value has this type; lists a mistake with `mend` when not. */
bool doc_is(struct doc *doc, const struct doc_node *node, enum json_type type, const char *mend);
/* Trimmed text, 1 to `max` bytes, no control characters. */
bool doc_text(struct doc *doc, const struct doc_node *node, size_t max, struct span *out);
/* The same, where a whole number is good too ("id": 7). */
bool doc_word(struct doc *doc, const struct doc_node *node, size_t max, struct span *out);
bool doc_number(struct doc *doc, const struct doc_node *node, int64_t min, int64_t max,
                int64_t *out);
bool doc_bool(struct doc *doc, const struct doc_node *node, bool *out);

/* Lists keys of the object that are not in `known` (ends in NULL): all of them when `strict`,
 * else only those that look like a misspelt known one that is not there. */
void doc_known(struct doc *doc, const struct doc_node *node, const char *const *known, bool strict);

__attribute__((format(printf, 3, 4))) void doc_mistake(struct doc *doc, const struct doc_node *node,
                                                       const char *format, ...);

#endif
