/* core/alarm_note.h - an alarm goes to people by text and by call, and it is on record which way
 * it went.
 *
 * Each way of an alarm once, whoever asks how often. Texts and calls are outbox rows like any
 * other, urgent, and pointless after an hour. Whoever is called hears the alarm and says by a key
 * that he did. Until somebody has, each is called three times, two minutes after the last call was
 * over; then `alarm.not-heard` is an alarm of its own, which goes the other ways.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/guides/alarms.md.
 */
#ifndef CORE_ALARM_NOTE_H
#define CORE_ALARM_NOTE_H

#include "base/err.h"
#include "rules/context.h"

/* The claim that this alarm has gone this way. */
struct span alarm_note_key(struct arena *arena, int64_t alarm, struct span way);
MUST_USE enum err alarm_note(const struct context *c); /* EVENT_ALARM */
/* Asks for what the two below need of a call that may be one with an alarm; false: not loaded yet.
 */
bool alarm_note_gather(const struct context *c, const struct message *m);
/* The call is over, whoever picked up or not. Any other call is left alone. */
void alarm_note_over(const struct context *c, const struct message *m);
/* He was called with an alarm and has pressed a key, or none; fills the answer. */
void alarm_note_heard(const struct context *c, const struct message *m);

#endif
