#include "app/aws_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "cli/cli.h"
#include "keys/aws_role.h"
#include "net/worker.h"

enum {
    BEFORE_END_MS = 5 * 60000, /* the next ones are there by then: Amazon has them that early */
    LEAST_MS = 60000,          /* between two askings */
    UNTOLD_MS = 15 * 60000,    /* of keys that do not tell when they end */
};

struct texts {
    char key_id[160], secret[160], session_token[4096];
};

struct aws_keys {
    const struct settings *settings;
    char *const *environment;
    struct address_keys *target;
    struct arena *arena; /* of those in force; NULL: they are the settings' */
    struct texts *texts; /* ... in it */
    int64_t due_ns;      /* real time of the next asking */
    struct loop *loop;   /* NULL: it does not run yet */
    struct worker *worker;
    bool is_asking, has_failed;
    /* Of an asking: the worker's until it is handed back. */
    struct worker_job job;
    struct arena *fresh;
    struct aws_role_keys found;
    enum err err;
    const char *why;
};

static void ask(struct aws_keys *k)
{
    k->fresh = arena_open_locked(0);
    k->err = aws_role_get(k->fresh, k->environment, k->target->region, &k->found, &k->why);
}

/* When to ask again; keys may end by a clock that is not quite ours. */
static int64_t wait_ms(const struct aws_keys *k)
{
    const int64_t left_ms = k->found.until_ms
                                ? k->found.until_ms - (int64_t)time(NULL) * 1000 - BEFORE_END_MS
                                : UNTOLD_MS;

    return left_ms > LEAST_MS ? left_ms : LEAST_MS;
}

/* At the same place always: whoever has a copy of the pointers has the new ones, too. */
static void put(struct aws_keys *k)
{
    if (!k->arena) {
        k->arena = arena_open_locked(0);
        k->texts = ARENA_NEW(k->arena, struct texts);
    }
    snprintf(k->texts->key_id, sizeof k->texts->key_id, "%s", k->found.key_id);
    snprintf(k->texts->secret, sizeof k->texts->secret, "%s", k->found.secret);
    snprintf(k->texts->session_token, sizeof k->texts->session_token, "%s",
             k->found.session_token ? k->found.session_token : "");
    k->target->key_id = k->texts->key_id;
    k->target->secret = k->texts->secret;
    k->target->session_token = k->texts->session_token[0] ? k->texts->session_token : NULL;
}

/* What is under way by the old ones has taken a copy of them. */
static void conclude(struct aws_keys *k)
{
    if (k->err) {
        if (!k->has_failed)
            log_line(LOG_WARN, "s3://: %s; those before are used as long as they last", k->why);
        arena_close(&k->fresh);
        k->due_ns = clock_mono_ns() + INT64_C(1000000) * LEAST_MS;
    } else {
        if (k->has_failed)
            log_line(LOG_INFO, "s3://: the role gives keys again");
        put(k);
        arena_close(&k->fresh);
        k->due_ns = clock_mono_ns() + INT64_C(1000000) * wait_ms(k);
    }
    k->has_failed = k->err != ERR_NONE;
}

static void run(struct worker_job *job)
{
    ask(job->user);
}

static void done(struct worker_job *job)
{
    struct aws_keys *k = job->user;

    k->is_asking = false;
    conclude(k);
}

static int64_t turn(void *ctx)
{
    struct aws_keys *k = ctx;
    const int64_t left_ns = k->due_ns - clock_mono_ns();

    if (k->is_asking)
        return -1;
    if (left_ns > 0)
        return left_ns / 1000000 + 1;
    k->job = (struct worker_job){.run = run, .done = done, .user = k};
    k->is_asking = !worker_put(k->worker, &k->job);
    if (!k->is_asking)
        k->due_ns = clock_mono_ns() + INT64_C(1000000) * LEAST_MS;
    return -1;
}

/* ---- open and close ---- */

static bool refuse(const char *what)
{
    (void)cli_fail(CLI_USAGE, "NEXTRING_ROSTER: s3:// needs %s", what);
    return false;
}

static bool fill(struct aws_keys *k)
{
    *k->target = address_keys_of(k->settings);
    if (!span_starts(k->settings->roster, SPAN("s3://")))
        return true;
    if (!k->target->region)
        return refuse("AWS_REGION in the environment");
    if (k->target->key_id && k->target->secret)
        return true;
    ask(k);
    if (k->err)
        return refuse(arena_printf(k->fresh,
                                   "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the "
                                   "environment, or a role: %s",
                                   k->why));
    conclude(k);
    return true;
}

struct aws_keys *aws_keys_open(const struct settings *settings, const struct keys *keys,
                               struct address_keys *target)
{
    struct aws_keys *k = arena_must_alloc(sizeof *k);

    *k = (struct aws_keys){
        .settings = settings, .environment = keys_environment(keys), .target = target};
    if (!fill(k))
        aws_keys_close(&k);
    return k;
}

void aws_keys_close(struct aws_keys **keys)
{
    struct aws_keys *k = *keys;

    if (!k)
        return;
    if (k->loop)
        loop_drop_turn(k->loop, turn, k);
    worker_close(&k->worker);
    arena_close(&k->fresh);
    arena_close(&k->arena);
    free(k);
    *keys = NULL;
}

void aws_keys_serve(struct aws_keys *k, struct loop *loop)
{
    if (!k->arena)
        return;
    k->loop = loop;
    k->worker = worker_open(loop, 1);
    loop_add_turn(loop, turn, k);
}

void aws_keys_renew(struct aws_keys *k)
{
    if (!k->loop)
        return;
    k->due_ns = 0;
    loop_wake(k->loop);
}
