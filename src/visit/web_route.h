/* visit/web_route.h - which handler a method and a path lead to, by a table.
 *
 * Parts of a path may be a {name}; it stands for one segment that is not empty. The last one is
 * handed over.
 * Threads: any.
 */
#ifndef VISIT_WEB_ROUTE_H
#define VISIT_WEB_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "visit/visit.h"

enum route_method {
    ROUTE_GET = 1,
    ROUTE_POST = 2,
    ROUTE_DELETE = 4,
    ROUTE_PATCH = 8,
    ROUTE_PUT = 16
};

enum route_who {
    ROUTE_CARRIER, /* a valid signature */
    ROUTE_API,     /* a token or a session with at least `role`; on the control socket whoever is
                      there */
    ROUTE_SESSION, /* a session with at least `role`, where the pages are */
    ROUTE_PAGE,    /* anybody, where the pages are; what is no GET only from our own pages */
    ROUTE_BOTH,    /* a signature header makes it the carrier's, else API */
    ROUTE_PUBLIC,  /* anybody */
    ROUTE_HEALTH,  /* anybody, on the admin address too */
    ROUTE_ADMIN,   /* the admin address and the control socket alone */
};

struct web_route {
    enum route_method method; /* GET stands for HEAD too */
    const char *path;
    enum route_who who;
    enum role role;
    visit_fn *handler;
    visit_fn *signed_handler; /* ROUTE_BOTH */
    enum event_kind event;    /* carrier paths */
    enum view view;           /* lists */
    bool no_tenant;           /* API: not about a single tenant */
    bool new_tenant;          /* API: the tenant may be one that is not there yet */
    const char *help;
};

struct web_route_match {
    const struct web_route *route; /* of the method, else the path's first; NULL: no such path */
    bool has_method;
    unsigned methods;  /* all that the path has */
    struct span param; /* the last, as it stands in the path; empty without one */
};

struct web_route_match web_route_find(const struct web_route *table, size_t count,
                                      struct span method, struct span path);
/* "GET". */
const char *web_route_method(enum route_method method);
/* "GET, HEAD, POST, OPTIONS" for the bits in `methods`. */
const char *web_route_methods(struct arena *arena, unsigned methods);

#endif
