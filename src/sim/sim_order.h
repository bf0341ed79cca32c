/* sim/sim_order.h - what a control request asks for, read from its JSON.
 *
 * Errors: ERR_BAD_INPUT with words for who asked.
 * Threads: loop thread only.
 */
#ifndef SIM_SIM_ORDER_H
#define SIM_SIM_ORDER_H

#include "sim/sim_setup.h"
#include "sim/sim_text.h"

/* {"what","count","resource","to","percent","seed","after_ms","bytes","location"}; texts go
 * into `arena`. */
MUST_USE enum err sim_order_fault(struct arena *arena, const struct json *body,
                                  struct sim_fault *out, char out_words[SIM_SETUP_WORDS]);
/* The kind of that name. */
MUST_USE enum err sim_order_fault_kind(struct span name, enum sim_fault_kind *out,
                                       char out_words[SIM_SETUP_WORDS]);
/* {"from","to","body","media"}: a text from a phone. A medium is its type, or
 * {"type","bytes"} or {"type","base64"}. */
MUST_USE enum err sim_order_text(struct arena *arena, const struct json *body,
                                 struct sim_text_draft *out, char out_words[SIM_SETUP_WORDS]);

#endif
