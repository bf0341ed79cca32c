/* sim/sim_control.h - the hand on the pretend carrier: /sim/..., JSON in and out.
 *
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_CONTROL_H
#define SIM_SIM_CONTROL_H

#include "base/buf.h"
#include "net/http_server.h"
#include "simworld/sim_world.h"

/* A turn of the clock that somebody waits for. */
struct sim_turn {
    struct http_request *rq; /* NULL: nobody waits */
    int64_t until_ms, settle_ms;
    int64_t patience_ms; /* of real time without an instant passing */
    int64_t since_ns;    /* real time of the last instant that passed */
    bool by_hand;        /* of a caller in this process, without a request */
    bool looked;         /* all is quiet, and whoever turns it has had the time to see it */
    const char *stuck;   /* how that one's last turn ended; NULL: well */
};

/* Answers a request below /sim; a turn is begun and answered by sim_control_turned or
 * sim_control_stuck. */
void sim_control_handle(struct sim_world *world, struct sim_turn *turn, struct http_request *rq);
/* The table of its paths as Markdown. */
void sim_control_print(struct buf *out);
/* Answers 403 with the words. */
void sim_control_refuse(struct http_request *rq, const char *words);
void sim_control_turned(struct sim_world *world, struct sim_turn *turn);
/* The server under test stays busy; `why` says with what. */
void sim_control_stuck(struct sim_world *world, struct sim_turn *turn, const char *why);

#endif
