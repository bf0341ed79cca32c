#include "web/health.h"

#include "base/buf.h"
#include "base/clock.h"

enum { METRICS_BYTES_MAX = 64 << 10, READY_BYTES_MAX = 1024 };

/* Anybody may ask, and each probe is a commit. */
static const int64_t PROBE_EVERY_NS = 1000000000;

void health_live(struct visit *v)
{
    visit_answer(v,
                 &(struct visit_reply){.status = 200, .type = "text/plain", .body = SPAN("ok\n")});
}

static enum err probe(struct visit *v, struct store *store, int64_t now_ms)
{
    (void)v;
    return store_probe(store, now_ms);
}

static void say_ready(struct visit *v)
{
    const struct engine_stats stats = engine_stats(v->site->engine);
    const bool good = v->site->probe_good;
    struct buf body = buf_in(v->arena, READY_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_bool(&json, "ready", good);
    json_out_text(&json, "store", good ? SPAN("ok") : SPAN("cannot be written"));
    json_out_text(&json, "roster",
                  stats.roster_good ? SPAN("ok") : SPAN("refused: the last good one is in force"));
    json_out_number(&json, "waiting", (int64_t)stats.waiting);
    json_out_number(&json, "spooled", (int64_t)stats.spooled);
    json_out_end_object(&json);
    visit_answer_json(v, good ? 200 : 503, &body);
}

static void probed(struct visit *v)
{
    v->site->probed_ns = clock_mono_ns();
    v->site->probe_good = v->reading.err == ERR_NONE;
    say_ready(v);
}

static void say_draining(struct visit *v)
{
    struct buf body = buf_in(v->arena, READY_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_bool(&json, "ready", false);
    json_out_bool(&json, "draining", true);
    json_out_end_object(&json);
    visit_answer_json(v, 503, &body);
}

void health_ready(struct visit *v)
{
    const int64_t asked_ns = v->site->probed_ns;

    if (v->site->is_draining) {
        say_draining(v);
        return;
    }
    if (asked_ns && clock_mono_ns() - asked_ns < PROBE_EVERY_NS)
        say_ready(v);
    else
        visit_read(v, probe, probed);
}

struct metric {
    const char *name, *type, *help;
    int64_t value;
    int decimals; /* of the value, as it is written */
};

static void write_value(struct buf *out, const struct metric *m)
{
    int64_t unit = 1;

    for (int i = 0; i < m->decimals; i++)
        unit *= 10;
    buf_printf(out, "%s %lld", m->name, (long long)(m->value / unit));
    if (m->decimals)
        buf_printf(out, ".%0*lld", m->decimals, (long long)(m->value % unit));
    buf_add_char(out, '\n');
}

static void write_metrics(struct buf *out, const struct metric *m, size_t count)
{
    for (; count > 0; count--, m++) {
        buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name, m->type);
        write_value(out, m);
    }
}

static void engine_metrics(struct buf *out, const struct engine_stats *s)
{
    /* clang-format off */
    const struct metric metrics[] = {
        {"nextring_events_total", "counter", "Events decided.", (int64_t)s->events, 0},
        {"nextring_batches_total", "counter", "Transactions committed.", (int64_t)s->batches, 0},
        {"nextring_commits_failed_total", "counter", "Transactions that failed.", (int64_t)s->commits_failed, 0},
        {"nextring_sent_total", "counter", "Requests that the carrier accepted.", (int64_t)s->sent, 0},
        {"nextring_refused_total", "counter", "Requests that the carrier refused.", (int64_t)s->refused, 0},
        {"nextring_retried_total", "counter", "Requests that were not sent and are tried again.", (int64_t)s->retried, 0},
        {"nextring_unsure_total", "counter", "Requests whose answer was lost.", (int64_t)s->unsure, 0},
        {"nextring_opted_out_total", "counter", "Texts not sent because the person has opted out.", (int64_t)s->opted_out, 0},
        {"nextring_settled_by_list_total", "counter", "Unsure requests found in the carrier's list.", (int64_t)s->settled_by_list, 0},
        {"nextring_duplicates_possible_total", "counter", "Texts sent again while unsure, and marked.", (int64_t)s->duplicates_possible, 0},
        {"nextring_late_texts_total", "counter", "Texts found in the carrier's log.", (int64_t)s->late_texts, 0},
        {"nextring_late_calls_total", "counter", "Missed calls found in the carrier's log.", (int64_t)s->late_calls, 0},
        {"nextring_unsure", "gauge", "Requests of which nothing is known yet.", (int64_t)s->unsure_now, 0},
        {"nextring_alarms_total", "counter", "Alarms raised.", (int64_t)s->alarms, 0},
        {"nextring_waiting", "gauge", "Events waiting to be stored.", (int64_t)s->waiting, 0},
        {"nextring_spooled", "gauge", "Events kept until the store can be written.", (int64_t)s->spooled, 0},
        {"nextring_outbox_busy", "gauge", "Requests at the carrier now.", (int64_t)s->outbox_busy, 0},
        {"nextring_commit_seconds", "gauge", "Duration of the last commit.", s->commit_us_last, 6},
        {"nextring_timer_late_max_seconds", "gauge", "The latest that a timer has fired.", s->timer_late_ms_max, 3},
        {"nextring_ready", "gauge", "1 when the last commit succeeded.", s->ready, 0},
        {"nextring_nodes", "gauge", "Nodes that live, as this one sees it.", s->nodes, 0},
        {"nextring_nodes_lost", "gauge", "Nodes that have died in the last day and are not back.", s->nodes_lost, 0},
        {"nextring_lease_lost_total", "counter", "Times that this node's lease was over.", (int64_t)s->rejoined, 0},
        {"nextring_taken_over_total", "counter", "Sends taken over from nodes that had died.", (int64_t)s->taken_over, 0},
        {"nextring_roster_version", "gauge", "Version in force of the first tenant.", s->roster_version, 0},
        {"nextring_roster_good", "gauge", "1 when the last reload succeeded.", s->roster_good, 0},
        {"nextring_roster_age_seconds", "gauge", "Since the roster's source was read, or found as it was.", s->roster_age_s, 0},
        {"nextring_roster_refused_total", "counter", "Roster documents refused.", (int64_t)s->roster_refused, 0},
        {"nextring_published_total", "counter", "Times that a state file was written.", (int64_t)s->published, 0},
        {"nextring_publish_failed_total", "counter", "Times that a state file could not be written.", (int64_t)s->publish_failed, 0},
    };
    /* clang-format on */
    write_metrics(out, metrics, sizeof metrics / sizeof metrics[0]);
}

static void web_metrics(struct buf *out, const struct site_counts *c)
{
    /* clang-format off */
    const struct metric metrics[] = {
        {"nextring_http_requests_total", "counter", "Requests handed over.", (int64_t)c->requests, 0},
        {"nextring_signatures_refused_total", "counter", "Webhooks whose signature was missing or wrong.", (int64_t)c->bad_signatures, 0},
        {"nextring_webhooks_refused_total", "counter", "Webhooks refused, for whatever reason.", (int64_t)c->carrier_refused, 0},
        {"nextring_sessions_refused_total", "counter", "Requests with a session that is none, or not by a page of ours.", (int64_t)c->bad_sessions, 0},
        {"nextring_sign_ins_refused_total", "counter", "Wrong passwords and codes, and tries beyond the limit.", (int64_t)c->bad_logins, 0},
        {"nextring_tokens_refused_total", "counter", "API requests without a valid token.", (int64_t)c->bad_tokens, 0},
    };
    /* clang-format on */
    write_metrics(out, metrics, sizeof metrics / sizeof metrics[0]);
    buf_add_text(out, "# HELP nextring_http_answers_total Answers by class.\n"
                      "# TYPE nextring_http_answers_total counter\n");
    for (int i = 2; i < SITE_STATUS_CLASSES; i++)
        buf_printf(out, "nextring_http_answers_total{class=\"%dxx\"} %lld\n", i,
                   (long long)c->answers[i]);
}

void health_metrics(struct visit *v)
{
    const struct engine_stats stats = engine_stats(v->site->engine);
    struct buf body = buf_in(v->arena, METRICS_BYTES_MAX);

    engine_metrics(&body, &stats);
    web_metrics(&body, &v->site->counts);
    visit_answer(v, &(struct visit_reply){.status = 200,
                                          .type = "text/plain; version=0.0.4; charset=utf-8",
                                          .body = buf_span(&body)});
}
