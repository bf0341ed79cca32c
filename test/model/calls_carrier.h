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

#endif
