/* relay/missed.h - a call that nobody took: the customer and the operators hear of it.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef RELAY_MISSED_H
#define RELAY_MISSED_H

#include "base/err.h"
#include "relay/relay.h"

/* What a call's relay is raised with; `line` of it is NULL when the line is on no roster now. */
struct relay_news missed_news(const struct context *c, const struct cascade *k,
                              struct thread *thread);
/* Whether he is sent a text: not to a withheld number, a landline or our own people, nor of a call
 * that began while its line was in report-only mode. */
bool missed_is_texted(const struct context *c, const struct cascade *k);
/* Tells the customer and raises the relay, which has been prepared. */
void missed_raise(const struct context *c, struct cascade *k, struct relay_news *news);

/* EVENT_LATE_CALL: the carrier had a call that we were never told of. */
MUST_USE enum err missed_late(const struct context *c);

#endif
