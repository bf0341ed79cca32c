/* relay/resend.h - another message in place of one that the carrier took and could not deliver.
 *
 * What is worth another try is retry.h's to say. The new one is a row of its own, so that no
 * late receipt of the first is taken for it; a claim in its name counts the tries.
 * Pure but for the facts it changes. Threads: one at a time.
 */
#ifndef RELAY_RESEND_H
#define RELAY_RESEND_H

#include <stdbool.h>

#include "rules/context.h"

/* Asks for what resend_text may need for a message that failed with `error_code`. */
void resend_gather(const struct context *c, const struct message *m, int32_t error_code);
/* Returns true when another message takes the place of `m`, which has failed with its
 * error_code. `relay` is that of a forward, whose step must still run; NULL for other texts. */
bool resend_text(const struct context *c, const struct message *m, struct relay *relay);

#endif
