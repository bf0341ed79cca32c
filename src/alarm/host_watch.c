#include "alarm/host_watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/queues.h"
#include "store/store.h"

enum {
    LOOK_MS = 5000,
    STORE_EVERY_MS = 60000, /* the store is asked what waits */
    DETAIL_SIZE = 200,
    SECOND = 1000,
    MINUTE = 60 * SECOND,
    CLOCK_OFF_MS = 30 * SECOND,
    STALLED_MS = 5 * MINUTE,
};

enum trouble {
    TROUBLE_AWAY,
    TROUBLE_DENIED,
    TROUBLE_STALLED,
    TROUBLE_STORE,
    TROUBLE_NODE,
    TROUBLE_CLOCK,
    TROUBLE_HELPER,
    TROUBLE_CERTIFICATE,
    TROUBLES
};

static const struct row {
    const char *kind;
    int64_t after_ms; /* it must have gone on for so long */
} rows[TROUBLES] = {
    [TROUBLE_AWAY] = {"carrier.away", INT64_C(2) * MINUTE},
    [TROUBLE_DENIED] = {"carrier.denied", 0},
    [TROUBLE_STALLED] = {"outbox.stalled", 0},
    [TROUBLE_STORE] = {"store.failing", MINUTE},
    [TROUBLE_NODE] = {"node.lost", 0},
    [TROUBLE_CLOCK] = {"clock.off", INT64_C(5) * MINUTE},
    [TROUBLE_HELPER] = {"helper.gone", 0},
    [TROUBLE_CERTIFICATE] = {"certificate.trouble", 0},
};

struct host_watch {
    struct engine *engine;
    struct alarm *alarm;
    const struct helper *helper;
    host_watch_certificate_fn *certificate;
    void *certificate_ctx;
    struct reading look;
    bool is_looking;
    int64_t next_ms, store_ms;
    struct queues *queues;
    struct queues_sight outbox;
    struct {
        int64_t since_ms; /* 0: it is well */
        bool is_told;
    } troubles[TROUBLES];
};

/* ---- what waits ---- */

static enum err read_queues(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct host_watch *w = reading->user;

    return queues_look(w->queues, store, now_ms, &w->outbox);
}

static void looked(struct reading *reading)
{
    struct host_watch *w = reading->user;

    w->is_looking = false;
    if (reading->err)
        w->outbox = (struct queues_sight){0}; /* not known: the store has an alarm of its own */
}

static void look(struct host_watch *w, int64_t now_ms)
{
    if (w->is_looking || now_ms < w->store_ms)
        return;
    w->store_ms = now_ms + STORE_EVERY_MS;
    w->look = (struct reading){.read = read_queues, .done = looked, .user = w};
    w->is_looking = engine_look(w->engine, &w->look) == ERR_NONE;
}

/* ---- what is wrong ---- */

static bool is_certificate_wrong(const struct host_watch *w, char detail[DETAIL_SIZE])
{
    struct arena *arena = arena_open(1024);
    const char *wrong = w->certificate ? w->certificate(w->certificate_ctx, arena) : NULL;

    if (wrong)
        snprintf(detail, DETAIL_SIZE, "%s", wrong);
    arena_close(&arena);
    return wrong != NULL;
}

/* False: it is well. */
static bool is_wrong(const struct host_watch *w, enum trouble trouble, char detail[DETAIL_SIZE])
{
    const struct engine_stats stats = engine_stats(w->engine);
    const struct sender_sight sight = engine_sight(w->engine);

    detail[0] = 0;
    switch (trouble) {
    case TROUBLE_AWAY:
        return sight.away_ms > sight.answered_ms;
    case TROUBLE_DENIED:
        snprintf(detail, DETAIL_SIZE, "check it in the carrier's console, then TWILIO_API_KEY");
        return sight.denied_ms > 0 && sight.denied_ms >= sight.answered_ms;
    case TROUBLE_STALLED:
        snprintf(detail, DETAIL_SIZE, "nothing of a line has left for %" PRId64 " minutes",
                 w->outbox.stalled_ms / MINUTE);
        return w->outbox.stalled_ms >= STALLED_MS;
    case TROUBLE_STORE:
        snprintf(detail, DETAIL_SIZE, "calls are answered by rule, texts are kept in the spool");
        return !stats.ready && stats.commits_failed > 0;
    case TROUBLE_NODE:
        snprintf(detail, DETAIL_SIZE, "%d of them; %d live", stats.nodes_lost, stats.nodes);
        return stats.nodes_lost > 0;
    case TROUBLE_CLOCK:
        snprintf(detail, DETAIL_SIZE, "it is %" PRId64 " s from the carrier's",
                 sight.clock_off_ms / SECOND);
        /* In a rehearsal the time leaps while a request is under way. */
        return sight.has_clock && !clock_is_rehearsal(engine_clock(w->engine)) &&
               (sight.clock_off_ms >= CLOCK_OFF_MS || sight.clock_off_ms <= -(int64_t)CLOCK_OFF_MS);
    case TROUBLE_HELPER:
        return w->helper && helper_is_gone(w->helper);
    case TROUBLE_CERTIFICATE:
        return is_certificate_wrong(w, detail);
    case TROUBLES:
        break;
    }
    return false;
}

static void judge(struct host_watch *w, enum trouble trouble, int64_t now_ms)
{
    char detail[DETAIL_SIZE];
    const bool is_bad = is_wrong(w, trouble, detail);
    int64_t *since_ms = &w->troubles[trouble].since_ms;
    bool *is_told = &w->troubles[trouble].is_told;

    if (!is_bad && *is_told)
        log_event(LOG_INFO, &(struct log_fields){.kind = rows[trouble].kind}, "%s is over",
                  rows[trouble].kind);
    *is_told = *is_told && is_bad;
    if (!is_bad || *since_ms == 0)
        *since_ms = is_bad ? now_ms : 0;
    if (!is_bad || *is_told || now_ms - *since_ms < rows[trouble].after_ms)
        return;
    *is_told = true;
    if (trouble == TROUBLE_STORE)
        alarm_raise_unstored(w->alarm, rows[trouble].kind, detail);
    else
        alarm_raise(w->alarm, rows[trouble].kind, detail);
}

static int64_t turn(void *ctx)
{
    struct host_watch *w = ctx;
    const int64_t now_ms = engine_now_ms(w->engine);

    if (now_ms < w->next_ms)
        return LOOK_MS;
    w->next_ms = now_ms + LOOK_MS;
    if (!alarm_has_ways(w->alarm))
        return LOOK_MS;
    look(w, now_ms);
    for (int i = 0; i < TROUBLES; i++)
        judge(w, (enum trouble)i, now_ms);
    return LOOK_MS;
}

struct host_watch *host_watch_open(const struct host_watch_options *o)
{
    struct host_watch *w = arena_must_alloc(sizeof *w);

    *w = (struct host_watch){.engine = o->engine,
                             .alarm = o->alarm,
                             .helper = o->helper,
                             .certificate = o->certificate,
                             .certificate_ctx = o->ctx,
                             .queues = queues_open()};
    loop_add_turn(o->loop, turn, w);
    return w;
}

void host_watch_close(struct host_watch **watch)
{
    if (*watch)
        queues_close(&(*watch)->queues);
    free(*watch);
    *watch = NULL;
}
