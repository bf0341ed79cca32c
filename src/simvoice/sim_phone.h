/* simvoice/sim_phone.h - the phones outside: each follows its script, call by call.
 *
 * The n-th call to a phone uses the n-th behaviour of its script, the last one repeats; a
 * phone without a script rings out. A phone that somebody holds rings until he acts, and
 * screens calls or takes messages as he has set it.
 * Threads: loop thread only.
 */
#ifndef SIMVOICE_SIM_PHONE_H
#define SIMVOICE_SIM_PHONE_H

#include "simworld/sim_world.h"

/* The leg rings at the phone of its number: the phone behaves. */
void sim_phone_take(struct sim_leg *leg);
/* `phone` is the caller of the inbound leg: it hangs up `hang_up_ms` from now (below 0: of
 * its own will never) and follows leg->plan once it is answered. */
void sim_phone_place(struct sim_leg *leg, struct sim_phone *phone, int64_t hang_up_ms);
/* A called phone that rings is picked up by hand, whatever its script says; a call that the
 * phone screens, or its voicemail box has, is put through. */
void sim_phone_answer(struct sim_leg *leg);
/* The phone itself has the call: it screens it, or takes a message. */
bool sim_phone_is_asking(const struct sim_leg *leg);
/* It is not taken: a held phone with a voicemail box sends it there, others hang up. */
void sim_phone_decline(struct sim_leg *leg);
/* The party puts the phone down; a called one that rings declines. */
void sim_phone_hang_up(struct sim_leg *leg);

#endif
