#include "unit/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct wire wire;

const struct http_limits wire_limits = {.header_bytes = 2048,
                                        .body_bytes = 4096,
                                        .header_deadline_ms = 20000,
                                        .body_deadline_ms = 20000,
                                        .connections = 64,
                                        .per_address = 48};

static void echo(struct http_request *rq)
{
    const struct http_field fields[] = {{"X-Target", rq->target}, {"X-Peer", rq->peer}, {NULL}};
    const char *text =
        arena_printf(rq->arena, "%.*s|%.*s|%.*s|%.*s|%d|%.*s|%u", SPAN_ARG(rq->method),
                     SPAN_ARG(rq->path), SPAN_ARG(rq->query), SPAN_ARG(rq->body), rq->listener,
                     SPAN_ARG(http_header(rq, "x-one")), http_header_count(rq, "x-one"));

    http_answer(rq, 200, "text/plain", span_of(text), fields);
}

static void on_gone(struct http_request *rq)
{
    (void)rq;
    wire.gone++;
}

static void on_over(void *ctx)
{
    assert_ptr_equal(ctx, &wire);
    wire.over++;
}

static void on_stream_gone(void *user)
{
    assert_ptr_equal(user, &wire);
    wire.gone++;
    wire.stream = NULL;
}

void wire_handle(void *ctx, struct http_request *rq)
{
    wire.handled++;
    assert_ptr_equal(ctx, &wire);
    rq->over = on_over;
    rq->over_ctx = &wire;
    if (span_is_text(rq->path, "/later") || span_is_text(rq->path, "/hook")) {
        rq->gone = on_gone;
        rq->user = span_is_text(rq->path, "/hook") ? &wire : NULL;
        wire.waiting[wire.waits++] = rq;
    } else if (span_is_text(rq->path, "/stream")) {
        wire.stream = http_stream_open(rq, "text/event-stream", NULL, on_stream_gone, &wire);
        assert_int_equal(http_stream_write(wire.stream, SPAN("data: 1\n\n")), ERR_NONE);
    } else if (span_is_text(rq->path, "/empty")) {
        http_answer(rq, 204, NULL, (struct span){0}, NULL);
    } else if (span_is_text(rq->path, "/large")) {
        http_answer(rq, 200, NULL, (struct span){arena_alloc(rq->arena, 300000), 300000}, NULL);
    } else if (span_is_text(rq->path, "/bad-field")) {
        const struct http_field fields[] = {{"X-Bad", SPAN("a\r\nX-Evil: 1")}, {NULL}};
        http_answer(rq, 200, NULL, SPAN("fine"), fields);
    } else {
        echo(rq);
    }
}

static void answer_at(int i)
{
    struct http_request *rq = wire.waiting[i];

    memmove(&wire.waiting[i], &wire.waiting[i + 1],
            (size_t)(--wire.waits - i) * sizeof *wire.waiting);
    echo(rq);
}

static void serve_stream(void)
{
    static const char noise[8192];

    while (wire.flood && wire.stream && !wire.refused_writes)
        if (http_stream_write(wire.stream, (struct span){noise, sizeof noise}))
            wire.refused_writes++;
    if (wire.end_stream && wire.stream) {
        assert_int_equal(http_stream_write(wire.stream, SPAN("data: 2\n\n")), ERR_NONE);
        http_stream_end(wire.stream);
        wire.stream = NULL;
    }
}

static int64_t on_turn(void *ctx)
{
    (void)ctx;
    for (int i = 0; i < wire.waits; i++)
        if (wire.waiting[i]->user)
            answer_at(i--);
    while (wire.release > 0 && wire.waits > 0) {
        wire.release--;
        answer_at(wire.waits - 1);
    }
    if (atomic_exchange(&wire.drain, false))
        http_server_drain(wire.server);
    serve_stream();
    return -1;
}

static void *run(void *ctx)
{
    (void)ctx;
    loop_run(wire.loop);
    return NULL;
}

static int listen_on(const char *address, int number, const struct http_limits *l)
{
    assert_int_equal(http_server_listen(wire.server, span_of(address), number, l), ERR_NONE);
    return http_server_port(wire.server, number);
}

int wire_set_up(void **state)
{
    struct http_limits hasty = wire_limits, narrow = wire_limits;

    (void)state;
    memset(&wire, 0, sizeof wire);
    strcpy(wire.folder, "/tmp/test_http_server.XXXXXX");
    assert_non_null(mkdtemp(wire.folder));
    snprintf(wire.path, sizeof wire.path, "unix:%s/control.sock", wire.folder);
    assert_int_equal(loop_open(&wire.loop), ERR_NONE);
    assert_int_equal(http_server_open(wire.loop, wire_handle, &wire, &wire.server), ERR_NONE);
    hasty.header_deadline_ms = hasty.body_deadline_ms = 50;
    narrow.connections = 4;
    narrow.per_address = 2;
    wire.port = listen_on("127.0.0.1:0", WIRE_PUBLIC, &wire_limits);
    wire.hasty_port = listen_on("127.0.0.1:0", WIRE_HASTY, &hasty);
    wire.narrow_port = listen_on("127.0.0.1:0", WIRE_NARROW, &narrow);
    assert_int_equal(listen_on(wire.path, WIRE_SOCKET, &wire_limits), 0);
    loop_add_turn(wire.loop, on_turn, NULL);
    assert_int_equal(pthread_create(&wire.thread, NULL, run, NULL), 0);
    return 0;
}

void wire_stop(void)
{
    if (!wire.loop)
        return;
    loop_stop(wire.loop);
    pthread_join(wire.thread, NULL);
    http_server_close(&wire.server);
    http_server_close(&wire.server);
    loop_close(&wire.loop);
}

int wire_tear_down(void **state)
{
    struct stat st;

    (void)state;
    wire_stop();
    assert_int_not_equal(stat(wire.path + 5, &st), 0);
    assert_int_equal(rmdir(wire.folder), 0);
    return 0;
}

/* ---- a plain client ---- */

static int dial(const struct sockaddr *at, socklen_t size)
{
    const int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = 15};

    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, at, size), 0);
    return fd;
}

int wire_dial(int port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    return dial((const struct sockaddr *)&at, sizeof at);
}

void wire_say_bytes(int fd, const char *bytes, size_t size)
{
    while (size) {
        const ssize_t n = send(fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return; /* refused early; the answer tells */
        bytes += n;
        size -= (size_t)n;
    }
}

void wire_say(int fd, const char *text)
{
    wire_say_bytes(fd, text, strlen(text));
}

/* Reads until `end` has come, or the connection is closed; returns the number of bytes. */
size_t wire_hear_until(int fd, const char *end)
{
    size_t size = 0;

    wire.answer[0] = 0;
    while (size < WIRE_ANSWER_SIZE - 1 && !(end && strstr(wire.answer, end))) {
        const ssize_t n = recv(fd, wire.answer + size, end ? 1 : WIRE_ANSWER_SIZE - 1 - size, 0);
        if (n < 0)
            assert_int_equal(errno, ECONNRESET);
        if (n <= 0)
            break;
        size += (size_t)n;
        wire.answer[size] = 0;
    }
    return size;
}

/* Reads one answer with a length; returns its status, 0 when the connection is closed. */
int wire_hear(int fd)
{
    size_t size = wire_hear_until(fd, "\r\n\r\n");
    const char *length = strstr(wire.answer, "Content-Length: ");
    int status = 0;

    if (sscanf(wire.answer, "HTTP/1.%*d %d", &status) != 1)
        return 0;
    for (long left = length ? atol(length + 16) : 0; left > 0;) {
        const ssize_t n = recv(fd, wire.answer + size, (size_t)left, 0);
        if (n <= 0)
            return 0;
        size += (size_t)n;
        left -= n;
    }
    wire.answer[size] = 0;
    return status;
}

int wire_ask(const char *request)
{
    const int fd = wire_dial(wire.port);

    wire_say(fd, request);
    const int status = wire_hear(fd);
    close(fd);
    return status;
}

void wire_wait_for(atomic_int *what, int value)
{
    while (atomic_load(what) != value)
        sched_yield();
}

void wire_release(int count)
{
    wire.release += count;
    loop_wake(wire.loop);
}

int wire_dial_unix(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    strcpy(at.sun_path, wire.path + 5);
    return dial((const struct sockaddr *)&at, sizeof at);
}
