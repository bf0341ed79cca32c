/* visit/visit.h - one request on its way through the web floor, from its arrival to its answer.
 *
 * A visit has its own arena: the storage thread works in it while the peer may leave, so it
 * cannot be the request's. Every path through a handler ends in exactly one of visit_answer,
 * visit_fail, visit_submit or visit_read; after it the visit is not the handler's any more.
 * Owns: the arena and everything in it.
 * Threads: loop thread only, but for the functions given to visit_read and visit_work.
 */
#ifndef VISIT_VISIT_H
#define VISIT_VISIT_H

#include <stdbool.h>

#include "codec/form.h"
#include "codec/json.h"
#include "net/http_server.h"
#include "net/worker.h"
#include "visit/site.h"

struct web_route;
struct visit;

typedef void visit_fn(struct visit *v);
typedef void visit_work_fn(struct visit *v);
typedef enum err visit_read_fn(struct visit *v, struct store *store, int64_t now_ms);

/* Who has signed in. */
enum { VISIT_CSRF_SIZE = 44 };
struct visit_user {
    int64_t id;
    struct span login, name, operator_id; /* who he is on the roster; empty: nobody */
    int32_t tenant;                       /* 0: every one */
    enum role role;
    int64_t expires_ms; /* of the session, in any case */
    uint8_t session[USER_HASH_BYTES];
    char csrf[VISIT_CSRF_SIZE];
};

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
    int64_t token; /* by which he came; 0: by none */
    struct span token_name;
    const struct visit_user *user; /* NULL: a token, the control socket, or nobody yet */
    struct work work;
    struct reading reading;
    struct worker_job job;
    visit_read_fn *read;
    visit_work_fn *run;
    visit_fn *then;
    visit_fn *admitted; /* auth.c's: where to go on once it is known who asks */
    void *own;          /* the handler's */
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
    bool is_page;                    /* of the board: what a browser may do with it */
};
void visit_answer(struct visit *v, const struct visit_reply *reply);
/* Answers 200 with a body that goes on (net/http_server.h), and ends the visit. NULL: the peer has
 * gone. */
struct http_stream *visit_stream(struct visit *v, const char *type, const struct http_field *fields,
                                 void (*gone)(void *user), void *user);
/* False: so much has been logged of carrier paths in this second that this is only counted; a
 * stranger must not fill the disk. */
bool visit_may_complain(struct visit *v);
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
/* Asks the store; `then` finds v->reading.err. On the storage thread: what writes. */
void visit_read(struct visit *v, visit_read_fn *read, visit_fn *then);
/* The same of what only reads, on a thread that nobody else waits for: a list or a row; and what
 * may take seconds (a report, a search, a file), which waits only for its like. Too slow: ERR_BUSY,
 * and visit_fail_busy says so. */
void visit_look(struct visit *v, visit_read_fn *read, visit_fn *then);
void visit_browse(struct visit *v, visit_read_fn *read, visit_fn *then);
/* Runs `run` on the worker's thread, then `then`. When too many wait for that it answers 503
 * itself. */
void visit_work(struct visit *v, visit_work_fn *run, visit_fn *then);

/* By which way an act came, for its event. */
enum origin visit_origin(const struct visit *v);
/* Who acts, for words: the user's name, else "the office". */
struct span visit_by(const struct visit *v);

#endif
