/* metric/metric_table.h - every figure that nextring gives of itself: one table of names, kinds,
 * labels and help.
 *
 * Names follow Prometheus: base units, `_total` for what only grows, `_seconds`. Labels have few
 * and fixed values: no numbers, no tenants, no words of people.
 * Threads: any; the table is read-only.
 * Source: https://prometheus.io/docs/practices/naming/; printed as docs/metrics.md.
 */
#ifndef METRIC_METRIC_TABLE_H
#define METRIC_METRIC_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "metric/metric_histogram.h"

/* In the order in which they are given. */
enum metric {
    /* Whether somebody is reached. */
    METRIC_RELAYS_RAISED,
    METRIC_RELAYS_ACKNOWLEDGED,
    METRIC_RELAYS_LAPSED,
    METRIC_RELAYS_EXHAUSTED,
    METRIC_RELAYS_WAITING,
    METRIC_RELAYS_UNANSWERED,
    METRIC_RELAY_OLDEST,
    METRIC_RELAY_OVERDUE,
    METRIC_RELAY_ACKNOWLEDGED_SECONDS,
    METRIC_CALLS_ARRIVED,
    METRIC_CALLS_ACCEPTED,
    METRIC_CALLS_MISSED,
    METRIC_CALLS_LIVE,
    METRIC_CALL_ACCEPTED_SECONDS,
    METRIC_TEXTS_UNDELIVERED,
    METRIC_LATE_TEXTS,
    METRIC_LATE_CALLS,
    METRIC_OPTED_OUT,
    METRIC_ALARMS,
    METRIC_ALARMS_UNDELIVERED,
    METRIC_HEARTBEATS_FAILED,
    METRIC_CANARY_INTERVAL,
    METRIC_CANARY_AGE,
    /* The carrier. */
    METRIC_WEBHOOK_SECONDS,
    METRIC_WEBHOOKS_REFUSED,
    METRIC_SIGNATURES_REFUSED,
    METRIC_WEBHOOKS_UNPROVEN,
    METRIC_LINES_REPORT_ONLY,
    METRIC_CARRIER_SECONDS,
    METRIC_CARRIER_REFUSED,
    METRIC_CARRIER_THROTTLED,
    METRIC_CARRIER_AWAY,
    METRIC_SENT,
    METRIC_REFUSED,
    METRIC_RETRIED,
    METRIC_OUTBOX_QUEUED,
    METRIC_OUTBOX_OLDEST,
    METRIC_OUTBOX_STALLED,
    METRIC_OUTBOX_BUSY,
    METRIC_UNSURE_TOTAL,
    METRIC_UNSURE,
    METRIC_UNSURE_OLDEST,
    METRIC_SETTLED_BY_LIST,
    METRIC_DUPLICATES_POSSIBLE,
    METRIC_CLOCK_OFFSET,
    /* The store. */
    METRIC_STORE_DURABLE,
    METRIC_READY,
    METRIC_COMMIT_SECONDS,
    METRIC_COMMITS_FAILED,
    METRIC_BATCHES,
    METRIC_EVENTS,
    METRIC_TIMER_LATE_SECONDS,
    METRIC_TIMER_OVERDUE,
    METRIC_WAITING,
    METRIC_QUEUE_PLACES,
    METRIC_SPOOLED,
    METRIC_SPOOL_BYTES,
    METRIC_SPOOL_CAPACITY,
    METRIC_DATABASE_BYTES,
    METRIC_DISK_FREE,
    METRIC_BACKUP_AGE,
    METRIC_NODES,
    METRIC_NODES_LOST,
    METRIC_LEASE_LOST,
    METRIC_TAKEN_OVER,
    /* The roster and the pages. */
    METRIC_ROSTER_VERSION,
    METRIC_ROSTER_GOOD,
    METRIC_ROSTER_AGE,
    METRIC_ROSTER_REFUSED,
    METRIC_PUBLISHED,
    METRIC_PUBLISH_FAILED,
    METRIC_HTTP_REQUESTS,
    METRIC_HTTP_ANSWERS,
    METRIC_SESSIONS_REFUSED,
    METRIC_SIGN_INS_REFUSED,
    METRIC_TOKENS_REFUSED,
    METRIC_CERTIFICATE_EXPIRY,
    /* The process. */
    METRIC_BUILD,
    METRIC_PROCESS_START,
    METRIC_PROCESS_CPU,
    METRIC_PROCESS_RSS,
    METRIC_PROCESS_VIRTUAL,
    METRIC_PROCESS_FDS,
    METRIC_PROCESS_FDS_MAX,
    METRICS
};

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO, METRIC_KINDS };
enum metric_unit { METRIC_NONE, METRIC_SECONDS, METRIC_BYTES, METRIC_UNITS };

enum { METRIC_LABELS_MAX = 8 };

struct metric_row {
    const char *name;
    enum metric_kind kind;
    enum metric_unit unit;                 /* seconds are kept as microseconds */
    const char *help;                      /* one line */
    const char *label;                     /* NULL: it is one figure alone */
    const char *values[METRIC_LABELS_MAX]; /* of the label */
    enum metric_scale scale;               /* of a histogram */
};

extern const struct metric_row metric_table[METRICS];

/* How many figures it is: one for each value of its label. */
size_t metric_table_count(enum metric metric);
/* docs/metrics.md */
void metric_table_print(struct buf *out);

#endif
