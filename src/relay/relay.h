/* relay/relay.h - what the moves of the relay's table do: tell a step, share, pass on, settle.
 *
 * Whoever may raise or move a relay first prepares it: that gathers every fact which the move
 * can need. relay_prepare and relay_gather give false when something must be loaded first; then
 * nothing has been changed and the decision is made again after the load.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: docs/adr/0004-relay-escalation.md.
 */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

#include <stdbool.h>

#include "rules/context.h"
#include "rules/states.h"
#include "rules/words.h"

/* What raises a relay, or joins the one that is open. */
struct relay_news {
    const struct line *line;
    struct thread *thread; /* NULL until it is made; filled before relay_raise */
    enum relay_kind kind;
    struct span customer;
    struct span job;
    struct span body;   /* a text's words; words about a call */
    struct span photos; /* the carrier's addresses, of `message` */
    int64_t message, cascade;
    struct plan plan; /* made by relay_prepare when a new relay is due */
    bool joins;       /* set by relay_prepare: the thread's relay is open or idle */
};

bool relay_prepare(const struct context *c, struct relay_news *news);
/* Returns the relay that was raised or joined. */
struct relay *relay_raise(const struct context *c, struct relay_news *news);

/* Gathers what a cause may need of `relay`: its thread, and when it may `pass_on` the desks of
 * whom it may then tell. */
bool relay_gather(const struct context *c, const struct relay *relay, bool pass_on);
/* Applies a cause. `operator` is who acts (index in the roster), -1 for a clock or the office.
 * Returns the move that was made. */
enum relay_move relay_apply(const struct context *c, struct relay *relay, enum relay_cause cause,
                            int operator_index);

/* Everybody whom the thread's news concern hears these words, without a clock: its owner, or who
 * holds the step, or else the first step, or the last resort. relay_prepare has been called. */
typedef struct span relay_words_fn(struct arena *arena, const struct words_about *about);
void relay_notice(const struct context *c, const struct relay_news *news, relay_words_fn *words);

/* True while somebody must still acknowledge, or late acknowledgement still counts. */
bool relay_waits(const struct relay *relay);
/* True when a step after the relay's has somebody on duty. */
bool relay_has_next(const struct context *c, const struct relay *relay);
/* True when there would be somebody to pass it on to now. The relay has been gathered for that. */
bool relay_can_pass(const struct context *c, const struct relay *relay);
/* True when the operator holds the step, or took it, and the thread has no later relay: only
 * then may he pass it on. The relay has been gathered. */
bool relay_is_with(const struct context *c, const struct relay *relay, int operator_index);

#endif
