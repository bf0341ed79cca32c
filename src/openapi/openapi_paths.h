/* openapi/openapi_paths.h - what each path of the API takes and answers.
 *
 * One row for each row of the table of routes that is the API's; what role it wants and what it
 * does stands there.
 * Threads: any; read-only.
 */
#ifndef OPENAPI_OPENAPI_PATHS_H
#define OPENAPI_OPENAPI_PATHS_H

#include <stddef.h>

#include "visit/web_route.h"

enum openapi_paths_header {
    OPENAPI_PLAIN,
    OPENAPI_EDIT, /* takes If-Match */
    OPENAPI_ONCE, /* takes Idempotency-Key */
};

struct openapi_paths {
    enum route_method method;
    const char *path;
    enum openapi_paths_header header;
    const char *query;  /* names of openapi_paths_query, a space between two; NULL: none */
    const char *body;   /* a type as in openapi_nouns.h; NULL: none is read */
    int status;         /* when all is well */
    const char *answer; /* a type; "page T": a list with a cursor; "@type/subtype": no JSON; NULL:
                           nothing */
};

/* NULL without a row. */
const struct openapi_paths *openapi_paths_find(enum route_method method, const char *path);

/* What may stand in a query. */
struct openapi_paths_query {
    const char *name, *type, *help;
};
/* NULL: no query has that name. */
const struct openapi_paths_query *openapi_paths_query_find(struct span name);

#endif
