/* rules/retry.h - whether a text that failed is sent once more, and how long that waits.
 *
 * Two waits: of a request that was surely not sent (it doubles from one second to a minute,
 * spread by half so that many do not come at once), and of a text that the carrier took and
 * could not deliver.
 * Pure. Threads: any.
 * Source: section 7.2 of the carrier's reference.
 */
#ifndef RULES_RETRY_H
#define RULES_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/dice.h"
#include "model/rows.h"

/* `attempt` counts from 1. */
int64_t retry_wait_ms(int attempt, struct dice *dice);

/* The carrier does not accept our credentials: short, as a reload may mend them at any time. */
int64_t retry_denied_ms(enum outbox_class class, struct dice *dice);

/* What a failed text's code asks for. */
enum retry {
    RETRY_NEVER, /* it is lost; a code that nobody knows too */
    RETRY_LATER, /* the carrier was busy: again, waiting longer each time */
    RETRY_ONCE,  /* nobody knows why */
    RETRY_PLAIN, /* its photos are the reason: again without them */
    RETRIES
};

enum { RETRY_OPTED_OUT = 21610, RETRY_TRIES = 3 };

const char *retry_name(enum retry retry);
enum retry retry_of(int32_t error_code);

/* True when a text that failed by `retry` and has been repeated `tries` times already (from 0)
 * is repeated once more; *out_wait_ms is how long that waits. */
bool retry_is_due(enum retry retry, int tries, int64_t *out_wait_ms);

/* True when texts do not reach that number at all: a landline. */
bool retry_is_landline(int32_t error_code);

/* True when a text that failed so may have arrived all the same. */
bool retry_may_double(int32_t error_code);

#endif
