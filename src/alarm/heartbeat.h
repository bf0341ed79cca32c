/* alarm/heartbeat.h - asks an address again and again while all is well, so that somebody else
 * notices when we are not there any more: a dead man's switch.
 *
 * It is asked only when the store has committed something lately, which the storage thread and
 * the loop have proven together. A request that fails is counted, and logged once until one
 * succeeds.
 * Owns: its HTTP client.
 * Threads: loop thread only.
 */
#ifndef ALARM_HEARTBEAT_H
#define ALARM_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "net/loop.h"

struct heartbeat;

/* Texts are borrowed. */
struct heartbeat_options {
    struct loop *loop;
    const struct clock *clock;
    const char *url;
    int seconds; /* between */
    bool (*is_well)(void *ctx);
    void *ctx;
};

MUST_USE enum err heartbeat_open(const struct heartbeat_options *options, struct heartbeat **out);
struct heartbeat_sight {
    uint64_t failed;      /* requests since the start */
    int64_t failing_ms;   /* since when none has succeeded; 0: the latest did */
    const char *last_why; /* of the latest that failed, without the address; NULL: none has */
};
/* Lives until the next turn. */
struct heartbeat_sight heartbeat_sight(const struct heartbeat *heartbeat);
/* Drops what is under way. */
void heartbeat_close(struct heartbeat **heartbeat);

#endif
