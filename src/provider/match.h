/* provider/match.h - which of the carrier's own records an unsure row may have become.
 *
 * A record is one when its way, its parties, its time and its words are right. Words: the trial
 * prefix of the carrier does not count, and a body that it has redacted (an empty one) is any
 * body. A call has no words.
 * Threads: any. Pure.
 * Source: design section 7, G4.
 */
#ifndef PROVIDER_MATCH_H
#define PROVIDER_MATCH_H

#include <stddef.h>

#include "model/event.h"
#include "model/rows.h"
#include "provider/carrier_log.h"

/* Fills `out` with at most `max` candidates among `rows` (newest first, as listed), oldest
 * first, and returns how many there are in it. Their SIDs are those of `rows`. */
size_t match_unsure(const struct outbox *unsure, const struct carrier_log_row *rows, size_t count,
                    struct found *out, size_t max);

/* The earliest instant that a candidate may have. */
int64_t match_since_ms(const struct outbox *unsure);

#endif
