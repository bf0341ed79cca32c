/* desk/desk_reply.h - an operator's, or the office's, words to the customer.
 *
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef DESK_DESK_REPLY_H
#define DESK_DESK_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/context.h"

struct desk_reply {
    int operator_index; /* -1: the office */
    struct thread *thread;
    struct relay *relay; /* the thread's latest; may be NULL */
    struct span words;
    int64_t message;    /* the row that has its photos */
    struct span photos; /* the carrier's addresses */
    enum origin origin;
};

/* Gathers what it needs; false when something must be loaded first. */
bool desk_reply_gather(const struct context *c, const struct desk_reply *reply);
/* Why this customer cannot be texted, for a program; NULL when he can. Gathered. */
const char *desk_reply_hindrance(const struct context *c, const struct thread *thread);
/* Sends it; a reply acknowledges what waits, and opens a thread that was closed. Returns the
 * message's id, 0 when the customer cannot be texted. */
int64_t desk_reply_send(const struct context *c, const struct desk_reply *reply);

#endif
