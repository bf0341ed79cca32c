/* simplay/play_timeline.h - what happened, as lines for people: time since the start, what.
 *
 * Names stand for numbers and for our own addresses, so that the same seed gives the same bytes
 * on every machine.
 * Threads: loop thread only.
 */
#ifndef SIMPLAY_PLAY_TIMELINE_H
#define SIMPLAY_PLAY_TIMELINE_H

#include "simplay/play.h"

enum { PLAY_TIME_SIZE = 64 };

/* Adds what has been noted since the last time. */
void play_timeline_follow(struct play *play);
/* Adds the statement that is about to run. */
void play_timeline_statement(struct play *play, const struct play_statement *statement);
/* "0:15:00.600". */
void play_timeline_time(int64_t since_ms, char out[PLAY_TIME_SIZE]);

#endif
