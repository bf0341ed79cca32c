/* sim/sim_conference.h - Conference: calls that enter the same name hear each other.
 *
 * It starts when two are in and one of them may start it; until then each hears its waitUrl,
 * again and again. When one leaves whose endConferenceOnExit says so, or the last one, it
 * ends, and the next to enter the name opens another. The callbacks are those of the first
 * guest who named any.
 * Not played: muting, holding and coaching, beeps, recordings.
 * Threads: loop thread only.
 * Source: the Conference noun in section 3.3 of the carrier's reference.
 */
#ifndef SIM_SIM_CONFERENCE_H
#define SIM_SIM_CONFERENCE_H

#include "sim/sim_run.h"

/* The run's Dial has come to its noun: its leg is answered and enters. */
void sim_conference_enter(struct sim_run *run, const struct xml_node *dial,
                          const struct xml_node *noun);

#endif
