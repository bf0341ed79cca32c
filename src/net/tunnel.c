#include "net/tunnel.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "net/deadline.h"
#include "net/listen.h"

enum {
    RECORD_BYTES = 16384, /* the most that a TLS record holds */
    ROUNDS = 8,           /* of pumping; then the others have their turn */
    OPENING_MS = 10000,
    ENDING_MS = 5000
};

enum state { GREETING, DIALLING, PUMPING, ENDING };

struct side {
    int fd;
    unsigned wants, watched; /* LOOP_READ, LOOP_WRITE */
};

struct flow {
    char *bytes;     /* NULL while none wait */
    size_t from, to; /* bytes[from..to) wait */
    bool over;       /* nothing more comes */
};

struct tunnel {
    struct deadline deadline; /* first: the lines hand it back */
    struct tunnel_set *set;
    struct tunnel *prev, *next;
    enum state state;
    struct side peer, server;
    struct tls_session *session;
    struct flow up, down; /* to the server, to the peer */
    bool up_shut;
};

struct tunnel_set {
    struct loop *loop;
    struct tls_authority *authority;
    struct sockaddr_storage to;
    socklen_t to_size;
    struct tunnel *first;
    unsigned count;
    struct deadline_line opening, ending;
    char record[RECORD_BYTES]; /* read into; what cannot go on at once is kept */
};

static void keep(struct flow *f, const char *bytes, size_t size)
{
    f->bytes = memcpy(arena_must_alloc(size), bytes, size);
    f->from = 0;
    f->to = size;
}

static void pass(struct flow *f, size_t size)
{
    f->from += size;
    if (f->from < f->to)
        return;
    free(f->bytes);
    f->bytes = NULL;
    f->from = f->to = 0;
}

static void drop(struct tunnel *t)
{
    struct tunnel_set *set = t->set;

    deadline_leave(&t->deadline);
    loop_forget(set->loop, t->peer.fd);
    loop_forget(set->loop, t->server.fd);
    tls_session_close(&t->session);
    free(t->up.bytes);
    free(t->down.bytes);
    close(t->peer.fd);
    if (t->server.fd >= 0)
        close(t->server.fd);
    if (t->prev)
        t->prev->next = t->next;
    else
        set->first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    set->count--;
    free(t);
}

static void on_peer(void *ctx, int fd, unsigned events);
static void on_server(void *ctx, int fd, unsigned events);

/* A side that wants nothing is not watched at all: a hang-up would be told again and again. */
static bool watch(struct tunnel *t, struct side *side, loop_ready_fn *fn)
{
    if (side->fd < 0 || side->wants == side->watched)
        return true;
    side->watched = side->wants;
    if (!side->wants) {
        loop_forget(t->set->loop, side->fd);
        return true;
    }
    return loop_watch(t->set->loop, side->fd, side->wants, fn, t) == ERR_NONE;
}

static bool watch_both(struct tunnel *t)
{
    return watch(t, &t->peer, on_peer) && watch(t, &t->server, on_server);
}

static void want(struct tunnel *t, enum tls_step step)
{
    if (step == TLS_WANTS_READ)
        t->peer.wants |= LOOP_READ;
    if (step == TLS_WANTS_WRITE)
        t->peer.wants |= LOOP_WRITE;
}

/* ---- on the way to the server ---- */

static bool dial(struct tunnel *t)
{
    const int on = 1;
    const int fd = socket(t->set->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    t->server.fd = fd;
    if (fd < 0)
        return false;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    t->state = DIALLING;
    t->server.wants = LOOP_WRITE;
    return connect(fd, (const struct sockaddr *)&t->set->to, t->set->to_size) == 0 ||
           errno == EINPROGRESS;
}

static bool pump(struct tunnel *t);

static bool greet(struct tunnel *t)
{
    if (t->server.fd >= 0 && listen_has_gone(t->server.fd))
        return false;
    const enum tls_step step = tls_session_greet(t->session);

    if (step == TLS_DONE && t->server.fd < 0)
        return dial(t);
    if (step == TLS_DONE) {
        deadline_leave(&t->deadline);
        t->state = PUMPING;
        return pump(t);
    }
    if (step == TLS_WANTS_READ || step == TLS_WANTS_WRITE) {
        want(t, step);
        return true;
    }
    log_line(LOG_INFO, "tls: a peer is turned away: %s", tls_session_why(t->session));
    return false;
}

static bool check_dial(struct tunnel *t)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(t->server.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error)
        return false;
    deadline_leave(&t->deadline);
    t->state = PUMPING;
    return true;
}

/* ---- pumping; each returns whether it moved something, *broken that all is over ---- */

static bool read_peer(struct tunnel *t, bool *broken)
{
    struct flow *f = &t->up;
    size_t size = 0;

    if (f->to > 0 || f->over)
        return false;
    const enum tls_step step = tls_session_read(t->session, t->set->record, RECORD_BYTES, &size);
    want(t, step);
    if (step == TLS_DONE)
        keep(f, t->set->record, size);
    f->over = step == TLS_CLOSED;
    *broken = *broken || step == TLS_FAILED;
    return step == TLS_DONE || step == TLS_CLOSED;
}

static bool write_server(struct tunnel *t)
{
    struct flow *f = &t->up;

    if (f->over && f->to == 0 && !t->up_shut) {
        shutdown(t->server.fd, SHUT_WR);
        t->up_shut = true;
    }
    if (f->to == 0)
        return false;
    const ssize_t n = send(t->server.fd, f->bytes + f->from, f->to - f->from, MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        t->server.wants |= LOOP_WRITE;
        return false;
    }
    if (n < 0) { /* it takes no more; what it has said is still to come */
        pass(f, f->to - f->from);
        f->over = t->up_shut = true;
        return true;
    }
    pass(f, (size_t)n);
    return true;
}

static bool read_server(struct tunnel *t)
{
    struct flow *f = &t->down;

    if (f->to > 0 || f->over)
        return false;
    const ssize_t n = recv(t->server.fd, t->set->record, RECORD_BYTES, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        t->server.wants |= LOOP_READ;
        return false;
    }
    if (n > 0) {
        keep(f, t->set->record, (size_t)n);
    } else { /* from now on the peer has so long to take the rest */
        f->over = true;
        deadline_join(&t->deadline, &t->set->ending, clock_mono_ns());
    }
    return true;
}

static bool write_peer(struct tunnel *t, bool *broken)
{
    struct flow *f = &t->down;
    size_t size = 0;

    if (f->to == 0)
        return false;
    const enum tls_step step =
        tls_session_write(t->session, (struct span){f->bytes + f->from, f->to - f->from}, &size);
    want(t, step);
    *broken = *broken || step == TLS_FAILED || step == TLS_CLOSED;
    if (step != TLS_DONE)
        return false;
    pass(f, size);
    return true;
}

static bool end(struct tunnel *t)
{
    tls_session_end(t->session);
    shutdown(t->peer.fd, SHUT_WR);
    t->state = ENDING;
    t->server.wants = 0;
    t->peer.wants = LOOP_READ;
    return true;
}

static bool pump(struct tunnel *t)
{
    bool broken = false, moved = true;

    for (int i = 0; i < ROUNDS && moved && !broken; i++) {
        t->peer.wants = t->server.wants = 0;
        moved = read_peer(t, &broken);
        moved = write_server(t) || moved;
        moved = read_server(t) || moved;
        moved = write_peer(t, &broken) || moved;
    }
    if (moved) { /* not yet at rest: whatever may be ready is asked again */
        t->peer.wants |= t->up.to || t->up.over ? 0U : LOOP_READ;
        t->peer.wants |= t->down.to ? LOOP_WRITE : 0U;
        t->server.wants |= t->down.to || t->down.over ? 0U : LOOP_READ;
        t->server.wants |= t->up.to ? LOOP_WRITE : 0U;
    }
    if (broken)
        return false;
    return t->down.over && t->down.to == 0 ? end(t) : true;
}

/* Reads what still comes, so that closing does not take back what was sent. */
static bool linger(struct tunnel *t)
{
    const ssize_t n = recv(t->peer.fd, t->set->record, RECORD_BYTES, 0);

    return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool step(struct tunnel *t)
{
    switch (t->state) {
    case GREETING:
        t->peer.wants = 0;
        t->server.wants = t->server.fd < 0 ? 0U : LOOP_READ;
        return greet(t);
    case DIALLING:
        t->server.wants = 0;
        return check_dial(t) && pump(t);
    case PUMPING:
        return pump(t);
    case ENDING:
        return linger(t);
    }
    return false;
}

static void go_on(struct tunnel *t)
{
    if (!step(t) || !watch_both(t))
        drop(t);
}

static void on_peer(void *ctx, int fd, unsigned events)
{
    (void)fd, (void)events;
    go_on(ctx);
}

static void on_server(void *ctx, int fd, unsigned events)
{
    (void)fd, (void)events;
    go_on(ctx);
}

/* ---- the set ---- */

static int64_t on_turn(void *ctx)
{
    struct tunnel_set *set = ctx;
    const int64_t now_ns = clock_mono_ns();
    struct deadline *late;

    while ((late = deadline_take_late(&set->opening, now_ns)) ||
           (late = deadline_take_late(&set->ending, now_ns)))
        drop((struct tunnel *)late);
    return deadline_sooner_ms(deadline_wait_ms(&set->opening, now_ns),
                              deadline_wait_ms(&set->ending, now_ns));
}

enum err tunnel_set_open(struct loop *loop, struct tls_authority *authority,
                         const struct sockaddr *to, socklen_t to_size, struct tunnel_set **out)
{
    struct tunnel_set *set = arena_must_alloc(sizeof *set);

    CHECK(to_size <= sizeof set->to);
    set->loop = loop;
    set->authority = authority;
    if (to_size > 0)
        memcpy(&set->to, to, to_size);
    set->to_size = to_size;
    set->opening.time_ms = OPENING_MS;
    set->ending.time_ms = ENDING_MS;
    loop_add_turn(loop, on_turn, set);
    *out = set;
    return ERR_NONE;
}

void tunnel_set_close(struct tunnel_set **set)
{
    if (!*set)
        return;
    while ((*set)->first) {
        if ((*set)->first->state == PUMPING)
            (void)pump((*set)->first);
        drop((*set)->first);
    }
    loop_drop_turn((*set)->loop, on_turn, *set);
    free(*set);
    *set = NULL;
}

unsigned tunnel_set_count(const struct tunnel_set *set)
{
    return set->count;
}

static struct tunnel *add(struct tunnel_set *set, int fd, int server_fd)
{
    struct tunnel *t = arena_must_alloc(sizeof *t);

    t->set = set;
    t->peer.fd = fd;
    t->server.fd = server_fd;
    t->next = set->first;
    if (set->first)
        set->first->prev = t;
    set->first = t;
    set->count++;
    deadline_join(&t->deadline, &set->opening, clock_mono_ns());
    t->peer.wants = LOOP_READ;
    return t;
}

void tunnel_add(struct tunnel_set *set, int fd, struct span host)
{
    struct tunnel *t = add(set, fd, -1);

    if (tls_session_open(set->authority, fd, host, &t->session) || !watch_both(t))
        drop(t);
}

void tunnel_join(struct tunnel_set *set, int fd, struct tls_session *session, int server_fd)
{
    struct tunnel *t = add(set, fd, server_fd);

    t->session = session;
    t->server.wants = LOOP_READ;
    if (!watch_both(t))
        drop(t);
}
