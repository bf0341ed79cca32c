#include "openapi/openapi_page.h"

#include <string.h>

#include "openapi/openapi_nouns.h"
#include "openapi/openapi_paths.h"
#include "openapi/openapi_taken.h"

/* clang-format off */
static const char head[] =
    "# The API, by its tables\n\n"
    "Printed from the tables in `src/openapi/` by `nextring-docs api`. `/openapi.json` tells the same to programs;\n"
    "[api.md](api.md) explains it, and [paths.md](paths.md) says who may call what, and what each does.\n\n"
    "Times are RFC 3339 in UTC. A list is `{items, next}`, and `?after=` takes `next`; an error is an `Error`. Types:\n"
    "`id` 13 letters and digits, `at` an instant, `day` a date, `number` a whole one, `share` 0 to 1; `T?` may be null,\n"
    "`[T]` is a list, `A/B` one of both, `a|b` one of these words; a name that ends in `?` may be absent. An answer\n"
    "named `@...` is no JSON. `If-Match` holds an edit to the ETag that was seen; with an `Idempotency-Key` the same\n"
    "request acts once.\n";
/* clang-format on */

/* A bar would end the cell. */
static void cell(struct buf *out, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++) {
        if (*p == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, *p);
    }
}

static void path(struct buf *out, const struct web_route *r, const struct openapi_paths *p)
{
    static const char *const headers[] = {
        [OPENAPI_PLAIN] = "", [OPENAPI_EDIT] = "If-Match", [OPENAPI_ONCE] = "Idempotency-Key"};

    buf_printf(out, "| %s `%s` | ", web_route_method(r->method), r->path);
    cell(out, p->query);
    buf_printf(out, " | %s | ", headers[p->header]);
    cell(out, p->body);
    buf_printf(out, " | %d ", p->status);
    cell(out, p->answer);
    buf_add_text(out, " |\n");
}

static void noun(struct buf *out, const struct openapi_nouns *n)
{
    buf_printf(out, "\n**%s**, %s:", n->name, n->help);
    if (n->also)
        buf_printf(out, " all of %s;", n->also);
    for (const struct openapi_nouns_field *f = n->fields; f->name; f++)
        buf_printf(out, "%s `%s` %s", f == n->fields ? "" : ",", f->name, f->type);
    buf_add_text(out, "\n");
}

void openapi_page(const struct web_route *routes, size_t count, struct buf *out)
{
    buf_add_text(out, head);
    buf_add_text(out, "\n| path | query | header | body | answer |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const struct openapi_paths *p = openapi_paths_find(routes[i].method, routes[i].path);
        if (p)
            path(out, &routes[i], p);
    }
    buf_add_text(out, "\n## What is given\n");
    for (size_t i = 0; i < openapi_nouns_given_count; i++)
        noun(out, &openapi_nouns_given[i]);
    buf_add_text(out, "\n## What is taken\n");
    for (size_t i = 0; i < openapi_taken_count; i++)
        noun(out, &openapi_taken[i]);
}
