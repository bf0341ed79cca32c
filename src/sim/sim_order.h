/* sim/sim_order.h - what a control request asks for, read from its JSON.
 *
 * Errors: ERR_BAD_INPUT with words for who asked.
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_ORDER_H
#define SIM_SIM_ORDER_H

#include "simsetup/sim_setup.h"
#include "simtext/sim_text.h"

/* A member that a body may hold. */
struct sim_order_key {
    const char *name; /* NULL ends a list */
    enum json_type type;
    int64_t max; /* of a number; the least is 0 */
};

/* ERR_BAD_INPUT for what is no object, holds another member, or one of another type. */
MUST_USE enum err sim_order_keys(const struct json *body, const struct sim_order_key *keys,
                                 char out_words[SIM_SETUP_WORDS]);
/* Whether a phone has all of these keys. */
bool sim_order_are_keys(struct span keys);
/* {"what","count","resource","to","percent","seed","after_ms","for_ms","bytes","location"};
 * texts go into `arena`. */
MUST_USE enum err sim_order_fault(struct arena *arena, const struct json *body,
                                  struct sim_fault *out, char out_words[SIM_SETUP_WORDS]);
/* Lets it wait for what it is for; a jump of the clock happens at once. ERR_FULL when too many
 * wait. */
MUST_USE enum err sim_order_fault_put(struct sim_world *world, const struct sim_fault *fault);
/* Those that wait, and the kinds that there are: {"faults":[...],"kinds":[{"what","help"}]}. */
void sim_order_faults_list(const struct sim_faults *faults, struct buf *out);
/* The kind of that name. */
MUST_USE enum err sim_order_fault_kind(struct span name, enum sim_fault_kind *out,
                                       char out_words[SIM_SETUP_WORDS]);
/* {"from","to","body","media"}: a text from a phone. A medium is its type, or
 * {"type","bytes"} or {"type","base64"}. */
MUST_USE enum err sim_order_text(struct arena *arena, const struct json *body,
                                 struct sim_text_draft *out, char out_words[SIM_SETUP_WORDS]);

#endif
