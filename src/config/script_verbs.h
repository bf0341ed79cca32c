/* config/script_verbs.h - what may stand in a call script: the verbs, their places and their
 * attributes.
 *
 * A subset of the carrier's: what rings, records or leaves the call for good is nextring's part
 * of the document, and of the rest only what a call that waits for somebody may hear.
 * Threads: any.
 * Source: sections 3.2 and 3.4 of the carrier's reference.
 */
#ifndef CONFIG_SCRIPT_VERBS_H
#define CONFIG_SCRIPT_VERBS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/script.h"

/* Where an element stands, as bits. */
enum script_verbs_place {
    SCRIPT_VERBS_TOP = 1,    /* in <Response> */
    SCRIPT_VERBS_GATHER = 2, /* in <Gather> */
    SCRIPT_VERBS_STEP = 4,   /* in the <Step> of a screening */
    SCRIPT_VERBS_SPEECH = 8, /* in <Say>, or in speech markup */
};

enum script_verbs_content {
    SCRIPT_VERBS_NOTHING,
    SCRIPT_VERBS_WORDS,   /* text with fields, and speech markup */
    SCRIPT_VERBS_ADDRESS, /* one https address */
    SCRIPT_VERBS_VERBS,
};

enum script_verbs_value {
    SCRIPT_VERBS_NUMBER,   /* from min to max */
    SCRIPT_VERBS_OR_AUTO,  /* the same, or "auto" */
    SCRIPT_VERBS_ONE_OF,   /* one of `words`, which are parted by spaces */
    SCRIPT_VERBS_SOME_OF,  /* one or more of them */
    SCRIPT_VERBS_KEYS,     /* min to max characters, each one of `words` */
    SCRIPT_VERBS_URL,      /* an https address */
    SCRIPT_VERBS_LANGUAGE, /* "en-US" */
    SCRIPT_VERBS_NAME,     /* letters, digits and "-._:%+" */
    SCRIPT_VERBS_TEXT,     /* anything, with fields */
};

struct script_verbs_attr {
    const char *name; /* NULL ends the list */
    enum script_verbs_value value;
    int32_t min, max;
    const char *words;
};

struct script_verb {
    const char *name;
    unsigned in;    /* places */
    unsigned kinds; /* of scripts, as bits, at the top */
    enum script_verbs_content content;
    enum script_verbs_place holds; /* where its children stand */
    const struct script_verbs_attr *attrs;
};

/* NULL when there is none. */
const struct script_verb *script_verbs_find(struct span name);
const struct script_verbs_attr *script_verbs_attr(const struct script_verb *verb, struct span name);
/* The i-th; NULL behind the last. */
const struct script_verb *script_verbs_at(int i);
/* Whether the carrier has such a verb and scripts may not have it. */
bool script_verbs_is_refused(struct span name);

#endif
