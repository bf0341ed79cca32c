/* sim/sim.h - a pretend carrier on loopback: REST API, webhooks, TwiML, phones, and the clock.
 *
 * It is the host of the rehearsal's clock: POST /sim/turn leaps from one due instant to the
 * next, waiting in between until neither a request nor a guest of the clock is busy.
 * Owns: its server, client and world; the loop and the clock stay the caller's.
 * Errors: ERR_CONFLICT when the port is in use, ERR_BAD_INPUT for an address that is not
 * loopback, or a bad setup; out_words says what.
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"
#include "net/loop.h"

struct sim;

enum { SIM_WORDS = 240, SIM_CALL_RATE_MAX = 1000 };

struct sim_options {
    struct span listen; /* "127.0.0.1:0", "[::1]:8080" */
    struct span setup;  /* JSON text; empty: none */
    uint64_t seed;      /* of SIDs */
    int call_rate;      /* calls a second of an account, 1 to SIM_CALL_RATE_MAX */
    bool quiet;         /* no timeline on stdout */
    bool lockstep;      /* one thing after the other (sim/sim_lockstep.h); for sim_turn_to */
    int64_t settle_ms;  /* in lockstep: of a server that is no guest of the clock */
};

MUST_USE enum err sim_open(struct loop *loop, struct clock *clock,
                           const struct sim_options *options, struct sim **out,
                           char out_words[SIM_WORDS]);
void sim_close(struct sim **sim);

/* The same turn by a caller in this process: begins it, at most to `until_ms`, 0: until now is
 * over; `patience_ms` of real time may pass without an instant that passes. */
void sim_turn_to(struct sim *sim, int64_t until_ms, int64_t patience_ms);
/* Ends it as soon as the present instant is over. */
void sim_turn_stop(struct sim *sim);
/* False when it is over; *out_stuck is then NULL, or what was busy for too long. */
bool sim_is_turning(const struct sim *sim, const char **out_stuck);

struct sim_world;
struct sim_world *sim_world_of(struct sim *sim);
/* "http://127.0.0.1:8080", as long as it is open. */
const char *sim_base(const struct sim *sim);
int sim_port(const struct sim *sim);

#endif
