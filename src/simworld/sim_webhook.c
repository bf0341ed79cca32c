#include "simworld/sim_webhook.h"

#include <string.h>

#include "simhook/sim_cache.h"
#include "simhook/sim_delivery.h"
#include "simhook/sim_document.h"
#include "simworld/sim_check.h"
#include "simworld/sim_held.h"
#include "simworld/sim_note.h"

enum {
    LOST_MS = 15000, /* what is lost on the way is waited for that long */
    ERROR_ADDRESS = 11100,
    ERROR_RETRIEVAL = 11200,
    ERROR_CONNECTION = 11205,
    ERROR_OVERRIDE = 11240,
    ERROR_TOO_LARGE = 11750,
    NOT_MODIFIED = 304,
    NOTED_BYTES_MAX = 8 << 10,  /* of an answer, in the timeline */
    ANSWER_BYTES_MAX = 5 << 20, /* of a sound */
};

struct sim_request {
    struct sim_request *next, **back; /* in the world's list */
    struct sim_world *world;
    struct sim_account *account;
    struct arena *arena;
    struct sim_params params;
    const char *url, *method, *fallback_url, *fallback_method;
    const char *token;   /* the idempotency token, the same for each try */
    const char *subject; /* SID, or "" */
    struct sim_jar *jar;
    bool paired; /* the jar is one of the world's pairs */
    bool media;
    bool voice, fallen_back;
    bool cut_off;               /* by an outage */
    bool lost;                  /* on its way, or its answer's: nothing comes back */
    bool kept;                  /* waits to be overtaken, until the ticket's time */
    uint64_t ticket;            /* of what the agenda holds for it; 0: nothing */
    struct sim_request *behind; /* goes out after this one */
    struct sim_request *queued; /* the next one that waits for its turn, in lockstep */
    int64_t sent_ms;
    sim_reply_fn *fn; /* NULL: a status callback */
    void *ctx;
};

static void send_now(struct sim_request *r);

/* In lockstep they go out one after the other, in the order in which they were made. */
static void line_up(struct sim_request *r)
{
    struct sim_request **end = &r->world->queued;

    while (*end)
        end = &(*end)->queued;
    *end = r;
    r->queued = NULL;
}

static void leave_list(struct sim_request *r)
{
    *r->back = r->next;
    if (r->next)
        r->next->back = r->back;
}

void sim_webhook_close(struct sim_world *w)
{
    w->queued = NULL;
    while (w->requests) {
        struct arena *arena = w->requests->arena;
        leave_list(w->requests);
        arena_close(&arena);
    }
}

static void finish_with(struct sim_request *r, const struct sim_reply *answer)
{
    struct sim_reply reply = *answer;
    struct arena *arena = r->arena;

    reply.url = r->url;
    reply.method = r->method;
    reply.arena = r->arena;
    leave_list(r);
    if (r->paired)
        sim_jars_release(&r->world->pairs, r->jar, sim_world_now(r->world));
    if (r->behind)
        send_now(r->behind);
    if (r->fn) {
        r->fn(r->ctx, &reply);
        return;
    }
    sim_held_told(r->world, r->subject);
    arena_close(&arena);
}

static void finish(struct sim_request *r, int error, const struct xml_node *root)
{
    finish_with(r, &(struct sim_reply){.error = error, .root = root});
}

/* ---- what went wrong ---- */

/* What is handed over with a warning; `what` NULL: nothing was sent. */
static struct sim_failure failure_of(const struct sim_request *r, const struct sim_delivered *what)
{
    struct sim_failure f = {.account = r->account, .callback = r->fn == NULL};

    if (!what)
        return f;
    f.variables = what->variables;
    f.request_headers = what->headers;
    if (what->result && what->result->outcome == HTTP_ANSWERED) {
        f.status = what->result->status;
        f.response_headers = what->result->head;
        f.response_body = what->result->body;
        if (f.response_body.size > SIM_FAILURE_BODY_MAX)
            f.response_body.size = SIM_FAILURE_BODY_MAX;
    }
    return f;
}

static const char *shown(const struct sim_request *r, const struct sim_delivered *what)
{
    return what && what->plain ? what->plain : sim_delivery_plain(r->arena, r->url);
}

static void blame(struct sim_request *r, int code, const char *words,
                  const struct sim_delivered *what)
{
    const struct sim_failure failure = failure_of(r, what);
    const char *url = shown(r, what);
    const struct sim_note_about about = {r->subject, url, r->method, &failure};

    sim_note_problem(r->world, code, &about, "%s %s: %s", r->method, url, words);
}

/* A document falls back to its other address; a callback is lost. */
static void fail(struct sim_request *r, int error, const char *words,
                 const struct sim_delivered *what)
{
    const char *failed = shown(r, what);

    blame(r, error, words, what);
    if (!r->fn || r->fallen_back || !r->fallback_url || !r->fallback_url[0]) {
        finish(r, error, NULL);
        return;
    }
    sim_params_number(&r->params, "ErrorCode", error);
    sim_params_text(&r->params, "ErrorUrl", failed);
    r->url = r->fallback_url;
    r->method = r->fallback_method;
    r->fallen_back = true;
    send_now(r);
}

/* ---- what comes back ---- */

static struct span start_of(struct span body)
{
    return (struct span){body.data, body.size < NOTED_BYTES_MAX ? body.size : NOTED_BYTES_MAX};
}

static void note_try(void *ctx, const struct sim_delivery_try *one)
{
    struct sim_request *r = ctx;
    const struct http_result *result = one->result;
    const bool answered = result->outcome == HTTP_ANSWERED;
    struct sim_note n;

    r->world->stirred_ns = clock_mono_ns();
    if (answered)
        sim_note_open(r->world, &n, "webhook", "%s %s -> %d", one->method, one->url,
                      result->status);
    else
        sim_note_open(r->world, &n, "webhook", "%s %s -> %s", one->method, one->url,
                      result->why && !result->trouble ? result->why
                                                      : http_trouble_name(result->trouble));
    json_out_text(&n.json, "method", span_of(one->method));
    json_out_text(&n.json, "url", span_of(one->url));
    json_out_number(&n.json, "sent_at_ms", r->sent_ms);
    json_out_number(&n.json, "status", answered ? result->status : 0);
    json_out_text(&n.json, "token", span_of(r->token));
    json_out_bool(&n.json, "callback", r->fn == NULL);
    json_out_bool(&n.json, "fallback", r->fallen_back);
    json_out_bool(&n.json, "again", one->again);
    json_out_object(&n.json, "params");
    for (size_t i = 0; i < one->params->count; i++)
        json_out_text(&n.json, arena_text(r->arena, one->params->fields[i].name),
                      one->params->fields[i].value);
    json_out_end_object(&n.json);
    if (r->fn && !r->media)
        json_out_text(&n.json, "answer", start_of(result->body));
    sim_note_close(r->world, &n);
}

static void check(struct sim_request *r, const struct xml_node *root,
                  const struct sim_delivered *what)
{
    const struct sim_failure failure = failure_of(r, what);
    const struct sim_note_about about = {r->subject, what->plain, what->method, &failure};

    if (root && root->line) /* one that came as text */
        sim_check_document(r->world, &about, r->voice, root);
}

static struct span kept_etag(void *ctx, const char *url)
{
    const struct sim_request *r = ctx;
    struct sim_cached kept;

    if (!r->fn || !sim_cache_find(r->world->cache, r->account->sid, url, &kept))
        return (struct span){0};
    return kept.etag;
}

/* A 304 stands for what was kept; what comes with an ETag is kept. */
static void from_cache(struct sim_request *r, const char *sent, struct http_result *result)
{
    struct sim_cached kept;

    if (!r->fn || strcmp(r->method, "GET") != 0)
        return;
    if (result->status == NOT_MODIFIED &&
        sim_cache_find(r->world->cache, r->account->sid, sent, &kept)) {
        result->status = 200;
        result->type = kept.type;
        result->body = kept.body;
    } else if (result->status == 200 && result->etag.size) {
        kept = (struct sim_cached){result->etag, result->type, result->body};
        sim_cache_keep(r->world->cache, r->account->sid, sent, &kept);
    }
}

/* The answer is good: a document to run, or a sound. */
static void take(struct sim_request *r, const struct sim_delivered *what)
{
    const struct http_result *result = what->result;
    const struct xml_node *root = NULL;
    int error = 0;

    if (r->media) {
        finish_with(r, &(struct sim_reply){.type = arena_copy(r->arena, result->type),
                                           .body = arena_copy(r->arena, result->body)});
        return;
    }
    if (r->fn && r->voice)
        root = sim_document_sound(r->arena, result->type, r->url);
    if (r->fn && !root)
        error = sim_document_read(r->arena, r->voice, result->type, result->body, &root);
    if (error) {
        fail(r, error, sim_document_words(error), what);
        return;
    }
    check(r, root, what);
    finish(r, 0, root);
}

static void delivered(void *ctx, const struct sim_delivered *what)
{
    struct sim_request *r = ctx;
    struct http_result used = *what->result;
    struct sim_delivered now = *what;

    now.result = &used;
    r->url = what->url;
    r->method = what->method;
    if (!r->fn && what->error == ERROR_TOO_LARGE) { /* nobody reads it */
        finish(r, 0, NULL);
        return;
    }
    if (what->error) {
        fail(r, what->error, what->words, what);
        return;
    }
    from_cache(r, what->sent, &used);
    take(r, &now);
}

static void mistaken(void *ctx, const char *words)
{
    blame(ctx, ERROR_OVERRIDE, words, NULL);
}

static void fail_address(void *ctx)
{
    fail(ctx, ERROR_ADDRESS, "that is no absolute address", NULL);
}

/* ---- what goes out ---- */

static void note_nothing(struct sim_request *r, const char *why)
{
    const struct form params = {r->params.fields, r->params.count};
    const struct http_result result = {.outcome = HTTP_NOT_SENT, .why = why};

    note_try(r,
             &(struct sim_delivery_try){
                 .method = r->method, .url = shown(r, NULL), .params = &params, .result = &result});
}

static void fail_outage(void *ctx)
{
    note_nothing(ctx, "no connection: outage");
    fail(ctx, ERROR_CONNECTION, "no connection: outage", NULL);
}

static void fail_lost(void *ctx)
{
    note_nothing(ctx, "lost on the way");
    fail(ctx, ERROR_RETRIEVAL, "lost on the way", NULL);
}

static int64_t now_of(void *ctx)
{
    const struct sim_request *r = ctx;

    return sim_world_now(r->world);
}

static void transmit(struct sim_request *r)
{
    const struct sim_delivery_order order = {
        .client = r->world->client,
        .arena = r->arena,
        .auth_token = span_of(r->account->auth_token),
        .token = r->token,
        .url = r->url,
        .get = !strcmp(r->method, "GET"),
        .params = {r->params.fields, r->params.count},
        .voice = r->voice,
        .jar = r->jar,
        .ca_file = r->world->ca_file[0] ? r->world->ca_file : NULL,
        .unverified = r->account->unverified,
        .max_bytes = r->media ? ANSWER_BYTES_MAX : 0,
        .now_ms = now_of,
        .etag = kept_etag,
        .mistake = mistaken,
        .tried = note_try,
        .done = delivered,
        .ctx = r,
    };

    r->sent_ms = sim_world_now(r->world);
    r->world->stirred_ns = clock_mono_ns();
    if (r->cut_off || r->lost)
        sim_agenda_add(r->world->agenda, r->sent_ms + (r->lost ? LOST_MS : 0),
                       r->lost ? fail_lost : fail_outage, r);
    else if (sim_delivery_start(&order))
        sim_agenda_add(r->world->agenda, r->sent_ms, fail_address, r); /* never before we return */
}

static void send_now(struct sim_request *r)
{
    if (r->world->lockstep)
        line_up(r);
    else
        transmit(r);
}

bool sim_webhook_next(struct sim_world *w)
{
    struct sim_request *r = w->queued;

    if (!r)
        return false;
    w->queued = r->queued;
    transmit(r);
    return true;
}

static bool happens(const struct sim_ask *ask, enum sim_fault_kind kind, struct sim_fault *out)
{
    const struct sim_fault_case what = {ask->voice ? "Calls" : "Messages",
                                        sim_params_get(ask->params, "To")};

    return sim_fault_take(&ask->world->faults, kind, &what, out);
}

/* Two numbers that text each other have a jar of their own. */
static void open_jar(struct sim_request *r, const struct sim_ask *ask)
{
    r->jar = ask->jar;
    if (r->jar || r->voice || !r->fn)
        return;
    r->jar = sim_jars_open(&r->world->pairs, sim_params_get(ask->params, "From"),
                           sim_params_get(ask->params, "To"), sim_world_now(r->world));
    r->paired = r->jar != NULL;
}

static const char *method_of(const char *method)
{
    return method && !strcmp(method, "GET") ? "GET" : "POST";
}

static struct sim_request *request_new(const struct sim_ask *ask, sim_reply_fn *fn, void *ctx)
{
    struct arena *arena = arena_open(0);
    struct sim_request *r = ARENA_NEW(arena, struct sim_request);
    char token[37];

    sim_world_uuid(ask->world, token);
    *r = (struct sim_request){
        .world = ask->world,
        .account = ask->account,
        .arena = arena,
        .url = arena_text(arena, span_of(ask->url)),
        .method = method_of(ask->method),
        .fallback_method = method_of(ask->fallback_method),
        .fallback_url = ask->fallback_url ? arena_text(arena, span_of(ask->fallback_url)) : NULL,
        .subject = arena_text(arena, span_of(ask->subject)),
        .token = arena_text(arena, span_of(token)),
        .voice = ask->voice,
        .media = ask->media,
        .cut_off = happens(ask, SIM_OUTAGE, NULL),
        .fn = fn,
        .ctx = ctx,
    };
    open_jar(r, ask);
    r->next = ask->world->requests;
    r->back = &ask->world->requests;
    if (r->next)
        r->next->back = &r->next;
    ask->world->requests = r;
    r->params.arena = arena;
    for (size_t i = 0; i < ask->params->count; i++)
        sim_params_add(&r->params, arena_text(arena, ask->params->fields[i].name),
                       ask->params->fields[i].value);
    return r;
}

/* The same request once more, with the same token, as the network may do it. */
static void duplicate(const struct sim_ask *ask, const struct sim_request *r,
                      enum sim_fault_kind kind)
{
    if (!happens(ask, kind, NULL))
        return;
    struct sim_request *twin = request_new(ask, NULL, NULL);
    twin->token = arena_text(twin->arena, span_of(r->token));
    twin->jar = NULL;
    send_now(twin);
}

static void kept_long_enough(void *ctx)
{
    struct sim_request *r = ctx;

    r->ticket = 0;
    r->kept = false;
    send_now(r);
}

/* What waits to be overtaken: a callback by one about the same subject, a webhook by any. */
static struct sim_request *kept_take(const struct sim_ask *ask, bool callback)
{
    struct sim_world *w = ask->world;

    for (struct sim_request *r = w->requests; r; r = r->next)
        if (r->kept && !r->fn == callback &&
            (!callback || (ask->subject && !strcmp(r->subject, ask->subject)))) {
            sim_agenda_cancel(w->agenda, &r->ticket);
            r->kept = false;
            return r;
        }
    return NULL;
}

/* The faults of the way, one after the other: loss, delay, order. */
static void send_off(const struct sim_ask *ask, struct sim_request *r)
{
    const bool callback = r->fn == NULL;
    struct sim_fault fault = {0};

    r->behind = kept_take(ask, callback);
    r->lost = !callback && happens(ask, SIM_DROP_WEBHOOK, NULL);
    const bool late = happens(ask, callback ? SIM_DELAY_CALLBACKS : SIM_DELAY_WEBHOOK, &fault);
    r->kept = !late && !r->behind &&
              happens(ask, callback ? SIM_REORDER_CALLBACKS : SIM_REORDER_WEBHOOKS, &fault);
    if (late || r->kept)
        r->ticket = sim_agenda_add(ask->world->agenda, sim_world_now(ask->world) + fault.after_ms,
                                   kept_long_enough, r);
    else
        send_now(r);
}

void sim_webhook_ask(const struct sim_ask *ask, sim_reply_fn *fn, void *ctx)
{
    struct sim_request *r = request_new(ask, fn, ctx);

    duplicate(ask, r, SIM_DUPLICATE_WEBHOOK);
    send_off(ask, r);
}

void sim_webhook_tell(const struct sim_ask *ask)
{
    if (!ask->url || !ask->url[0])
        return;
    if (happens(ask, SIM_DROP_CALLBACKS, NULL)) {
        sim_note(ask->world, "fault", "a status callback to %s is dropped", ask->url);
        return;
    }
    struct sim_request *r = request_new(ask, NULL, NULL);
    duplicate(ask, r, SIM_DUPLICATE_WEBHOOK);
    duplicate(ask, r, SIM_DUPLICATE_CALLBACKS);
    send_off(ask, r);
}
