/* core/inbox.h - what an inbound text does: a customer's goes to the chain, an operator's is a
 * reply, an acknowledgement or a "next", for the right thread or for none.
 *
 * Each function answers in context->answer and returns ERR_BUSY when facts must be loaded first
 * (nothing has been changed then).
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef CORE_INBOX_H
#define CORE_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "core/context.h"

MUST_USE enum err inbox_text(const struct context *c);  /* EVENT_TEXT */
MUST_USE enum err inbox_stray(const struct context *c); /* EVENT_STRAY */

/* What an operator's text is about: one thread, or none and why. */
struct inbox_target {
    struct thread *thread;
    struct relay *relay;
    char tag[TAG_SIZE];
    size_t choices;   /* threads that it could have been */
    struct span list; /* of them, for people */
};

/* Finds the thread of a mark. False: something must be loaded first, or there is none. */
bool inbox_pick(const struct context *c, const struct tag *tag, struct inbox_target *out);
/* The tag with this text at the desk (may be NULL); NULL without. */
const struct tag *inbox_find_tag(const struct desk *desk, const char *tag);
/* Gathers what a reply, an acknowledgement or passing on may need of the target's relay. */
bool inbox_gather(const struct context *c, const struct inbox_target *at, bool pass_on);
/* Sends words to the customer; a reply acknowledges what waits. `operator_index` -1: the office.
 * Returns the message's id, 0 when the customer cannot be texted. */
int64_t inbox_send_reply(const struct context *c, int operator_index, struct thread *t,
                         struct relay *r, struct span words);

#endif
