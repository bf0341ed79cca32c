/* model/script.h - a call script: TwiML around the step that nextring itself puts there.
 *
 * A tree that was checked when it was read: verbs with attributes, and text in which a field
 * stands for something of the call. A field is filled in as text, never as markup, so that
 * nothing a caller is called can change the document's structure.
 * Owns: nothing; a tree lives in the arena it was read into.
 * Threads: any.
 */
#ifndef MODEL_SCRIPT_H
#define MODEL_SCRIPT_H

#include <stdbool.h>

#include "base/span.h"

/* What it is for; its file is the name with SCRIPT_SUFFIX. */
enum script_kind {
    SCRIPT_INBOUND_ROUTING, /* the caller's: its step rings whoever is next */
    SCRIPT_SCREEN,          /* of whoever has picked up: its step asks for the key */
    SCRIPT_VOICEMAIL,       /* the caller's: its step records */
    SCRIPT_CLOSED,          /* the caller's, while nobody is on duty: its step is nothing */
    SCRIPT_KINDS
};

enum script_field {
    SCRIPT_BUSINESS,
    SCRIPT_CALLER,      /* the number, spelled for a voice */
    SCRIPT_CALLER_NAME, /* his name; the number while it is not known */
    SCRIPT_JOB,         /* empty without one */
    SCRIPT_LINE,        /* the number that was called, spelled */
    SCRIPT_OPERATOR,    /* whoever is rung */
    SCRIPT_TIME,        /* of the business, as "3:05 pm" */
    SCRIPT_FIELDS
};

#define SCRIPT_SUFFIX ".twiml"
#define SCRIPT_STEP "Step"

enum {
    SCRIPT_BYTES_MAX = 16384, /* of a file */
    SCRIPT_DEPTH_MAX = 12,    /* of elements within each other */
    SCRIPT_DIGEST_SIZE = 13,  /* twelve hex digits and a NUL */
};

/* Text or the value of an attribute, part by part. */
struct script_part {
    const struct script_part *next;
    enum script_field field; /* SCRIPT_FIELDS: `text` as it is */
    struct span text;
};

struct script_attr {
    const struct script_attr *next;
    const char *name;
    const struct script_part *value;
};

struct script_node {
    const struct script_node *next, *child; /* in document order */
    const char *name;                       /* NULL: text, all of it in `parts` */
    const struct script_attr *attrs;
    const struct script_part *parts;
};

/* The scripts of one tenant, as they are in force together. */
struct script_set {
    const struct script_node *verbs[SCRIPT_KINDS]; /* what is inside <Response> */
    char digest[SCRIPT_DIGEST_SIZE];               /* of the four texts */
};

/* How an answer uses one: which, and what its fields stand for in this call. */
struct script_use {
    enum script_kind kind;
    bool later; /* the call has been through the verbs before the step already */
    struct span values[SCRIPT_FIELDS];
};

const char *script_kind_name(enum script_kind kind);
bool script_kind_parse(struct span text, enum script_kind *out);
const char *script_field_name(enum script_field field);
bool script_field_parse(struct span text, enum script_field *out);
bool script_is_step(const struct script_node *node);

#endif
