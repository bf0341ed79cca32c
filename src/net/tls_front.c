#include "net/tls_front.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/tunnel.h"

enum {
    AT_ONCE = 64,  /* connections taken; then the others have their turn */
    REST_MS = 100, /* when the system has no more descriptors */
};

struct tls_front {
    struct tls_front_options options;
    struct tunnel_set *tunnels;
    int64_t rests_until_ns; /* 0: it does not */
};

/* Says a small answer at once. */
static void hurry(int fd)
{
    const int on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void take(struct tls_front *f, int fd, const struct sockaddr *peer, socklen_t size)
{
    struct tls_session *session = NULL;
    int inside[2];

    if (tunnel_set_count(f->tunnels) >= f->options.connections ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, inside)) {
        close(fd);
        return;
    }
    if (tls_pair_session(f->options.pair, fd, &session)) {
        close(inside[0]);
        close(inside[1]);
        close(fd);
        return;
    }
    hurry(fd);
    tunnel_join(f->tunnels, fd, session, inside[0]);
    f->options.take(f->options.ctx, inside[1], peer, size);
}

static void rest(struct tls_front *f)
{
    log_line(LOG_ERROR, "tls: no connection can be taken, as no descriptor is free; raise "
                        "LimitNOFILE= of the unit, or ulimit -n");
    loop_forget(f->options.loop, f->options.fd);
    f->rests_until_ns = clock_mono_ns() + REST_MS * INT64_C(1000000);
}

static void on_connection(void *ctx, int listening, unsigned events)
{
    struct tls_front *f = ctx;

    (void)events;
    for (int i = 0; i < AT_ONCE; i++) {
        struct sockaddr_storage peer;
        socklen_t size = sizeof peer;
        const int fd =
            accept4(listening, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
            rest(f);
        if (fd < 0)
            return; /* none waits, or the one that did has gone */
        take(f, fd, (const struct sockaddr *)&peer, size);
    }
}

static int64_t on_turn(void *ctx)
{
    struct tls_front *f = ctx;
    const int64_t now_ns = clock_mono_ns();

    if (f->rests_until_ns == 0 || f->options.fd < 0)
        return -1;
    if (now_ns < f->rests_until_ns)
        return REST_MS;
    f->rests_until_ns = 0;
    if (loop_watch(f->options.loop, f->options.fd, LOOP_READ, on_connection, f))
        rest(f);
    return f->rests_until_ns ? REST_MS : -1;
}

enum err tls_front_open(const struct tls_front_options *options, struct tls_front **out)
{
    struct tls_front *f = arena_must_alloc(sizeof *f);

    f->options = *options;
    enum err e = tunnel_set_open(options->loop, NULL, NULL, 0, &f->tunnels);
    if (!e)
        e = loop_watch(options->loop, options->fd, LOOP_READ, on_connection, f);
    if (e) {
        tunnel_set_close(&f->tunnels);
        free(f);
        return e;
    }
    loop_add_turn(options->loop, on_turn, f);
    *out = f;
    return ERR_NONE;
}

void tls_front_drain(struct tls_front *f)
{
    if (f->options.fd < 0)
        return;
    loop_forget(f->options.loop, f->options.fd);
    close(f->options.fd);
    f->options.fd = -1;
}

void tls_front_close(struct tls_front **front)
{
    struct tls_front *f = *front;

    if (!f)
        return;
    *front = NULL;
    tls_front_drain(f);
    loop_drop_turn(f->options.loop, on_turn, f);
    tunnel_set_close(&f->tunnels);
    free(f);
}
