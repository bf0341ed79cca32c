/* alarm/line_watch.h - an alarm each hour as long as a line is in report-only mode, and a word when
 * its day is over.
 *
 * Each node looks; what one of them has told is claimed in the log (desk/line_note.h), so the
 * others, and this one after a restart, do not tell it again.
 * Owns: what it has brought to the log.
 * Threads: loop thread only.
 * Source: docs/adr/0039-report-only.md.
 */
#ifndef ALARM_LINE_WATCH_H
#define ALARM_LINE_WATCH_H

#include "engine/engine.h"
#include "net/loop.h"

struct line_watch;

struct line_watch *line_watch_open(struct loop *loop, struct engine *engine);
/* After the engine. Accepts a pointer to NULL. */
void line_watch_close(struct line_watch **watch);

#endif
