/* relay/fate.h - what became of a message of ours, and what follows from that.
 *
 * A forward that cannot reach its operator is read out to him and escalates now when a later
 * step has somebody; on the last step its clock runs on while he is called, and only when the
 * call fails too the relay is exhausted. A lost reply is told to who wrote it.
 * Gather first, then apply: nothing is changed before all is there.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef RELAY_FATE_H
#define RELAY_FATE_H

#include <stdbool.h>

#include "rules/context.h"

struct fate {
    enum delivery delivery;
    int32_t error_code; /* the carrier's, 0 without */
    bool unknown;       /* given up: it may have arrived */
};

/* True when the carrier, or we, could not bring it there. */
bool fate_is_lost(enum delivery delivery);

/* The relay of a message; NULL without, or (short_of) not loaded yet. `m` may be NULL. */
struct relay *fate_relay(const struct context *c, const struct message *m);
/* Asks for what fate_apply may need; false when something must be loaded first. `m` and `r`
 * may be NULL. */
bool fate_gather(const struct context *c, const struct message *m, struct relay *r,
                 const struct fate *fate);
/* Brings the message forward, by rank, and what follows for its relay. */
void fate_apply(const struct context *c, struct message *m, struct relay *r,
                const struct fate *fate);

#endif
