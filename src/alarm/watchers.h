/* alarm/watchers.h - opens what watches over the daemon, as far as it is asked for: alarms on
 * their way to people, the host's own, the canary, the heartbeat.
 *
 * Owns: all of them.
 * Threads: loop thread only.
 */
#ifndef ALARM_WATCHERS_H
#define ALARM_WATCHERS_H

#include <stdbool.h>
#include <stdint.h>

#include "alarm/alarm.h"
#include "alarm/heartbeat.h"
#include "alarm/host_watch.h"

struct watchers;

/* Texts are borrowed and must live as long. */
struct watchers_options {
    struct alarm_options alarm;
    int canary_minutes; /* 0: none */
    struct span canary_from, canary_to;
    const char *heartbeat_url; /* NULL: none */
    int heartbeat_s;
    bool (*is_well)(void *ctx); /* of the heartbeat */
    void *ctx;
    host_watch_certificate_fn *certificate; /* NULL: none of our own */
    void *certificate_ctx;
};

/* ERR_BROKEN: the system refuses. */
MUST_USE enum err watchers_open(const struct watchers_options *options, struct watchers **out);
/* After the engine, before the loop and the helper. Accepts a pointer to NULL. */
void watchers_close(struct watchers **watchers);

/* Figures; 0 without. */
int64_t watchers_canary_interval_ms(const struct watchers *watchers);
int64_t watchers_canary_age_ms(const struct watchers *watchers);
int watchers_canary_missing(const struct watchers *watchers);
/* Zeroes without a heartbeat. */
struct heartbeat_sight watchers_heartbeat(const struct watchers *watchers);
uint64_t watchers_undelivered(const struct watchers *watchers);

#endif
