/* sim/sim_hand.h - what somebody does with a phone in his hand: POST /sim/phones/NUMBER/ACTION.
 *
 * The actions are a table. A phone that nobody knows yet is made by its first action.
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_HAND_H
#define SIM_SIM_HAND_H

#include "simsetup/sim_setup.h"

struct sim_hand_order {
    struct sim_world *world;
    struct arena *arena;     /* of the request */
    struct span path;        /* "NUMBER/ACTION", unescaped */
    const struct json *body; /* an object */
};

/* Does it; returns the HTTP status: 200 with JSON in `out`, else the words of what is wrong. */
int sim_hand_act(const struct sim_hand_order *order, struct buf *out, char words[SIM_SETUP_WORDS]);
/* The table of actions, for a printed page. */
void sim_hand_print(struct buf *out);

#endif
