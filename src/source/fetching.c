#include "source/fetching.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/dice.h"

struct flight {
    struct flight *next, **at;
    struct fetching *fetching;
    struct arena *arena; /* holds this very struct; secret: a signature may be used again */
    struct address_ask ask;
    fetching_done_fn *done;
    void *ctx;
    const char *broken; /* it cannot be asked for */
};

struct poll {
    struct poll *next;
    struct fetching *fetching;
    char *address, *etag;
    int64_t every_ns, due_ns;
    bool is_under_way, again;
    bool is_forgotten; /* while it is under way */
    fetching_done_fn *done;
    void *ctx;
};

struct fetching {
    struct http_client *client;
    const struct address_keys *keys;
    bool private_too;
    struct flight *flights, *broken;
    struct poll *polls;
    struct dice dice;
};

enum err fetching_open(struct loop *loop, const struct address_keys *keys, bool private_too,
                       struct fetching **out)
{
    struct fetching *f = arena_must_alloc(sizeof *f);

    *f = (struct fetching){.keys = keys, .private_too = private_too, .dice = dice_seed()};
    const enum err err = http_client_open(loop, &f->client);
    if (err)
        free(f);
    else
        *out = f;
    return err;
}

static void poll_free(struct poll *p)
{
    free(p->address);
    free(p->etag);
    free(p);
}

static void land(struct flight *fl)
{
    struct arena *arena = fl->arena;

    *fl->at = fl->next;
    if (fl->next)
        fl->next->at = fl->at;
    arena_close(&arena);
}

void fetching_close(struct fetching **fetching)
{
    struct fetching *f = *fetching;

    if (!f)
        return;
    http_client_close(&f->client);
    while (f->flights)
        land(f->flights);
    while (f->polls) {
        struct poll *next = f->polls->next;
        poll_free(f->polls);
        f->polls = next;
    }
    free(f);
    *fetching = NULL;
}

/* ---- one request ---- */

static void start(struct flight *fl);

static void answered(void *ctx, const struct http_result *result)
{
    struct flight *fl = ctx;
    const struct address_answer answer =
        fl->broken ? (struct address_answer){.fate = ADDRESS_FAILED, .why = fl->broken}
                   : address_judge(fl->arena, &fl->ask, result);

    if (answer.fate == ADDRESS_MOVED) {
        fl->ask.address = answer.location;
        fl->ask.redirected = true;
        start(fl);
        return;
    }
    fl->done(fl->ctx, &answer);
    land(fl);
}

/* What cannot be asked for is told like all else, from a later turn. */
static void start(struct flight *fl)
{
    struct http_call call;

    if (!address_call(fl->arena, &fl->ask, &call, &fl->broken))
        call = (struct http_call){.method = "GET", .url = ""};
    else
        fl->broken = NULL;
    http_client_send(fl->fetching->client, &call, answered, fl);
}

void fetching_ask(struct fetching *f, const struct address_ask *ask, fetching_done_fn *done,
                  void *ctx)
{
    struct arena *arena = arena_open(16384);

    arena_mark_secret(arena);
    struct flight *fl = ARENA_NEW(arena, struct flight);
    *fl = (struct flight){
        .fetching = f, .arena = arena, .ask = *ask, .done = done, .ctx = ctx, .next = f->flights};
    fl->ask.keys = f->keys;
    fl->ask.private_too = f->private_too;
    fl->ask.address = arena_text(arena, span_of(ask->address));
    fl->ask.etag = arena_copy(arena, ask->etag);
    fl->ask.body = arena_copy(arena, ask->body);
    fl->at = &f->flights;
    if (fl->next)
        fl->next->at = &fl->next;
    f->flights = fl;
    start(fl);
}

/* ---- again and again ---- */

/* Two may poll one address, each for his own end. */
static struct poll *find(const struct fetching *f, const char *address, const void *ctx)
{
    for (struct poll *p = f->polls; p; p = p->next)
        if (!p->is_forgotten && p->ctx == ctx && strcmp(p->address, address) == 0)
            return p;
    return NULL;
}

static void drop(struct fetching *f, struct poll *p)
{
    for (struct poll **at = &f->polls; *at; at = &(*at)->next)
        if (*at == p) {
            *at = p->next;
            poll_free(p);
            return;
        }
}

static int64_t next_due(struct poll *p)
{
    const int64_t tenth_ms = p->every_ns / 10 / 1000000;
    const uint32_t more_ms = dice_throw(&p->fetching->dice, (uint32_t)(2 * tenth_ms + 1));

    return clock_mono_ns() + p->every_ns + ((int64_t)more_ms - tenth_ms) * 1000000;
}

static char *copy(struct span text)
{
    char *to = arena_must_alloc(text.size + 1);

    if (text.size > 0)
        memcpy(to, text.data, text.size);
    to[text.size] = 0;
    return to;
}

static void polled(void *ctx, const struct address_answer *answer)
{
    struct poll *p = ctx;

    p->is_under_way = false;
    if (p->is_forgotten) {
        drop(p->fetching, p);
        return;
    }
    p->due_ns = p->again ? 0 : next_due(p);
    p->again = false;
    if (answer->fate == ADDRESS_GOT) {
        free(p->etag);
        p->etag = copy(answer->etag);
    }
    p->done(p->ctx, answer);
}

void fetching_poll(struct fetching *f, const char *address, struct span etag, int every_s,
                   fetching_done_fn *done, void *ctx)
{
    if (find(f, address, ctx))
        return;
    struct poll *p = arena_must_alloc(sizeof *p);
    *p = (struct poll){
        .next = f->polls,
        .fetching = f,
        .address = copy(span_of(address)),
        .etag = copy(etag),
        .every_ns = (int64_t)every_s * 1000000000,
        .done = done,
        .ctx = ctx,
    };
    p->due_ns = etag.size > 0 ? next_due(p) : 0;
    f->polls = p;
}

void fetching_anew(struct fetching *f, const char *address, const void *ctx)
{
    struct poll *p = find(f, address, ctx);

    if (p)
        p->etag[0] = 0;
}

void fetching_hurry(struct fetching *f, const char *address, const void *ctx)
{
    struct poll *p = find(f, address, ctx);

    if (!p)
        return;
    p->due_ns = 0;
    p->again = p->is_under_way;
    fetching_turn(f);
}

void fetching_forget(struct fetching *f, const char *address, const void *ctx)
{
    struct poll *p = find(f, address, ctx);

    if (!p)
        return;
    if (p->is_under_way)
        p->is_forgotten = true;
    else
        drop(f, p);
}

void fetching_turn(struct fetching *f)
{
    const int64_t now_ns = clock_mono_ns();

    for (struct poll *p = f->polls; p; p = p->next)
        if (!p->is_under_way && now_ns >= p->due_ns) {
            p->is_under_way = true;
            fetching_ask(f, &(struct address_ask){.address = p->address, .etag = span_of(p->etag)},
                         polled, p);
        }
}
