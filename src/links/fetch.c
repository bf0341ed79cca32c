#include "links/fetch.h"

#include "base/buf.h"
#include "codec/url.h"
#include "provider/media_address.h"
#include "vault/vault.h"

enum {
    FETCH_BYTES_MAX = 10 << 20,
    FETCHES_MAX = 4,
    WAITING_MAX = 32,
    HELD_BYTES_MAX = 64 << 20, /* being fetched, and being sent to slow peers */
    HOP_MS = 15000,            /* the carrier itself waits about as long for us */
};

/* ---- bytes that peers still have to take ---- */

struct held {
    struct site *site;
    size_t bytes;
};

static void start_waiting(struct site *site);

static void let_go(void *ctx)
{
    const struct held *held = ctx;
    struct site *site = held->site;

    site->media.held_bytes -= held->bytes;
    start_waiting(site);
}

void fetch_hold(struct visit *v, size_t bytes)
{
    if (!v->rq)
        return;
    struct held *held = ARENA_NEW(v->rq->arena, struct held);
    *held = (struct held){v->site, bytes};
    v->site->media.held_bytes += bytes;
    v->rq->over = let_go;
    v->rq->over_ctx = held;
}

/* ---- the fetch ---- */

static void fetched(void *ctx, const struct http_result *got);

/* The first address is a setting of ours; where the answer leads is not. */
static void fetch(struct fetch *f)
{
    const struct site *site = f->visit->site;
    const struct span api = span_of(site->carrier_api);
    const struct vault_login login = vault_login(engine_vault(site->engine), f->tenant, f->account);
    const struct http_call call = {
        .method = "GET",
        .url = f->url.data,
        .user = f->led ? NULL : login.user,
        .password = f->led ? NULL : login.password,
        .total_ms = HOP_MS,
        .max_bytes = FETCH_BYTES_MAX,
        .public_only = f->led && !media_address_is_rehearsal(api),
    };

    http_client_send(site->media.client, &call, fetched, f);
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* True when it was followed. */
static bool follow(struct fetch *f, struct span location)
{
    struct visit *v = f->visit;
    const struct span to = url_resolve(v->arena, f->url, location);

    if (f->led || !media_address_may_lead_to(span_of(v->site->carrier_api), to))
        return false;
    f->led = true;
    f->url = arena_copy(v->arena, to);
    fetch(f);
    return true;
}

static void conclude(struct fetch *f, const struct http_result *got)
{
    struct visit *v = f->visit;

    if (got->too_large)
        f->fail(f, 0, "above 10 MiB", SPAN("This is larger than 10 MB, so it is not passed on."));
    else if (got->outcome != HTTP_ANSWERED)
        f->fail(f, 0, got->why, SPAN("The carrier cannot be reached now. Try again in a moment."));
    else if (is_redirect(got->status))
        f->fail(f, got->status, "the carrier redirects to where no medium can be",
                SPAN("The carrier does not give this."));
    else if (got->status != 200)
        f->fail(f, got->status, arena_printf(v->arena, "the carrier answered %d", got->status),
                SPAN("The carrier does not give this."));
    else
        f->give(f, got);
}

static void fetched(void *ctx, const struct http_result *got)
{
    struct fetch *f = ctx;
    struct site *site = f->visit->site;

    if (got->outcome == HTTP_ANSWERED && is_redirect(got->status) && follow(f, got->location))
        return;
    conclude(f, got);
    site->media.fetches--;
    start_waiting(site);
}

static bool has_room(const struct site *site)
{
    const struct site_media *m = &site->media;

    return m->fetches < FETCHES_MAX &&
           m->held_bytes + (m->fetches + 1) * (size_t)FETCH_BYTES_MAX <= HELD_BYTES_MAX;
}

static void start(struct fetch *f)
{
    f->visit->site->media.fetches++;
    fetch(f);
}

static void start_waiting(struct site *site)
{
    struct site_media *m = &site->media;

    while (m->waiting > 0 && has_room(site)) {
        struct fetch *f = m->first;
        m->first = f->next;
        m->waiting--;
        start(f);
    }
}

bool fetch_start(struct fetch *f)
{
    struct site_media *m = &f->visit->site->media;

    if (m->waiting == WAITING_MAX)
        return false;
    if (m->waiting == 0)
        m->first = f;
    else
        m->last->next = f;
    m->last = f;
    m->waiting++;
    start_waiting(f->visit->site);
    return true;
}
