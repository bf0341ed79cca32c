#include "metric/metric_table.h"

/* clang-format off */
#define COUNTER(name_, help_) {.name = name_, .kind = METRIC_COUNTER, .help = help_}
#define GAUGE(name_, unit_, help_) {.name = name_, .kind = METRIC_GAUGE, .unit = unit_, .help = help_}
#define TIMES(name_, scale_, help_)                                                            \
    .name = name_, .kind = METRIC_HISTOGRAM, .unit = METRIC_SECONDS, .scale = scale_, .help = help_

const struct metric_row metric_table[METRICS] = {
    [METRIC_RELAYS_RAISED] = COUNTER("nextring_relays_raised_total", "Texts, missed calls and voicemails that somebody was to answer."),
    [METRIC_RELAYS_ACKNOWLEDGED] = COUNTER("nextring_relays_acknowledged_total", "Relays that somebody has taken."),
    [METRIC_RELAYS_LAPSED] = COUNTER("nextring_relays_lapsed_total", "Steps of relays at which nobody answered in time."),
    [METRIC_RELAYS_EXHAUSTED] = COUNTER("nextring_relays_exhausted_total", "Relays whose chain ended without an answer."),
    [METRIC_RELAYS_WAITING] = GAUGE("nextring_relays_waiting", METRIC_NONE, "Relays that go down their chain now."),
    [METRIC_RELAYS_UNANSWERED] = GAUGE("nextring_relays_unanswered", METRIC_NONE, "Relays whose chain has ended, and that still nobody has taken."),
    [METRIC_RELAY_OLDEST] = GAUGE("nextring_relay_oldest_seconds", METRIC_SECONDS, "For how long the oldest of those that nobody has taken has waited, whether its chain goes on or has ended."),
    [METRIC_RELAY_OVERDUE] = GAUGE("nextring_relay_overdue_seconds", METRIC_SECONDS, "How far the step of a relay is beyond its time, at the worst: above 0 for long, escalation stands still."),
    [METRIC_RELAY_ACKNOWLEDGED_SECONDS] = {TIMES("nextring_relay_acknowledged_seconds", METRIC_PATIENT, "From when a relay was raised until somebody took it.")},
    [METRIC_CALLS_ARRIVED] = COUNTER("nextring_calls_arrived_total", "Calls to our lines."),
    [METRIC_CALLS_ACCEPTED] = COUNTER("nextring_calls_accepted_total", "Calls that somebody accepted."),
    [METRIC_CALLS_MISSED] = COUNTER("nextring_calls_missed_total", "Calls that nobody accepted."),
    [METRIC_CALLS_LIVE] = GAUGE("nextring_calls_live", METRIC_NONE, "Calls that are on now."),
    [METRIC_CALL_ACCEPTED_SECONDS] = {TIMES("nextring_call_accepted_seconds", METRIC_PATIENT, "From when a call came until somebody accepted it.")},
    [METRIC_TEXTS_UNDELIVERED] = COUNTER("nextring_texts_undelivered_total", "Texts of ours that did not reach a phone, by refusal or receipt."),
    [METRIC_LATE_TEXTS] = COUNTER("nextring_late_texts_total", "Texts found in the carrier's log."),
    [METRIC_LATE_CALLS] = COUNTER("nextring_late_calls_total", "Missed calls found in the carrier's log."),
    [METRIC_OPTED_OUT] = COUNTER("nextring_opted_out_total", "Texts not sent because the person has opted out."),
    [METRIC_ALARMS] = COUNTER("nextring_alarms_total", "Alarms raised."),
    [METRIC_ALARMS_UNDELIVERED] = COUNTER("nextring_alarms_undelivered_total", "Alarms that reached nobody by any way."),
    [METRIC_HEARTBEATS_FAILED] = COUNTER("nextring_heartbeats_failed_total", "Requests to NEXTRING_HEARTBEAT_URL that did not succeed."),
    [METRIC_CANARY_INTERVAL] = GAUGE("nextring_canary_interval_seconds", METRIC_SECONDS, "How often a text is sent to itself; 0: never."),
    [METRIC_CANARY_AGE] = GAUGE("nextring_canary_age_seconds", METRIC_SECONDS, "Since such a text came back, or since the start; 0 without them."),

    [METRIC_WEBHOOK_SECONDS] = {TIMES("nextring_webhook_answer_seconds", METRIC_QUICK, "From a webhook's coming to its answer."),
        .label = "kind", .values = {"voice", "text", "status"}},
    [METRIC_WEBHOOKS_REFUSED] = {"nextring_webhooks_refused_total", METRIC_COUNTER, METRIC_NONE, "Webhooks that were not taken, by why; stranger: no right signature, and none of our accounts in it.",
        "reason", {"signature", "malformed", "unknown", "store", "stranger"}, METRIC_QUICK},
    [METRIC_SIGNATURES_REFUSED] = COUNTER("nextring_signatures_refused_total", "Webhooks whose signature was missing or wrong."),
    [METRIC_WEBHOOKS_UNPROVEN] = COUNTER("nextring_webhooks_unproven_total", "Webhooks with a missing or wrong signature that were taken, as their line is in report-only mode."),
    [METRIC_LINES_REPORT_ONLY] = GAUGE("nextring_lines_report_only", METRIC_NONE, "Lines in report-only mode now."),
    [METRIC_CARRIER_SECONDS] = {TIMES("nextring_carrier_request_seconds", METRIC_QUICK, "Requests to the carrier that change something there, until their answer."),
        .label = "outcome", .values = {"accepted", "refused", "not_sent", "unsure"}},
    [METRIC_CARRIER_REFUSED] = {"nextring_carrier_refusals_total", METRIC_COUNTER, METRIC_NONE, "Requests that the carrier refused, by class of its error code.",
        "code", {"1xxxx", "20xxx", "21xxx", "3xxxx", "6xxxx", "other", "none"}, METRIC_QUICK},
    [METRIC_CARRIER_THROTTLED] = COUNTER("nextring_carrier_throttled_total", "Requests that the carrier turned away because there were too many (429)."),
    [METRIC_CARRIER_AWAY] = GAUGE("nextring_carrier_away_seconds", METRIC_SECONDS, "Since when the carrier cannot be reached; 0 while it can."),
    [METRIC_SENT] = COUNTER("nextring_sent_total", "Requests that the carrier accepted."),
    [METRIC_REFUSED] = COUNTER("nextring_refused_total", "Requests that are final without it: refused by the carrier, or not sent for what it would say."),
    [METRIC_RETRIED] = COUNTER("nextring_retried_total", "Requests that were not sent and are tried again."),
    [METRIC_OUTBOX_QUEUED] = GAUGE("nextring_outbox_queued", METRIC_NONE, "Requests that wait to be sent; 10000: as many or more."),
    [METRIC_OUTBOX_OLDEST] = GAUGE("nextring_outbox_oldest_seconds", METRIC_SECONDS, "For how long the oldest of them could have been sent."),
    [METRIC_OUTBOX_STALLED] = GAUGE("nextring_outbox_stalled_seconds", METRIC_SECONDS, "For how long the same one has stood first in its sender's queue, at the worst: a queue that is only long is not."),
    [METRIC_OUTBOX_BUSY] = GAUGE("nextring_outbox_busy", METRIC_NONE, "Requests at the carrier now."),
    [METRIC_UNSURE_TOTAL] = COUNTER("nextring_unsure_total", "Requests whose answer was lost."),
    [METRIC_UNSURE] = GAUGE("nextring_unsure", METRIC_NONE, "Requests of which nothing is known yet."),
    [METRIC_UNSURE_OLDEST] = GAUGE("nextring_unsure_oldest_seconds", METRIC_SECONDS, "For how long nothing has been known of the oldest of them."),
    [METRIC_SETTLED_BY_LIST] = COUNTER("nextring_settled_by_list_total", "Unsure requests found in the carrier's list."),
    [METRIC_DUPLICATES_POSSIBLE] = COUNTER("nextring_duplicates_possible_total", "Texts sent again while unsure, and marked."),
    [METRIC_CLOCK_OFFSET] = GAUGE("nextring_clock_offset_seconds", METRIC_SECONDS, "The carrier's clock minus ours, to the second."),

    [METRIC_STORE_DURABLE] = GAUGE("nextring_store_durable", METRIC_NONE, "1 when a commit reached the disk just now, for this very question."),
    [METRIC_READY] = GAUGE("nextring_ready", METRIC_NONE, "1 when the last commit succeeded."),
    [METRIC_COMMIT_SECONDS] = {TIMES("nextring_commit_seconds", METRIC_QUICK, "Duration of commits.")},
    [METRIC_COMMITS_FAILED] = COUNTER("nextring_commits_failed_total", "Transactions that failed."),
    [METRIC_BATCHES] = COUNTER("nextring_batches_total", "Transactions committed."),
    [METRIC_EVENTS] = COUNTER("nextring_events_total", "Events decided."),
    [METRIC_TIMER_LATE_SECONDS] = {TIMES("nextring_timer_late_seconds", METRIC_QUICK, "How late timers have fired.")},
    [METRIC_TIMER_OVERDUE] = GAUGE("nextring_timer_overdue_seconds", METRIC_SECONDS, "How far the earliest timer is beyond its time."),
    [METRIC_WAITING] = GAUGE("nextring_waiting", METRIC_NONE, "Events waiting to be stored."),
    [METRIC_QUEUE_PLACES] = GAUGE("nextring_queue_places", METRIC_NONE, "How many of them may wait at once."),
    [METRIC_SPOOLED] = GAUGE("nextring_spooled", METRIC_NONE, "Events kept until the store can be written."),
    [METRIC_SPOOL_BYTES] = GAUGE("nextring_spool_used_bytes", METRIC_BYTES, "What they take of the spool."),
    [METRIC_SPOOL_CAPACITY] = GAUGE("nextring_spool_size_bytes", METRIC_BYTES, "What the spool can hold."),
    [METRIC_DATABASE_BYTES] = GAUGE("nextring_database_size_bytes", METRIC_BYTES, "The database's file with its log; not of a server's."),
    [METRIC_DISK_FREE] = GAUGE("nextring_disk_free_bytes", METRIC_BYTES, "Free where the state folder is."),
    [METRIC_BACKUP_AGE] = GAUGE("nextring_backup_age_seconds", METRIC_SECONDS, "Since the last backup that was verified; absent before the first."),
    [METRIC_NODES] = GAUGE("nextring_nodes", METRIC_NONE, "Nodes that live, as this one sees it."),
    [METRIC_NODES_LOST] = GAUGE("nextring_nodes_lost", METRIC_NONE, "Nodes that have died in the last day and are not back."),
    [METRIC_LEASE_LOST] = COUNTER("nextring_lease_lost_total", "Times that this node's lease was over."),
    [METRIC_TAKEN_OVER] = COUNTER("nextring_taken_over_total", "Sends taken over from nodes that had died."),

    [METRIC_ROSTER_VERSION] = GAUGE("nextring_roster_version", METRIC_NONE, "Version in force of the first tenant."),
    [METRIC_ROSTER_GOOD] = GAUGE("nextring_roster_good", METRIC_NONE, "1 when the last reload of every roster succeeded."),
    [METRIC_ROSTER_AGE] = GAUGE("nextring_roster_age_seconds", METRIC_SECONDS, "Since the rosters' source was read, or found as it was."),
    [METRIC_ROSTER_REFUSED] = COUNTER("nextring_roster_refused_total", "Roster documents refused."),
    [METRIC_PUBLISHED] = COUNTER("nextring_published_total", "Times that a state file was written."),
    [METRIC_PUBLISH_FAILED] = COUNTER("nextring_publish_failed_total", "Times that a state file could not be written."),
    [METRIC_HTTP_REQUESTS] = COUNTER("nextring_http_requests_total", "Requests handed over."),
    [METRIC_HTTP_ANSWERS] = {"nextring_http_answers_total", METRIC_COUNTER, METRIC_NONE, "Answers by class.",
        "class", {"2xx", "3xx", "4xx", "5xx"}, METRIC_QUICK},
    [METRIC_SESSIONS_REFUSED] = COUNTER("nextring_sessions_refused_total", "Requests with a session that is none, or not by a page of ours."),
    [METRIC_SIGN_INS_REFUSED] = COUNTER("nextring_sign_ins_refused_total", "Wrong passwords and codes, and tries beyond the limit."),
    [METRIC_TOKENS_REFUSED] = COUNTER("nextring_tokens_refused_total", "API requests without a valid token."),
    [METRIC_CERTIFICATE_EXPIRY] = GAUGE("nextring_certificate_expiry_timestamp_seconds", METRIC_SECONDS, "When our own certificate ends; absent without one."),

    [METRIC_BUILD] = {"nextring_build_info", METRIC_INFO, METRIC_NONE, "Always 1; the version is a label.", "version", {NULL}, METRIC_QUICK},
    [METRIC_PROCESS_START] = GAUGE("process_start_time_seconds", METRIC_SECONDS, "When the daemon was started."),
    [METRIC_PROCESS_CPU] = {"process_cpu_seconds_total", METRIC_COUNTER, METRIC_SECONDS, "CPU time spent.", NULL, {NULL}, METRIC_QUICK},
    [METRIC_PROCESS_RSS] = GAUGE("process_resident_memory_bytes", METRIC_BYTES, "Memory in use."),
    [METRIC_PROCESS_VIRTUAL] = GAUGE("process_virtual_memory_bytes", METRIC_BYTES, "Addresses in use."),
    [METRIC_PROCESS_FDS] = GAUGE("process_open_fds", METRIC_NONE, "Open file descriptors."),
    [METRIC_PROCESS_FDS_MAX] = GAUGE("process_max_fds", METRIC_NONE, "How many there may be."),
};

/* Where a chapter of docs/metrics.md begins. */
static const struct chapter {
    enum metric first;
    const char *title;
} chapters[] = {
    {METRIC_RELAYS_RAISED, "Whether somebody is reached"},
    {METRIC_WEBHOOK_SECONDS, "The carrier"},
    {METRIC_STORE_DURABLE, "The store"},
    {METRIC_ROSTER_VERSION, "The roster and the pages"},
    {METRIC_BUILD, "The process"},
};

static const char *const kind_names[METRIC_KINDS] = {
    [METRIC_COUNTER] = "counter", [METRIC_GAUGE] = "gauge", [METRIC_HISTOGRAM] = "histogram",
    [METRIC_INFO] = "gauge",
};
/* clang-format on */

size_t metric_table_count(enum metric metric)
{
    const struct metric_row *row = &metric_table[metric];
    size_t count = 0;

    while (count < METRIC_LABELS_MAX && row->values[count])
        count++;
    return count ? count : 1;
}

static void print_row(struct buf *out, const struct metric_row *row)
{
    buf_printf(out, "| `%s` | %s | ", row->name, kind_names[row->kind]);
    if (row->label)
        buf_printf(out, "`%s`", row->label);
    for (size_t i = 0; i < METRIC_LABELS_MAX && row->values[i]; i++)
        buf_printf(out, "%s `%s`", i ? "," : ":", row->values[i]);
    buf_printf(out, " | %s |\n", row->help);
}

void metric_table_print(struct buf *out)
{
    size_t chapter = 0;

    for (int m = 0; m < METRICS; m++) {
        if (chapter < sizeof chapters / sizeof chapters[0] &&
            chapters[chapter].first == (enum metric)m)
            buf_printf(out, "\n## %s\n\n| name | kind | label | is |\n|---|---|---|---|\n",
                       chapters[chapter++].title);
        print_row(out, &metric_table[m]);
    }
}
