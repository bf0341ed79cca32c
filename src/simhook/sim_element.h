/* simhook/sim_element.h - the table of verbs, nouns and attributes, and attributes read by it.
 *
 * The one place that knows what an attribute may hold, what holds without it, and which code
 * the carrier warns with: documents are judged by it (sim_check), verbs read their attributes
 * through it, and a page of the papers is printed from it.
 * Threads: any; the tables are constant.
 * Source: sections 3.2 to 3.8 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_ELEMENT_H
#define SIMHOOK_SIM_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "codec/xml.h"

enum sim_attr_kind {
    SIM_ATTR_TEXT, /* of min to max bytes; max 0: any */
    SIM_ATTR_URL,  /* absolute, or relative to the document */
    SIM_ATTR_FLAG,
    SIM_ATTR_METHOD,
    SIM_ATTR_WORD,   /* one of `among`, "a|b|c" */
    SIM_ATTR_WORDS,  /* any of them, between blanks */
    SIM_ATTR_NUMBER, /* min to max */
    SIM_ATTR_KEYS,   /* min to max characters, each among `among` */
    SIM_ATTR_VOICE,
    SIM_ATTR_LANGUAGE,
    SIM_ATTR_KINDS
};

struct sim_attr {
    const char *name; /* NULL ends a list */
    enum sim_attr_kind kind;
    const char
        *otherwise; /* what holds without it, and for a value that cannot be; NULL: nothing */
    const char *among;
    int64_t min, max;
    int code; /* warns of a bad value; 0: that of the schema */
};

/* How far the simulation goes. */
enum sim_played { SIM_PLAYED, SIM_PLAYED_PARTLY, SIM_NOT_PLAYED };

struct sim_element {
    const char *parent, *name;
    const struct sim_attr *attrs;
    bool inside;  /* what stands inside is judged too */
    int children; /* code for what may not stand inside; 0: that of the schema */
    enum sim_played played;
    const char *words; /* for the printed table */
};

/* NULL when `name` may not stand in `parent`. */
const struct sim_element *sim_element_find(bool voice, struct span parent, struct span name);
/* NULL when the element has no such attribute. */
const struct sim_attr *sim_element_attr(const struct sim_element *element, struct span name);
/* Whether the value is one that the attribute may have. */
bool sim_element_fits(const struct sim_attr *attr, struct span value);

/* An attribute of a voice element as the table has it: what is written when it fits, or else
 * what holds without it (NULL data: nothing). The attribute must be in the table. */
struct span sim_element_value(const struct xml_node *node, const char *name);
int64_t sim_element_number(const struct xml_node *node, const char *name);
bool sim_element_flag(const struct xml_node *node, const char *name);
/* "GET" or "POST", static. */
const char *sim_element_method(const struct xml_node *node, const char *name);

/* Appends both tables as Markdown. */
void sim_element_print(struct buf *out);

#endif
