/* alarm/heartbeat.h - asks an address again and again while all is well, so that somebody else
 * notices when we are not there any more: a dead man's switch.
 *
 * It is asked only when the store has committed something lately, which the storage thread and
 * the loop have proven together. A request that fails is logged, once until one succeeds.
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
/* Drops what is under way. */
void heartbeat_close(struct heartbeat **heartbeat);

#endif
