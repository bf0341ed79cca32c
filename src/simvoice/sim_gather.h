/* simvoice/sim_gather.h - Gather: waits for keys, for speech, or for either.
 *
 * Speech is what the party's script, or a hand, says; each piece is told to
 * partialResultCallback. Without bargeIn the prompts are heard to their end, whatever is
 * pressed or said meanwhile.
 * Threads: loop thread only.
 * Source: sections 2.4 and 3.4 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_GATHER_H
#define SIMVOICE_SIM_GATHER_H

#include "simvoice/sim_run.h"

void sim_gather_start(struct sim_run *run, const struct xml_node *verb);

#endif
