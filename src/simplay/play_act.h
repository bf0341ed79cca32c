/* simplay/play_act.h - the statements that do something, and the steps that follow a comma.
 *
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_ACT_H
#define SIMPLAY_PLAY_ACT_H

#include "simplay/play_script.h"

/* Who is there, and how the rehearsal is set up; read before anything begins. */
extern const struct play_row play_act_settings[];
/* What people, the clock, the server and the network do. */
extern const struct play_row play_act_rows[];
extern const struct play_row play_act_steps[];

#endif
