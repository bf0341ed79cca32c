#include "alarm/heartbeat.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "net/http_client.h"

enum { WHY_SIZE = 200, TOTAL_MS = 10000, ANSWER_BYTES = 65536 };

struct heartbeat {
    struct heartbeat_options o;
    struct http_client *client;
    bool is_under_way, has_failed, was_well;
    int64_t next_ms;
    uint64_t failed;
    int64_t failing_ms;
    char why[WHY_SIZE];
};

/* Its path is a secret: it is not shown. */
static void complain(struct heartbeat *h, const struct http_result *result)
{
    h->failed++;
    if (result->outcome == HTTP_ANSWERED)
        snprintf(h->why, sizeof h->why, "answers %d", result->status);
    else
        snprintf(h->why, sizeof h->why, "cannot be asked: %s", result->why);
    if (h->has_failed)
        return;
    log_line(LOG_WARN, "NEXTRING_HEARTBEAT_URL %s; it is asked again", h->why);
    h->failing_ms = clock_now_ms(h->o.clock);
    h->has_failed = true;
}

static void answered(void *ctx, const struct http_result *result)
{
    struct heartbeat *h = ctx;

    h->is_under_way = false;
    if (result->outcome != HTTP_ANSWERED || result->status < 200 || result->status > 299) {
        complain(h, result);
        return;
    }
    if (h->has_failed)
        log_line(LOG_INFO, "NEXTRING_HEARTBEAT_URL can be asked again");
    h->has_failed = false;
    h->failing_ms = 0;
}

static void ask(struct heartbeat *h)
{
    const struct http_call call = {
        .method = "GET", .url = h->o.url, .total_ms = TOTAL_MS, .max_bytes = ANSWER_BYTES};

    h->is_under_way = true;
    http_client_send(h->client, &call, answered, h);
}

static int64_t turn(void *ctx)
{
    struct heartbeat *h = ctx;
    const int64_t now_ms = clock_now_ms(h->o.clock);
    const bool is_well = h->o.is_well(h->o.ctx);

    if (!is_well && h->was_well)
        log_line(LOG_WARN, "the store has committed nothing for too long: NEXTRING_HEARTBEAT_URL "
                           "is not asked");
    h->was_well = is_well;
    if (is_well && !h->is_under_way && now_ms >= h->next_ms) {
        h->next_ms = now_ms + (int64_t)h->o.seconds * 1000;
        ask(h);
    }
    return 1000;
}

enum err heartbeat_open(const struct heartbeat_options *options, struct heartbeat **out)
{
    struct heartbeat *h = arena_must_alloc(sizeof *h);

    *h = (struct heartbeat){.o = *options};
    const enum err err = http_client_open(options->loop, &h->client);
    if (err) {
        free(h);
        return err;
    }
    loop_add_turn(options->loop, turn, h);
    *out = h;
    return ERR_NONE;
}

struct heartbeat_sight heartbeat_sight(const struct heartbeat *h)
{
    return (struct heartbeat_sight){h->failed, h->failing_ms, h->why[0] ? h->why : NULL};
}

void heartbeat_close(struct heartbeat **heartbeat)
{
    if (!*heartbeat)
        return;
    http_client_close(&(*heartbeat)->client);
    free(*heartbeat);
    *heartbeat = NULL;
}
