/* relay/consent.h - STOP and START, as the carrier keeps them for each line and person.
 *
 * Threads: one at a time.
 * Source: section 7.1 of the carrier's reference.
 */
#ifndef RELAY_CONSENT_H
#define RELAY_CONSENT_H

#include "rules/context.h"

/* What the carrier takes a text for: what it says itself, else the words: the whole text, in
 * any case. */
enum opt_out consent_read(const struct event *e);

/* Asks for the row; facts->short_of tells whether it is there. */
void consent_gather(const struct context *c, struct span line, struct span person);
/* Notes it, gathered before; nothing when it is known. `operator_id` NULL: a customer. An
 * operator who opts out is an alarm. */
void consent_put(const struct context *c, struct span line, struct span person, bool is_out,
                 const char *operator_id);

#endif
