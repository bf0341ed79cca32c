#include "app/watching.h"

#include "codec/phone.h"

bool watching_wants_proof(const struct settings *s)
{
    return s->heartbeat_url.size > 0;
}

static bool is_well(void *ctx)
{
    return minder_is_proven(ctx);
}

static const char *judge_certificate(void *ctx, struct arena *arena)
{
    return certificate_judge(arena, ctx);
}

static int read_line(struct cli *cli, const char *name, struct span value, struct span *out)
{
    char number[PHONE_TEXT_SIZE];

    if (phone_parse(value.data, value.size, NULL, number) != PHONE_GOOD)
        return cli_fail(CLI_USAGE,
                        "%s: with NEXTRING_CANARY_MINUTES it must be one of the business's lines; "
                        "give it as +15035550100",
                        name);
    *out = span_of(arena_text(cli->arena, span_of(number)));
    return 0;
}

static int read_canary(struct cli *cli, struct watchers_options *o)
{
    const struct settings *s = cli->settings;
    int status = 0;

    o->canary_minutes = (int)s->canary_minutes;
    if (o->canary_minutes == 0)
        return 0;
    status = read_line(cli, "NEXTRING_CANARY_FROM", s->canary_from, &o->canary_from);
    if (!status)
        status = read_line(cli, "NEXTRING_CANARY_TO", s->canary_to, &o->canary_to);
    if (!status && span_is(o->canary_from, o->canary_to))
        status = cli_fail(CLI_USAGE, "NEXTRING_CANARY_TO: the carrier takes no text from a number "
                                     "to itself; name another line of the same roster");
    return status;
}

int watching_open(const struct watching *of, struct watchers **out)
{
    const struct settings *s = of->cli->settings;
    struct watchers_options o = {
        .alarm = {.loop = of->loop,
                  .engine = of->engine,
                  .helper = of->helper,
                  .is_json = span_is_text(s->alarm_command_form, "json"),
                  .webhook = s->alarm_webhook.size ? s->alarm_webhook.data : NULL,
                  .secret = s->alarm_secret,
                  .pages_url = s->pages_url.size ? s->pages_url.data : s->public_url.data,
                  .is_rehearsal = of->is_rehearsal},
        .heartbeat_url = s->heartbeat_url.size ? s->heartbeat_url.data : NULL,
        .heartbeat_s = (int)s->heartbeat_s,
        .is_well = is_well,
        .ctx = of->minder,
        .certificate = judge_certificate,
        .certificate_ctx = (void *)(uintptr_t)of->certificate,
    };
    const int status = read_canary(of->cli, &o);

    if (status)
        return status;
    if (watchers_open(&o, out))
        return cli_fail(CLI_COULD_NOT, "what watches over the daemon could not be opened");
    return 0;
}

void watching_sight(const struct watchers *w, const struct certificate *certificate,
                    struct arena *arena, struct web_sight *out)
{
    const struct heartbeat_sight beat =
        w ? watchers_heartbeat(w) : (struct heartbeat_sight){.failed = 0};

    *out = (struct web_sight){.certificate = certificate_judge(arena, certificate),
                              .has_certificate = certificate != NULL};
    const int missing = w ? watchers_canary_missing(w) : 0;
    if (missing)
        out->canary = arena_printf(arena,
                                   "The last %d texts from NEXTRING_CANARY_FROM to "
                                   "NEXTRING_CANARY_TO did not come back.",
                                   missing);
    if (!beat.failing_ms)
        return;
    out->heartbeat_ms = beat.failing_ms;
    out->heartbeat = arena_printf(arena, "NEXTRING_HEARTBEAT_URL %s", beat.last_why);
}

void watching_figures(const struct watchers *w, struct metric_set *set)
{
    if (!w)
        return;
    metric_set_put(set, METRIC_ALARMS_UNDELIVERED, (int64_t)watchers_undelivered(w));
    metric_set_put(set, METRIC_HEARTBEATS_FAILED, (int64_t)watchers_heartbeat(w).failed);
    metric_set_put(set, METRIC_CANARY_INTERVAL, watchers_canary_interval_ms(w) * 1000);
    metric_set_put(set, METRIC_CANARY_AGE, watchers_canary_age_ms(w) * 1000);
}
