/* simvoice/sim_machine.h - answering machine detection: who picked up a call that we made.
 *
 * What is found follows from the phone's script, or is written there.
 * Threads: loop thread only.
 * Source: section 2.9 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_MACHINE_H
#define SIMVOICE_SIM_MACHINE_H

#include "simvoice/sim_leg.h"

/* The leg was answered. Finds out who is there when leg->detection asks for it, tells the
 * callback, and calls `then` unless the leg has ended; at once when nobody asks, or when the
 * document is not to wait. */
void sim_machine_listen(struct sim_leg *leg, void (*then)(struct sim_leg *leg));

#endif
