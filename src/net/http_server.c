/* One libmicrohttpd daemon a listener, in external epoll mode: its epoll descriptor is watched
 * by our loop. A request passes through the states of request_pool.h; between HANDED and ANSWERED
 * its connection is suspended, so that the library neither reads nor closes it and the request
 * cannot go away under the handler. Only closing the server ends such a request (`gone`). */
#include "net/http_server.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/deadline.h"
#include "net/http_judge.h"
#include "net/listen.h"
#include "net/request_pool.h"
#include "net/tls_front.h"

enum {
    LISTENERS = 8,
    SEND_DEADLINE_MS = 60000,  /* from the answer, or a stream's end, to its last byte */
    SWALLOW_BYTES = 1 << 20,   /* read over the limit, so that a 413 still reaches the peer */
    YOUNG_MS = 2000,           /* a connection that is about to say what it wants */
    OVER_CAP = 32,             /* connections above the cap that are taken only to be closed */
    STREAM_BYTES = 256 << 10,  /* queued for a slow peer */
    STREAM_BLOCK_BYTES = 4096, /* used for HTTP/1.0 only */
};

struct listener {
    struct http_server *server;
    struct MHD_Daemon *daemon;
    struct tls_front *front; /* takes the connections; NULL: the daemon does */
    struct listen_socket socket;
    struct http_limits limits;
    int number, epoll;
    unsigned connections;
    bool drained;
    bool runs; /* something happened that the daemon's descriptor does not show */
    struct deadline_line headers, bodies, sending;
};

struct conn {
    struct deadline deadline; /* first, so that a late one is its connection */
    struct listener *listener;
    int fd;
    char peer[LISTEN_PEER_SIZE];
    struct request *now; /* begun, and not yet told to be over */
    bool has_asked;      /* at least once */
};

struct http_server {
    struct loop *loop;
    http_handler_fn *handler;
    void *ctx;
    struct listener *listeners[LISTENERS];
    unsigned listener_count;
    struct request_pool requests;
    unsigned open_requests;
    bool is_leaving;
    int64_t drained_ns; /* 0: not yet */
};

static void suspend(struct request *r)
{
    r->suspended = true;
    MHD_suspend_connection(r->mhd);
}

/* The daemon goes on with it in its next run, in this turn or at once in the next. */
static void resume(struct request *r)
{
    if (!r->suspended)
        return;
    r->suspended = false;
    loop_forget(r->conn->listener->server->loop, r->conn->fd);
    MHD_resume_connection(r->mhd);
    r->conn->listener->runs = true;
    loop_wake(r->conn->listener->server->loop);
}

/* ---- answering ---- */

static void add_field(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        log_line(LOG_WARN, "http: answer header %s left out: not a valid value", name);
}

static enum MHD_Result queue_answer(struct request *r)
{
    struct MHD_Response *response = r->response;

    r->response = NULL;
    r->state = RQ_QUEUED;
    if (!r->stream.open)
        deadline_join(&r->conn->deadline, &r->conn->listener->sending, clock_mono_ns());
    if (r->conn->listener->server->is_leaving)
        add_field(response, MHD_HTTP_HEADER_CONNECTION, "close");
    const enum MHD_Result done = MHD_queue_response(r->mhd, r->status, response);
    MHD_destroy_response(response);
    return done;
}

static struct MHD_Response *whole_response(const char *type, struct span body)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.size, body.size ? (void *)(uintptr_t)body.data : "", MHD_RESPMEM_PERSISTENT);

    CHECK(response && "memory");
    if (type)
        add_field(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    return response;
}

static enum MHD_Result refuse(struct request *r, unsigned status, const char *why)
{
    log_line(LOG_INFO, "http: %u to %.*s: %s", status, SPAN_ARG(r->pub.peer), why);
    r->status = status;
    r->response = whole_response("text/plain", span_of(why));
    return queue_answer(r);
}

static void answered(struct request *r, unsigned status, struct MHD_Response *response)
{
    CHECK(r->state == RQ_HANDED);
    r->status = status;
    r->response = response;
    r->state = RQ_ANSWERED;
    r->conn->listener->server->open_requests--;
    resume(r);
}

void http_answer(struct http_request *rq, int status, const char *type, struct span body,
                 const struct http_field *fields)
{
    struct request *r = (struct request *)rq;
    struct MHD_Response *response = whole_response(type, arena_copy(rq->arena, body));

    for (const struct http_field *f = fields; f && f->name; f++)
        add_field(response, f->name, arena_text(rq->arena, f->value));
    answered(r, (unsigned)status, response);
}

bool http_has_gone(const struct http_request *rq)
{
    return listen_has_gone(((const struct request *)rq)->conn->fd);
}

void http_drop(struct http_request *rq)
{
    shutdown(((struct request *)rq)->conn->fd, SHUT_RDWR); /* what is answered now goes nowhere */
    http_answer(rq, MHD_HTTP_INTERNAL_SERVER_ERROR, NULL, (struct span){0}, NULL);
}

/* ---- streams ---- */

/* The library does not look at a suspended connection, so we do while a stream is idle. */
static void on_idle_peer(void *ctx, int fd, unsigned events)
{
    struct request *r = ctx;

    (void)events;
    loop_forget(r->conn->listener->server->loop, fd);
    if (!http_has_gone(&r->pub))
        return; /* it has sent its next request, which waits until the stream is over */
    r->stream.broken = true;
    resume(r);
}

static void wait_for_more(struct request *r)
{
    suspend(r);
    if (loop_watch(r->conn->listener->server->loop, r->conn->fd, LOOP_READ, on_idle_peer, r))
        log_line(LOG_WARN, "http: a stream's peer is not watched");
}

static ssize_t stream_read(void *cls, uint64_t position, char *out, size_t max)
{
    struct request *r = cls;

    (void)position;
    if (r->stream.broken)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    const size_t size = byte_queue_take(&r->stream.queue, out, max);
    if (size == 0 && !r->stream.open)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (size == 0)
        wait_for_more(r);
    if (size == 0 && r->stream.paced)
        loop_wake(r->conn->listener->server->loop);
    return (ssize_t)size;
}

struct http_stream *http_stream_open(struct http_request *rq, const char *type,
                                     const struct http_field *fields, void (*gone)(void *user),
                                     void *user)
{
    struct request *r = (struct request *)rq;
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, STREAM_BLOCK_BYTES, stream_read, r, NULL);

    CHECK(response && "memory");
    if (type)
        add_field(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    add_field(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    for (const struct http_field *f = fields; f && f->name; f++)
        add_field(response, f->name, arena_text(rq->arena, f->value));
    r->stream = (struct http_stream){.open = true, .gone = gone, .user = user};
    answered(r, MHD_HTTP_OK, response);
    return &r->stream;
}

static struct request *request_of(struct http_stream *st)
{
    return (struct request *)(void *)((char *)st - offsetof(struct request, stream));
}

enum err http_stream_write(struct http_stream *st, struct span bytes)
{
    CHECK(st->open);
    const enum err e = byte_queue_add(&st->queue, bytes, STREAM_BYTES);
    if (!e)
        resume(request_of(st));
    return e;
}

size_t http_stream_waiting(const struct http_stream *st)
{
    return st->queue.to - st->queue.from;
}

void http_stream_pace(struct http_stream *st)
{
    st->paced = true;
}

void http_stream_end(struct http_stream *st)
{
    struct request *r = request_of(st);

    CHECK(st->open);
    st->open = false;
    if (r->state != RQ_QUEUED)
        return;
    deadline_join(&r->conn->deadline, &r->conn->listener->sending, clock_mono_ns());
    resume(r);
}

/* ---- what the library calls ---- */

static void *on_request_line(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct listener *l = cls;
    struct request *r = request_pool_take(&l->server->requests, l->limits.body_bytes);

    r->mhd = mhd;
    r->conn = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    r->pub.target = arena_copy(r->pub.arena, span_of(uri));
    r->pub.path = span_cut(r->pub.target, '?', &r->pub.query);
    r->pub.peer = span_of(r->conn->peer);
    r->pub.listener = l->number;
    r->conn->now = r;
    return r;
}

static enum MHD_Result note_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                   size_t key_size, const char *value, size_t value_size)
{
    (void)kind;
    http_judge_note(cls, (struct span){key, key_size}, (struct span){value, value_size});
    return MHD_YES;
}

static enum MHD_Result begin(struct request *r, const char *version)
{
    const struct http_limits *limits = &r->conn->listener->limits;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(r->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct http_judge judge = {.target = r->pub.target,
                               .needs_host = strcmp(version, MHD_HTTP_VERSION_1_0) != 0,
                               .header_bytes = info ? info->header_size : 0};
    const char *why = "";

    r->begun = true;
    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, note_header, &judge);
    /* A body that is only somewhat too large is read first: a proxy that is still writing when it
     * is answered and hung up on tells its peer of a broken server. */
    const size_t body_bytes =
        limits->body_bytes > SWALLOW_BYTES ? limits->body_bytes : (size_t)SWALLOW_BYTES;
    const unsigned status = http_judge_status(&judge, limits->header_bytes, body_bytes, &why);
    if (status)
        return refuse(r, status, why);
    deadline_join(&r->conn->deadline, &r->conn->listener->bodies, clock_mono_ns());
    return MHD_YES;
}

static enum MHD_Result take_body(struct request *r, const char *data, size_t *size)
{
    if (!r->body.full)
        buf_add(&r->body, (struct span){data, *size});
    if (r->body.full)
        r->dropped += *size;
    *size = 0;
    return r->dropped > SWALLOW_BYTES ? MHD_NO : MHD_YES;
}

static enum MHD_Result hand_over(struct request *r, const char *method)
{
    struct http_server *s = r->conn->listener->server;

    deadline_leave(&r->conn->deadline);
    if (r->body.full)
        return refuse(r, MHD_HTTP_CONTENT_TOO_LARGE, "body too large");
    r->pub.method = span_of(method);
    r->pub.body = buf_span(&r->body);
    r->state = RQ_HANDED;
    s->open_requests++;
    r->inside = true;
    s->handler(s->ctx, &r->pub);
    r->inside = false;
    if (r->state == RQ_ANSWERED)
        return queue_answer(r);
    suspend(r);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    struct request *r = *context;

    (void)cls, (void)mhd, (void)url;
    CHECK(r && !r->inside);
    if (r->state == RQ_ANSWERED)
        return queue_answer(r);
    CHECK(r->state == RQ_READING);
    if (!r->begun)
        return begin(r, version);
    return *size ? take_body(r, data, size) : hand_over(r, method);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode how)
{
    struct listener *l = cls;
    struct request *r = *context;

    (void)mhd;
    if (!r)
        return;
    *context = NULL;
    r->conn->now = NULL;
    r->conn->has_asked = true;
    if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK)
        deadline_join(&r->conn->deadline, &l->headers, clock_mono_ns());
    else
        deadline_leave(&r->conn->deadline);
    if (r->response)
        MHD_destroy_response(r->response);
    if (r->state == RQ_HANDED) {
        l->server->open_requests--;
        if (r->pub.gone)
            r->pub.gone(&r->pub);
    } else if (r->stream.open && r->stream.gone) {
        r->stream.open = false;
        r->stream.gone(r->stream.user);
    }
    if (r->pub.over)
        r->pub.over(r->pub.over_ctx);
    request_pool_give_back(&l->server->requests, r);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct listener *l = cls;
    struct conn *c = *context;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (c->now) /* a query that its memory does not hold: the library never says it is over */
            request_pool_give_back(&l->server->requests, c->now);
        deadline_leave(&c->deadline);
        free(c);
        *context = NULL;
        l->connections--;
        l->runs = true; /* at its limit the library looks at new connections only in a run */
        return;
    }
    c = arena_must_alloc(sizeof *c);
    c->listener = l;
    c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    listen_peer_name(MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr,
                     c->peer);
    *context = c;
    deadline_join(&c->deadline, &l->headers, clock_mono_ns());
    if (++l->connections > l->limits.connections)
        shutdown(c->fd, SHUT_RDWR);
}

__attribute__((format(printf, 2, 0))) static void on_message(void *cls, const char *format,
                                                             va_list args)
{
    char text[256];

    (void)cls;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = 0;
    log_line(strncmp(text, "Error processing", 16) ? LOG_DEBUG : LOG_INFO, "http: %s", text);
}

/* Targets and queries are read raw by those who need them. */
static size_t leave_escaped(void *cls, struct MHD_Connection *mhd, char *text)
{
    (void)cls, (void)mhd;
    return strlen(text);
}

/* ---- the loop's side ---- */

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct listener *l = ctx;

    (void)fd, (void)events;
    l->runs = false;
    MHD_run(l->daemon);
}

/* The library sees a connection shut here as one that its peer has closed. */
static void shut_late(struct deadline_line *line, int64_t now_ns)
{
    struct deadline *d;

    while ((d = deadline_take_late(line, now_ns)))
        shutdown(((struct conn *)d)->fd, SHUT_RDWR);
}

static int64_t listener_turn(struct listener *l, int64_t now_ns)
{
    struct deadline_line *lines[] = {&l->headers, &l->bodies, &l->sending};
    unsigned long long left;
    int64_t wait_ms = -1;

    if (l->runs) {
        l->runs = false;
        MHD_run(l->daemon);
    }
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        shut_late(lines[i], now_ns);
        wait_ms = deadline_sooner_ms(wait_ms, deadline_wait_ms(lines[i], now_ns));
    }
    if (MHD_get_timeout(l->daemon, &left) == MHD_YES) {
        l->runs = l->runs || left == 0;
        wait_ms = deadline_sooner_ms(wait_ms, left > INT32_MAX ? INT32_MAX : (int64_t)left);
    }
    return l->runs ? 0 : wait_ms;
}

static int64_t on_turn(void *ctx)
{
    struct http_server *s = ctx;
    const int64_t now_ns = clock_mono_ns();
    int64_t wait_ms = -1;

    for (unsigned i = 0; i < s->listener_count; i++)
        wait_ms = deadline_sooner_ms(wait_ms, listener_turn(s->listeners[i], now_ns));
    return wait_ms;
}

/* ---- opening and closing ---- */

enum err http_server_open(struct loop *loop, http_handler_fn *handler, void *ctx,
                          struct http_server **out)
{
    struct http_server *s = arena_must_alloc(sizeof *s);

    *s = (struct http_server){.loop = loop, .handler = handler, .ctx = ctx};
    loop_add_turn(loop, on_turn, s);
    *out = s;
    return ERR_NONE;
}

/* The library keeps the header lines, cookies once more, an entry for each of them and our answer's
 * header in a block that it clears after each request, so that it costs an idle connection all of
 * its size: half more holds what real requests bring, with cookies of half the limit. */
static size_t block_bytes(const struct http_limits *limits)
{
    return limits->header_bytes + limits->header_bytes / 2 + 256;
}

static bool start_daemon(struct listener *l)
{
    const unsigned per_address = l->socket.path[0] ? 0 : l->limits.per_address;
    const unsigned taking = l->limits.tls ? MHD_USE_NO_LISTEN_SOCKET : 0;

    l->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | taking, 0, NULL, NULL,
        on_request, l, MHD_OPTION_EXTERNAL_LOGGER, on_message, NULL, MHD_OPTION_URI_LOG_CALLBACK,
        on_request_line, l, MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped,
        NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, block_bytes(&l->limits),
        MHD_OPTION_CONNECTION_LIMIT, l->limits.connections + OVER_CAP,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_address,
        taking ? MHD_OPTION_END : MHD_OPTION_LISTEN_SOCKET, l->socket.fd, MHD_OPTION_END);
    if (!l->daemon)
        return false;
    l->epoll = MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return true;
}

/* The far end is the tunnel's, so the library may wait for it as for any peer. */
static void on_tunnel(void *ctx, int fd, const struct sockaddr *peer, socklen_t size)
{
    struct listener *l = ctx;

    if (MHD_add_connection(l->daemon, fd, peer, size) != MHD_YES)
        return; /* it has been closed */
    l->runs = true;
    loop_wake(l->server->loop);
}

static bool watch_daemon(struct listener *l)
{
    struct loop *loop = l->server->loop;
    const struct tls_front_options front = {.loop = loop,
                                            .pair = l->limits.tls,
                                            .fd = l->socket.fd,
                                            .connections = l->limits.connections + OVER_CAP,
                                            .take = on_tunnel,
                                            .ctx = l};

    if (loop_watch(loop, l->epoll, LOOP_READ, on_ready, l))
        return false;
    if (!l->limits.tls || !tls_front_open(&front, &l->front))
        return true;
    loop_forget(loop, l->epoll);
    return false;
}

/* After an error the socket is open, and the caller's. */
static enum err add_listener(struct http_server *s, const struct listen_socket *socket, int number,
                             const struct http_limits *limits)
{
    CHECK(s->listener_count < LISTENERS);
    struct listener *l = arena_must_alloc(sizeof *l);
    *l = (struct listener){.server = s,
                           .socket = *socket,
                           .limits = *limits,
                           .number = number,
                           .headers.time_ms = limits->header_deadline_ms,
                           .bodies.time_ms = limits->body_deadline_ms,
                           .sending.time_ms = SEND_DEADLINE_MS};
    if (!start_daemon(l)) {
        free(l);
        return ERR_BROKEN;
    }
    if (!watch_daemon(l)) {
        MHD_quiesce_daemon(l->daemon);
        MHD_stop_daemon(l->daemon);
        free(l);
        return ERR_BROKEN;
    }
    l->runs = true; /* the first run arms the listening socket */
    s->listeners[s->listener_count++] = l;
    loop_wake(s->loop);
    return ERR_NONE;
}

enum err http_server_listen(struct http_server *s, struct span address, int number,
                            const struct http_limits *limits)
{
    struct listen_socket socket;

    enum err e = listen_open(address, &socket);
    if (e)
        return e;
    e = add_listener(s, &socket, number, limits);
    if (e) {
        listen_unlink(&socket);
        close(socket.fd);
    }
    return e;
}

enum err http_server_adopt(struct http_server *s, int fd, int number,
                           const struct http_limits *limits)
{
    struct listen_socket socket;

    const enum err e = listen_adopt(fd, &socket);
    return e ? e : add_listener(s, &socket, number, limits);
}

void http_server_leave(struct http_server *s)
{
    s->is_leaving = true;
}

void http_server_drain(struct http_server *s)
{
    if (!s->drained_ns)
        s->drained_ns = clock_mono_ns();
    for (unsigned i = 0; i < s->listener_count; i++) {
        struct listener *l = s->listeners[i];
        if (l->drained)
            continue;
        l->drained = true;
        if (l->front)
            tls_front_drain(l->front);
        const int fd = l->front ? -1 : MHD_quiesce_daemon(l->daemon);
        if (fd >= 0)
            close(fd);
    }
}

void http_server_close(struct http_server **server)
{
    struct http_server *s = *server;

    if (!s)
        return;
    *server = NULL;
    loop_drop_turn(s->loop, on_turn, s);
    for (struct request *r = s->requests.live; r; r = r->next) {
        CHECK(!r->inside);
        resume(r); /* the library does not stop with a suspended connection */
    }
    for (unsigned i = 0; i < s->listener_count; i++) {
        struct listener *l = s->listeners[i];
        loop_forget(s->loop, l->epoll);
        if (l->front)
            tls_front_drain(l->front);
        MHD_stop_daemon(l->daemon);
        tls_front_close(&l->front);
        listen_unlink(&l->socket);
        free(l);
    }
    request_pool_done(&s->requests);
    free(s);
}

/* ---- asking ---- */

int http_server_port(const struct http_server *s, int listener)
{
    for (unsigned i = 0; i < s->listener_count; i++)
        if (s->listeners[i]->number == listener)
            return s->listeners[i]->socket.port;
    return 0;
}

int http_server_descriptor(const struct http_server *s, int listener)
{
    for (unsigned i = 0; i < s->listener_count; i++)
        if (s->listeners[i]->number == listener)
            return s->listeners[i]->socket.fd;
    return -1;
}

unsigned http_server_open_requests(const struct http_server *s)
{
    return s->open_requests;
}

bool http_server_has_begun(const struct http_server *s)
{
    const int64_t now_ns = clock_mono_ns();

    if (s->drained_ns && now_ns - s->drained_ns > (int64_t)YOUNG_MS * 1000000)
        return false;
    for (unsigned i = 0; i < s->listener_count; i++) {
        const struct listener *l = s->listeners[i];
        const int64_t young_ns = now_ns + (l->headers.time_ms - YOUNG_MS) * 1000000;
        if (l->bodies.first || l->sending.first)
            return true;
        for (const struct deadline *d = l->headers.last; d && d->due_ns > young_ns; d = d->prev)
            if (!((const struct conn *)(const void *)d)->has_asked)
                return true;
    }
    return false;
}

struct span http_header(const struct http_request *rq, const char *name)
{
    const struct request *r = (const struct request *)rq;
    struct span value = {0};

    MHD_lookup_connection_value_n(r->mhd, MHD_HEADER_KIND, name, strlen(name), &value.data,
                                  &value.size);
    return value;
}

struct header_count {
    struct span name;
    unsigned count;
};

static enum MHD_Result count_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                    size_t key_size, const char *value, size_t value_size)
{
    struct header_count *c = cls;

    (void)kind, (void)value, (void)value_size;
    c->count += span_is_nocase((struct span){key, key_size}, c->name);
    return MHD_YES;
}

unsigned http_header_count(const struct http_request *rq, const char *name)
{
    const struct request *r = (const struct request *)rq;
    struct header_count c = {.name = span_of(name)};

    MHD_get_connection_values_n(r->mhd, MHD_HEADER_KIND, count_header, &c);
    return c.count;
}
