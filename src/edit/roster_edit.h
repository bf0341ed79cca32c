/* edit/roster_edit.h - the edits of a roster document that people make by parts: a chain, an
 * operator, an override, a line. One table of them; each gives the document's text with nothing
 * else changed. Whether the outcome is a good roster is told by config/roster_file.h.
 *
 * Owns: all lives in the arena.
 * Errors: ERR_BAD_INPUT the body, ERR_NOT_FOUND no such part, ERR_CONFLICT it cannot be now; each
 * with words.
 * Threads: any.
 */
#ifndef EDIT_ROSTER_EDIT_H
#define EDIT_ROSTER_EDIT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/roster.h"

enum roster_edit_kind {
    ROSTER_EDIT_CHAIN_PUT,       /* id; body: {"steps": [...]}, or the list alone */
    ROSTER_EDIT_CHAIN_DROP,      /* id */
    ROSTER_EDIT_OPERATOR_ADD,    /* body: a dispatcher */
    ROSTER_EDIT_OPERATOR_CHANGE, /* id; body: the members that change, null takes one out */
    ROSTER_EDIT_OPERATOR_DROP,   /* id */
    ROSTER_EDIT_OVERRIDE_ADD,    /* body: {operator, from, to, is_on or instead_of, note} */
    ROSTER_EDIT_OVERRIDE_DROP,   /* id: its place in the list, from 0 */
    ROSTER_EDIT_LINE_CHANGE,     /* id: its number; body as of an operator */
    ROSTER_EDITS
};

struct roster_edit {
    enum roster_edit_kind kind;
    struct span document;
    const struct roster *roster; /* what the document gives */
    struct span id;
    struct span body; /* JSON; empty for those without */
    /* What came of it. */
    struct span out;   /* the new document */
    const char *note;  /* for the record: "chain dispatch" */
    const char *field; /* of an error; may be NULL */
    const char *message, *help;
};

MUST_USE enum err roster_edit_apply(struct arena *arena, struct roster_edit *edit);

#endif
