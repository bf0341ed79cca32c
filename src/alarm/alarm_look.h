/* alarm/alarm_look.h - finds the alarms in the log that have not gone all their ways yet.
 *
 * The log itself says which have: `alarm.told` and `alarm.not-told` name the alarm and the way. So
 * a node that starts, or that takes the work over from one that has died, goes on where it ended.
 * Of several nodes one does it at a time.
 * Owns: what it has found, until the next look.
 * Threads: loop thread only, but for its reading.
 */
#ifndef ALARM_ALARM_LOOK_H
#define ALARM_ALARM_LOOK_H

#include "alarm/alarm_bell.h"
#include "engine/engine.h"

struct alarm_look;

/* `fn` is called for each alarm that was not seen before, oldest first. `anew`: whatever was known
 * before is another node's: the first of a look at all of them. */
typedef void alarm_look_fn(void *ctx, const struct alarm_row *row);
typedef void alarm_look_anew_fn(void *ctx);

struct alarm_look *alarm_look_open(struct engine *engine, alarm_look_fn *fn,
                                   alarm_look_anew_fn *anew, void *ctx);
/* After the engine. */
void alarm_look_close(struct alarm_look **look);
/* Looks, if it is time. */
void alarm_look_turn(struct alarm_look *look);

#endif
