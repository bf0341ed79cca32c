#include "links/media.h"

#include "base/log.h"
#include "links/fetch.h"
#include "links/link_look.h"
#include "links/pages.h"
#include "provider/media_address.h"

enum {
    NUMBER_MAX = 9,               /* a message has ten at most */
    SECRET_AT = sizeof "/m/" - 1, /* in the path */
};

struct medium {
    struct fetch fetch;
    struct link_look look; /* by link; its facts serve both */
    int64_t number;
    bool by_id;
    int64_t message;
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

/* Where our own pages are, pictures and sounds alone: what is read there is not to be another page
 * beside them. */
static bool is_shown(const struct medium *m, const struct kind *kind)
{
    const struct span type = span_of(kind->type);

    if (m->by_id)
        return span_starts(type, SPAN("image/")) || span_starts(type, SPAN("audio/"));
    return !kind->saved;
}

/* ---- the answer ---- */

static void give(struct fetch *f, const struct http_result *got)
{
    struct visit *v = f->visit;
    const struct kind *kind = kind_of(got->type);
    const char *name = arena_printf(v->arena, "%s; filename=\"%s\"",
                                    is_shown(v->own, kind) ? "inline" : "attachment", kind->name);
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

    fetch_hold(v, got->body.size);
    visit_answer(
        v,
        &(struct visit_reply){
            .status = 200, .type = kind->type, .body = got->body, .fields = fields, .bare = true});
}

/* People get a page, programs and our own pages an error. */
static void say(struct visit *v, const struct medium *m, int status, struct span words)
{
    if (m->by_id)
        visit_fail(v,
                   &(struct visit_error){.status = status, .message = arena_text(v->arena, words)});
    else
        pages_say(v, status, words);
}

static void fail(struct visit *v, const struct medium *m, const char *why, struct span words)
{
    log_event(LOG_WARN,
              &(struct log_fields){.tenant = m->look.message->tenant, .event = m->look.message->id},
              "media: number %d of a message: %s", (int)m->number, why);
    say(v, m, 502, words);
}

static void not_fetched(struct fetch *f, int status, const char *why, struct span words)
{
    (void)status;
    fail(f->visit, f->visit->own, why, words);
}

/* ---- the request ---- */

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct medium *m = v->own;

    return link_look_up(&m->look, v->arena, store, now_ms);
}

static void start(struct visit *v, struct medium *m)
{
    const struct span line = link_look_medium(&m->look, (size_t)m->number);
    struct media_address address;

    if (line.size == 0)
        say(v, m, 404, SPAN("There is nothing more with this text."));
    else if (!media_address_parse(line, &address))
        fail(v, m, "no address of the carrier's", SPAN("This could not be taken over."));
    else {
        m->fetch = (struct fetch){.visit = v,
                                  .tenant = m->look.message->tenant,
                                  .account = arena_copy(v->arena, span_of(address.account)),
                                  .give = give,
                                  .fail = not_fetched};
        m->fetch.url = media_address_render(v->arena, span_of(v->site->carrier_api), &address);
        if (!fetch_start(&m->fetch))
            visit_fail_busy(v);
    }
}

static void looked(struct visit *v)
{
    struct medium *m = v->own;

    if (v->reading.err == ERR_NOT_FOUND)
        pages_say_no_link(v);
    else if (v->reading.err)
        visit_fail_busy(v);
    else if (link_look_has_expired(&m->look))
        pages_say(v, 410, SPAN("This link has expired."));
    else
        start(v, m);
}

void media_show(struct visit *v)
{
    struct medium *m = ARENA_NEW(v->arena, struct medium);
    struct span rest;

    v->own = m;
    m->fetch.visit = v;
    v->secret = true; /* the path holds the link's secret */
    const struct span secret = span_cut(span_skip(v->path, SECRET_AT), '/', &rest);
    if (!link_look_hash(secret, m->look.hash) || !span_number(v->param, 0, NUMBER_MAX, &m->number))
        pages_say_no_link(v);
    else
        visit_read(v, look_up, looked);
}

/* ---- by the message's id ---- */

static enum err find(struct visit *v, struct store *store, int64_t now_ms)
{
    struct medium *m = v->own;
    struct facts *f = &m->look.facts;

    facts_init(f, v->arena, &m->look.ids, now_ms);
    facts_want_id(f, FACT_MESSAGE, v->tenant, m->message);
    const enum err e = store_load(store, f);
    if (!e)
        m->look.message = facts_message(f, v->tenant, m->message);
    return e;
}

static void found(struct visit *v)
{
    struct medium *m = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else if (!m->look.message)
        say(v, m, 404, SPAN("there is none with this id"));
    else
        start(v, m);
}

void media_of_message(struct visit *v)
{
    struct medium *m = ARENA_NEW(v->arena, struct medium);
    struct span rest;

    v->own = m;
    m->by_id = true;
    m->fetch.visit = v;
    const struct span id = span_cut(span_skip(v->path, sizeof "/api/v1/messages/" - 1), '/', &rest);
    if (!id_parse(id, &m->message) || !span_number(v->param, 0, NUMBER_MAX, &m->number))
        say(v, m, 404, SPAN("there is none with this id"));
    else
        visit_look(v, find, found);
}
