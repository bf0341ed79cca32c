#include "web/health.h"

#include "base/buf.h"
#include "base/clock.h"
#include "metric/metric_text.h"
#include "web/figures.h"

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

static void give(struct figures_ask *ask, const struct metric_set *set)
{
    struct visit *v = ask->user;
    struct buf body = buf_in(v->arena, METRICS_BYTES_MAX);

    metric_text_render(&body, set);
    visit_answer(
        v, &(struct visit_reply){.status = 200, .type = METRIC_TEXT_TYPE, .body = buf_span(&body)});
}

void health_metrics(struct visit *v)
{
    struct figures_ask *ask = ARENA_NEW(v->arena, struct figures_ask);

    *ask = (struct figures_ask){.done = give, .user = v};
    figures_ask(v->site->figures, ask);
}
