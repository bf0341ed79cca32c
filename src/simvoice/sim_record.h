/* simvoice/sim_record.h - Record: keeps what the caller says after a beep.
 *
 * The caller speaks as the call's plan has it, once, and then presses a key or hangs up; or
 * what a hand says is kept until it is silent. Without a word there is no recording, and the
 * verb after it follows.
 * Threads: loop thread only.
 * Source: sections 2.5 and 3.5 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_RECORD_H
#define SIMVOICE_SIM_RECORD_H

#include "simvoice/sim_run.h"

void sim_record_start(struct sim_run *run, const struct xml_node *verb);

#endif
