#include "alarm/alarm_send.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "net/http_client.h"
#include "net/worker.h"

enum { COMMANDS_MAX = 64, ARENA_BYTES = 32768, WHY_SIZE = 300, TOTAL_MS = 15000 };

struct alarm_send {
    struct alarm_send_options options;
    struct http_client *client;
    struct worker *worker;
    alarm_send_fn *done;
    void *ctx;
    struct flight *flights;
};

/* One on its way; in an arena of its own. */
struct flight {
    struct flight *next, **at;
    struct alarm_send *send;
    struct arena *arena;
    int64_t alarm;
    enum alarm_way way;
    struct span body;
    struct worker_job job;
    char why[WHY_SIZE]; /* empty: it has arrived */
};

enum err alarm_send_open(const struct alarm_send_options *options, alarm_send_fn *done, void *ctx,
                         struct alarm_send **out)
{
    struct alarm_send *s = arena_must_alloc(sizeof *s);

    *s = (struct alarm_send){.options = *options, .done = done, .ctx = ctx};
    const enum err err = http_client_open(options->loop, &s->client);
    if (err) {
        free(s);
        return err;
    }
    if (helper_has(options->helper, "NEXTRING_ALARM_COMMAND"))
        s->worker = worker_open(options->loop, COMMANDS_MAX);
    *out = s;
    return ERR_NONE;
}

static void land(struct flight *f)
{
    struct arena *arena = f->arena;

    *f->at = f->next;
    if (f->next)
        f->next->at = f->at;
    arena_close(&arena);
}

void alarm_send_close(struct alarm_send **send)
{
    struct alarm_send *s = *send;

    if (!s)
        return;
    http_client_close(&s->client);
    if (s->worker)
        worker_close(&s->worker);
    while (s->flights)
        land(s->flights);
    free(s);
    *send = NULL;
}

static void finish(struct flight *f)
{
    f->send->done(f->send->ctx, f->alarm, f->way, f->why[0] ? f->why : NULL);
    land(f);
}

/* ---- a webhook ---- */

static void answered(void *ctx, const struct http_result *result)
{
    struct flight *f = ctx;

    if (result->outcome != HTTP_ANSWERED)
        snprintf(f->why, sizeof f->why, "it cannot be reached: %s", result->why);
    else if (result->status < 200 || result->status > 299)
        snprintf(f->why, sizeof f->why, "it answers %d", result->status);
    finish(f);
}

static const char *signature(struct flight *f, struct span secret, int64_t now_ms)
{
    uint8_t mac[DIGEST_SHA256_BYTES];
    const int64_t now_s = now_ms / 1000;
    const struct span text =
        span_of(arena_printf(f->arena, "%" PRId64 ".%.*s", now_s, SPAN_ARG(f->body)));

    digest_hmac_sha256(secret, text, mac);
    return arena_printf(f->arena, "X-Nextring-Signature: t=%" PRId64 ",v1=%.*s", now_s,
                        SPAN_ARG(base64_hex_render(f->arena, mac, sizeof mac)));
}

static void post(struct flight *f, const struct alarm_send_what *what)
{
    const struct alarm_send *s = f->send;
    const bool is_hosts = what->way == ALARM_WAY_HOST_WEBHOOK;
    const char *headers[] = {"Content-Type: application/json", NULL, NULL};

    if (what->secret.size)
        headers[1] = signature(f, what->secret, what->now_ms);
    const struct http_call call = {
        .method = "POST",
        .url = what->address,
        .headers = headers,
        .body = f->body,
        .total_ms = TOTAL_MS,
        .public_only = !is_hosts && !s->options.is_rehearsal,
    };
    http_client_send(s->client, &call, answered, f);
}

/* ---- a command ---- */

static void run(struct worker_job *job)
{
    struct flight *f = job->user;
    struct helper_answer answer;
    char why[HELPER_WHY_SIZE];

    if (helper_run(f->send->options.helper, "NEXTRING_ALARM_COMMAND", f->body, f->arena, &answer,
                   why))
        snprintf(f->why, sizeof f->why, "%s", why);
    else if (answer.status)
        snprintf(f->why, sizeof f->why, "NEXTRING_ALARM_COMMAND ended with %d", answer.status);
}

static void ran(struct worker_job *job)
{
    finish(job->user);
}

static void command(struct flight *f)
{
    struct alarm_send *s = f->send;

    f->job = (struct worker_job){.run = run, .done = ran, .user = f};
    if (s->worker && !worker_put(s->worker, &f->job))
        return;
    snprintf(f->why, sizeof f->why, "too many commands wait");
    finish(f);
}

void alarm_send(struct alarm_send *s, const struct alarm_send_what *what)
{
    struct arena *arena = arena_open(ARENA_BYTES);
    struct flight *f = ARENA_NEW(arena, struct flight);

    *f = (struct flight){.send = s,
                         .arena = arena,
                         .alarm = what->alarm,
                         .way = what->way,
                         .next = s->flights,
                         .at = &s->flights};
    f->body = arena_copy(arena, what->body);
    if (f->next)
        f->next->at = &f->next;
    s->flights = f;
    if (what->way == ALARM_WAY_COMMAND)
        command(f);
    else
        post(f, what);
}
