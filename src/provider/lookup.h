/* provider/lookup.h - what the carrier knows of a number: the address to ask, what its answer
 * says, and a caller's name as text that may stand anywhere.
 *
 * An answer is taken field by field: what is missing, of an unexpected type or marked with an
 * error was not learned.
 * Owns: nothing; all lives in the caller's arena, addresses end in a NUL.
 * Errors: ERR_BAD_INPUT for what is no answer about a number.
 * Threads: any. Pure.
 * Source: section 5.10 of the carrier's reference (Lookup v2).
 */
#ifndef PROVIDER_LOOKUP_H
#define PROVIDER_LOOKUP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/rows.h"

enum { LOOKUP_NAME_CHARACTERS = 40 };

struct lookup_ask {
    struct span base;   /* of the lookups' API, without a slash at the end */
    struct span number; /* E.164 */
    bool name, line_type;
};

struct lookup_answer {
    bool has_name, has_line_type; /* learned: also that there is none */
    struct span name;             /* cleaned; empty: nobody knows one */
    enum line_type line_type;
};

/* The base that goes with a base of the REST API: another host of the carrier, the same address for
 * whatever else. */
struct span lookup_base(struct arena *arena, struct span api);
struct span lookup_url(struct arena *arena, const struct lookup_ask *ask);
MUST_USE enum err lookup_parse(struct arena *arena, struct span body, struct lookup_answer *out);

/* A name that came from outside: without control characters, marks that turn the direction and
 * whatever is no UTF-8, on one line, at most LOOKUP_NAME_CHARACTERS and what a row can hold.
 * Empty for the carrier's words for "no name". */
struct span lookup_name(struct arena *arena, struct span text);

#endif
