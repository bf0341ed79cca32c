/* calls_carrier.h - the pretend carrier of calls: it does what our answers say, and tells us of
 * what happened, sooner, later, twice or never.
 */
#ifndef CALLS_CARRIER_H
#define CALLS_CARRIER_H

#include "calls_world.h"

/* One of its own items; not what reaches us. */
void calls_carrier_happen(struct world *w, const struct item *item);
/* Our answer to what was asked by ITEM_ASK or ITEM_ASK_LEG; NULL: it got none. */
void calls_carrier_answer(struct world *w, const struct item *asked, const struct answer *answer);

/* A phone rings for so long. */
struct leg *calls_carrier_begin_leg(struct world *w, struct call *call,
                                    const struct answer_number *n, int ring_s);
/* Ends a leg of its own, whatever it does. */
void calls_carrier_end_leg(struct world *w, struct leg *leg);
/* The caller's call asks for its document at once, at the address of that attempt. */
void calls_carrier_move(struct world *w, struct call *call, int attempt);
/* The caller's Dial has ended. */
void calls_carrier_dialled(struct world *w, struct call *call, const char *status);

#endif
