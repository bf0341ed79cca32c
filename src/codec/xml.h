/* codec/xml.h - XML in as a small tree with lines; XML out by a writer that escapes.
 *
 * Reading uses no network, no entities but the five, no DTD. Comments and processing
 * instructions are dropped; text is kept as nodes with a NULL name.
 * Errors: ERR_BAD_INPUT with line, column and words.
 * Threads: any.
 */
#ifndef CODEC_XML_H
#define CODEC_XML_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct xml_attr {
    struct xml_attr *next;
    struct span name, value;
};

struct xml_node {
    struct xml_node *next, *child; /* in document order */
    struct xml_attr *attrs;
    struct span name; /* empty for text */
    struct span text; /* of a text node */
    int line;         /* from 1 */
    size_t element;   /* its place among the elements in document order, from 0; of text: 0 */
};

struct xml_place {
    int line, column;
    char words[160];
};

/* The tree lives in the arena. */
MUST_USE enum err xml_parse(struct arena *arena, struct span text, struct xml_node **out,
                            struct xml_place *place);
/* The attribute's value; NULL data when absent. */
struct span xml_attr_get(const struct xml_node *node, const char *name);
/* All text directly inside `node`, joined, trimmed. */
struct span xml_text(struct arena *arena, const struct xml_node *node);

/* The place, in a document that xml_parse has taken, of the element with that number, of the
 * element's attribute `attr` (NULL: the element itself), or of the first `within` (NULL: not
 * wanted) after the element begins. Counted in characters, from 1; what is not found gives the
 * place of the last thing that was. */
void xml_locate(struct span text, size_t element, const char *attr, const char *within,
                int *out_line, int *out_column);

enum { XML_DEPTH_MAX = 16 };

/* The writer. Characters that XML does not allow are dropped, broken UTF-8 becomes U+FFFD. */
struct xml_out {
    struct buf *buf;
    const char *open[XML_DEPTH_MAX];
    int depth;
    bool in_tag;
};

/* Starts with `<?xml version="1.0" encoding="UTF-8"?>`. */
struct xml_out xml_out(struct buf *buf);
void xml_out_begin(struct xml_out *o, const char *name);
/* Only between xml_out_begin and the first content. */
void xml_out_attr(struct xml_out *o, const char *name, struct span value);
void xml_out_text(struct xml_out *o, struct span text);
void xml_out_end(struct xml_out *o);
/* Whether anything of `text` is left once it is written, but for blanks. */
bool xml_out_is_seen(struct span text);

/* Appends `text` escaped for HTML content and attribute values. */
void xml_escape(struct buf *out, struct span text);

#endif
