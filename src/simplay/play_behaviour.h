/* simplay/play_behaviour.h - what phones do when it rings, and the steps of people in calls.
 *
 * A phone's behaviours are kept as the JSON that the control API takes, so that both say the
 * same.
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_BEHAVIOUR_H
#define SIMPLAY_PLAY_BEHAVIOUR_H

#include "simplay/play.h"
#include "simvoice/sim_call.h"

/* Statements: {who} [afterwards] ... */
void play_behaviour_ignore(struct play *play, const struct play_statement *statement);
void play_behaviour_answer(struct play *play, const struct play_statement *statement);
void play_behaviour_decline(struct play *play, const struct play_statement *statement);
void play_behaviour_busy(struct play *play, const struct play_statement *statement);
void play_behaviour_voicemail(struct play *play, const struct play_statement *statement);
void play_behaviour_screen(struct play *play, const struct play_statement *statement);
void play_behaviour_unreachable(struct play *play, const struct play_statement *statement);
void play_behaviour_reachable(struct play *play, const struct play_statement *statement);
void play_behaviour_landline(struct play *play, const struct play_statement *statement);
void play_behaviour_refuse(struct play *play, const struct play_statement *statement);

/* The steps of whoever calls; false when the play was given up. */
bool play_behaviour_steps(struct play *play, const struct play_statement *statement,
                          struct sim_call_plan *out);

#endif
