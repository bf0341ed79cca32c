/* relay/relay_tell.h - what people are told of a relay: the forward to a step, what joined it,
 * who took it, that nobody did.
 *
 * Whom it tells has been gathered (relay/relay.h). Rows are the caller's to touch.
 * Pure but for the facts it adds to. Threads: one at a time.
 */
#ifndef RELAY_RELAY_TELL_H
#define RELAY_RELAY_TELL_H

#include <stdbool.h>

#include "rules/context.h"

/* What goes to an operator who shall answer. */
struct relay_forward {
    const struct relay *relay;
    const struct thread *thread;
    int64_t message;    /* whose photos go along; 0 for a call */
    int64_t recording;  /* the call whose voicemail has joined, 0 without: with a link to it */
    struct span photos; /* their addresses at the carrier */
    int64_t wait_ms;    /* leaves that much later */
    int64_t expires_ms;
    bool again; /* when nothing is known of it, it is sent again */
};

void relay_tell_forward(const struct context *c, const struct relay_forward *f, struct rung *rung);
/* One more text in the same thread. */
void relay_tell_joined(const struct context *c, const struct relay_forward *f, struct rung *rung,
                       struct span body);
/* Whoever gave the step up hears who has it now. */
void relay_tell_passed_on(const struct context *c, const struct relay *r, const struct thread *t,
                          struct rung *rung, struct span name);
/* Everybody on the plan: nobody acknowledged. */
void relay_tell_exhausted(const struct context *c, struct relay *r, const struct thread *t);
/* The customer and the last resort: nobody is on duty. */
void relay_tell_idle(const struct context *c, struct relay *r, struct thread *t);
/* The same when nobody will be: the chain itself is told as of any that is exhausted. */
void relay_tell_nobody(const struct context *c, struct relay *r, struct thread *t);
/* The last resort: one more text in the same thread, and still nobody is. Who of them takes the
 * relay has then seen all of it. */
void relay_tell_idle_joined(const struct context *c, const struct relay_forward *f,
                            struct span body);
/* Somebody whose desk is gathered takes what waited for whoever comes on next: he hears what it is,
 * if nobody has told him. */
void relay_tell_unseen(const struct context *c, const struct relay *r, const struct thread *t,
                       const char *operator_id);
/* Everybody who was told: `taker` has it (index in the roster), -1: the office. His rung is
 * marked as accepted. */
void relay_tell_taken(const struct context *c, struct relay *r, const struct thread *t, int taker);

#endif
