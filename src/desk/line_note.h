/* desk/line_note.h - brings into the log that a line is in report-only mode: an alarm as it begins
 * and each hour, who has switched it, and its end.
 *
 * Each node notices by itself; a claim sees to it that each alarm and the end are told once.
 * Source: docs/adr/0039-report-only.md.
 */
#ifndef DESK_LINE_NOTE_H
#define DESK_LINE_NOTE_H

#include "base/err.h"
#include "rules/context.h"

/* The claim of such an event; in the arena. Empty: it has none. */
struct span line_note_key(struct arena *arena, const struct event *event);
MUST_USE enum err line_note(const struct context *c); /* EVENT_LINE */

#endif
