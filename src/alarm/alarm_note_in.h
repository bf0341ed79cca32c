/* alarm/alarm_note_in.h - brings events about alarms and canaries into the river.
 *
 * Owns: the works on their way.
 * Threads: loop thread only.
 */
#ifndef ALARM_ALARM_NOTE_IN_H
#define ALARM_ALARM_NOTE_IN_H

#include "engine/engine.h"
#include "model/event.h"

/* `err`: ERR_NONE, it is stored; `ctx` may be gone when the program ends, and then nobody is told.
 */
typedef void alarm_note_in_fn(void *ctx, const struct event *event, enum err err);

/* The event's spans are copied; its roster is the tenant's in force. `done` may be NULL, and may be
 * called before this returns. */
void alarm_note_in(struct engine *engine, const struct event *event, alarm_note_in_fn *done,
                   void *ctx);

#endif
