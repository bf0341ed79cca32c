/* alarm/host_watch.h - what is wrong with the program as a whole, and no tenant's event says:
 * the carrier, the outbox, the store, the other nodes, the clock, the helper, our certificate.
 *
 * Each is an alarm of the host's when it has gone on for its time, and once until it is over.
 * Nothing is looked at where nobody would be told.
 * Threads: loop thread only.
 */
#ifndef ALARM_HOST_WATCH_H
#define ALARM_HOST_WATCH_H

#include "alarm/alarm.h"
#include "base/arena.h"

struct host_watch;

/* What is wrong with our own certificate, in words that live in the arena; NULL: nothing. */
typedef const char *host_watch_certificate_fn(void *ctx, struct arena *arena);

struct host_watch_options {
    struct loop *loop;
    struct engine *engine;
    struct alarm *alarm;
    const struct helper *helper;            /* may be NULL */
    host_watch_certificate_fn *certificate; /* NULL: there is none */
    void *ctx;
};

struct host_watch *host_watch_open(const struct host_watch_options *options);
/* After the engine. */
void host_watch_close(struct host_watch **watch);

#endif
