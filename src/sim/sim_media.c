#include "sim/sim_media.h"

#include <stdlib.h>
#include <string.h>

#include "net/http_client.h"
#include "sim/sim_note.h"

enum {
    FETCH_CONNECT_MS = 5000,
    FETCH_TOTAL_MS = 15000,
    FETCHED_BYTES_MAX = 5 << 20,
    ERROR_RETRIEVAL = 11200,
    ERROR_CONNECTION = 11205,
    ERROR_TOO_LARGE = 11751,
    ERROR_TYPE = 12300,
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

/* The carrier's code for what came back; 0: good. */
static int judge(const struct http_result *r)
{
    if (r->too_large)
        return ERROR_TOO_LARGE;
    if (r->outcome != HTTP_ANSWERED)
        return r->outcome == HTTP_NOT_SENT ? ERROR_CONNECTION : ERROR_RETRIEVAL;
    if (r->status < 200 || r->status > 299)
        return ERROR_RETRIEVAL;
    return r->type.size ? 0 : ERROR_TYPE;
}

static void fetched(void *ctx, const struct http_result *r)
{
    struct sim_media *m = ctx;
    const int error = judge(r);

    m->text->world->stirred_ns = clock_mono_ns();
    m->text->media_pending--;
    m->status = r->outcome == HTTP_ANSWERED ? r->status : 0;
    if (!m->text->error)
        m->text->error = error;
    if (!error) {
        free(m->bytes);
        m->bytes = kept(r->body);
        m->size = r->body.size;
        sim_world_copy(m->type, sizeof m->type, r->type);
    }
    note(m, r->why);
}

void sim_media_fetch(struct sim_text *t)
{
    static const char *const headers[] = {"User-Agent: TwilioProxy/1.1", "Accept: */*", NULL};

    for (size_t i = 0; i < t->media_count; i++) {
        if (!t->media[i].url[0])
            continue;
        const struct http_call call = {
            .method = "GET",
            .url = t->media[i].url,
            .headers = headers,
            .connect_ms = FETCH_CONNECT_MS,
            .total_ms = FETCH_TOTAL_MS,
            .max_bytes = FETCHED_BYTES_MAX,
        };
        t->media_pending++;
        http_client_send(t->world->client, &call, fetched, &t->media[i]);
    }
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
    struct sim_fault fault;
    const char *to = happens(m, SIM_MEDIA_REDIRECT, &fault)
                         ? fault.location
                         : arena_printf(rq->arena, "%s/sim/media/%s", m->text->world->base, m->key);
    const struct http_field fields[] = {{"Location", span_of(to)}, {NULL, {0}}};

    sim_note(m->text->world, "media", "%.*s is asked for and sent on to %s", SPAN_ARG(rq->path),
             to);
    http_answer(rq, 307, NULL, (struct span){0}, fields);
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
