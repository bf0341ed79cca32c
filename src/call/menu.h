/* call/menu.h - an operator calls a line himself: he takes the caller who waits, or calls the last
 * one back, or rings the others.
 *
 * The oldest call that rings goes first. He takes it by the same atomic accept as one who is rung:
 * both sides go to a conference, the caller as soon as his call can be moved, at the latest when
 * his dial ends. With nobody waiting he is put through to the customer of his latest open matter,
 * else to the last one of this line's missed calls that waits, by the rules of
 * call/call_back_ask.h. Whose number a call shows can be forged: so he hears the last digits of a
 * number and no more, and a text tells his own phone what was done in his name.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0015-who-is-let-in.md; design section 2.6.
 */
#ifndef CALL_MENU_H
#define CALL_MENU_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* What the menu offers, or has done. */
struct menu {
    int operator_index;
    int64_t served; /* the call or message that it led to; 0: he has not chosen */
    struct cascade *waiting;
    struct thread *thread; /* whose customer is to be called back */
};

/* False when something must be loaded first. */
bool menu_gather(const struct context *c, const struct cascade *k, struct menu *out);

/* The document of stored state; `again`: after another key. */
void menu_answer(const struct context *c, const struct cascade *k, const struct menu *menu,
                 bool again);

/* Key 1. ERR_BUSY: something must be loaded first, nothing has been changed. */
MUST_USE enum err menu_serve(const struct context *c, struct cascade *k, const struct menu *menu);

/* His call has ended. *out_lost: the caller whom he took and did not meet, else NULL. ERR_BUSY as
 * above. */
MUST_USE enum err menu_left(const struct context *c, const struct cascade *k,
                            struct cascade **out_lost);

#endif
