/* simhook/sim_cache.h - what customers' servers answered to GET, kept by ETag.
 *
 * As the carrier keeps documents and sounds: the next GET of the same address asks with
 * If-None-Match, and a 304 stands for what was kept. The oldest gives way to the newest.
 * Owns: copies of what is kept, until the world closes.
 * Threads: loop thread only.
 * Source: section 3.1 of the carrier's reference.
 */
#ifndef SIMHOOK_SIM_CACHE_H
#define SIMHOOK_SIM_CACHE_H

#include <stdbool.h>

#include "base/span.h"

enum { SIM_CACHE_MAX = 64 };

struct sim_cache;

struct sim_cached {
    struct span etag, type, body; /* until something else is kept */
};

struct sim_cache *sim_cache_open(void);
void sim_cache_close(struct sim_cache **cache);
/* False when nothing is kept of `owner` (an account's SID) under that address. */
bool sim_cache_find(const struct sim_cache *cache, const char *owner, const char *url,
                    struct sim_cached *out);
/* Takes the place of what was kept under the same address. */
void sim_cache_keep(struct sim_cache *cache, const char *owner, const char *url,
                    const struct sim_cached *what);

#endif
