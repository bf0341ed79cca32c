#include "web/media.h"

#include "base/buf.h"
#include "base/log.h"
#include "codec/url.h"
#include "net/http_client.h"
#include "provider/media_address.h"
#include "web/link_look.h"
#include "web/pages.h"

enum {
    MEDIUM_BYTES_MAX = 10 << 20,
    FETCHES_MAX = 4,
    WAITING_MAX = 32,
    HELD_BYTES_MAX = 64 << 20,    /* being fetched, and being sent to slow peers */
    HOP_MS = 15000,               /* the carrier itself waits about as long for us */
    NUMBER_MAX = 9,               /* a message has ten at most */
    SECRET_AT = sizeof "/m/" - 1, /* in the path */
};

struct site_fetch {
    struct site_fetch *next; /* of those that wait */
    struct visit *visit;
    struct link_look look;
    int64_t number;
    struct span url;
    bool led; /* a redirect has been followed */
};

/* ---- what may be given on ---- */

/* clang-format off */
/* The rest is given on as bytes to be saved. Never one in which a script could run. */
static const struct kind {
    const char *from, *type, *name;
    bool saved; /* no browser shows it in a sandbox */
} kinds[] = {
    {"image/jpeg",      "image/jpeg",      "photo.jpg",   false},
    {"image/jpg",       "image/jpeg",      "photo.jpg",   false},
    {"image/png",       "image/png",       "photo.png",   false},
    {"image/gif",       "image/gif",       "photo.gif",   false},
    {"image/webp",      "image/webp",      "photo.webp",  false},
    {"image/heic",      "image/heic",      "photo.heic",  false},
    {"image/heif",      "image/heif",      "photo.heif",  false},
    {"audio/mpeg",      "audio/mpeg",      "sound.mp3",   false},
    {"audio/mp3",       "audio/mpeg",      "sound.mp3",   false},
    {"audio/mp4",       "audio/mp4",       "sound.m4a",   false},
    {"audio/aac",       "audio/aac",       "sound.aac",   false},
    {"audio/amr",       "audio/amr",       "sound.amr",   false},
    {"audio/amr-nb",    "audio/amr",       "sound.amr",   false},
    {"audio/3gpp",      "audio/3gpp",      "sound.3gp",   false},
    {"audio/ogg",       "audio/ogg",       "sound.ogg",   false},
    {"audio/wav",       "audio/wav",       "sound.wav",   false},
    {"audio/x-wav",     "audio/wav",       "sound.wav",   false},
    {"video/mp4",       "video/mp4",       "video.mp4",   false},
    {"video/3gpp",      "video/3gpp",      "video.3gp",   false},
    {"video/quicktime", "video/quicktime", "video.mov",   false},
    {"text/plain",      "text/plain; charset=utf-8", "text.txt", false},
    {"application/pdf", "application/pdf", "paper.pdf",   true},
    {"text/vcard",      "text/vcard",      "contact.vcf", true},
    {"text/x-vcard",    "text/vcard",      "contact.vcf", true},
};
static const struct kind other = {"", "application/octet-stream", "file.bin", true};
/* clang-format on */

static const struct kind *kind_of(struct span type)
{
    struct span rest;
    const struct span name = span_trim(span_cut(type, ';', &rest));

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (span_is_nocase(name, span_of(kinds[i].from)))
            return &kinds[i];
    return &other;
}

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

static void hold(struct visit *v, size_t bytes)
{
    if (!v->rq)
        return;
    struct held *held = ARENA_NEW(v->rq->arena, struct held);
    *held = (struct held){v->site, bytes};
    v->site->media.held_bytes += bytes;
    v->rq->over = let_go;
    v->rq->over_ctx = held;
}

/* ---- the answer ---- */

static void give(struct visit *v, const struct http_result *got)
{
    const struct kind *kind = kind_of(got->type);
    const char *name = arena_printf(v->arena, "%s; filename=\"%s\"",
                                    kind->saved ? "attachment" : "inline", kind->name);
    const struct http_field fields[] = {
        {"X-Content-Type-Options", SPAN("nosniff")},
        {"Content-Security-Policy",
         SPAN("sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
              "style-src 'unsafe-inline'")}, /* what a browser's own viewer needs */
        {"Cache-Control", SPAN("private, max-age=3600")},
        {"Content-Disposition", span_of(name)},
        {"Referrer-Policy", SPAN("no-referrer")},
        {"X-Robots-Tag", SPAN("noindex")},
        {NULL, {NULL, 0}},
    };

    hold(v, got->body.size);
    visit_answer(
        v,
        &(struct visit_reply){
            .status = 200, .type = kind->type, .body = got->body, .fields = fields, .bare = true});
}

static void fail(struct site_fetch *f, const char *why, struct span words)
{
    char id[ID_TEXT_SIZE + 1];

    id_render(f->look.message->id, id);
    log_line(LOG_WARN, "media: tenant %d, message %s, number %d: %s", (int)f->look.link->tenant, id,
             (int)f->number, why);
    pages_say(f->visit, 502, words);
}

/* ---- the fetch ---- */

static void fetched(void *ctx, const struct http_result *got);

/* The first address is a setting of ours; where the answer leads is not. */
static void fetch(struct site_fetch *f)
{
    const struct site *site = f->visit->site;
    const struct span api = span_of(site->carrier_api);
    const struct http_call call = {
        .method = "GET",
        .url = f->url.data,
        .user = f->led ? NULL : site->api_user,
        .password = f->led ? NULL : site->api_password,
        .total_ms = HOP_MS,
        .max_bytes = MEDIUM_BYTES_MAX,
        .public_only = f->led && !media_address_is_rehearsal(api),
    };

    http_client_send(site->media.client, &call, fetched, f);
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* True when it was followed. */
static bool follow(struct site_fetch *f, struct span location)
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

static void conclude(struct site_fetch *f, const struct http_result *got)
{
    struct visit *v = f->visit;

    if (got->too_large)
        fail(f, "above 10 MiB", SPAN("This is larger than 10 MB, so it is not passed on."));
    else if (got->outcome != HTTP_ANSWERED)
        fail(f, got->why, SPAN("The carrier cannot be reached now. Try again in a moment."));
    else if (is_redirect(got->status))
        fail(f, "the carrier redirects to where no medium can be",
             SPAN("The carrier does not give this."));
    else if (got->status != 200)
        fail(f, arena_printf(v->arena, "the carrier answered %d", got->status),
             SPAN("The carrier does not give this."));
    else
        give(v, got);
}

static void fetched(void *ctx, const struct http_result *got)
{
    struct site_fetch *f = ctx;
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
           m->held_bytes + (m->fetches + 1) * (size_t)MEDIUM_BYTES_MAX <= HELD_BYTES_MAX;
}

static void start(struct site_fetch *f)
{
    f->visit->site->media.fetches++;
    fetch(f);
}

static void start_waiting(struct site *site)
{
    struct site_media *m = &site->media;

    while (m->waiting > 0 && has_room(site)) {
        struct site_fetch *f = m->first;
        m->first = f->next;
        m->waiting--;
        start(f);
    }
}

static void queue(struct site_fetch *f)
{
    struct site_media *m = &f->visit->site->media;

    if (m->waiting == 0)
        m->first = f;
    else
        m->last->next = f;
    m->last = f;
    m->waiting++;
    start_waiting(f->visit->site);
}

/* ---- the request ---- */

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct site_fetch *f = v->own;

    return link_look_up(&f->look, v->arena, store, now_ms);
}

static void looked(struct visit *v)
{
    struct site_fetch *f = v->own;
    const struct span line =
        v->reading.err ? (struct span){NULL, 0} : link_look_medium(&f->look, (size_t)f->number);
    struct media_address address;

    if (v->reading.err == ERR_NOT_FOUND)
        pages_say(v, 404, SPAN("This link does not exist."));
    else if (v->reading.err)
        visit_fail_busy(v);
    else if (link_look_has_expired(&f->look))
        pages_say(v, 410, SPAN("This link has expired."));
    else if (line.size == 0)
        pages_say(v, 404, SPAN("There is nothing more with this text."));
    else if (!media_address_parse(line, &address))
        fail(f, "no address of the carrier's", SPAN("This could not be taken over."));
    else if (v->site->media.waiting == WAITING_MAX)
        visit_fail_busy(v);
    else {
        f->url = media_address_render(v->arena, span_of(v->site->carrier_api), &address);
        queue(f);
    }
}

void media_show(struct visit *v)
{
    struct site_fetch *f = ARENA_NEW(v->arena, struct site_fetch);
    struct span rest;

    f->visit = v;
    v->own = f;
    v->secret = true; /* the path holds the link's secret */
    const struct span secret = span_cut(span_skip(v->path, SECRET_AT), '/', &rest);
    if (!link_look_hash(secret, f->look.hash) || !span_number(v->param, 0, NUMBER_MAX, &f->number))
        pages_say(v, 404, SPAN("This link does not exist."));
    else
        visit_read(v, look_up, looked);
}
