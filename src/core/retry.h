/* core/retry.h - how long to wait before a request that was surely not sent is tried again.
 *
 * Doubles from one second to a minute, spread by half so that many do not come at once.
 * Pure. Threads: any.
 */
#ifndef CORE_RETRY_H
#define CORE_RETRY_H

#include <stdint.h>

#include "base/dice.h"

/* `attempt` counts from 1. */
int64_t retry_wait_ms(int attempt, struct dice *dice);

#endif
