/* visit/fields.h - the texts that a program sends with a request: a JSON object or a form.
 *
 * Threads: loop thread only.
 */
#ifndef VISIT_FIELDS_H
#define VISIT_FIELDS_H

#include "visit/visit.h"

struct fields_want {
    const char *name;   /* NULL ends the list */
    struct span *value; /* stays empty when the field is not given; in the visit's arena */
    bool is_switch;     /* JSON's true and false are taken as these words, and nothing else is */
};

/* False: the body is neither, a field is unknown, given twice or no text, and it has been
 * answered. No body at all is an empty object. */
bool fields_read(struct visit *v, const struct fields_want *want);
/* The body as JSON, which the caller closes; NULL: it is none, and it has been answered. */
struct json *fields_json(struct visit *v);
/* Answers 400 about one field. */
void fields_refuse(struct visit *v, const char *field, const char *message);

#endif
