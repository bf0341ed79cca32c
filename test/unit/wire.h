/* unit/wire.h - an HTTP server in a thread of its own, and a plain client that talks to it.
 *
 * What the handler does is told by the path: see wire_handle. Reads give up after 15 s, so that
 * a broken server fails a test instead of hanging it.
 */
#ifndef UNIT_WIRE_H
#define UNIT_WIRE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/http_server.h"

#define WIRE_HEAD " HTTP/1.1\r\nHost: x\r\n"

/* The listeners: WIRE_HASTY has deadlines of 50 ms, WIRE_NARROW few connections. */
enum { WIRE_PUBLIC = 1, WIRE_SOCKET, WIRE_HASTY, WIRE_NARROW };
enum { WIRE_WAITING = 16, WIRE_ANSWER_SIZE = 1 << 20 };

struct wire {
    struct loop *loop;
    struct http_server *server;
    pthread_t thread;
    char folder[64], path[96];
    int port, hasty_port, narrow_port;
    atomic_int release; /* waiting requests to answer */
    atomic_int handled, gone, over, refused_writes;
    atomic_bool drain, flood, end_stream;
    struct http_request *waiting[WIRE_WAITING];
    int waits;
    struct http_stream *stream;
    char answer[WIRE_ANSWER_SIZE];
};

extern struct wire wire;
extern const struct http_limits wire_limits;

int wire_set_up(void **state);
int wire_tear_down(void **state);
/* Stops the loop and closes the server before the end of the test. */
void wire_stop(void);
/* /later waits for wire_release, /hook is answered by a hook of the same turn, /stream opens
 * wire.stream; /empty, /large, /bad-field; whatever else is echoed. */
void wire_handle(void *ctx, struct http_request *rq);
/* Answers `count` waiting requests, the youngest first. */
void wire_release(int count);
void wire_wait_for(atomic_int *what, int value);

int wire_dial(int port);
int wire_dial_unix(void);
void wire_say_bytes(int fd, const char *bytes, size_t size);
void wire_say(int fd, const char *text);
/* Reads into wire.answer until `end` has come, or the peer has closed; returns the bytes. */
size_t wire_hear_until(int fd, const char *end);
/* Reads one answer with a length; returns its status, 0 when the connection is closed. */
int wire_hear(int fd);
/* Sends one request over a connection of its own; returns the status. */
int wire_ask(const char *request);

#endif
