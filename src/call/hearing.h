/* call/hearing.h - which call script an answer goes by, and what its fields stand for.
 *
 * Pure but for the answer. Threads: one at a time.
 */
#ifndef CALL_HEARING_H
#define CALL_HEARING_H

#include "base/arena.h"
#include "model/script.h"
#include "rules/context.h"

/* A call, as the fields of a call script tell of it. */
struct hearing_call {
    const struct roster *roster;
    struct span caller, job, line;
    struct span caller_name;   /* empty: not known */
    struct span operator_name; /* of whom the leg that is answered is; empty without */
    int64_t now_ms;
};

/* How an answer to that call uses the script; all of it in the arena. `later`: what stands
 * before the step has been heard. */
const struct script_use *hearing_use(struct arena *arena, enum script_kind kind, bool later,
                                     const struct hearing_call *call);

/* Fills c->answer->script of an answer to a call that goes down a chain; leaves others alone. The
 * event has been decided. */
void hearing_fill(const struct context *c);

#endif
