/* sim/sim_input.h - the verbs that listen: Gather and Record.
 *
 * A Gather hears keys, and speech as the party's script has it.
 * Threads: loop thread only.
 * Source: sections 2.4, 2.5, 3.4 and 3.5 of the carrier's reference.
 */
#ifndef SIM_SIM_INPUT_H
#define SIM_SIM_INPUT_H

#include "sim/sim_run.h"

void sim_input_gather(struct sim_run *run, const struct xml_node *verb);
void sim_input_record(struct sim_run *run, const struct xml_node *verb);

#endif
