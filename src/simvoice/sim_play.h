/* simvoice/sim_play.h - prompts: what Say, Play and Pause let the party hear, and how long.
 *
 * Words take 60 ms a character. A sound is fetched by GET, signed, without parameters; one in
 * WAV lasts as long as it says, any other three seconds. One that cannot be had is an error in
 * the list of warnings, and the next verb follows.
 * Threads: loop thread only.
 * Source: section 3.2 of the carrier's reference.
 */
#ifndef SIMVOICE_SIM_PLAY_H
#define SIMVOICE_SIM_PLAY_H

#include "simvoice/sim_run.h"

/* Plays a Say, Play or Pause and calls `then` when it is over, from a later turn; false for
 * another verb, and nothing happens. Whatever the run does next puts an end to it. */
bool sim_play_prompt(struct sim_run *run, const struct xml_node *verb,
                     void (*then)(struct sim_run *run));
/* Breaks it off; `then` is no longer called. */
void sim_play_stop(struct sim_run *run);
/* How long keys take: "w" half a second, "W" one, a key half a second. */
int64_t sim_play_keys_ms(struct span keys);

#endif
