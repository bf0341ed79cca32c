#include "web/emf.h"

#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "metric/metric_emf.h"
#include "web/figures.h"

enum { EVERY_MS = 60000, LINES_BYTES_MAX = 256 << 10, NODE_BYTES = 64, HOST_BYTES = 256 };

struct emf {
    struct loop *loop;
    struct site *site;
    int fd; /* -1: nowhere */
    bool is_stream;
    bool is_asked;
    int64_t due_ms;
    char node[NODE_BYTES];
    struct metric_emf *state;
    struct figures_ask ask;
};

/* ---- where it goes ---- */

/* -1: it cannot be found. */
static int connect_to(struct span address)
{
    const struct addrinfo wanted = {.ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    char host[HOST_BYTES], *port;
    int fd = -1;

    if (address.size >= sizeof host)
        return -1;
    memcpy(host, address.data, address.size);
    host[address.size] = 0;
    port = strrchr(host, ':');
    if (!port)
        return -1;
    *port++ = 0;
    char *name = host;
    if (name[0] == '[' && port[-2] == ']') { /* as IPv6 is written before a port */
        name++;
        port[-2] = 0;
    }
    if (getaddrinfo(name, port, &wanted, &found) != 0)
        return -1;
    fd = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

static void open_sink(struct emf *e, const char *sink)
{
    e->is_stream = strcmp(sink, "stdout") == 0;
    e->fd =
        e->is_stream ? STDOUT_FILENO : connect_to(span_skip(span_of(sink), sizeof "udp://" - 1));
    if (e->fd < 0)
        log_line(LOG_ERROR,
                 "NEXTRING_EMF: %s cannot be found, so CloudWatch gets no figures: is the agent's "
                 "address right?",
                 sink);
}

/* ---- giving ---- */

static bool may_write(const struct emf *e)
{
    struct pollfd p = {.fd = e->fd, .events = POLLOUT};

    return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT);
}

/* A line each: what is read from a socket comes as it was sent. */
static void give(const struct emf *e, struct span lines)
{
    struct span rest = lines;

    while (rest.size > 0) {
        const char *end = memchr(rest.data, '\n', rest.size);
        const size_t size = end ? (size_t)(end - rest.data) + 1 : rest.size;
        if (!may_write(e) || write(e->fd, rest.data, size) != (ssize_t)size)
            return;
        rest = span_skip(rest, size);
    }
}

static void asked(struct figures_ask *ask, const struct metric_set *set)
{
    struct emf *e = ask->user;
    struct arena *arena = arena_open(LINES_BYTES_MAX / 4);
    struct buf lines = buf_in(arena, LINES_BYTES_MAX);

    e->is_asked = false;
    metric_emf_render(e->state, set, span_of(e->node), engine_now_ms(e->site->engine), &lines);
    if (!lines.full)
        give(e, buf_span(&lines));
    arena_close(&arena);
}

/* Returns the milliseconds of real time until the next look. */
static int64_t turn(void *ctx)
{
    struct emf *e = ctx;
    const int64_t now_ms = engine_now_ms(e->site->engine);

    if (e->fd < 0)
        return -1;
    if (now_ms >= e->due_ms && !e->is_asked) {
        e->due_ms = now_ms + EVERY_MS;
        e->is_asked = true;
        e->ask = (struct figures_ask){.done = asked, .user = e};
        figures_ask(e->site->figures, &e->ask);
    }
    return clock_wait_ms(engine_clock(e->site->engine), e->due_ms);
}

struct emf *emf_open(struct loop *loop, struct site *site, const char *sink)
{
    struct emf *e = arena_must_alloc(sizeof *e);

    memset(e, 0, sizeof *e);
    e->loop = loop;
    e->site = site;
    e->state = metric_emf_open();
    e->due_ms = engine_now_ms(site->engine) + EVERY_MS;
    if (gethostname(e->node, sizeof e->node - 1) != 0)
        strcpy(e->node, "unnamed");
    open_sink(e, sink);
    loop_add_turn(loop, turn, e);
    return e;
}

void emf_close(struct emf **emf)
{
    struct emf *e = *emf;

    if (!e)
        return;
    loop_drop_turn(e->loop, turn, e);
    if (e->fd >= 0 && !e->is_stream)
        close(e->fd);
    metric_emf_close(&e->state);
    free(e);
    *emf = NULL;
}
