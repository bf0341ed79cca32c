/* simtext/sim_inbox.h - texts that phones send: kept, obeyed when they are a keyword, asked about.
 *
 * STOP and its like block the number (or all of its service) for that phone until START. A
 * number in a service asks at the service's address; a service without one takes nothing.
 * Threads: loop thread only.
 * Source: sections 2.7, 4.4 and 7.1 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_INBOX_H
#define SIMTEXT_SIM_INBOX_H

#include "simtext/sim_text.h"

/* A phone sends to a number of an account. ERR_NOT_FOUND when no account has the number. */
MUST_USE enum err sim_inbox_receive(struct sim_world *world, const struct sim_text_draft *draft,
                                    struct sim_text **out);
/* For sim_world.read_text: a phone answers as its script says, a number of an account takes it in.
 */
void sim_inbox_read(struct sim_text *text);

#endif
