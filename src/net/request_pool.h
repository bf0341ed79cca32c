/* net/request_pool.h - the server's side of a request, used again with its arena.
 *
 * Taking one from a warm pool allocates nothing.
 * Owns: every request, live or spare, with its arena and stream queue.
 * Threads: loop thread only.
 */
#ifndef NET_REQUEST_POOL_H
#define NET_REQUEST_POOL_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/byte_queue.h"
#include "net/http_request.h"

struct conn; /* the server's */

/* Read from the peer, handed to the handler, answered by it, given to the library. */
enum request_state { RQ_READING, RQ_HANDED, RQ_ANSWERED, RQ_QUEUED, RQ_STATES };

struct http_stream {
    struct byte_queue queue;
    bool open;   /* not yet ended by its owner */
    bool broken; /* its peer has gone */
    bool paced;  /* the loop is woken when nothing waits any more */
    void (*gone)(void *user);
    void *user;
};

struct request {
    struct http_request pub; /* first: what the handler holds is the request */
    struct request *prev, *next;
    struct conn *conn;
    void *mhd;       /* the library's connection */
    void *response;  /* the library's; RQ_ANSWERED only */
    unsigned status; /* of the answer */
    enum request_state state;
    bool begun;     /* its header has been judged */
    bool inside;    /* its handler runs */
    bool suspended; /* by us */
    struct buf body;
    size_t dropped; /* body bytes above the limit */
    struct http_stream stream;
};

/* Zeroed: empty. */
struct request_pool {
    struct request *live, *spare;
    unsigned spares;
};

/* Returns a zeroed request with an empty arena; `body` may hold `max_body` bytes. */
struct request *request_pool_take(struct request_pool *pool, size_t max_body);
void request_pool_give_back(struct request_pool *pool, struct request *request);
/* Releases the spare ones; none may be live. */
void request_pool_done(struct request_pool *pool);

#endif
