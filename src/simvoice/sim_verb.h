/* simvoice/sim_verb.h - the verbs that only speak, wait, go elsewhere or send something.
 *
 * Each starts its verb on a run and sees to what follows.
 * Threads: loop thread only.
 * Source: section 3.2 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_VERB_H
#define SIMVOICE_SIM_VERB_H

#include "simvoice/sim_run.h"

/* Say, Play and Pause. */
void sim_verb_prompt(struct sim_run *run, const struct xml_node *verb);
void sim_verb_redirect(struct sim_run *run, const struct xml_node *verb);
void sim_verb_hang_up(struct sim_run *run, const struct xml_node *verb);
void sim_verb_reject(struct sim_run *run, const struct xml_node *verb);
void sim_verb_leave(struct sim_run *run, const struct xml_node *verb);
void sim_verb_refer(struct sim_run *run, const struct xml_node *verb);
/* By the world's send_text; 13803 without it. */
void sim_verb_sms(struct sim_run *run, const struct xml_node *verb);
/* Start: begins recordings; what else it may hold is not played. */
void sim_verb_start(struct sim_run *run, const struct xml_node *verb);
/* What is not simulated: a warning, then the next verb. */
void sim_verb_not_played(struct sim_run *run, const struct xml_node *verb);

#endif
