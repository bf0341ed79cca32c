/* calls_apart.h - what is done at the pretend carrier by REST: phones that are called apart from
 * the caller's Dial, calls that are ended or sent for their document, and the conference in which
 * two of them meet. Our requests may be refused, held up, or lost on the way there or back.
 */
#ifndef CALLS_APART_H
#define CALLS_APART_H

#include "calls_world.h"

/* Takes the rows that may leave, as the engine does. */
void calls_apart_claim(struct world *w);
/* When the next one is due; INT64_MAX without. */
int64_t calls_apart_due_ms(const struct world *w);
/* The program died: what was on its way is nobody's. */
void calls_apart_crash(struct world *w);
/* ITEM_SEND and ITEM_TIMEOUT. */
void calls_apart_happen(struct world *w, const struct item *item);

/* The caller waits for his next turn, or came to the conference. */
void calls_apart_wait(struct world *w, struct call *call, const struct answer *a);
void calls_apart_join(struct world *w, struct call *call, const struct answer *a);
/* The leg that is there; NULL without. */
struct leg *calls_apart_who_waits(struct call *call);
/* A leg came there; one that was there has ended. */
void calls_apart_join_leg(struct world *w, struct leg *leg);
void calls_apart_left(struct world *w, struct leg *leg);

#endif
