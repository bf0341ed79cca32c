/* simplay/play_manual.h - the language of scenarios, as docs/scenarios.md has it: its words, and
 * the tables that it is read by.
 *
 * Threads: any.
 */
#ifndef SIMPLAY_PLAY_MANUAL_H
#define SIMPLAY_PLAY_MANUAL_H

#include "base/buf.h"

void play_manual_print(struct buf *out);

#endif
