/* net/http_server.h - HTTP in: a request comes whole; the answer goes now, later or as a
 * stream.
 *
 * Several listeners (public, admin, a Unix socket) share one handler and one loop. A request
 * is handed over when its body is complete. Limits are enforced before that: header bytes
 * (431), body bytes (413), header and body deadlines that are absolute (the connection is
 * shut), connections in all and per address (closed at once), malformed requests (400).
 * Every request is answered exactly once, by http_answer or by http_stream_open, at once or
 * later; a peer that has gone in between makes the answer vanish, nothing else.
 * Owns: its listeners and connections; a request and its arena live until the answer has been
 * sent or the peer has gone (then `gone` was called when set).
 * Threads: loop thread only.
 * Source: libmicrohttpd's manual; docs/adr/0003-http-server.md.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "net/http_request.h"
#include "net/loop.h"
#include "net/tls.h"

struct http_server;
struct http_stream;

struct http_limits {
    size_t header_bytes;    /* of request line and headers; above: 431 */
    size_t body_bytes;      /* above: 413 */
    int header_deadline_ms; /* from the connection or the answer before, to the last header */
    int body_deadline_ms;   /* from the last header to the last body byte */
    unsigned connections;   /* per listener */
    unsigned per_address;   /* per peer address; 0: no limit (Unix sockets have none) */
    struct tls_pair *tls;   /* the listener speaks TLS under it; NULL: it does not. Borrowed */
};

typedef void http_handler_fn(void *ctx, struct http_request *rq);

MUST_USE enum err http_server_open(struct loop *loop, http_handler_fn *handler, void *ctx,
                                   struct http_server **out);
void http_server_close(struct http_server **server);

/* Listens on "ADDRESS:PORT" ("[v6]:port" too; port 0 picks one) or on "unix:/path" (created
 * with mode 0600, an old socket file is replaced). ERR_CONFLICT when the address is in use,
 * ERR_DENIED when it is not permitted, ERR_BAD_INPUT when it is no address.
 * `listener` is any number, handed back with each request. */
MUST_USE enum err http_server_listen(struct http_server *server, struct span address, int listener,
                                     const struct http_limits *limits);
/* Listens on a socket that was handed to us (net/listen.h, listen_adopt), which is the server's
 * from then on. ERR_BAD_INPUT: it takes no connections, and stays the caller's, as after any
 * error. */
MUST_USE enum err http_server_adopt(struct http_server *server, int fd, int listener,
                                    const struct http_limits *limits);
/* A listener's descriptor, for whoever wants a copy; -1 for unknown numbers. */
int http_server_descriptor(const struct http_server *server, int listener);
/* The port that a listener was given (0 for Unix sockets or unknown numbers). */
int http_server_port(const struct http_server *server, int listener);
/* From now on each answer ends its connection, so that whoever comes again may be led elsewhere. */
void http_server_leave(struct http_server *server);
/* Stops taking new connections; open ones are served on. */
void http_server_drain(struct http_server *server);
/* Requests handed over and not yet answered. */
unsigned http_server_open_requests(const struct http_server *server);
/* Whether a close would cut off somebody who has been let in: a request that is being read, an
 * answer that is being written, or a connection of the last two seconds that has not asked yet. Two
 * seconds after a drain nobody counts any more. */
bool http_server_has_begun(const struct http_server *server);

/* First value of the header `name` (any case); empty span when absent. */
struct span http_header(const struct http_request *rq, const char *name);
/* How often the header occurs. */
unsigned http_header_count(const struct http_request *rq, const char *name);

struct http_field {
    const char *name;
    struct span value;
};

/* Answers. `type` NULL: no content type. `body` is copied unless it lives in rq->arena.
 * `fields` (may be NULL) ends with a NULL name. */
void http_answer(struct http_request *rq, int status, const char *type, struct span body,
                 const struct http_field *fields);

/* Whether the peer of a request that is not answered yet has closed its end. */
bool http_has_gone(const struct http_request *rq);
/* Shuts the connection instead of answering; for a rehearsal of a broken network. */
void http_drop(struct http_request *rq);

/* Answers 200 with a body that goes on until http_stream_end or until the peer goes (then
 * `gone(user)` is called once and the stream must not be used any more). `fields` as above. */
struct http_stream *http_stream_open(struct http_request *rq, const char *type,
                                     const struct http_field *fields, void (*gone)(void *user),
                                     void *user);
/* Queues a copy. ERR_FULL when more than 256 KiB wait for a slow peer: end the stream. */
MUST_USE enum err http_stream_write(struct http_stream *stream, struct span bytes);
void http_stream_end(struct http_stream *stream);
/* Bytes that wait for the peer. Once a stream is paced, the loop takes a turn when none waits any
 * more: whoever has much to write looks then, and writes the next piece. */
size_t http_stream_waiting(const struct http_stream *stream);
void http_stream_pace(struct http_stream *stream);

#endif
