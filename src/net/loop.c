#include "net/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"

enum { HOOKS = 32, READY_AT_ONCE = 64 };

struct watch {
    loop_ready_fn *fn; /* NULL: not watched */
    void *ctx;
    uint32_t round; /* tells events of an earlier descriptor with the same number apart */
};

struct hook {
    loop_turn_fn *fn;
    void *ctx;
};

/* A wake-up is a flag that is cleared before the hooks run and looked at before the wait: a
 * waker that sets it sooner is served by these hooks, one that sets it later by the next. Only
 * one that finds the loop about to wait, or waiting, has to pay for a system call. */
struct loop {
    int epoll, event;
    struct watch *watches; /* by descriptor */
    int room;
    struct hook hooks[HOOKS];
    unsigned hook_count;
    atomic_bool woken, waiting, stopped;
};

enum err loop_open(struct loop **out)
{
    struct loop *l = arena_must_alloc(sizeof *l);

    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    atomic_init(&l->waiting, true);
    struct epoll_event e = {.events = EPOLLIN, .data.u64 = UINT64_MAX};
    if (l->epoll < 0 || l->event < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->event, &e)) {
        loop_close(&l);
        return ERR_BROKEN;
    }
    *out = l;
    return ERR_NONE;
}

void loop_close(struct loop **loop)
{
    struct loop *l = *loop;

    if (!l)
        return;
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->event >= 0)
        close(l->event);
    free(l->watches);
    free(l);
    *loop = NULL;
}

static void make_room(struct loop *l, int fd)
{
    if (fd < l->room)
        return;
    int room = l->room ? l->room : READY_AT_ONCE;
    while (room <= fd)
        room *= 2;
    l->watches = arena_must_grow(l->watches, (size_t)room * sizeof *l->watches);
    memset(l->watches + l->room, 0, (size_t)(room - l->room) * sizeof *l->watches);
    l->room = room;
}

enum err loop_watch(struct loop *l, int fd, unsigned events, loop_ready_fn *fn, void *ctx)
{
    CHECK(fn);
    if (fd < 0)
        return ERR_BROKEN;
    make_room(l, fd);
    struct watch *w = &l->watches[fd];
    const bool known = w->fn != NULL;
    const uint32_t round = known ? w->round : w->round + 1;
    struct epoll_event e = {.data.u64 = (uint64_t)round << 32 | (uint32_t)fd};

    e.events = (events & LOOP_READ ? EPOLLIN : 0U) | (events & LOOP_WRITE ? EPOLLOUT : 0U);
    if (epoll_ctl(l->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e))
        return ERR_BROKEN;
    *w = (struct watch){fn, ctx, round};
    return ERR_NONE;
}

void loop_forget(struct loop *l, int fd)
{
    if (fd < 0 || fd >= l->room || !l->watches[fd].fn)
        return;
    l->watches[fd].fn = NULL;
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void loop_add_turn(struct loop *l, loop_turn_fn *fn, void *ctx)
{
    CHECK(l->hook_count < HOOKS);
    l->hooks[l->hook_count++] = (struct hook){fn, ctx};
}

/* Only marks it: a hook may drop another while they are being called. */
void loop_drop_turn(struct loop *l, loop_turn_fn *fn, void *ctx)
{
    for (unsigned i = 0; i < l->hook_count; i++)
        if (l->hooks[i].fn == fn && l->hooks[i].ctx == ctx)
            l->hooks[i].fn = NULL;
}

static void sweep_dropped(struct loop *l)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < l->hook_count; i++)
        if (l->hooks[i].fn)
            l->hooks[kept++] = l->hooks[i];
    l->hook_count = kept;
}

static void call_ready(struct loop *l, const struct epoll_event *e)
{
    if (e->data.u64 == UINT64_MAX) {
        uint64_t count;
        if (read(l->event, &count, sizeof count) < 0)
            CHECK(errno == EAGAIN || errno == EINTR);
        return;
    }
    const int fd = (int)(uint32_t)e->data.u64;
    const struct watch w = l->watches[fd];
    if (!w.fn || w.round != (uint32_t)(e->data.u64 >> 32))
        return; /* forgotten by a function called before it in this turn */
    w.fn(w.ctx, fd,
         (e->events & EPOLLIN ? LOOP_READ : 0U) | (e->events & EPOLLOUT ? LOOP_WRITE : 0U) |
             (e->events & (EPOLLERR | EPOLLHUP) ? LOOP_BROKEN : 0U));
}

static int64_t call_hooks(struct loop *l)
{
    int64_t least = -1;

    atomic_store(&l->woken, false);
    sweep_dropped(l);
    for (unsigned i = 0; i < l->hook_count; i++) {
        if (!l->hooks[i].fn)
            continue;
        const int64_t wish = l->hooks[i].fn(l->hooks[i].ctx);
        if (wish >= 0 && (least < 0 || wish < least))
            least = wish;
    }
    return least > INT_MAX ? INT_MAX : least;
}

static void wait_and_call(struct loop *l, int64_t wait_ms)
{
    struct epoll_event ready[READY_AT_ONCE];

    atomic_store(&l->waiting, true);
    const int at_once = atomic_load(&l->woken) || atomic_load(&l->stopped);
    const int n = epoll_wait(l->epoll, ready, READY_AT_ONCE, at_once ? 0 : (int)wait_ms);
    atomic_store(&l->waiting, false);
    CHECK(n >= 0 || errno == EINTR);
    for (int i = 0; i < n; i++)
        call_ready(l, &ready[i]);
}

void loop_run(struct loop *l)
{
    int64_t wait_ms = 0; /* the hooks speak before the first wait */

    while (!atomic_exchange(&l->stopped, false)) {
        wait_and_call(l, wait_ms);
        wait_ms = call_hooks(l);
    }
    atomic_store(&l->waiting, true);
}

static void nudge(struct loop *l)
{
    const uint64_t one = 1;
    const int saved = errno; /* of whatever a signal handler has interrupted */

    if (atomic_load(&l->waiting) && write(l->event, &one, sizeof one) < 0)
        CHECK(errno == EAGAIN); /* the counter is full: it is readable anyway */
    errno = saved;
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stopped, true);
    nudge(l);
}

void loop_wake(struct loop *l)
{
    if (!atomic_exchange(&l->woken, true))
        nudge(l);
}
