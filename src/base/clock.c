#include "base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

static const uint64_t page_magic = 0x316b636f6c63726eULL; /* "nrclock1" */

struct guest {
    _Atomic int64_t pid; /* 0: free */
    _Atomic int64_t seen_ms;
    _Atomic int64_t next_due_ms;
    _Atomic bool busy;
    _Atomic unsigned out; /* requests to the host that it waits for, and for nothing else, + 1;
                             0: it does something */
};

/* Shared by processes of one build on one machine; never on disk. */
struct page {
    _Atomic uint64_t magic;
    _Atomic int64_t now_ms;   /* the time at `since_ns` */
    _Atomic int64_t since_ns; /* CLOCK_MONOTONIC */
    _Atomic int64_t rate;     /* thousandths of real time; 0 stands still */
    _Atomic uint64_t seed;    /* 0: none */
    _Atomic uint64_t seeded;  /* how often it was asked for */
    struct guest guests[CLOCK_GUESTS];
};

struct clock {
    struct page *page;        /* NULL: the system clock */
    int64_t start_ms;         /* system: the wall clock when opened */
    int64_t start_ns;         /* system: CLOCK_BOOTTIME then */
    _Atomic int64_t ahead_ms; /* system: what it was corrected by */
    bool is_corrected;
    struct guest *self;
};

static int64_t read_ns(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_mono_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

int64_t clock_boot_ns(void)
{
    return read_ns(CLOCK_BOOTTIME);
}

struct clock *clock_open_system(void)
{
    struct clock *c = arena_must_alloc(sizeof *c);

    c->start_ms = read_ns(CLOCK_REALTIME) / 1000000;
    c->start_ns = read_ns(CLOCK_BOOTTIME);
    return c;
}

enum err clock_open_page(int fd, bool host, int64_t start_ms, struct clock **out)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return ERR_BAD_INPUT;
    if (host && st.st_size == 0 && ftruncate(fd, (off_t)sizeof(struct page)) != 0)
        return ERR_BAD_INPUT;
    if (fstat(fd, &st) != 0 || st.st_size < (off_t)sizeof(struct page))
        return ERR_BAD_INPUT;
    struct page *page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED)
        return ERR_BAD_INPUT;
    if (host && page->magic == 0) {
        page->now_ms = start_ms;
        page->since_ns = clock_mono_ns();
        page->magic = page_magic;
    }
    if (page->magic != page_magic) {
        munmap(page, sizeof *page);
        return ERR_BAD_INPUT;
    }
    struct clock *c = arena_must_alloc(sizeof *c);
    c->page = page;
    *out = c;
    return ERR_NONE;
}

void clock_close(struct clock **clock)
{
    if (!*clock)
        return;
    if ((*clock)->self) {
        (*clock)->self->out = 0;
        (*clock)->self->pid = 0;
    }
    if ((*clock)->page)
        munmap((*clock)->page, sizeof *(*clock)->page);
    free(*clock);
    *clock = NULL;
}

static int64_t own_ms(const struct clock *c, int64_t boot_ns)
{
    return c->start_ms + (boot_ns - c->start_ns) / 1000000;
}

int64_t clock_now_ms(const struct clock *c)
{
    if (!c->page)
        return own_ms(c, read_ns(CLOCK_BOOTTIME)) + c->ahead_ms;
    const int64_t rate = c->page->rate;
    if (rate == 0)
        return c->page->now_ms;
    return c->page->now_ms + (clock_mono_ns() - c->page->since_ns) / 1000 * rate / 1000000;
}

int64_t clock_jump_ms(const struct clock *c)
{
    return c->page ? 0 : read_ns(CLOCK_REALTIME) / 1000000 - own_ms(c, read_ns(CLOCK_BOOTTIME));
}

static int64_t clamp(int64_t n, int64_t low, int64_t high)
{
    return n < low ? low : n > high ? high : n;
}

int64_t clock_correct(struct clock *c, const struct clock_reading *r)
{
    if (c->page)
        return 0;
    /* Rounded so that what may be right already is left alone. */
    const int64_t may_be_off_ms = r->off_ns / 1000000 + 1;
    const int64_t off_ms = r->at_ms - own_ms(c, r->at_ns) - c->ahead_ms;
    const int64_t wrong_ms = off_ms - clamp(off_ms, -may_be_off_ms, may_be_off_ms);

    c->ahead_ms += c->is_corrected ? clamp(wrong_ms, -CLOCK_STEP_MS, CLOCK_STEP_MS) : off_ms;
    c->is_corrected = true;
    return wrong_ms;
}

bool clock_is_rehearsal(const struct clock *c)
{
    return c->page != NULL;
}

int64_t clock_wait_ms(const struct clock *c, int64_t due_ms)
{
    if (due_ms == CLOCK_NEVER)
        return -1;
    const int64_t left = due_ms - clock_now_ms(c);
    if (left <= 0)
        return 0;
    if (!c->page)
        return left;
    const int64_t rate = c->page->rate;
    return rate == 0 ? -1 : (left * 1000 + rate - 1) / rate;
}

/* A guest's slot is its own by process id. */
static struct guest *slot(struct clock *c)
{
    const int64_t self = getpid();

    for (int i = 0; i < CLOCK_GUESTS && !c->self; i++) {
        int64_t expected = 0;
        if (atomic_compare_exchange_strong(&c->page->guests[i].pid, &expected, self))
            c->self = &c->page->guests[i];
    }
    return c->self;
}

void clock_report(struct clock *c, bool busy, int64_t next_due_ms)
{
    if (!c->page || !slot(c))
        return;
    if (busy) {
        c->self->busy = true;
        c->self->out = 0;
        return;
    }
    c->self->next_due_ms = next_due_ms;
    c->self->seen_ms = clock_now_ms(c);
    c->self->busy = false;
    c->self->out = 1;
}

void clock_report_out(struct clock *c, unsigned out, int64_t next_due_ms)
{
    if (!c->page || !slot(c))
        return;
    c->self->busy = true;
    c->self->next_due_ms = next_due_ms;
    c->self->seen_ms = clock_now_ms(c);
    c->self->out = out + 1;
}

uint64_t clock_seed(struct clock *c)
{
    const uint64_t seed = c->page ? (uint64_t)c->page->seed : 0;

    return seed ? seed + atomic_fetch_add(&c->page->seeded, 1) * 0x9e3779b97f4a7c15ULL : 0;
}

void clock_seed_put(struct clock *c, uint64_t seed)
{
    c->page->seed = seed;
}

/* True for a free slot. A guest that was killed could not give its own back: it is freed here,
 * once its process is gone. */
static bool is_gone(struct guest *g)
{
    const int64_t pid = g->pid;

    if (pid != 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH) {
        g->busy = false;
        g->out = 0;
        g->pid = 0;
    }
    return g->pid == 0;
}

bool clock_guests_idle(struct clock *c, int64_t *out_next)
{
    int64_t next = CLOCK_NEVER;

    for (int i = 0; i < CLOCK_GUESTS; i++) {
        struct guest *g = &c->page->guests[i];
        if (is_gone(g))
            continue;
        if (g->busy || g->seen_ms < c->page->now_ms)
            return false;
        if (g->next_due_ms < next)
            next = g->next_due_ms;
        if (g->busy)
            return false;
    }
    *out_next = next;
    return true;
}

bool clock_guests_wait(struct clock *c, int64_t *out_next, unsigned *out_requests)
{
    int64_t next = CLOCK_NEVER;
    unsigned requests = 0;

    for (int i = 0; i < CLOCK_GUESTS; i++) {
        struct guest *g = &c->page->guests[i];
        if (is_gone(g))
            continue;
        const unsigned out = g->out;
        if (!out || g->seen_ms < c->page->now_ms)
            return false;
        if (g->next_due_ms < next)
            next = g->next_due_ms;
        requests += out - 1;
        if (g->out != out)
            return false;
    }
    *out_next = next;
    *out_requests = requests;
    return true;
}

int clock_guests(const struct clock *c)
{
    int n = 0;

    for (int i = 0; i < CLOCK_GUESTS; i++)
        n += c->page->guests[i].pid != 0;
    return n;
}

void clock_turn(struct clock *c, int64_t now_ms)
{
    if (now_ms > clock_now_ms(c)) {
        c->page->now_ms = now_ms;
        c->page->since_ns = clock_mono_ns();
    }
}

void clock_run(struct clock *c, int64_t rate)
{
    const int64_t now_ms = clock_now_ms(c);

    c->page->rate = 0;
    c->page->now_ms = now_ms;
    c->page->since_ns = clock_mono_ns();
    c->page->rate = rate;
}

int64_t clock_rate(const struct clock *c)
{
    return c->page ? c->page->rate : 1000;
}
