/* call/wish.h - what an operator says by the link of a pre-alert while the call rings.
 *
 * "I take it" is no accept: he who is rung rings on, and is rung once more, next, when that ends;
 * whoever is not is rung next, alone (in a step that overlaps: at once, beside the others). Those
 * whose turn it was keep their places behind him. "Pass it on" is key 2 without picking up. A
 * second press changes nothing. Answers in context->answer.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0012-phones-that-ring-together.md, docs/adr/0014-overlap.md.
 */
#ifndef CALL_WISH_H
#define CALL_WISH_H

#include "base/err.h"
#include "rules/context.h"

/* EVENT_LINK with LINK_TAKE or LINK_PASS, of a call that has no relay. ERR_BUSY: facts must be
 * loaded first, and nothing has been changed. */
MUST_USE enum err wish_press(const struct context *c, struct cascade *k, const char *operator_id);

/* The dial at k->attempt is over, without an accept: who wished it is rung next. */
void wish_keep(const struct context *c, struct cascade *k);

#endif
