#include "sim/sim.h"

#include <stdio.h>
#include <stdlib.h>

#include "codec/phone.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "sim/sim_control.h"
#include "sim/sim_lockstep.h"
#include "sim/sim_page.h"
#include "sim/sim_stream.h"
#include "sim/sim_visitor.h"
#include "simrest/sim_rest.h"
#include "simsetup/sim_setup.h"
#include "simtext/sim_inbox.h"
#include "simvoice/sim_call.h"
#include "simworld/sim_webhook.h"
#include "simworld/sim_world.h"

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
    struct sim_lockstep lockstep;
};

/* Media are fetched by whoever a webhook told of them, by whatever name he knows us. */
static void on_visit(struct sim *sim, struct http_request *rq)
{
    const char *why = sim_visitor_refusal(rq);

    if (why && !span_starts(rq->path, SPAN("/sim/media/")))
        sim_control_refuse(rq, why);
    else if (sim_page_is(rq->path))
        sim_page_serve(rq);
    else
        sim_control_handle(sim->world, &sim->turn, rq);
}

static void serve_rest(void *ctx, struct http_request *rq)
{
    struct sim *sim = ctx;

    sim_rest_handle(sim->world, rq);
}

static void on_request(void *ctx, struct http_request *rq)
{
    struct sim *sim = ctx;

    if (sim_page_is(rq->path) || span_starts(rq->path, SPAN("/sim/")))
        on_visit(sim, rq);
    else if (!sim_lockstep_take(&sim->lockstep, rq))
        serve_rest(sim, rq);
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
    if (sim->world->lockstep)
        return sim_lockstep_step(&sim->lockstep, out_next);
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

/* `why` it is stuck; NULL when it has arrived. */
static void end_turn(struct sim *sim, const char *why)
{
    if (sim->turn.by_hand) {
        sim->turn.by_hand = false;
        sim->turn.stuck = why;
    } else if (why) {
        sim_control_stuck(sim->world, &sim->turn, why);
    } else {
        sim_control_turned(sim->world, &sim->turn);
    }
}

/* Leaps once when it may. Returns in how many ms it wants to look again. */
static int64_t turn_on(struct sim *sim)
{
    int64_t next = CLOCK_NEVER;
    const int64_t now_ms = clock_now_ms(sim->clock);
    const char *busy = what_is_busy(sim, &next);

    if (busy) {
        if (clock_mono_ns() - sim->turn.since_ns > sim->turn.patience_ms * 1000000)
            end_turn(sim, busy);
        sim->turn.looked = false;
        return POLL_MS;
    }
    if (sim->turn.by_hand && !sim->turn.looked) {
        sim->turn.looked = true; /* whoever turns it looks at this instant once it is whole */
        return 0;
    }
    sim->turn.looked = false;
    if (now_ms >= sim->turn.until_ms) {
        end_turn(sim, NULL);
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

    if (!sim->world->lockstep)
        run_due(sim);
    sim_stream_flush(sim->world->streams);
    const int64_t next = sim_agenda_next(sim->world->agenda);
    if (sim->turn.rq || sim->turn.by_hand)
        return turn_on(sim);
    if (sim->world->lockstep)
        return -1;
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

/* A text that a call sends: from a number of the account, to a number. */
static bool send_text(struct sim_world *world, struct sim_account *account, struct sim_sms *sms)
{
    char number[PHONE_TEXT_SIZE];
    const struct sim_number *from = sim_world_number(account, sms->from);

    if (!from || from->no_sms ||
        phone_parse(sms->to.data, sms->to.size, "US", number) != PHONE_GOOD ||
        sim_text_is_unwanted(world, NULL, from, number))
        return false;
    const struct sim_text_draft draft = {.from = sms->from,
                                         .to = span_of(number),
                                         .body = sms->body,
                                         .callback = sms->callback,
                                         .direction = SIM_OUTBOUND_CALL};
    const struct sim_text *text = sim_text_send(world, account, &draft);
    if (text)
        sim_world_copy(sms->sid, sizeof sms->sid, span_of(text->sid));
    return text != NULL;
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
    sim->world->lockstep = o->lockstep;
    sim->lockstep = (struct sim_lockstep){
        .world = sim->world, .settle_ms = o->settle_ms, .serve = serve_rest, .ctx = sim};
    sim->world->verbs = sim_call_verbs;
    sim->world->send_text = send_text;
    sim->world->read_text = sim_inbox_read;
    sim->world->streams = sim_stream_open(sim->world);
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
        sim_stream_close(&(*sim)->world->streams);
        for (size_t i = 0; i < (*sim)->world->leg_count; i++)
            sim_run_drop((*sim)->world->legs[i]);
    }
    sim_world_close(&(*sim)->world);
    free(*sim);
    *sim = NULL;
}

void sim_turn_to(struct sim *sim, int64_t until_ms, int64_t patience_ms)
{
    sim->turn = (struct sim_turn){.by_hand = true,
                                  .until_ms = until_ms,
                                  .patience_ms = patience_ms,
                                  .since_ns = clock_mono_ns()};
}

void sim_turn_stop(struct sim *sim)
{
    if (sim->turn.by_hand)
        sim->turn.until_ms = clock_now_ms(sim->clock);
}

bool sim_is_turning(const struct sim *sim, const char **out_stuck)
{
    *out_stuck = sim->turn.stuck;
    return sim->turn.by_hand;
}

struct sim_world *sim_world_of(struct sim *sim)
{
    return sim->world;
}

const char *sim_base(const struct sim *sim)
{
    return sim->world->base;
}

int sim_port(const struct sim *sim)
{
    return http_server_port(sim->server, 0);
}
