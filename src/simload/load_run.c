#include "simload/load_run.h"

#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/dice.h"
#include "simload/load_answer.h"

enum { READY_MAX = 256, LOOK_MS = 50, READ_BYTES = 65536, AGAIN_MS = 50, DICE_SIDES = 1 << 30 };

static const int64_t second_ns = 1000000000;

enum conn_state { CONN_CLOSED, CONN_CONNECTING, CONN_IDLE, CONN_BUSY };

struct conn {
    int fd;
    enum conn_state state;
    bool counted;    /* its request is after the warm-up */
    int64_t due_ns;  /* when the request was to be sent */
    int64_t sent_ns; /* when it was; of a closed connection: when it may be opened again */
    struct load_answer answer;
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
    size_t busy;
    int64_t begin_ns, count_ns, end_ns; /* count_ns: the warm-up is over */
    double next_ns;                     /* open loop: when the next request is due */
    struct dice dice;
};

static const char *const fault_names[LOAD_FAULTS] = {
    [LOAD_REFUSED] = "refused", [LOAD_CUT] = "cut",         [LOAD_MALFORMED] = "malformed",
    [LOAD_STATUS] = "status",   [LOAD_CONTENT] = "content", [LOAD_LATE] = "late",
    [LOAD_UNSENT] = "unsent",
};

const char *load_fault_name(enum load_fault fault)
{
    return fault_names[fault];
}

uint64_t load_run_bad(const struct load_run_result *result)
{
    uint64_t bad = 0;

    for (int i = 0; i < LOAD_FAULTS; i++)
        bad += result->faults[i];
    return bad;
}

static bool is_open_loop(const struct run *r)
{
    return r->plan->per_second > 0;
}

static void push_idle(struct run *r, struct conn *c)
{
    c->state = CONN_IDLE;
    r->idle[(r->idle_first + r->idle_count++) % (size_t)r->plan->connections] = c;
}

/* One that has closed meanwhile is skipped. */
static struct conn *pop_idle(struct run *r)
{
    while (r->idle_count > 0) {
        struct conn *c = r->idle[r->idle_first];
        r->idle_first = (r->idle_first + 1) % (size_t)r->plan->connections;
        r->idle_count--;
        if (c->state == CONN_IDLE)
            return c;
    }
    return NULL;
}

/* ---- connections ---- */

static void drop_from_idle(struct run *r, const struct conn *c)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->idle_count; i++) {
        const size_t from = (r->idle_first + i) % (size_t)r->plan->connections;
        const size_t to = (r->idle_first + kept) % (size_t)r->plan->connections;
        if (r->idle[from] != c)
            r->idle[to] = r->idle[from], kept++;
    }
    r->idle_count = kept;
}

static void shut(struct run *r, struct conn *c, int64_t wait_ms)
{
    if (c->state == CONN_IDLE)
        drop_from_idle(r, c);
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    c->state = CONN_CLOSED;
    c->sent_ns = clock_mono_ns() + wait_ms * 1000000;
}

static void watch(struct run *r, int fd, void *who, unsigned events, int how)
{
    struct epoll_event event = {.events = events, .data.ptr = who};

    (void)epoll_ctl(r->epoll, how, fd, &event);
}

/* Whether a request that is due at `due_ns` belongs to the run at all. */
static bool is_wanted(const struct run *r, int64_t due_ns)
{
    return due_ns < r->end_ns && (r->plan->count == 0 || r->sent < r->plan->count);
}

static bool has_more(const struct run *r)
{
    const int64_t due_ns = is_open_loop(r) ? r->begin_ns + (int64_t)r->next_ns : clock_mono_ns();

    return is_wanted(r, due_ns);
}

static void dial(struct run *r, struct conn *c)
{
    const int on = 1;

    c->fd = socket(r->plan->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (c->fd < 0 ||
        (connect(c->fd, (const struct sockaddr *)&r->plan->to, r->plan->to_size) != 0 &&
         errno != EINPROGRESS)) {
        r->result->faults[LOAD_REFUSED]++;
        shut(r, c, AGAIN_MS);
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->state = CONN_CONNECTING;
    watch(r, c->fd, c, EPOLLOUT, EPOLL_CTL_ADD);
}

/* Closes and, while there is something left to send, opens anew. */
static void renew(struct run *r, struct conn *c)
{
    shut(r, c, 0);
    if (has_more(r))
        dial(r, c);
}

static void fail(struct run *r, struct conn *c, enum load_fault fault)
{
    r->result->faults[fault]++;
    if (c->state == CONN_BUSY)
        r->busy--;
    renew(r, c);
}

/* ---- sending ---- */

/* A request is far smaller than a socket's buffer, and its connection has no other under way. */
static void send_one(struct run *r, struct conn *c, int64_t due_ns)
{
    const struct span text = load_request_make(r->request, r->plan->first + r->sent++);

    c->state = CONN_BUSY;
    c->due_ns = due_ns;
    c->counted = due_ns >= r->count_ns;
    load_answer_reset(&c->answer);
    r->busy++;
    r->result->sent++;
    c->sent_ns = clock_mono_ns();
    if (r->plan->log)
        fprintf(r->plan->log, "%lld\n", (long long)(c->sent_ns / 1000));
    if (send(c->fd, text.data, text.size, MSG_NOSIGNAL) != (ssize_t)text.size)
        fail(r, c, LOAD_CUT);
}

static double interval_ns(struct run *r)
{
    const double mean = 1e9 / r->plan->per_second;

    if (!r->plan->at_random)
        return mean;
    return -mean * log((dice_throw(&r->dice, DICE_SIDES) + 0.5) / DICE_SIDES);
}

/* One that finds every connection busy leaves later, and its time counts all the same. */
static void send_due(struct run *r)
{
    const double now_ns = (double)(clock_mono_ns() - r->begin_ns);

    while (r->next_ns <= now_ns && is_wanted(r, r->begin_ns + (int64_t)r->next_ns)) {
        struct conn *c = pop_idle(r);
        if (!c)
            return;
        send_one(r, c, r->begin_ns + (int64_t)r->next_ns);
        r->next_ns += interval_ns(r);
    }
}

/* A connection is free: it sends at once in a closed loop, and rests in an open one. */
static void use(struct run *r, struct conn *c)
{
    const int64_t now_ns = clock_mono_ns();

    if (!is_open_loop(r) && is_wanted(r, now_ns))
        send_one(r, c, now_ns);
    else
        push_idle(r, c);
}

static void on_connected(struct run *r, struct conn *c)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error) {
        r->result->faults[LOAD_REFUSED]++;
        shut(r, c, AGAIN_MS);
        return;
    }
    watch(r, c->fd, c, EPOLLIN, EPOLL_CTL_MOD);
    use(r, c);
}

/* ---- answers ---- */

static bool judge(struct run *r, const struct conn *c)
{
    const struct load_answer *a = &c->answer;
    const int wanted = r->plan->status;

    r->result->codes[a->status]++;
    if (wanted ? a->status != wanted : a->status / 100 != 2)
        r->result->faults[LOAD_STATUS]++;
    else if (!load_answer_holds(a, r->plan->expect))
        r->result->faults[LOAD_CONTENT]++;
    else
        return true;
    return false;
}

static void finish(struct run *r, struct conn *c)
{
    const int64_t now_ns = clock_mono_ns();

    r->busy--;
    if (judge(r, c) && c->counted) {
        r->result->good++;
        load_stats_add(&r->result->times, (uint64_t)(now_ns - c->due_ns));
        load_stats_add(&r->result->service, (uint64_t)(now_ns - c->sent_ns));
    }
    c->state = CONN_CLOSED;
    if (c->answer.closes)
        renew(r, c);
    else
        use(r, c);
}

static void on_answer(struct run *r, struct conn *c)
{
    static char bytes[READ_BYTES];
    const ssize_t n = recv(c->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (c->state != CONN_BUSY) { /* closed while it rested, or spoke unasked */
        shut(r, c, AGAIN_MS);
        return;
    }
    if (n > 0)
        load_answer_feed(&c->answer, (struct span){bytes, (size_t)n});
    else
        load_answer_end(&c->answer);
    if (c->answer.state == LOAD_ANSWER_WHOLE)
        finish(r, c);
    else if (c->answer.state == LOAD_ANSWER_BROKEN)
        fail(r, c, n > 0 ? LOAD_MALFORMED : LOAD_CUT);
}

/* ---- the run ---- */

static void open_all(struct run *r)
{
    const size_t connections = (size_t)r->plan->connections;

    r->epoll = epoll_create1(EPOLL_CLOEXEC);
    r->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    watch(r, r->timer, NULL, EPOLLIN, EPOLL_CTL_ADD);
    r->conns = arena_must_alloc(connections * sizeof *r->conns);
    r->idle = arena_must_alloc(connections * sizeof(struct conn *));
    for (size_t i = 0; i < connections; i++)
        r->conns[i].fd = -1;
}

static void close_all(struct run *r)
{
    for (int i = 0; i < r->plan->connections; i++)
        if (r->conns[i].fd >= 0)
            close(r->conns[i].fd);
    close(r->timer);
    close(r->epoll);
    free(r->conns);
    free(r->idle);
}

/* Opens what is closed and gives up what is too late. */
static void look_after(struct run *r)
{
    const int64_t now_ns = clock_mono_ns();
    const bool more = has_more(r);

    for (int i = 0; i < r->plan->connections; i++) {
        struct conn *c = &r->conns[i];
        if (c->state == CONN_BUSY && now_ns - c->sent_ns > r->plan->patience_ms * 1000000)
            fail(r, c, LOAD_LATE);
        if (c->state == CONN_CLOSED && more && now_ns >= c->sent_ns)
            dial(r, c);
    }
}

static void arm(struct run *r)
{
    const int64_t at_ns = r->begin_ns + (int64_t)r->next_ns;
    const struct itimerspec at = {.it_value = {at_ns / second_ns, at_ns % second_ns}};

    if (r->idle_count > 0)
        timerfd_settime(r->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void turn(struct run *r)
{
    struct epoll_event ready[READY_MAX];

    if (is_open_loop(r) && has_more(r))
        arm(r);
    const int n = epoll_wait(r->epoll, ready, READY_MAX, LOOK_MS);
    for (int i = 0; i < n; i++) {
        struct conn *c = ready[i].data.ptr;
        uint64_t ticks;
        if (!c)
            (void)!read(r->timer, &ticks, sizeof ticks);
        else if (c->state == CONN_CONNECTING)
            on_connected(r, c);
        else if (c->fd >= 0)
            on_answer(r, c);
    }
    if (is_open_loop(r))
        send_due(r);
}

/* What is under way, or due and not sent, gets the patience's time once the end has come. */
static bool is_over(const struct run *r, bool *unsent)
{
    const int64_t now_ns = clock_mono_ns();

    *unsent = is_open_loop(r) && has_more(r);
    if (now_ns > r->end_ns + r->plan->patience_ms * 1000000)
        return true;
    return r->busy == 0 && !has_more(r);
}

/* Of those due before the end; the rest of an open loop's intervals are even. */
static void count_unsent(struct run *r)
{
    const int64_t due_ns = r->begin_ns + (int64_t)r->next_ns;
    double left = (double)(r->end_ns - due_ns) / 1e9 * r->plan->per_second;

    if (r->plan->count && left > (double)(r->plan->count - r->sent))
        left = (double)(r->plan->count - r->sent);
    r->result->faults[LOAD_UNSENT] += left > 1 ? (uint64_t)ceil(left - 1e-6) : 1;
}

void load_run(const struct load_run_plan *plan, struct load_request *request,
              struct load_run_result *out)
{
    struct run r = {.plan = plan, .request = request, .result = out};
    int64_t looked_ns = 0;
    bool unsent = false;

    memset(out, 0, sizeof *out);
    r.dice = dice_from(plan->first + 1);
    open_all(&r);
    r.begin_ns = clock_mono_ns();
    r.count_ns = r.begin_ns + (int64_t)(plan->warm_seconds * 1e9);
    r.end_ns = r.count_ns + (int64_t)(plan->seconds * 1e9);
    while (!is_over(&r, &unsent)) {
        if (clock_mono_ns() - looked_ns >= (int64_t)LOOK_MS * 1000000 / 10) {
            look_after(&r);
            looked_ns = clock_mono_ns();
        }
        turn(&r);
    }
    const int64_t over_ns = clock_mono_ns();
    out->seconds = (double)(over_ns - (over_ns > r.count_ns ? r.count_ns : r.begin_ns)) / 1e9;
    out->faults[LOAD_LATE] += r.busy;
    if (unsent)
        count_unsent(&r);
    close_all(&r);
}

/* ---- connections that rest ---- */

static bool is_open(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static bool ask_once(const struct load_run_plan *plan, struct span text, int *fd)
{
    char answer[LOAD_ANSWER_KEPT];

    *fd = socket(plan->to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return *fd >= 0 && connect(*fd, (const struct sockaddr *)&plan->to, plan->to_size) == 0 &&
           send(*fd, text.data, text.size, MSG_NOSIGNAL) == (ssize_t)text.size &&
           recv(*fd, answer, sizeof answer, 0) > 0;
}

int load_run_idle(const struct load_run_plan *plan, struct load_request *request)
{
    int *fds = arena_must_alloc((size_t)plan->connections * sizeof *fds);
    int open = 0, asked = 0;

    while (asked < plan->connections &&
           ask_once(plan, load_request_make(request, plan->first + (uint64_t)asked), &fds[asked]))
        asked++;
    (void)poll(NULL, 0, (int)(plan->seconds * 1000));
    for (int i = 0; i < plan->connections && fds[i] > 0; i++) {
        open += is_open(fds[i]);
        close(fds[i]);
    }
    free(fds);
    return open;
}
