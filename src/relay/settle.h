/* relay/settle.h - a message of ours and what the carrier calls it: which news brings it
 * forward, whose an id is, and that nothing is left to send.
 *
 * The carrier's callback names our row, and so does its answer to our request: both are right
 * about whose an id is. A listing only guesses between rows of the same words, so a row that
 * got its id that way may have to give it up, and is unsure again.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 7, G4.
 */
#ifndef RELAY_SETTLE_H
#define RELAY_SETTLE_H

#include <stdbool.h>

#include "rules/context.h"

/* True when news of `now` changes a message in `was`: nothing goes back from a later state. */
bool settle_advances(enum delivery was, enum delivery now);

/* A call's state in the ranks of a text: whoever picked up has heard it. A word that is newer than
 * these: the carrier has it. */
enum delivery settle_call_status(struct span status);

/* The message of ours that has this id now; NULL without, or (short_of) not loaded yet. */
struct message *settle_holder(const struct context *c, struct span sid);
/* Asks for what settle_bind may need. */
void settle_gather(const struct context *c, const struct message *m, struct span sid);
/* The id is the message's, by the word of somebody who knows: whoever had it gives it up. */
void settle_bind(const struct context *c, struct message *m, struct span sid);

/* Nothing is left to send of it. NULL and one that is gone are fine. */
void settle_outbox(const struct context *c, struct outbox *o);
/* Its answer was lost: it is looked for at the carrier, first after SETTLE_FIRST_LOOK_MS. */
void settle_unsure(const struct context *c, struct outbox *o);

enum { SETTLE_FIRST_LOOK_MS = 2000 };

#endif
