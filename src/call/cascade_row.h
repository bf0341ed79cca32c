/* call/cascade_row.h - what every move of a call needs of its row: the record, the clock, and which
 * rungs ring together now.
 *
 * Threads: one at a time.
 */
#ifndef CALL_CASCADE_ROW_H
#define CALL_CASCADE_ROW_H

#include <stdbool.h>

#include "rules/context.h"
#include "rules/words.h"

struct words_about cascade_row_about(const struct context *c, const struct cascade *k);
/* A row of twilio_call_events; `attempt` -1: about the call as a whole. */
void cascade_row_note(const struct context *c, const struct cascade *k, const char *kind,
                      int attempt, const char *detail);
/* Sets its hard end; 0: none. */
void cascade_row_end(const struct context *c, struct cascade *k, int64_t due_ms);

/* Sets when its TIMER_OVERLAP is due; 0: never. */
void cascade_row_watch(const struct context *c, struct cascade *k, int64_t due_ms);

/* The call is over, and on record. */
void cascade_row_close(const struct context *c, struct cascade *k, enum outcome outcome);

/* Since when the caller waits for somebody. */
int64_t cascade_row_waits_ms(const struct cascade *k);

/* One beyond the rungs that ring together now, of which k->attempt is the first. */
int cascade_row_group_end(const struct cascade *k);
/* The phone rings, or its owner is being asked. */
bool cascade_row_is_on(const struct rung *r);

#endif
