/* simvoice/sim_dial.h - Dial: rings numbers, lets one answer, joins it to the call, reports.
 *
 * Several numbers ring at once. A number with a url hears that document first (the whisper):
 * falling off its end joins, Hangup does not. Whether the others stop ringing when one picks
 * up or only when it is joined is the world's drops_at_join: in the first case a Dial ends
 * when the one who picked up hung up, in the second it goes on with those who still ring.
 * A Conference or a Queue stands alone in its Dial, and is played by its own file. A recording
 * is one of the calling leg, from the first ring or from the moment when two talk.
 * Threads: loop thread only.
 * Source: sections 2.3, 2.6 and 3.3 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_DIAL_H
#define SIMVOICE_SIM_DIAL_H

#include "simvoice/sim_run.h"

void sim_dial_start(struct sim_run *run, const struct xml_node *verb);
/* A leg that Dial made goes elsewhere on its own: the Dial ends, and is its owner no more. */
void sim_dial_release(struct sim_leg *leg);

#endif
