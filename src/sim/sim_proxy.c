#include "sim/sim_proxy.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/deadline.h"
#include "net/listen.h"
#include "net/tls.h"
#include "net/tunnel.h"
#include "simrest/sim_routes.h"

enum {
    HEAD_BYTES = 4096,
    HEAD_MS = 10000,
    FAREWELL_MS = 2000,
    PAUSE_MS = 100,
    ACCEPTS_AT_ONCE = 64,
    LABELS_MAX = 2, /* between the product and the domain */
    LABEL_MAX = 63,
    TLS_HELLO = 0x16,
    CA_MODE = 0644,
    PATH_BYTES = 4096
};

static const char domain[] = ".twilio.com";

/* A peer that has not yet said where it wants to go, or has been turned away. */
struct caller {
    struct deadline deadline; /* first: the lines hand it back */
    struct sim_proxy *proxy;
    struct caller *prev, *next;
    int fd;
    bool refused;
    size_t size;
    char head[HEAD_BYTES];
};

struct sim_proxy {
    struct loop *loop;
    struct listen_socket socket;
    struct tls_authority *authority;
    struct tunnel_set *tunnels;
    struct caller *first;
    unsigned count;
    int64_t paused_ns; /* above 0: no descriptor was free; taken up again then */
    struct deadline_line heads, farewells;
    const char *base;
    char url[64];
};

/* ---- names ---- */

static bool is_label(struct span label)
{
    for (size_t i = 0; i < label.size; i++)
        if (!isalnum((unsigned char)label.data[i]) && label.data[i] != '-')
            return false;
    return label.size > 0 && label.size <= LABEL_MAX;
}

/* Simulated, or known not to be: that answers 404 in the carrier's own form. */
static bool is_product(struct span name)
{
    for (int i = 0; i < SIM_API_HOSTS; i++)
        if (name.size && span_is_text(name, sim_api_host_name((enum sim_api_host)i)))
            return true;
    for (size_t i = 0; i < sim_routes_absents(); i++)
        if (!sim_routes_absent(i)->path && span_is_text(name, sim_routes_absent(i)->host))
            return true;
    return false;
}

/* Whether `host`, in lower case, is one that the REST API's tables name: PRODUCT.twilio.com,
 * PRODUCT.REGION.twilio.com or PRODUCT.EDGE.REGION.twilio.com. Those of them that are not
 * simulated answer as the carrier does to what it does not have. */
static bool is_known(struct span host)
{
    const size_t tail = sizeof domain - 1;
    struct span rest;

    if (host.size <= tail || memcmp(host.data + host.size - tail, domain, tail) != 0)
        return false;
    host.size -= tail;
    if (host.data[host.size - 1] == '.')
        return false;
    const struct span product = span_cut(host, '.', &rest);
    for (int i = 0; i < LABELS_MAX && rest.size; i++)
        if (!is_label(span_cut(rest, '.', &rest)))
            return false;
    return !rest.size && is_product(product);
}

/* ---- callers ---- */

/* Takes the caller out; its descriptor stays open. */
static int release(struct caller *c)
{
    struct sim_proxy *p = c->proxy;
    const int fd = c->fd;

    deadline_leave(&c->deadline);
    loop_forget(p->loop, fd);
    if (c->prev)
        c->prev->next = c->next;
    else
        p->first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    p->count--;
    free(c);
    return fd;
}

static void drop(struct caller *c)
{
    close(release(c));
}

/* An answer of a few hundred bytes always fits; then what still comes is read, so that closing
 * does not take it back. */
static void refuse(struct caller *c, const char *status, const char *fields, const char *words)
{
    char text[1024];
    const int size = snprintf(text, sizeof text,
                              "HTTP/1.1 %s\r\n%sContent-Type: text/plain\r\nContent-Length: %zu\r\n"
                              "Connection: close\r\n\r\n%s\n",
                              status, fields, strlen(words) + 1, words);

    log_line(LOG_WARN, "proxy: refused with %.3s: %s", status, words);
    c->refused = true;
    if (send(c->fd, text, (size_t)size, MSG_NOSIGNAL) != size) {
        drop(c);
        return;
    }
    shutdown(c->fd, SHUT_WR);
    deadline_join(&c->deadline, &c->proxy->farewells, clock_mono_ns());
}

static void refuse_method(struct caller *c)
{
    char words[256];

    snprintf(words, sizeof words,
             "This proxy takes CONNECT to the carrier's hosts only; without TLS the API is at %s",
             c->proxy->base);
    refuse(c, "405 Method Not Allowed", "Allow: CONNECT\r\n", words);
}

static void refuse_host(struct caller *c, struct span target)
{
    char words[TLS_NAME_MAX + 128];
    const int shown = (int)(target.size < TLS_NAME_MAX ? target.size : TLS_NAME_MAX);

    snprintf(words, sizeof words,
             "%.*s is not simulated; the carrier's own hosts are, such as api.twilio.com:443",
             shown, target.data);
    refuse(c, "403 Forbidden", "", words);
}

static void begin_tunnel(struct caller *c, struct span host)
{
    static const char yes[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    struct tunnel_set *tunnels = c->proxy->tunnels;
    char name[TLS_NAME_MAX + 1];

    for (size_t i = 0; i < host.size; i++)
        name[i] = (char)tolower((unsigned char)host.data[i]);
    const struct span lower = {name, host.size};
    if (!is_known(lower)) {
        refuse_host(c, host);
        return;
    }
    const int fd = release(c);
    if (send(fd, yes, sizeof yes - 1, MSG_NOSIGNAL) == (ssize_t)(sizeof yes - 1))
        tunnel_add(tunnels, fd, lower);
    else
        close(fd);
}

/* "CONNECT api.twilio.com:443 HTTP/1.1" */
static void judge(struct caller *c)
{
    struct span rest, line = span_cut((struct span){c->head, c->size}, '\r', &rest);
    const struct span method = span_cut(line, ' ', &line);
    const struct span target = span_cut(line, ' ', &line);
    struct span port;

    if (!target.size || !span_starts(line, SPAN("HTTP/1."))) {
        refuse(c, "400 Bad Request", "", "This is no request of HTTP/1.");
        return;
    }
    if (!span_is(method, SPAN("CONNECT"))) {
        refuse_method(c);
        return;
    }
    const struct span host = span_cut(target, ':', &port);
    if (host.size == 0 || host.size > TLS_NAME_MAX || !span_is(port, SPAN("443")))
        refuse_host(c, target);
    else
        begin_tunnel(c, host);
}

/* Looks before it takes: what follows the head belongs to TLS. Returns false when it is gone. */
static bool take_head(struct caller *c, bool *whole)
{
    char *at = c->head + c->size;
    const ssize_t n = recv(c->fd, at, HEAD_BYTES - c->size, MSG_PEEK);

    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    const size_t seen = c->size + (size_t)n;
    const char *end = memmem(c->head, seen, "\r\n\r\n", 4);
    const size_t size = end ? (size_t)(end - c->head) + 4 : seen;
    if (recv(c->fd, at, size - c->size, 0) != (ssize_t)(size - c->size))
        return false;
    c->size = size;
    *whole = end != NULL;
    return true;
}

static bool is_tls(const struct caller *c)
{
    char first;

    return c->size == 0 && recv(c->fd, &first, 1, MSG_PEEK) == 1 && first == TLS_HELLO;
}

static void swallow(struct caller *c)
{
    const ssize_t n = recv(c->fd, c->head, HEAD_BYTES, 0);

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        drop(c);
}

static void on_caller(void *ctx, int fd, unsigned events)
{
    struct caller *c = ctx;
    struct tunnel_set *tunnels = c->proxy->tunnels;
    bool whole = false;

    (void)fd, (void)events;
    if (c->refused)
        swallow(c);
    else if (is_tls(c))
        tunnel_add(tunnels, release(c), (struct span){0});
    else if (!take_head(c, &whole))
        drop(c);
    else if (whole)
        judge(c);
    else if (c->size == HEAD_BYTES)
        refuse(c, "431 Request Header Fields Too Large", "", "The request's head is too large.");
}

/* ---- the listener ---- */

static void add_caller(struct sim_proxy *p, int fd)
{
    const int on = 1;

    if (p->count + tunnel_set_count(p->tunnels) >= SIM_PROXY_CONNECTIONS_MAX) {
        close(fd);
        return;
    }
    struct caller *c = arena_must_alloc(sizeof *c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->proxy = p;
    c->fd = fd;
    c->next = p->first;
    if (p->first)
        p->first->prev = c;
    p->first = c;
    p->count++;
    deadline_join(&c->deadline, &p->heads, clock_mono_ns());
    if (loop_watch(p->loop, fd, LOOP_READ, on_caller, c))
        drop(c);
}

static void on_listener(void *ctx, int fd, unsigned events)
{
    struct sim_proxy *p = ctx;

    (void)events;
    for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
        const int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer >= 0) {
            add_caller(p, peer);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            loop_forget(p->loop, fd);
            p->paused_ns = clock_mono_ns() + (int64_t)PAUSE_MS * 1000000;
        }
        if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

static int64_t on_turn(void *ctx)
{
    struct sim_proxy *p = ctx;
    const int64_t now_ns = clock_mono_ns();
    struct deadline *late;

    while ((late = deadline_take_late(&p->heads, now_ns)) ||
           (late = deadline_take_late(&p->farewells, now_ns)))
        drop((struct caller *)late);
    if (p->paused_ns > 0 && now_ns >= p->paused_ns &&
        loop_watch(p->loop, p->socket.fd, LOOP_READ, on_listener, p) == ERR_NONE)
        p->paused_ns = 0;
    return deadline_sooner_ms(p->paused_ns ? PAUSE_MS : -1,
                              deadline_sooner_ms(deadline_wait_ms(&p->heads, now_ns),
                                                 deadline_wait_ms(&p->farewells, now_ns)));
}

/* ---- opening and closing ---- */

static bool is_loopback(struct span address)
{
    return span_starts(address, SPAN("127.")) || span_starts(address, SPAN("[::1]:"));
}

/* From "http://127.0.0.1:8082" or "http://[::1]:8082". */
static bool read_base(const char *base, struct sockaddr_storage *out, socklen_t *out_size)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)out;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)out;
    char host[INET6_ADDRSTRLEN + 1];
    int port = 0;

    memset(out, 0, sizeof *out);
    if (sscanf(base, "http://[%46[0-9a-fA-F:]]:%d", host, &port) == 2) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        *out_size = sizeof *v6;
        return inet_pton(AF_INET6, host, &v6->sin6_addr) == 1;
    }
    if (sscanf(base, "http://%46[^:]:%d", host, &port) != 2)
        return false;
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    *out_size = sizeof *v4;
    return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &v4->sin_addr) ==
           1;
}

/* Beside it first, so that nobody ever reads half of one. */
static bool write_certificate(const char *path, struct span pem)
{
    char draft[PATH_BYTES];

    if (snprintf(draft, sizeof draft, "%s.new", path) >= (int)sizeof draft) {
        errno = ENAMETOOLONG;
        return false;
    }
    (void)unlink(draft);
    const int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, CA_MODE);
    if (fd < 0)
        return false;
    const bool written =
        fchmod(fd, CA_MODE) == 0 && write(fd, pem.data, pem.size) == (ssize_t)pem.size;
    if (close(fd) == 0 && written && rename(draft, path) == 0)
        return true;
    const int why = errno;
    (void)unlink(draft);
    errno = why;
    return false;
}

static enum err start(struct sim_proxy *p, const struct sim_proxy_options *o,
                      char words[SIM_PROXY_WORDS])
{
    struct sockaddr_storage to;
    socklen_t to_size = 0;

    enum err e = is_loopback(o->listen) ? listen_open(o->listen, &p->socket) : ERR_BAD_INPUT;
    if (e) {
        p->socket.fd = -1;
        snprintf(words, SIM_PROXY_WORDS, "cannot listen on %.*s: %s", SPAN_ARG(o->listen),
                 e == ERR_CONFLICT    ? "the address is in use"
                 : e == ERR_BAD_INPUT ? "it is no numeric address of loopback with a port"
                                      : err_name(e));
        return e;
    }
    const size_t host =
        (size_t)((const char *)memrchr(o->listen.data, ':', o->listen.size) - o->listen.data);
    snprintf(p->url, sizeof p->url, "http://%.*s:%d", (int)host, o->listen.data, p->socket.port);
    if (!read_base(o->base, &to, &to_size) ||
        tls_authority_open(domain + 1, is_known, &p->authority)) {
        snprintf(words, SIM_PROXY_WORDS, "the proxy's certificate cannot be made");
        return ERR_BROKEN;
    }
    if (!write_certificate(o->ca_path, tls_authority_pem(p->authority))) {
        snprintf(words, SIM_PROXY_WORDS, "%.160s: %s", o->ca_path, strerror(errno));
        return ERR_BROKEN;
    }
    e = tunnel_set_open(p->loop, p->authority, (const struct sockaddr *)&to, to_size, &p->tunnels);
    return e ? e : loop_watch(p->loop, p->socket.fd, LOOP_READ, on_listener, p);
}

enum err sim_proxy_open(struct loop *loop, const struct sim_proxy_options *options,
                        struct sim_proxy **out, char words[SIM_PROXY_WORDS])
{
    struct sim_proxy *p = arena_must_alloc(sizeof *p);

    p->loop = loop;
    p->socket.fd = -1;
    p->base = options->base;
    p->heads.time_ms = HEAD_MS;
    p->farewells.time_ms = FAREWELL_MS;
    const enum err e = start(p, options, words);
    if (e) {
        sim_proxy_close(&p);
        return e;
    }
    loop_add_turn(loop, on_turn, p);
    *out = p;
    return ERR_NONE;
}

void sim_proxy_close(struct sim_proxy **proxy)
{
    struct sim_proxy *p = *proxy;

    if (!p)
        return;
    while (p->first)
        drop(p->first);
    tunnel_set_close(&p->tunnels);
    tls_authority_close(&p->authority);
    loop_forget(p->loop, p->socket.fd);
    loop_drop_turn(p->loop, on_turn, p);
    if (p->socket.fd >= 0)
        close(p->socket.fd);
    free(p);
    *proxy = NULL;
}

const char *sim_proxy_url(const struct sim_proxy *proxy)
{
    return proxy->url;
}
