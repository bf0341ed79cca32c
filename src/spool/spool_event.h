/* spool/spool_event.h - an event of the carrier's as a record of the spool, and back.
 *
 * Only what a webhook brings is kept, and how it was answered without the store: what a decision
 * needs later. A field that a newer program wrote is passed over.
 * Threads: any.
 */
#ifndef SPOOL_SPOOL_EVENT_H
#define SPOOL_SPOOL_EVENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/event.h"

/* True for what the carrier brings, and would not bring again. */
bool spool_event_is_kept(enum event_kind kind);

/* The record, in the arena. */
struct span spool_event_render(struct arena *arena, const struct event *event);
/* Spans point into `record`. ERR_BAD_INPUT: it is none. */
MUST_USE enum err spool_event_parse(struct span record, struct event *out);

#endif
