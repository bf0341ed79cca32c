#include "alarm/watchers.h"

#include <stdlib.h>

#include "alarm/canary.h"
#include "alarm/heartbeat.h"
#include "alarm/host_watch.h"
#include "alarm/line_watch.h"

struct watchers {
    struct alarm *alarm;
    struct host_watch *host;
    struct line_watch *lines;
    struct canary *canary;
    struct heartbeat *heartbeat;
    int64_t canary_ms;
};

static void open_canary(struct watchers *w, const struct watchers_options *o)
{
    if (o->canary_minutes == 0)
        return;
    w->canary_ms = (int64_t)o->canary_minutes * 60000;
    w->canary = canary_open(&(struct canary_options){.loop = o->alarm.loop,
                                                     .engine = o->alarm.engine,
                                                     .alarm = w->alarm,
                                                     .minutes = o->canary_minutes,
                                                     .from = o->canary_from,
                                                     .to = o->canary_to});
}

static enum err open_heartbeat(struct watchers *w, const struct watchers_options *o)
{
    if (!o->heartbeat_url)
        return ERR_NONE;
    return heartbeat_open(&(struct heartbeat_options){.loop = o->alarm.loop,
                                                      .clock = engine_clock(o->alarm.engine),
                                                      .url = o->heartbeat_url,
                                                      .seconds = o->heartbeat_s,
                                                      .is_well = o->is_well,
                                                      .ctx = o->ctx},
                          &w->heartbeat);
}

enum err watchers_open(const struct watchers_options *options, struct watchers **out)
{
    struct watchers *w = arena_must_alloc(sizeof *w);

    *w = (struct watchers){.canary_ms = 0};
    enum err err = alarm_open(&options->alarm, &w->alarm);
    if (!err)
        err = open_heartbeat(w, options);
    if (err) {
        watchers_close(&w);
        return err;
    }
    w->host = host_watch_open(&(struct host_watch_options){.loop = options->alarm.loop,
                                                           .engine = options->alarm.engine,
                                                           .alarm = w->alarm,
                                                           .helper = options->alarm.helper,
                                                           .certificate = options->certificate,
                                                           .ctx = options->certificate_ctx});
    w->lines = line_watch_open(options->alarm.loop, options->alarm.engine);
    open_canary(w, options);
    *out = w;
    return ERR_NONE;
}

void watchers_close(struct watchers **watchers)
{
    struct watchers *w = *watchers;

    if (!w)
        return;
    heartbeat_close(&w->heartbeat);
    canary_close(&w->canary);
    line_watch_close(&w->lines);
    host_watch_close(&w->host);
    alarm_close(&w->alarm);
    free(w);
    *watchers = NULL;
}

int64_t watchers_canary_interval_ms(const struct watchers *w)
{
    return w->canary_ms;
}

int64_t watchers_canary_age_ms(const struct watchers *w)
{
    return w->canary ? canary_age_ms(w->canary) : 0;
}

int watchers_canary_missing(const struct watchers *w)
{
    return w->canary ? canary_missing(w->canary) : 0;
}

struct heartbeat_sight watchers_heartbeat(const struct watchers *w)
{
    return w->heartbeat ? heartbeat_sight(w->heartbeat) : (struct heartbeat_sight){0};
}

uint64_t watchers_undelivered(const struct watchers *w)
{
    return alarm_undelivered(w->alarm);
}
