/* simplay/play_sight.h - the statements that say what must have been seen.
 *
 * An expectation counts what it names since the scene began, and wants at least one of it, or
 * the number that it says. With `within` the clock goes on until it holds, at most so long.
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_SIGHT_H
#define SIMPLAY_PLAY_SIGHT_H

#include "simplay/play.h"

extern const struct play_row play_sight_rows[];

/* True when the expectation that is looked for holds as things are. */
bool play_sight_holds(struct play *play);
/* It does not wait any longer: the verdict is written. */
void play_sight_close(struct play *play);

#endif
