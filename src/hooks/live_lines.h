/* hooks/live_lines.h - which lines are live: the carrier has come here for them, or provision or
 * the doctor have seen that their webhooks point here.
 *
 * Of a line that is not live the catch-up brings in nothing: another server answers it, and what
 * stands in the carrier's log is that one's. The first webhook with a right signature makes it so;
 * it is kept in the store, and asked for there again now and then, as a roster without the line
 * has made it nobody's meanwhile.
 * Owns: what it remembers, one entry a line.
 * Threads: loop thread only.
 * Source: design section 7; docs/adr/0040-live-lines.md.
 */
#ifndef HOOKS_LIVE_LINES_H
#define HOOKS_LIVE_LINES_H

#include "engine/engine.h"
#include "visit/visit.h"

struct live_lines;

void live_lines_open(struct site *site, struct loop *loop);
void live_lines_close(struct site *site);

/* The carrier has come for that line, which is `place`'s, with a right signature. */
void live_lines_see(struct live_lines *lines, const struct engine_place *place, struct span number);

visit_fn live_lines_begin; /* POST: it was seen that the line's webhooks point here */
visit_fn live_lines_end;   /* DELETE: they were pointed elsewhere */

#endif
