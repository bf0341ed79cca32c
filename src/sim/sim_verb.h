/* sim/sim_verb.h - the verbs that only speak, wait or go elsewhere.
 *
 * Each starts its verb on a run and sees to what follows.
 * Threads: loop thread only.
 * Source: section 3.2 of the carrier's reference.
 */
#ifndef SIM_SIM_VERB_H
#define SIM_SIM_VERB_H

#include "sim/sim_run.h"

void sim_verb_say(struct sim_run *run, const struct xml_node *verb);
void sim_verb_play(struct sim_run *run, const struct xml_node *verb);
void sim_verb_pause(struct sim_run *run, const struct xml_node *verb);
void sim_verb_redirect(struct sim_run *run, const struct xml_node *verb);
void sim_verb_hang_up(struct sim_run *run, const struct xml_node *verb);
void sim_verb_reject(struct sim_run *run, const struct xml_node *verb);

/* Plays a Say, Play or Pause to the party; returns how long it lasts, -1 for another verb. */
int64_t sim_verb_prompt(struct sim_run *run, const struct xml_node *verb);

#endif
