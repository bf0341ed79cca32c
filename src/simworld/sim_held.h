/* simworld/sim_held.h - REST answers that are kept back, until an instant or until a callback is
 * answered.
 *
 * The turn of the clock does not wait for what is kept back: it goes on in small steps.
 * Owns: nothing; a note of it lives in the request's arena.
 * Threads: loop thread only.
 */
#ifndef SIMWORLD_SIM_HELD_H
#define SIMWORLD_SIM_HELD_H

#include "net/http_server.h"
#include "simworld/sim_world.h"

typedef void sim_held_fn(void *ctx, int status, struct span body);

struct sim_held_plan {
    int64_t after_ms;    /* the longest time */
    const char *subject; /* SID whose callback ends it sooner; "": none */
    int status;          /* what `release` is given back; the body lives in the request's arena */
    struct span body;
    sim_held_fn *release; /* answers the request */
    void *ctx;            /* handed to it; lives in the request's arena */
};

void sim_held_keep(struct sim_world *world, struct http_request *rq,
                   const struct sim_held_plan *plan);
/* A status callback about `subject` has been answered. */
void sim_held_told(struct sim_world *world, const char *subject);

#endif
