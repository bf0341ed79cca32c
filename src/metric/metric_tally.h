/* metric/metric_tally.h - what is counted where it happens: in batches, at the carrier, of
 * webhooks.
 *
 * Pure. Zero-initialised is empty.
 * Threads: each struct belongs to one; copies are anybody's.
 */
#ifndef METRIC_METRIC_TALLY_H
#define METRIC_METRIC_TALLY_H

#include <stdint.h>

#include "metric/metric_histogram.h"
#include "model/event.h"
#include "model/fact.h"

/* Of what was committed. */
struct metric_tally {
    uint64_t relays_raised, relays_acknowledged, relays_lapsed, relays_exhausted;
    uint64_t calls_arrived, calls_accepted, calls_missed;
    uint64_t texts_undelivered;
    struct metric_histogram relay_acknowledged, call_accepted; /* patient */
    struct metric_histogram commit, timer_late;                /* quick */
};

/* A batch has been committed. */
void metric_tally_note(struct metric_tally *tally, const struct facts *facts);

/* Of requests that change something at the carrier; codes as METRIC_CARRIER_REFUSED has them. */
enum { METRIC_TALLY_CODES = 7 };
struct metric_sends {
    struct metric_histogram took[SENTS]; /* quick */
    uint64_t throttled, refused[METRIC_TALLY_CODES];
};

struct metric_send {
    enum sent sent;
    int status; /* 0: no answer */
    int32_t error_code;
    int64_t took_us;
};
void metric_tally_send(struct metric_sends *sends, const struct metric_send *send);

/* Of webhooks; both as in the table. */
enum metric_webhook {
    METRIC_WEBHOOK_VOICE,
    METRIC_WEBHOOK_TEXT,
    METRIC_WEBHOOK_STATUS,
    METRIC_WEBHOOK_KINDS
};
enum metric_refusal {
    METRIC_REFUSAL_SIGNATURE,
    METRIC_REFUSAL_MALFORMED,
    METRIC_REFUSAL_UNKNOWN,
    METRIC_REFUSAL_STORE,
    METRIC_REFUSAL_STRANGER, /* no right signature, and no account of ours is named */
    METRIC_REFUSALS
};
struct metric_webhooks {
    struct metric_histogram took[METRIC_WEBHOOK_KINDS]; /* quick */
    uint64_t refused[METRIC_REFUSALS];
};

#endif
