/* relay/wake.h - relays that wait for somebody look whether he is there: somebody came on duty,
 * or the roster changed.
 *
 * Threads: one at a time.
 */
#ifndef RELAY_WAKE_H
#define RELAY_WAKE_H

#include <stdbool.h>

#include "base/err.h"
#include "rules/context.h"

/* Gathers the relays that are idle, and whom they may tell; false when something must be
 * loaded first. */
bool wake_gather(const struct context *c);
void wake_now(const struct context *c);

MUST_USE enum err wake_event(const struct context *c); /* EVENT_WAKE */

#endif
