#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "net/http_client.h"
#include "net/http_server.h"
#include "sim/sim_call.h"
#include "sim/sim_control.h"
#include "sim/sim_lookup.h"
#include "sim/sim_rest.h"
#include "sim/sim_setup.h"
#include "sim/sim_webhook.h"
#include "sim/sim_world.h"

enum {
    POLL_MS = 1,           /* a guest's word arrives by memory, not by an event */
    EVENTS_A_TURN = 10000, /* then the network has its turn */
    BODY_BYTES_MAX = 4 << 20,
    /* While an answer is kept back its asker stays busy, and cannot say what it waits for: the
     * clock goes in steps, and after each the asker has this much real time to act. */
    HELD_STEP_MS = 250,
    HELD_SETTLE_MS = 8,
};

static const struct http_limits limits = {
    .header_bytes = 64 << 10,
    .body_bytes = BODY_BYTES_MAX,
    .header_deadline_ms = 600000, /* clients keep connections open between rehearsals' steps */
    .body_deadline_ms = 60000,
    .connections = 1000,
};

struct sim {
    struct clock *clock;
    struct http_server *server;
    struct http_client *client;
    struct sim_world *world;
    struct sim_turn turn;
};

static void on_request(void *ctx, struct http_request *rq)
{
    struct sim *sim = ctx;

    if (span_starts(rq->path, SPAN("/sim/")))
        sim_control_handle(sim->world, &sim->turn, rq);
    else if (sim_lookup_is(rq->path))
        sim_lookup_handle(sim->world, rq);
    else
        sim_rest_handle(sim->world, rq);
}

static void run_due(struct sim *sim)
{
    for (int i = 0; i < EVENTS_A_TURN; i++)
        if (!sim_agenda_run_one(sim->world->agenda, clock_now_ms(sim->clock)))
            return;
}

/* What keeps the clock from leaping; NULL when all is quiet and *out_next is known. */
static const char *what_is_busy(struct sim *sim, int64_t *out_next)
{
    const int64_t quiet_ms = (clock_mono_ns() - sim->world->stirred_ns) / 1000000;

    if (http_client_busy(sim->client) > 0)
        return "a webhook is not answered";
    if (http_server_open_requests(sim->server) > sim->world->held_count + 1) /* 1: the turn */
        return "a request is not answered";
    if (sim_agenda_next(sim->world->agenda) <= clock_now_ms(sim->clock))
        return "events are due";
    if (quiet_ms < sim->turn.settle_ms)
        return "requests have only just been answered";
    if (!clock_guests_idle(sim->clock, out_next)) {
        *out_next = clock_now_ms(sim->clock) + HELD_STEP_MS;
        return sim->world->held_count && quiet_ms >= HELD_SETTLE_MS
                   ? NULL
                   : "a guest of the clock is busy";
    }
    return *out_next <= clock_now_ms(sim->clock) ? "a guest of the clock is late" : NULL;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Leaps once when it may. Returns in how many ms it wants to look again. */
static int64_t turn_on(struct sim *sim)
{
    int64_t next = CLOCK_NEVER;
    const int64_t now_ms = clock_now_ms(sim->clock);
    const char *busy = what_is_busy(sim, &next);

    if (busy) {
        if (clock_mono_ns() - sim->turn.since_ns > sim->turn.patience_ms * 1000000)
            sim_control_stuck(sim->world, &sim->turn, busy);
        return POLL_MS;
    }
    if (now_ms >= sim->turn.until_ms) {
        sim_control_turned(sim->world, &sim->turn);
        return 0;
    }
    next = least(least(next, sim_agenda_next(sim->world->agenda)), sim->turn.until_ms);
    clock_turn(sim->clock, next);
    sim->turn.since_ns = clock_mono_ns();
    if (sim->world->held_count)
        sim->world->stirred_ns = clock_mono_ns();
    return 0;
}

static int64_t on_turn(void *ctx)
{
    struct sim *sim = ctx;

    run_due(sim);
    const int64_t next = sim_agenda_next(sim->world->agenda);
    if (sim->turn.rq)
        return turn_on(sim);
    if (next <= clock_now_ms(sim->clock))
        return 0;
    return clock_wait_ms(sim->clock, next);
}

static bool is_loopback(struct span address)
{
    return span_starts(address, SPAN("127.")) || span_starts(address, SPAN("[::1]:")) ||
           span_starts(address, SPAN("localhost:"));
}

static void name_base(struct sim *sim, struct span listen)
{
    size_t host = listen.size;

    while (host > 0 && listen.data[host - 1] != ':')
        host--;
    snprintf(sim->world->base, sizeof sim->world->base, "http://%.*s%d", (int)host, listen.data,
             sim_port(sim));
}

static enum err start(struct sim *sim, struct loop *loop, const struct sim_options *o,
                      char words[SIM_WORDS])
{
    enum err e = http_client_open(loop, &sim->client);

    if (!e)
        e = http_server_open(loop, on_request, sim, &sim->server);
    if (!e)
        e = http_server_listen(sim->server, o->listen, 0, &limits);
    if (e) {
        snprintf(words, SIM_WORDS, "cannot listen on %.*s: %s", SPAN_ARG(o->listen),
                 e == ERR_CONFLICT ? "the address is in use" : err_name(e));
        return e;
    }
    sim->world = sim_world_open(sim->clock, sim->client, o->seed);
    sim->world->call_rate = o->call_rate;
    sim->world->quiet = o->quiet;
    sim->world->verbs = sim_call_verbs;
    name_base(sim, o->listen);
    return o->setup.size ? sim_setup_take(sim->world, o->setup, words) : ERR_NONE;
}

enum err sim_open(struct loop *loop, struct clock *clock, const struct sim_options *options,
                  struct sim **out, char words[SIM_WORDS])
{
    if (!is_loopback(options->listen)) {
        snprintf(words, SIM_WORDS, "%.*s is not an address of loopback", SPAN_ARG(options->listen));
        return ERR_BAD_INPUT;
    }
    struct sim *sim = arena_must_alloc(sizeof *sim);
    sim->clock = clock;
    const enum err e = start(sim, loop, options, words);
    if (e) {
        sim_close(&sim);
        return e;
    }
    loop_add_turn(loop, on_turn, sim);
    *out = sim;
    return ERR_NONE;
}

void sim_close(struct sim **sim)
{
    if (!*sim)
        return;
    if ((*sim)->server)
        http_server_close(&(*sim)->server);
    if ((*sim)->client)
        http_client_close(&(*sim)->client);
    if ((*sim)->world) {
        sim_webhook_close((*sim)->world);
        for (size_t i = 0; i < (*sim)->world->leg_count; i++)
            sim_run_drop((*sim)->world->legs[i]);
    }
    sim_world_close(&(*sim)->world);
    free(*sim);
    *sim = NULL;
}

const char *sim_base(const struct sim *sim)
{
    return sim->world->base;
}

int sim_port(const struct sim *sim)
{
    return http_server_port(sim->server, 0);
}
