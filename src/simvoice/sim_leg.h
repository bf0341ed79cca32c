/* simvoice/sim_leg.h - call legs: what state each is in, and the status callbacks that tell it.
 *
 * A leg joins a party outside (its phone) to the carrier. It tells both sides what happens;
 * what follows from it is theirs to decide. Late and repeated orders change nothing.
 * Threads: loop thread only.
 * Source: the carrier's pages on calls; section 4.4 of its reference.
 */
#ifndef SIMVOICE_SIM_LEG_H
#define SIMVOICE_SIM_LEG_H

#include "simworld/sim_webhook.h"
#include "simworld/sim_world.h"

enum { SIM_LEG_RING_DELAY_MS = 100 }; /* from dialling to the first ring */

/* New, in state QUEUED; NULL when there are too many. Numbers over the limit are cut. */
struct sim_leg *sim_leg_new(struct sim_world *world, struct sim_account *account,
                            enum sim_direction direction, struct span from, struct span to);
/* Dials an outbound leg: initiated now, ringing a moment later, no-answer after timeout_ms. */
void sim_leg_dial(struct sim_leg *leg);
/* An inbound leg rings at the carrier. */
void sim_leg_ring(struct sim_leg *leg);
void sim_leg_answer(struct sim_leg *leg);
/* Lets two answered legs hear each other. */
void sim_leg_join(struct sim_leg *a, struct sim_leg *b);
/* Nobody hears it any more, though it goes on: it has left a conference or a queue's bridge. */
void sim_leg_part(struct sim_leg *leg);
/* Ends it in `state`, a terminal one; one that was answered ends as completed. */
void sim_leg_end(struct sim_leg *leg, enum sim_call_state state);
bool sim_leg_is_over(const struct sim_leg *leg);

/* `ended` is called when it ends, before its sides are told. */
void sim_leg_watch(struct sim_leg *leg, void (*ended)(struct sim_leg *leg, void *ctx), void *ctx);

/* The party presses a key; the party hears words. */
void sim_leg_press(struct sim_leg *leg, char key);
void sim_leg_hear(struct sim_leg *leg, struct span words);
/* The party hears what another party says: its transcript tells. */
void sim_leg_overhear(struct sim_leg *leg, struct span words);
/* The party has said `words`, which a listener understands with `confidence` percent. */
void sim_leg_speak(struct sim_leg *leg, struct span words, int confidence);
/* The number of the party outside. */
const char *sim_leg_party(const struct sim_leg *leg);

/* Adds the parameters that every voice request carries. */
void sim_leg_params(const struct sim_leg *leg, struct sim_params *params);
/* The address to fall back to for documents of this call, or NULL. */
const char *sim_leg_fallback(const struct sim_leg *leg);
/* Reads "initiated ringing answered completed" (any of them) into bits; unknown words are
 * left out. */
unsigned sim_leg_events(struct span words);

#endif
