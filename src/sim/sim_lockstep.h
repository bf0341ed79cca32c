/* sim/sim_lockstep.h - one thing after the other, so that a rehearsal comes out the same each
 * time.
 *
 * Nothing new begins before all that the last thing has led to is over: webhooks are answered,
 * and every guest of the clock either waits for its time or for answers to requests of which all
 * have come here. Of several REST requests the first by method, address and form is served, in
 * whatever order their connections brought them; then a webhook that waits is sent, then one
 * entry of the agenda runs. A server that does not share the clock is given a time to settle.
 * Owns: the list of requests kept back; they live in their own arenas.
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_LOCKSTEP_H
#define SIM_SIM_LOCKSTEP_H

#include "net/http_server.h"
#include "simworld/sim_world.h"

struct sim_kept;

struct sim_lockstep {
    struct sim_world *world;
    struct sim_kept *kept; /* REST requests that wait for their turn */
    unsigned kept_count;
    int64_t settle_ms; /* of a server that is no guest of the clock */
    void (*serve)(void *ctx, struct http_request *rq);
    void *ctx;
};

/* Keeps the request back when it may change something or tells of what may change; false: serve
 * it at once. */
bool sim_lockstep_take(struct sim_lockstep *lockstep, struct http_request *rq);
/* Lets the next thing happen, when there is one and it may. NULL when all is quiet: then
 * *out_next is the earliest instant that a guest waits for; else what is waited for. */
const char *sim_lockstep_step(struct sim_lockstep *lockstep, int64_t *out_next);

#endif
