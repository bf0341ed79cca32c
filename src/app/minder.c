#include "app/minder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "service/notify.h"
#include "store/store.h"

enum {
    PROVE_MS = 15000,
    FEEDS = 3,       /* in the watchdog's time, so that one may be missed */
    FIRST_MS = 1000, /* between proofs until the first has succeeded */
    PATIENCE_S = 30, /* asked for at each of those */
    STATUS_SIZE = 160,
    NS_PER_MS = 1000000,
};

struct minder {
    struct minder_options o;
    struct reading probe;
    bool listens; /* systemd does */
    bool is_asked, is_ready, is_refused, is_stopping, is_helper_gone;
    bool is_lost; /* neither the store nor the spool takes anything */
    int64_t every_ms;
    int64_t asked_ns;  /* the latest proof was */
    int64_t proven_ns; /* 0: never */
};

/* ---- what is said ---- */

static void status(const struct minder *m, char out[STATUS_SIZE])
{
    const struct engine_stats stats = engine_stats(m->o.engine);
    const int tenants = engine_tenants(m->o.engine);
    int n = snprintf(out, STATUS_SIZE, "%d tenant%s, %" PRIu64 " waiting", tenants,
                     tenants == 1 ? "" : "s", stats.waiting);

    if (stats.spooled || m->is_refused)
        n += snprintf(out + n, (size_t)(STATUS_SIZE - n), ", %" PRIu64 " in the spool%s",
                      stats.spooled,
                      m->is_lost      ? ": neither it nor the store can be written"
                      : m->is_refused ? ": the store cannot be written"
                                      : "");
    if (m->is_helper_gone)
        snprintf(out + n, (size_t)(STATUS_SIZE - n), ", commands cannot be run");
}

static void say(const struct minder *m, const char *what)
{
    char words[STATUS_SIZE];

    if (!m->listens)
        return;
    status(m, words);
    notify_say("%sSTATUS=%s", what, words);
}

/* While the store refuses, the spool is what we answer with. */
static void prove_spool(struct minder *m)
{
    const bool was_lost = m->is_lost;

    m->is_lost = engine_prove_spool(m->o.engine) != ERR_NONE;
    if (m->is_lost && !was_lost)
        log_line(LOG_ERROR, "alarm: neither the store nor the spool can be written%s",
                 m->is_ready ? ": systemd's watchdog is fed no more, and ends this process" : "");
}

static void say_refused(struct minder *m)
{
    prove_spool(m);
    if (m->is_ready)
        say(m, m->is_lost ? "" : "WATCHDOG=1\n");
    else if (m->listens)
        notify_say("EXTEND_TIMEOUT_USEC=%d\nSTATUS=calls are answered, but the store cannot be "
                   "written yet",
                   PATIENCE_S * 1000000);
}

static void say_proven(struct minder *m)
{
    if (m->is_ready) {
        say(m, "WATCHDOG=1\n");
        return;
    }
    m->is_ready = true;
    say(m, "READY=1\nWATCHDOG=1\n");
}

/* ---- proofs ---- */

static enum err prove(struct reading *reading, struct store *store, int64_t now_ms)
{
    (void)reading;
    return store_probe(store, now_ms);
}

static void proved(struct reading *reading)
{
    struct minder *m = reading->user;

    m->is_asked = false;
    m->is_refused = reading->err != ERR_NONE;
    if (!m->is_refused) {
        m->proven_ns = clock_mono_ns();
        m->is_lost = false;
    }
    if (m->is_stopping)
        return;
    if (!m->is_refused)
        say_proven(m);
    else if (m->listens)
        say_refused(m);
}

static int64_t wait_ms(const struct minder *m, int64_t now_ns)
{
    const int64_t every_ms = m->proven_ns ? m->every_ms : FIRST_MS;
    const int64_t left_ms = every_ms - (now_ns - m->asked_ns) / NS_PER_MS;

    return !m->asked_ns || left_ms < 0 ? 0 : left_ms;
}

static int64_t turn(void *ctx)
{
    struct minder *m = ctx;
    const int64_t now_ns = clock_mono_ns();

    if (m->is_asked || m->is_stopping)
        return -1;
    const int64_t left_ms = wait_ms(m, now_ns);
    if (left_ms > 0)
        return left_ms;
    m->asked_ns = now_ns;
    m->is_asked = true;
    m->probe = (struct reading){.read = prove, .done = proved, .user = m};
    engine_prove(m->o.engine, &m->probe);
    loop_wake(m->o.loop); /* its turn of this turn may be over */
    return -1;
}

/* ---- the helper ---- */

static void on_helper(void *ctx, int fd, unsigned events)
{
    struct minder *m = ctx;

    (void)events;
    loop_forget(m->o.loop, fd);
    m->is_helper_gone = true;
    log_line(LOG_ERROR, "the process that runs commands of the configuration has ended: alarms and "
                        "secrets that need one must do without until nextring is restarted");
    if (m->is_ready)
        say(m, "");
}

static void watch_helper(struct minder *m)
{
    const int fd = helper_fd(m->o.helper);

    if (fd >= 0 && loop_watch(m->o.loop, fd, LOOP_READ, on_helper, m))
        log_line(LOG_WARN, "the process that runs commands is not watched");
}

/* ---- opening and closing ---- */

struct minder *minder_open(const struct minder_options *options)
{
    struct minder *m = arena_must_alloc(sizeof *m);
    const int64_t watchdog_ms = notify_watchdog_ms();

    *m = (struct minder){.o = *options, .listens = notify_is_wanted(), .every_ms = PROVE_MS};
    if (watchdog_ms > 0 && watchdog_ms / FEEDS < m->every_ms)
        m->every_ms = watchdog_ms / FEEDS;
    watch_helper(m);
    if (m->listens || m->o.wants_proof)
        loop_add_turn(m->o.loop, turn, m);
    return m;
}

void minder_close(struct minder **minder)
{
    struct minder *m = *minder;

    if (!m)
        return;
    *minder = NULL;
    loop_drop_turn(m->o.loop, turn, m);
    if (m->o.helper)
        loop_forget(m->o.loop, helper_fd(m->o.helper));
    free(m);
}

void minder_reloading(struct minder *m)
{
    if (m->is_ready)
        say(m, "RELOADING=1\n");
}

void minder_reloaded(struct minder *m)
{
    if (m->is_ready)
        say(m, "READY=1\n");
}

void minder_stopping(struct minder *m)
{
    m->is_stopping = true;
    if (m->listens)
        notify_say("STOPPING=1\nSTATUS=finishing what is under way");
}

bool minder_is_proven(const struct minder *m)
{
    return m->proven_ns && clock_mono_ns() - m->proven_ns <= 2 * m->every_ms * (int64_t)NS_PER_MS;
}
