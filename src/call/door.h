/* call/door.h - who is let in to a call's chain: what the doorman must know, and the key that an
 * unknown caller is asked for.
 *
 * Unknown is who has neither written to the line nor been let in by it: whose number is withheld,
 * and whose first call was asked for the key and never gave it.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0015-who-is-let-in.md.
 */
#ifndef CALL_DOOR_H
#define CALL_DOOR_H

#include <stdbool.h>

#include "rules/context.h"
#include "rules/doorman.h"

enum { DOOR_END_MS = 120 * 1000 }; /* of a call that is asked; the carrier ends it long before */

struct door {
    enum doorman says;
    const char *why;   /* when it is not let in */
    bool may_go_round; /* another call of the same number rings: phones show the line's number */
};

/* Judges the call that has come in; `t` is the thread of its parties, if there is one. False when
 * something must be loaded first. */
bool door_judge(const struct context *c, const struct thread *t, struct door *out);

/* The call begins by being asked; `is_first` when its thread was made for it. */
void door_ask(const struct context *c, struct cascade *k, bool is_first);
/* What it is asked; `again`: after another key. */
void door_answer(const struct context *c, const struct cascade *k, bool again);

/* Asks for what door_open needs; facts->short_of tells whether it is there. */
void door_gather(const struct context *c, const struct cascade *k);
/* The key was right: it is known from now on. */
void door_open(const struct context *c, struct cascade *k);

#endif
