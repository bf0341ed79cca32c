/* simhook/sim_override.h - connection overrides: how one address wants to be asked, in its
 * fragment.
 *
 * "https://host/path#rc=2&rp=all". What is not said, or cannot be, has its usual value.
 * Pure. Threads: any.
 * Source: section 4.1 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_OVERRIDE_H
#define SIMHOOK_SIM_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"

enum {
    SIM_OVERRIDE_MISTAKES_MAX = 8,
    SIM_OVERRIDE_BAD = 11240, /* the carrier's code for a bad one */
};

/* What is tried again, as bits. */
enum {
    SIM_RETRY_CONNECT = 1, /* no connection, no TLS */
    SIM_RETRY_READ = 2,    /* no answer in time */
    SIM_RETRY_4XX = 4,
    SIM_RETRY_5XX = 8,
    SIM_RETRY_ALL = 15,
};

struct sim_override {
    int connect_ms, read_ms, total_ms; /* total_ms: of all tries together */
    int retries;                       /* 0 to 5 */
    unsigned retry_on;
    bool server_name;  /* TLS tells the name of the host */
    struct span edges; /* as written, comma-separated */
};

/* Returns how many mistakes were found, at most SIM_OVERRIDE_MISTAKES_MAX. A fragment without
 * '=' is none of overrides, and no mistake. Each of `mistakes` says what is wrong and what may
 * stand there. Texts live in the arena or in `fragment`. */
size_t sim_override_parse(struct arena *arena, struct span fragment, struct sim_override *out,
                          const char *mistakes[SIM_OVERRIDE_MISTAKES_MAX]);

/* A table of all of them for the manual. */
void sim_override_print(struct buf *out);

#endif
