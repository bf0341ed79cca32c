#include "simtext/sim_media.h"

#include <stdlib.h>
#include <string.h>

#include "simhook/sim_delivery.h"
#include "simworld/sim_note.h"

enum {
    FETCHED_BYTES_MAX = 5 << 20,
    OTHER_BYTES_MAX = 500 << 10, /* of what is no picture that phones show */
    ERROR_ADDRESS = 11100,
    ERROR_OVERRIDE = 11240,
    ERROR_TOO_LARGE = 11751,
    ERROR_TYPE = 12300,
    REDIRECT = 307,
};

static char *kept(struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    if (text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

void sim_media_attach(struct sim_text *t, const struct sim_media_draft *drafts, size_t count)
{
    if (!count)
        return;
    t->media = arena_must_alloc(count * sizeof *t->media);
    for (size_t i = 0; i < count; i++) {
        struct sim_media *m = &t->media[t->media_count++];
        m->text = t;
        m->url = kept(drafts[i].url);
        m->bytes = kept(drafts[i].bytes);
        m->size = drafts[i].bytes.size;
        sim_world_copy(m->type, sizeof m->type, drafts[i].type);
        sim_world_media_add(t->world, m);
    }
}

static void note(const struct sim_media *m, const char *why)
{
    struct sim_note n;

    sim_note_open(m->text->world, &n, "media", "GET %s -> %d %s, %zu bytes%s%s", m->url, m->status,
                  m->type, m->size, why ? ": " : "", why ? why : "");
    json_out_text(&n.json, "message", span_of(m->text->sid));
    json_out_text(&n.json, "media", span_of(m->sid));
    json_out_text(&n.json, "url", span_of(m->url));
    json_out_number(&n.json, "status", m->status);
    json_out_text(&n.json, "type", span_of(m->type));
    json_out_number(&n.json, "bytes", (int64_t)m->size);
    sim_note_close(m->text->world, &n);
}

static void tried(void *ctx, const struct sim_delivery_try *one)
{
    struct sim_media *m = ctx;

    (void)one;
    m->text->world->stirred_ns = clock_mono_ns();
}

static void mistaken(void *ctx, const char *words)
{
    const struct sim_media *m = ctx;

    sim_note_warning(m->text->world, ERROR_OVERRIDE, m->text->sid, "GET %s: %s", m->url, words);
}

/* A failure is told with the exchange, and fails the text, unless that is canceled. */
static void blame(struct sim_media *m, int code, const char *words,
                  const struct sim_delivered *what)
{
    struct sim_failure failure = {.account = m->text->account};
    const struct sim_note_about about = {m->text->sid, m->url, "GET", &failure};

    if (!m->text->error && !m->text->settled)
        m->text->error = code;
    if (what) {
        failure.request_headers = what->headers;
        failure.status = m->status;
        failure.response_headers = what->result->head;
    }
    sim_note_problem(m->text->world, code, &about, "GET %s: %s", m->url, words);
    note(m, words);
}

/* What came is kept when it is good. */
static void keep(struct sim_media *m, const struct http_result *r)
{
    free(m->bytes);
    m->bytes = kept(r->body);
    m->size = r->body.size;
    sim_world_copy(m->type, sizeof m->type, r->type);
    note(m, NULL);
}

static bool is_picture(struct span type)
{
    static const char *const pictures[] = {"image/jpeg", "image/jpg", "image/png", "image/gif"};
    struct span parameters;
    const struct span kind = span_trim(span_cut(type, ';', &parameters));

    for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
        if (span_is_nocase(kind, span_of(pictures[i])))
            return true;
    return false;
}

static void fetched(void *ctx, const struct sim_delivered *what)
{
    struct sim_media *m = ctx;
    const struct http_result *r = what->result;

    m->text->media_pending--;
    m->status = r->outcome == HTTP_ANSWERED ? r->status : 0;
    if (r->too_large)
        blame(m, ERROR_TOO_LARGE, "the media is larger than 5 MB", what);
    else if (what->error)
        blame(m, what->error, what->words, what);
    else if (!r->type.size)
        blame(m, ERROR_TYPE, "the media has no content type", what);
    else if (r->body.size > OTHER_BYTES_MAX && !is_picture(r->type))
        blame(m, ERROR_TOO_LARGE, "media that is no jpeg, png or gif is larger than 500 kB", what);
    else
        keep(m, r);
    arena_close(&m->fetch);
}

static int64_t now_of(void *ctx)
{
    const struct sim_media *m = ctx;

    return sim_world_now(m->text->world);
}

static void fetch(struct sim_media *m)
{
    const struct sim_world *w = m->text->world;

    m->fetch = arena_open(0);
    const struct sim_delivery_order order = {
        .client = w->client,
        .arena = m->fetch,
        .url = m->url,
        .get = true,
        .ca_file = w->ca_file[0] ? w->ca_file : NULL,
        .unverified = m->text->account->unverified,
        .max_bytes = FETCHED_BYTES_MAX,
        .now_ms = now_of,
        .mistake = mistaken,
        .tried = tried,
        .done = fetched,
        .ctx = m,
    };
    m->text->media_pending++;
    if (!sim_delivery_start(&order))
        return;
    m->text->media_pending--;
    blame(m, ERROR_ADDRESS, "that is no absolute address", NULL);
    arena_close(&m->fetch);
}

void sim_media_fetch(struct sim_text *t)
{
    for (size_t i = 0; i < t->media_count; i++)
        if (t->media[i].url[0])
            fetch(&t->media[i]);
}

const char *sim_media_address(struct arena *arena, const struct sim_media *m)
{
    return arena_printf(arena, "%s/2010-04-01/Accounts/%s/Messages/%s/Media/%s",
                        m->text->world->base, m->text->account->sid, m->text->sid, m->sid);
}

static bool happens(const struct sim_media *m, enum sim_fault_kind kind, struct sim_fault *out)
{
    const struct sim_fault_case what = {"Messages", span_of(m->text->to)};

    return sim_fault_take(&m->text->world->faults, kind, &what, out);
}

void sim_media_send_on(const struct sim_media *m, struct http_request *rq)
{
    const int64_t status = m->text->world->text_rules.media_status;
    struct sim_fault fault;
    const char *to = happens(m, SIM_MEDIA_REDIRECT, &fault)
                         ? fault.location
                         : arena_printf(rq->arena, "%s/sim/media/%s", m->text->world->base, m->key);
    const struct http_field fields[] = {{"Location", span_of(to)}, {NULL, {0}}};

    sim_note(m->text->world, "media", "%.*s is asked for and sent on to %s", SPAN_ARG(rq->path),
             to);
    http_answer(rq, status ? (int)status : REDIRECT, NULL, (struct span){0}, fields);
}

void sim_media_serve(struct sim_world *w, struct span key, struct http_request *rq)
{
    const struct sim_media *m = sim_world_media(w, key);
    struct sim_fault fault;

    w->stirred_ns = clock_mono_ns();
    if (!m || !span_is_text(key, m->key)) {
        http_answer(rq, 404, "text/plain", SPAN("no such media\n"), NULL);
        return;
    }
    struct span body = {m->bytes, m->size};
    if (happens(m, SIM_MEDIA_BYTES, &fault)) {
        char *zeros = arena_alloc(rq->arena, (size_t)fault.bytes);
        body = (struct span){zeros, (size_t)fault.bytes};
    }
    sim_note(w, "media", "%s is fetched: %s, %zu bytes", m->sid, m->type, body.size);
    http_answer(rq, 200, m->type[0] ? m->type : "application/octet-stream", body, NULL);
}
