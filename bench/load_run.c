#include "load_run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

enum { ANSWER_SIZE = 8192, READY_MAX = 64, TICK_NS = 250000, GRACE_S = 10 };

struct conn {
    int fd;
    bool busy;
    int64_t since_ns; /* when the request was sent or, in an open loop, due */
    size_t size;      /* of what has come of the answer */
    char answer[ANSWER_SIZE + 1];
};

struct run {
    const struct load_run_plan *plan;
    struct load_request *request;
    struct load_run_result *result;
    int epoll, timer;
    struct conn *conns;
    struct conn **idle; /* a ring: the one that has rested longest is next */
    size_t idle_first, idle_count;
    uint64_t sent;
    int busy;
    int64_t begin_ns, end_ns;
};

static int connect_to(int port)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void rest(struct run *r, struct conn *c)
{
    const size_t connections = (size_t)r->plan->connections;

    r->idle[(r->idle_first + r->idle_count++) % connections] = c;
}

static void lose(struct run *r, struct conn *c)
{
    r->result->broken++;
    r->busy -= c->busy;
    c->busy = false;
    close(c->fd);
    c->fd = -1;
}

static bool may_send(const struct run *r, int64_t now_ns)
{
    return now_ns < r->end_ns && (r->plan->count == 0 || r->sent < r->plan->count);
}

/* A request is far smaller than a socket's buffer, and its connection has no other under way. */
static void send_next(struct run *r, struct conn *c, int64_t since_ns)
{
    const struct span text = load_request_make(r->request, r->sent++);

    c->busy = true;
    c->since_ns = since_ns;
    c->size = 0;
    r->busy++;
    if (r->plan->log)
        fprintf(r->plan->log, "%lld\n", (long long)(clock_mono_ns() / 1000));
    if (send(c->fd, text.data, text.size, MSG_NOSIGNAL) != (ssize_t)text.size)
        lose(r, c);
}

/* Where the answer ends; 0 while more must come. Every answer here has a length. */
static size_t answer_end(const struct conn *c)
{
    const char *head_end = strstr(c->answer, "\r\n\r\n");
    const char *length = strcasestr(c->answer, "\r\ncontent-length:");

    if (!head_end)
        return 0;
    const size_t head = (size_t)(head_end - c->answer) + 4;
    if (!length || length > head_end)
        return head;
    return head + strtoul(length + 17, NULL, 10);
}

static bool is_good(const struct run *r, const struct conn *c)
{
    return strncmp(c->answer, "HTTP/1.1 ", 9) == 0 && atoi(c->answer + 9) == r->plan->status &&
           strstr(c->answer, r->plan->expect);
}

static void finish(struct run *r, struct conn *c)
{
    const int64_t now_ns = clock_mono_ns();

    c->busy = false;
    r->busy--;
    if (is_good(r, c)) {
        r->result->good++;
        load_stats_add(&r->result->times, (uint64_t)(now_ns - c->since_ns));
    } else {
        r->result->bad++;
    }
    if (r->plan->per_second <= 0 && may_send(r, now_ns))
        send_next(r, c, now_ns);
    else
        rest(r, c);
}

static void on_answer(struct run *r, struct conn *c)
{
    const ssize_t n = recv(c->fd, c->answer + c->size, ANSWER_SIZE - c->size, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0 || !c->busy) {
        lose(r, c);
        return;
    }
    c->size += (size_t)n;
    c->answer[c->size] = 0;
    const size_t end = answer_end(c);
    if (end > 0 && c->size >= end)
        finish(r, c);
    else if (c->size == ANSWER_SIZE)
        lose(r, c);
}

/* Request k is due k intervals after the beginning. One that finds every connection busy leaves
 * later, and its time counts all the same. */
static void send_due(struct run *r)
{
    const int64_t now_ns = clock_mono_ns();
    const double interval_ns = 1e9 / r->plan->per_second;

    while (may_send(r, now_ns) && r->idle_count > 0) {
        const int64_t due_ns = r->begin_ns + (int64_t)((double)r->sent * interval_ns);
        if (due_ns > now_ns)
            return;
        struct conn *c = r->idle[r->idle_first];
        r->idle_first = (r->idle_first + 1) % (size_t)r->plan->connections;
        r->idle_count--;
        if (c->fd >= 0)
            send_next(r, c, due_ns);
    }
}

static void watch(struct run *r, int fd, void *who)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = who};

    (void)epoll_ctl(r->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void open_all(struct run *r)
{
    const size_t connections = (size_t)r->plan->connections;

    r->epoll = epoll_create1(EPOLL_CLOEXEC);
    r->timer = -1;
    r->conns = arena_must_alloc(connections * sizeof *r->conns);
    r->idle = arena_must_alloc(connections * sizeof(struct conn *));
    for (size_t i = 0; i < connections; i++) {
        struct conn *c = &r->conns[i];
        c->fd = connect_to(r->plan->port);
        if (c->fd < 0) {
            r->result->broken++;
            continue;
        }
        watch(r, c->fd, c);
        rest(r, c);
    }
    if (r->plan->per_second <= 0)
        return;
    const struct itimerspec tick = {{0, TICK_NS}, {0, TICK_NS}};
    r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    timerfd_settime(r->timer, 0, &tick, NULL);
    watch(r, r->timer, NULL);
}

static void close_all(struct run *r)
{
    for (int i = 0; i < r->plan->connections; i++)
        if (r->conns[i].fd >= 0)
            close(r->conns[i].fd);
    if (r->timer >= 0)
        close(r->timer);
    close(r->epoll);
    free(r->conns);
    free(r->idle);
}

static void begin(struct run *r)
{
    const size_t ready = r->plan->per_second > 0 ? 0 : r->idle_count;

    r->begin_ns = clock_mono_ns();
    r->end_ns = r->begin_ns + (int64_t)(r->plan->seconds * 1e9);
    for (size_t i = 0; i < ready; i++) {
        struct conn *c = r->idle[r->idle_first];
        if (!may_send(r, r->begin_ns))
            return;
        r->idle_first = (r->idle_first + 1) % (size_t)r->plan->connections;
        r->idle_count--;
        send_next(r, c, clock_mono_ns());
    }
}

static void turn(struct run *r)
{
    struct epoll_event ready[READY_MAX];
    const int n = epoll_wait(r->epoll, ready, READY_MAX, 100);
    uint64_t ticks;

    for (int i = 0; i < n; i++) {
        struct conn *c = ready[i].data.ptr;
        if (c && c->fd >= 0)
            on_answer(r, c);
        else if (!c && read(r->timer, &ticks, sizeof ticks) < 0)
            continue;
    }
    if (r->plan->per_second > 0)
        send_due(r);
}

static bool is_over(const struct run *r)
{
    const int64_t now_ns = clock_mono_ns();

    if (may_send(r, now_ns))
        return r->busy == 0 && r->idle_count == 0; /* every connection is broken */
    return r->busy == 0 || now_ns > r->end_ns + (int64_t)GRACE_S * 1000000000;
}

void load_run(const struct load_run_plan *plan, struct load_request *request,
              struct load_run_result *out)
{
    struct run r = {.plan = plan, .request = request, .result = out};

    memset(out, 0, sizeof *out);
    open_all(&r);
    begin(&r);
    while (!is_over(&r))
        turn(&r);
    out->seconds = (double)(clock_mono_ns() - r.begin_ns) / 1e9;
    out->unanswered = (uint64_t)r.busy;
    close_all(&r);
}

static bool is_open(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

int load_run_idle(const struct load_run_plan *plan, struct load_request *request)
{
    int *fds = arena_must_alloc((size_t)plan->connections * sizeof *fds);
    char answer[ANSWER_SIZE];
    int open = 0;

    for (int i = 0; i < plan->connections; i++) {
        const struct span text = load_request_make(request, (uint64_t)i);
        fds[i] = connect_to(plan->port);
        if (fds[i] < 0 || send(fds[i], text.data, text.size, MSG_NOSIGNAL) < 0 ||
            recv(fds[i], answer, sizeof answer, 0) <= 0)
            break;
    }
    usleep((useconds_t)(plan->seconds * 1e6));
    for (int i = 0; i < plan->connections && fds[i] > 0; i++) {
        open += is_open(fds[i]);
        close(fds[i]);
    }
    free(fds);
    return open;
}
