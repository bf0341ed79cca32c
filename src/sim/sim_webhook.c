#include "sim/sim_webhook.h"

#include <string.h>

#include "codec/url.h"
#include "provider/signature.h"
#include "sim/sim_check.h"
#include "sim/sim_held.h"
#include "sim/sim_note.h"

enum {
    CONNECT_MS = 5000,
    TOTAL_MS = 15000,
    REDIRECTS_MAX = 10,
    DOCUMENT_BYTES_MAX = 64 << 10,
    URL_BYTES_MAX = 16 << 10,
    BODY_BYTES_MAX = 64 << 10,
    ERROR_ADDRESS = 11100,
    ERROR_RETRIEVAL = 11200,
    ERROR_CONNECTION = 11205,
    ERROR_REDIRECTS = 11215,
    ERROR_TOO_LARGE = 11750,
    ERROR_EMPTY = 11770,
    ERROR_PARSE = 12100,
    ERROR_ROOT = 12102,
    ERROR_TYPE = 12300,
};

struct sim_request {
    struct sim_request *next, **back; /* in the world's list */
    struct sim_world *world;
    struct sim_account *account;
    struct arena *arena;
    struct sim_params params;
    const char *url, *method, *fallback_url;
    const char *token;   /* the idempotency token, the same for each try */
    const char *subject; /* SID, or "" */
    char *cookie;
    bool voice, retried, fallen_back;
    bool cut_off;               /* by an outage */
    bool kept;                  /* a callback that waits to be overtaken, until the ticket's time */
    uint64_t ticket;            /* of what the agenda holds for it; 0: nothing */
    struct sim_request *behind; /* goes out after this one */
    int redirects;
    int64_t sent_ms;
    sim_reply_fn *fn; /* NULL: a status callback */
    void *ctx;
};

void sim_params_add(struct sim_params *p, const char *name, struct span value)
{
    if (p->count == SIM_PARAMS_MAX)
        return;
    p->fields[p->count++] = (struct form_field){span_of(name), arena_copy(p->arena, value)};
}

void sim_params_text(struct sim_params *p, const char *name, const char *value)
{
    sim_params_add(p, name, span_of(value));
}

void sim_params_number(struct sim_params *p, const char *name, int64_t value)
{
    sim_params_text(p, name, arena_printf(p->arena, "%lld", (long long)value));
}

/* "http://user:pw@host:port/path?query#x" without what the carrier never sends or signs. */
static const char *address(struct arena *arena, const struct url *u)
{
    struct buf b = buf_in(arena, URL_BYTES_MAX);

    buf_printf(&b, "%.*s://%.*s", SPAN_ARG(u->scheme), SPAN_ARG(u->host));
    if (u->port.size)
        buf_printf(&b, ":%.*s", SPAN_ARG(u->port));
    buf_add(&b, u->path.size ? u->path : SPAN("/"));
    if (u->has_query)
        buf_printf(&b, "?%.*s", SPAN_ARG(u->query));
    return b.data;
}

static struct span encoded(struct arena *arena, const struct sim_params *p)
{
    struct buf b = buf_in(arena, BODY_BYTES_MAX);

    for (size_t i = 0; i < p->count; i++)
        form_add(&b, p->fields[i].name.data, p->fields[i].value);
    return buf_span(&b);
}

/* A GET carries its parameters in the query, which is then part of what is signed. */
static const char *with_query(struct arena *arena, const char *url, struct span query)
{
    const struct span whole = span_of(url);
    const char *hash = memchr(whole.data, '#', whole.size);
    const struct span plain = {whole.data, hash ? (size_t)(hash - whole.data) : whole.size};
    const char *joint = memchr(plain.data, '?', plain.size) ? "&" : "?";

    if (!query.size)
        return url;
    return arena_printf(arena, "%.*s%s%.*s", SPAN_ARG(plain), joint, SPAN_ARG(query));
}

static void send_now(struct sim_request *r);

static void leave_list(struct sim_request *r)
{
    *r->back = r->next;
    if (r->next)
        r->next->back = r->back;
}

void sim_webhook_close(struct sim_world *w)
{
    while (w->requests) {
        struct arena *arena = w->requests->arena;
        leave_list(w->requests);
        arena_close(&arena);
    }
}

static void finish(struct sim_request *r, int error, const struct xml_node *root)
{
    const struct sim_reply reply = {error, root, r->url, r->arena};
    struct arena *arena = r->arena;

    leave_list(r);
    if (r->behind)
        send_now(r->behind);
    if (r->fn) {
        r->fn(r->ctx, &reply);
        return;
    }
    sim_held_told(r->world, r->subject);
    arena_close(&arena);
}

static void fail(struct sim_request *r, int error)
{
    if (!r->fn || r->fallen_back || !r->fallback_url || !r->fallback_url[0]) {
        finish(r, error, NULL);
        return;
    }
    sim_params_number(&r->params, "ErrorCode", error);
    sim_params_text(&r->params, "ErrorUrl", r->url);
    r->url = r->fallback_url;
    r->method = "POST";
    r->fallen_back = true;
    r->retried = false;
    r->redirects = 0;
    send_now(r);
}

static const struct xml_node *spoken(struct arena *arena, bool voice, struct span words)
{
    struct buf b = buf_in(arena, DOCUMENT_BYTES_MAX * 2);
    struct xml_out o = xml_out(&b);
    struct xml_node *root = NULL;
    struct xml_place place;

    xml_out_begin(&o, "Response");
    xml_out_begin(&o, voice ? "Say" : "Message");
    xml_out_text(&o, words);
    xml_out_end(&o);
    xml_out_end(&o);
    return xml_parse(arena, buf_span(&b), &root, &place) ? NULL : root;
}

int sim_webhook_read(struct arena *arena, bool voice, struct span type, struct span body,
                     const struct xml_node **out_root)
{
    struct span parameters;
    const struct span kind = span_trim(span_cut(type, ';', &parameters));
    const bool plain = span_is_nocase(kind, SPAN("text/plain"));
    struct xml_node *root = NULL;
    struct xml_place place;

    *out_root = NULL;
    if (body.size > DOCUMENT_BYTES_MAX)
        return ERROR_TOO_LARGE;
    if (!span_trim(body).size)
        return voice ? ERROR_EMPTY : 0;
    if (!plain && !span_is_nocase(kind, SPAN("text/xml")) &&
        !span_is_nocase(kind, SPAN("application/xml")) && !span_is_nocase(kind, SPAN("text/html")))
        return ERROR_TYPE;
    const bool parsed = xml_parse(arena, arena_copy(arena, body), &root, &place) == ERR_NONE;
    if (!parsed && plain) {
        *out_root = spoken(arena, voice, span_trim(body));
        return 0;
    }
    if (!parsed)
        return ERROR_PARSE;
    if (!span_is_text(root->name, "Response"))
        return ERROR_ROOT;
    *out_root = root;
    return 0;
}

static void note(struct sim_request *r, const struct http_result *result)
{
    struct sim_note n;
    char status[48];

    sim_world_copy(status, sizeof status,
                   result->outcome == HTTP_ANSWERED
                       ? span_of(arena_printf(r->arena, "%d", result->status))
                       : span_of(result->why ? result->why : "no answer"));
    sim_note_open(r->world, &n, "webhook", "%s %s -> %s", r->method, r->url, status);
    json_out_text(&n.json, "method", span_of(r->method));
    json_out_text(&n.json, "url", span_of(r->url));
    json_out_number(&n.json, "sent_at_ms", r->sent_ms);
    json_out_number(&n.json, "status", result->outcome == HTTP_ANSWERED ? result->status : 0);
    json_out_text(&n.json, "token", span_of(r->token));
    json_out_bool(&n.json, "callback", r->fn == NULL);
    json_out_bool(&n.json, "fallback", r->fallen_back);
    json_out_object(&n.json, "params");
    for (size_t i = 0; i < r->params.count; i++)
        json_out_text(&n.json, r->params.fields[i].name.data, r->params.fields[i].value);
    json_out_end_object(&n.json);
    if (r->fn)
        json_out_text(&n.json, "answer", result->body);
    sim_note_close(r->world, &n);
}

static void follow(struct sim_request *r, const struct http_result *result)
{
    if (++r->redirects > REDIRECTS_MAX) {
        fail(r, ERROR_REDIRECTS);
        return;
    }
    const struct span to = url_resolve(r->arena, span_of(r->url), result->location);
    r->url = arena_text(r->arena, to);
    if (result->status != 307 && result->status != 308) {
        r->method = "GET";
        r->params.count = 0;
    }
    send_now(r);
}

static void keep_cookie(struct sim_request *r, struct span cookie)
{
    struct span attributes;

    if (r->cookie && cookie.size)
        sim_world_copy(r->cookie, SIM_COOKIE_SIZE, span_trim(span_cut(cookie, ';', &attributes)));
}

static const struct xml_node *checked(struct sim_request *r, const struct xml_node *root)
{
    if (root)
        sim_check_document(r->world, r->subject, r->voice, root);
    return root;
}

static void done(void *ctx, const struct http_result *result)
{
    struct sim_request *r = ctx;
    const struct xml_node *root = NULL;

    r->world->stirred_ns = clock_mono_ns();
    if (result->outcome == HTTP_NOT_SENT && !r->retried) {
        r->retried = true;
        send_now(r);
        return;
    }
    note(r, result);
    if (result->outcome != HTTP_ANSWERED) {
        fail(r, result->outcome == HTTP_NOT_SENT ? ERROR_CONNECTION : ERROR_RETRIEVAL);
        return;
    }
    keep_cookie(r, result->cookie);
    if (result->status >= 300 && result->status < 400 && result->location.size) {
        follow(r, result);
        return;
    }
    int error = result->status >= 200 && result->status < 300 ? 0 : ERROR_RETRIEVAL;
    if (!error && r->fn)
        error = sim_webhook_read(r->arena, r->voice, result->type, result->body, &root);
    if (error)
        fail(r, error);
    else
        finish(r, 0, checked(r, root));
}

static void fail_address(void *ctx)
{
    fail(ctx, ERROR_ADDRESS);
}

static void fail_outage(void *ctx)
{
    done(ctx, &(struct http_result){.outcome = HTTP_NOT_SENT, .why = "no connection: outage"});
}

/* Voice over https is signed as if the address had no port. */
static const char *sign(struct sim_request *r, const char *url, bool post, struct span form)
{
    const struct span token = span_of(r->account->auth_token);
    struct signature_keys *keys = signature_keys_open(&token, 1);
    const struct form parsed = {r->params.fields, r->params.count};
    const struct signature_request signed_part = {
        .method = post ? SPAN("POST") : SPAN("GET"),
        .url = span_of(url),
        .content_type = SPAN("application/x-www-form-urlencoded"),
        .body = form,
        .form = post ? &parsed : NULL,
    };
    char *out = arena_alloc(r->arena, SIGNATURE_TEXT_SIZE);

    if (signature_sign(r->arena, keys, &signed_part, r->voice, out))
        out[0] = 0;
    signature_keys_close(&keys);
    return out;
}

static void send_now(struct sim_request *r)
{
    const bool post = strcmp(r->method, "GET") != 0;
    const struct span form = encoded(r->arena, &r->params);
    const char *full = post ? r->url : with_query(r->arena, r->url, form);
    struct url u;

    r->sent_ms = sim_world_now(r->world);
    r->world->stirred_ns = clock_mono_ns();
    if (r->cut_off) {
        sim_agenda_add(r->world->agenda, r->sent_ms, fail_outage, r);
        return;
    }
    if (url_parse(span_of(full), &u)) {
        sim_note(r->world, "warning", "%d: \"%s\" is no absolute address", ERROR_ADDRESS, full);
        sim_agenda_add(r->world->agenda, r->sent_ms, fail_address, r); /* never before we return */
        return;
    }
    const char *sent = address(r->arena, &u);
    const char *signature = sign(r, sent, post, form);
    const char *headers[8] = {
        "User-Agent: TwilioProxy/1.1",
        "Accept: */*",
        "Cache-Control: max-age=259200",
        arena_printf(r->arena, "X-Twilio-Signature: %s", signature),
        arena_printf(r->arena, "I-Twilio-Idempotency-Token: %s", r->token),
    };
    size_t n = 5;
    if (post)
        headers[n++] = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
    if (r->cookie && r->cookie[0])
        headers[n++] = arena_printf(r->arena, "Cookie: %s", r->cookie);
    const struct http_call call = {
        .method = post ? "POST" : "GET",
        .url = sent,
        .headers = headers,
        .body = post ? form : (struct span){0},
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
    };
    http_client_send(r->world->client, &call, done, r);
}

static bool happens(const struct sim_ask *ask, enum sim_fault_kind kind, struct sim_fault *out)
{
    struct sim_fault_case what = {ask->voice ? "Calls" : "Messages", {0}};

    for (size_t i = 0; i < ask->params->count; i++)
        if (span_is_text(ask->params->fields[i].name, "To"))
            what.to = ask->params->fields[i].value;
    return sim_fault_take(&ask->world->faults, kind, &what, out);
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
        .method = ask->method && !strcmp(ask->method, "GET") ? "GET" : "POST",
        .fallback_url = ask->fallback_url ? arena_text(arena, span_of(ask->fallback_url)) : NULL,
        .subject = arena_text(arena, span_of(ask->subject)),
        .token = arena_text(arena, span_of(token)),
        .cookie = ask->cookie,
        .voice = ask->voice,
        .cut_off = happens(ask, SIM_OUTAGE, NULL),
        .fn = fn,
        .ctx = ctx,
    };
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
    twin->cookie = NULL;
    send_now(twin);
}

void sim_webhook_ask(const struct sim_ask *ask, sim_reply_fn *fn, void *ctx)
{
    struct sim_request *r = request_new(ask, fn, ctx);

    duplicate(ask, r, SIM_DUPLICATE_WEBHOOK);
    send_now(r);
}

static void kept_long_enough(void *ctx)
{
    struct sim_request *r = ctx;

    r->ticket = 0;
    r->kept = false;
    send_now(r);
}

/* The callback about the same subject that waits to be overtaken, or NULL. */
static struct sim_request *kept_take(struct sim_world *w, const char *subject)
{
    for (struct sim_request *r = w->requests; r && subject; r = r->next)
        if (r->kept && !strcmp(r->subject, subject)) {
            sim_agenda_cancel(w->agenda, &r->ticket);
            r->kept = false;
            return r;
        }
    return NULL;
}

void sim_webhook_tell(const struct sim_ask *ask)
{
    struct sim_fault fault;

    if (!ask->url || !ask->url[0])
        return;
    if (happens(ask, SIM_DROP_CALLBACKS, NULL)) {
        sim_note(ask->world, "fault", "a status callback to %s is dropped", ask->url);
        return;
    }
    struct sim_request *overtaken = kept_take(ask->world, ask->subject);
    struct sim_request *r = request_new(ask, NULL, NULL);
    duplicate(ask, r, SIM_DUPLICATE_WEBHOOK);
    duplicate(ask, r, SIM_DUPLICATE_CALLBACKS);
    r->behind = overtaken;
    r->kept = !overtaken && happens(ask, SIM_REORDER_CALLBACKS, &fault);
    if (r->kept)
        r->ticket = sim_agenda_add(ask->world->agenda, sim_world_now(ask->world) + fault.after_ms,
                                   kept_long_enough, r);
    else
        send_now(r);
}
