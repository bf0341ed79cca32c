/* net/http_request.h - a request as the server hands it over; plain data, borrowed from it.
 *
 * Owns: nothing; everything lives as long as the request.
 */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "base/arena.h"
#include "base/span.h"

struct http_request {
    struct arena *arena; /* for whatever lives as long as the request */
    struct span method;  /* as sent, "POST" */
    struct span target;  /* raw request target: path and query, undecoded */
    struct span path;    /* raw, up to the '?' */
    struct span query;   /* raw, after the '?'; empty without one */
    struct span body;
    struct span peer; /* numeric address without port; "unix" for a Unix socket */
    int listener;     /* the number given to http_server_listen */
    void *user;       /* the handler's own */
    void (*gone)(struct http_request *rq); /* set by the handler: the peer left before the
                                              answer; nothing of rq may be used after it */
    void (*over)(void *ctx); /* set by the handler: the answer has been sent, or the peer has gone,
                                and the request's memory is released next */
    void *over_ctx;
};

#endif
