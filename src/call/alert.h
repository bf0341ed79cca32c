/* call/alert.h - the text to an operator whose phone is about to ring, or rang in vain.
 *
 * His desk and the call's thread have been gathered.
 * Pure but for the facts it changes. Threads: one at a time.
 * Source: design section 2.2.
 */
#ifndef CALL_ALERT_H
#define CALL_ALERT_H

#include <stdbool.h>

#include "rules/context.h"

/* If he wants one: always, or only of calls that he `missed`. */
void alert_operator(const struct context *c, const struct cascade *k, const struct rung *r,
                    bool missed);

#endif
