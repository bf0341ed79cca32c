/* visit/visit.h - one request on its way through the web floor, from its arrival to its answer.
 *
 * A visit has its own arena: the storage thread works in it while the peer may leave, so it
 * cannot be the request's. Every path through a handler ends in exactly one of visit_answer,
 * visit_fail, visit_submit or visit_read; after it the visit is not the handler's any more.
 * Owns: the arena and everything in it.
 * Threads: loop thread only, but for the function given to visit_read.
 */
#ifndef VISIT_VISIT_H
#define VISIT_VISIT_H

#include <stdbool.h>

#include "codec/form.h"
#include "codec/json.h"
#include "net/http_server.h"
#include "visit/site.h"

struct web_route;
struct visit;

typedef void visit_fn(struct visit *v);
typedef enum err visit_read_fn(struct visit *v, struct store *store, int64_t now_ms);

struct visit {
    struct site *site;
    struct http_request *rq; /* NULL once the peer has gone */
    struct arena *arena;
    const struct web_route *route;
    struct span path, query, body, type; /* copies in the arena; type: the body's */
    struct span param;  /* what stands for the last {name} in the route's path, decoded */
    struct form asked;  /* the query, parsed (API paths) */
    struct span origin; /* of a page that may read the answer; empty: none */
    int listener;
    bool secret;    /* the arena is to be wiped, not kept */
    int32_t tenant; /* API: whose rows may be seen; 0: no single one */
    int32_t bound;  /* API: the tenant that the token is bound to; 0: every one */
    enum role role;
    struct work work;
    struct reading reading;
    visit_read_fn *read;
    visit_fn *then;
    void *own; /* the handler's */
    struct visit *next, *before;
};

struct visit *visit_open(struct site *site, struct http_request *rq);
/* Drops the visit unanswered; only for shutting down. */
void visit_close(struct visit *v);

/* True when the body is of that type, whatever its parameters. */
bool visit_has_type(const struct visit *v, const char *type);

struct visit_reply {
    int status;
    const char *type;                /* NULL: no body */
    struct span body;                /* copied */
    const struct http_field *fields; /* ends with a NULL name; may be NULL */
    bool bare;                       /* for the carrier: without what only browsers read */
    bool may_be_kept;                /* by caches */
};
void visit_answer(struct visit *v, const struct visit_reply *reply);
/* A JSON document; `out` was written into a buffer of the visit's arena. */
void visit_answer_json(struct visit *v, int status, const struct buf *json);

struct visit_error {
    int status;
    const char *message;        /* one line for people */
    const char *field;          /* which part of the request; NULL: none */
    const char *help;           /* how to mend it; NULL: nothing to say */
    const char *header, *value; /* of the answer; NULL: none */
};
void visit_fail(struct visit *v, const struct visit_error *error);
/* Nothing could be stored or read now. */
void visit_fail_busy(struct visit *v);

/* Hands v->work.event (and roster) to the engine; `then` finds v->work.err and .answer. */
void visit_submit(struct visit *v, visit_fn *then);
/* Asks the store; `then` finds v->reading.err. */
void visit_read(struct visit *v, visit_read_fn *read, visit_fn *then);

#endif
