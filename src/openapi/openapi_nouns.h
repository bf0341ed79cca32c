/* openapi/openapi_nouns.h - what the API gives, noun by noun, as data; openapi_taken.h has what it
 * takes.
 *
 * A type is a few words: text, id, at, day, number, share, bool, any; another noun by its name;
 * a|b|c one of these texts; A/B one of several
 * nouns; [T] a list of T; {T} an object of any keys; T? may be null. A field
 * whose name ends in '?' may be absent.
 * Threads: any; read-only.
 */
#ifndef OPENAPI_OPENAPI_NOUNS_H
#define OPENAPI_OPENAPI_NOUNS_H

#include <stddef.h>

struct openapi_nouns_field {
    const char *name, *type;
    const char *help; /* NULL: its name says it */
};

struct openapi_nouns {
    const char *name, *help;
    const struct openapi_nouns_field *fields; /* ends with a NULL name */
    const char *also;                         /* a noun whose fields it has too; NULL: none */
};

extern const struct openapi_nouns openapi_nouns_given[];
extern const size_t openapi_nouns_given_count;

#endif
