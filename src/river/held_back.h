/* river/held_back.h - what a line in report-only mode does not send, and how that is on record.
 *
 * Threads: the storage thread only.
 */
#ifndef RIVER_HELD_BACK_H
#define RIVER_HELD_BACK_H

#include "rules/context.h"
#include "rules/restraint.h"

/* Of the rows that a decision about a webhook with a wrong signature has just added, those behind
 * `before`, none goes to anybody but operators: by whatever line, and on whatever node it would be
 * sent. */
void held_back(const struct context *c, struct fact **before);
/* Tells the log, in the message's thread. `m` may be NULL. */
void held_back_note(struct facts *f, const struct outbox *o, const struct message *m);

#endif
