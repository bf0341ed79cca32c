#include "web/web.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/job_api.h"
#include "api/listing.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/utf8.h"
#include "codec/url.h"
#include "hooks/availability.h"
#include "hooks/webhook_in.h"
#include "links/links.h"
#include "links/media.h"
#include "links/pages.h"
#include "links/recording.h"
#include "net/http_client.h"
#include "provider/twiml.h"
#include "visit/auth.h"
#include "visit/cors.h"
#include "visit/web_route.h"
#include "web/health.h"

enum { TABLE_BYTES_MAX = 32 << 10 };

struct web {
    struct site site;
};

/* clang-format off */
#define CARRIER(path_, event_, help_)                                                          \
    {.method = ROUTE_POST, .path = path_, .who = ROUTE_CARRIER, .handler = webhook_in,         \
     .event = event_, .help = help_}
#define LIST(path_, handler_, view_, help_)                                                    \
    {.method = ROUTE_GET, .path = path_, .who = ROUTE_API, .role = ROLE_VIEWER,                \
     .handler = handler_, .view = view_, .help = help_}
#define ACT(method_, path_, role_, handler_, help_)                                            \
    {.method = method_, .path = path_, .who = ROUTE_API, .role = role_, .handler = handler_,   \
     .help = help_}
#define OPEN(method_, path_, who_, handler_, help_)                                            \
    {.method = method_, .path = path_, .who = who_, .handler = handler_, .help = help_}

static const struct web_route routes[] = {
    CARRIER("/webhook/twilio/voice", EVENT_CALL, "an inbound call to a line; each next step with ?attempt=N"),
    CARRIER("/api/jobs/{job_id}/call-webhook", EVENT_CALL, "the same for one job"),
    CARRIER("/voice/fallback", EVENT_CALL, "the number's fallback address"),
    CARRIER("/webhook/twilio/voice/screen", EVENT_SCREEN, "a leg was picked up"),
    CARRIER("/webhook/twilio/voice/press", EVENT_PRESS, "a leg pressed a key"),
    CARRIER("/webhook/twilio/voice/read", EVENT_HEARD, "a key in a call that reads a text out"),
    CARRIER("/webhook/twilio/voice/called", EVENT_CALLED, "a call back's call to the customer ended"),
    CARRIER("/webhook/twilio/voice/choice", EVENT_CHOICE, "a caller's key while we still try"),
    CARRIER("/webhook/twilio/voice/key", EVENT_KEY, "a caller's key before anybody is rung"),
    CARRIER("/webhook/twilio/voice/recorded", EVENT_RECORDED, "the caller has spoken"),
    CARRIER("/webhook/twilio/voice/transcribed", EVENT_TRANSCRIBED, "a voicemail as the carrier has written it down"),
    CARRIER("/webhook/twilio/call-status", EVENT_CALL_STATUS, "call and leg status events"),
    CARRIER("/sms/inbound", EVENT_TEXT, "an inbound text"),
    CARRIER("/api/sms/inbound", EVENT_TEXT, "an inbound text"),
    CARRIER("/api/jobs/{job_id}/sms-webhook", EVENT_TEXT, "an inbound text of one job"),
    CARRIER("/sms/status", EVENT_RECEIPT, "delivery receipts"),
    {.method = ROUTE_GET, .path = "/webhook/twilio/operator-availability", .who = ROUTE_BOTH,
     .role = ROLE_VIEWER, .handler = availability_list, .signed_handler = availability_redirect,
     .help = "who is available now on ?line= or for ?job=; signed: a document that rings them"},
    {.method = ROUTE_POST, .path = "/webhook/twilio/operator-availability", .who = ROUTE_BOTH,
     .role = ROLE_VIEWER, .handler = availability_list, .signed_handler = availability_redirect,
     .help = "the same"},
    {.method = ROUTE_POST, .path = "/sms/reply", .who = ROUTE_BOTH, .role = ROLE_DISPATCHER,
     .handler = api_reply, .signed_handler = webhook_in, .event = EVENT_TEXT,
     .help = "an operator's reply: {thread or tag, operator, body}; signed: an inbound text"},

    LIST("/sms/dispatch-status/{job_id}", listing_job, VIEW_RELAYS, "relay state of a job"),
    LIST("/api/jobs/{job_id}/call-status", listing_job, VIEW_CALLS, "calls of a job"),
    LIST("/api/jobs/{job_id}/message-status", listing_job, VIEW_MESSAGES, "texts of a job"),
    LIST("/api/v1/jobs", listing_many, VIEW_JOBS, "jobs; ?state= ?customer= ?operator="),
    ACT(ROUTE_POST, "/api/v1/jobs", ROLE_DISPATCHER, job_api_add, "makes one; with an Idempotency-Key once"),
    ACT(ROUTE_POST, "/api/v1/jobs/import", ROLE_DISPATCHER, job_api_import, "makes many: JSON or CSV; ?partial=1 leaves out those with mistakes"),
    LIST("/api/v1/jobs/{job_id}", listing_one_job, VIEW_JOBS, "one job"),
    ACT(ROUTE_PATCH, "/api/v1/jobs/{job_id}", ROLE_DISPATCHER, job_api_change, "edits or moves it: {state or action, by, to, note, ...}; If-Match"),
    LIST("/api/v1/jobs/{job_id}/log", listing_job_log, VIEW_JOB_LOG, "its timeline, oldest first"),
    LIST("/api/v1/threads", listing_many, VIEW_THREADS, "threads"),
    LIST("/api/v1/threads/{id}", listing_one, VIEW_THREADS, "one thread"),
    LIST("/api/v1/threads/{id}/log", listing_thread, VIEW_THREAD_LOG, "what happened in it, oldest first"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/reply", ROLE_DISPATCHER, api_thread_reply, "a text to its customer: {operator, body}"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/call", ROLE_DISPATCHER, api_thread_call, "calls its customer back, by the phone of {operator}"),
    LIST("/api/v1/relays", listing_many, VIEW_RELAYS, "relays"),
    LIST("/api/v1/relays/{id}", listing_one, VIEW_RELAYS, "one relay"),
    ACT(ROUTE_POST, "/api/v1/relays/{id}/ack", ROLE_DISPATCHER, api_ack, "acknowledges it: {operator}"),
    LIST("/api/v1/calls", listing_many, VIEW_CALLS, "calls"),
    LIST("/api/v1/calls/{id}", listing_one, VIEW_CALLS, "one call"),
    ACT(ROUTE_GET, "/api/v1/calls/{id}/recording", ROLE_VIEWER, recording_of_call, "its voicemail, as sound"),
    LIST("/api/v1/call-events", listing_many, VIEW_CALL_EVENTS, "what happened in calls"),
    LIST("/api/v1/messages", listing_many, VIEW_MESSAGES, "texts in and out"),
    LIST("/api/v1/messages/{id}", listing_one, VIEW_MESSAGES, "one text"),
    LIST("/api/v1/duties", listing_many, VIEW_DUTIES, "what operators said of their own duty by text"),
    LIST("/api/v1/consents", listing_many, VIEW_CONSENTS, "who wrote STOP or START, and to which line"),
    LIST("/api/v1/events", listing_many, VIEW_EVENTS, "the log"),
    LIST("/api/v1/outbox", listing_many, VIEW_OUTBOX, "what is still to be sent"),
    LIST("/api/v1/rosters", listing_many, VIEW_ROSTERS, "versions of the roster"),
    ACT(ROUTE_GET, "/api/v1/operators", ROLE_VIEWER, api_operators, "who is on the roster"),
    ACT(ROUTE_GET, "/api/v1/lines", ROLE_VIEWER, api_lines, "the numbers on the roster"),
    {.method = ROUTE_GET, .path = "/api/v1/tokens", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = listing_many, .view = VIEW_TOKENS, .help = "tokens, without their text"},
    {.method = ROUTE_POST, .path = "/api/v1/tokens", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = api_token_add, .no_tenant = true, .help = "makes one: {tenant, role, name}"},
    {.method = ROUTE_DELETE, .path = "/api/v1/tokens/{id}", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = api_token_drop, .no_tenant = true, .help = "revokes it"},
    {.method = ROUTE_POST, .path = "/api/v1/reload", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = api_reload, .no_tenant = true, .help = "reads the roster files again"},

    OPEN(ROUTE_GET, "/", ROUTE_PUBLIC, pages_home, "what runs here"),
    OPEN(ROUTE_GET, "/style.css", ROUTE_PUBLIC, pages_style, "the pages' style"),
    OPEN(ROUTE_GET, TWIML_RINGING_PATH, ROUTE_PUBLIC, pages_ringing, "what a caller hears while phones ring for him"),
    OPEN(ROUTE_GET, "/j/{token}", ROUTE_PUBLIC, links_show, "the page of a link in a text"),
    OPEN(ROUTE_POST, "/j/{token}", ROUTE_PUBLIC, links_act, "its button"),
    OPEN(ROUTE_GET, "/m/{token}/{number}", ROUTE_PUBLIC, media_show, "a photo of a text"),
    OPEN(ROUTE_GET, "/r/{token}", ROUTE_PUBLIC, recording_by_link, "the voicemail that a link leads to"),
    OPEN(ROUTE_GET, "/healthz", ROUTE_HEALTH, health_live, "alive"),
    OPEN(ROUTE_GET, "/readyz", ROUTE_HEALTH, health_ready, "able to store"),
    OPEN(ROUTE_GET, "/metrics", ROUTE_ADMIN, health_metrics, "figures for Prometheus"),
};

static const char *const who_names[] = {
    [ROUTE_CARRIER] = "carrier", [ROUTE_API] = "api", [ROUTE_BOTH] = "both",
    [ROUTE_PUBLIC] = "public", [ROUTE_HEALTH] = "public", [ROUTE_ADMIN] = "admin",
};
/* clang-format on */

enum { ROUTES = sizeof routes / sizeof routes[0] };

/* A listener that does not serve a route answers as if it did not exist. */
static bool is_served(enum route_who who, int listener)
{
    switch (who) {
    case ROUTE_HEALTH:
        return true;
    case ROUTE_ADMIN:
        return listener != WEB_PUBLIC;
    case ROUTE_CARRIER:
    case ROUTE_API:
    case ROUTE_BOTH:
    case ROUTE_PUBLIC:
        return listener != WEB_ADMIN;
    }
    return false;
}

static void no_such_path(struct visit *v)
{
    visit_fail(v, &(struct visit_error){.status = 404, .message = "there is nothing here"});
}

static void no_such_method(struct visit *v, const struct web_route_match *match)
{
    log_line(LOG_INFO, "web: 405 %.*s", SPAN_ARG(v->rq->method));
    visit_fail(v, &(struct visit_error){.status = 405,
                                        .message = "not by this method",
                                        .header = "Allow",
                                        .value = web_route_methods(v->arena, match->methods)});
}

/* What stands for {name} is kept, sent and shown as text. */
static bool take_param(struct visit *v, struct span raw)
{
    if (url_unescape(v->arena, raw, &v->param) || !utf8_is_valid(v->param))
        return false;
    for (size_t i = 0; i < v->param.size; i++)
        if ((unsigned char)v->param.data[i] < ' ' || v->param.data[i] == 0x7f)
            return false;
    return true;
}

static void enter(struct visit *v)
{
    switch (v->route->who) {
    case ROUTE_CARRIER:
    case ROUTE_PUBLIC:
    case ROUTE_HEALTH:
    case ROUTE_ADMIN:
        v->route->handler(v);
        return;
    case ROUTE_BOTH: /* a failed check never falls through to the other */
        if (auth_has_signature(v))
            v->route->signed_handler(v);
        else
            auth_token(v, v->route->handler);
        return;
    case ROUTE_API:
        auth_token(v, v->route->handler);
        return;
    }
}

void web_handle(void *ctx, struct http_request *rq)
{
    struct web *web = ctx;
    struct visit *v = visit_open(&web->site, rq);
    const struct web_route_match match = web_route_find(routes, ROUTES, rq->method, v->path);
    const bool covered = cors_covers(v->path);

    if (covered)
        cors_note(v);
    if (!match.route || !is_served(match.route->who, v->listener)) {
        no_such_path(v);
        return;
    }
    if (span_is_text(rq->method, "OPTIONS") && covered) {
        cors_answer(v, web_route_methods(v->arena, match.methods));
        return;
    }
    if (!match.has_method) {
        no_such_method(v, &match);
        return;
    }
    v->route = match.route;
    if (match.param.size > 0 && !take_param(v, match.param)) {
        visit_fail(v, &(struct visit_error){.status = 400, .message = "the path is malformed"});
        return;
    }
    enter(v);
}

enum err web_open(const struct web_options *options, struct web **out)
{
    struct signature_keys *keys = signature_keys_open(options->auth_tokens, SIGNATURE_TOKENS_MAX);

    if (!keys)
        return ERR_BAD_INPUT;
    struct web *web = arena_must_alloc(sizeof *web);
    memset(web, 0, sizeof *web);
    struct site *site = &web->site;
    const enum err e = http_client_open(options->loop, &site->media.client);
    if (e) {
        signature_keys_close(&keys);
        free(web);
        return e;
    }
    site->engine = options->engine;
    site->public_url = span_of(options->public_url);
    memcpy(site->callback_key, options->callback_key, sizeof site->callback_key);
    site->callback = (struct callback){site->public_url, site->callback_key};
    site->keys = keys;
    site->origins = options->cors_origins;
    site->origin_count = options->cors_origin_count;
    site->version = options->version;
    site->scripts = options->scripts;
    site->carrier_api = options->carrier_api;
    site->api_user = options->api_user;
    site->api_password = options->api_password;
    site->tokens = auth_cache_open();
    *out = web;
    return ERR_NONE;
}

void web_close(struct web **web)
{
    if (!*web)
        return;
    struct site *site = &(*web)->site;
    http_client_close(&site->media.client);
    while (site->visits)
        visit_close(site->visits);
    while (site->spare_count > 0)
        arena_close(&site->spare[--site->spare_count]);
    signature_keys_close(&site->keys);
    auth_cache_close(&site->tokens);
    free(*web);
    *web = NULL;
}

static const char *method_name(enum route_method method)
{
    switch (method) {
    case ROUTE_GET:
        return "GET";
    case ROUTE_POST:
        return "POST";
    case ROUTE_DELETE:
        return "DELETE";
    case ROUTE_PATCH:
        return "PATCH";
    }
    return "";
}

struct span web_table(struct arena *arena)
{
    struct buf out = buf_in(arena, TABLE_BYTES_MAX);

    for (size_t i = 0; i < ROUTES; i++)
        buf_printf(&out, "%s %s %s %s\n", method_name(routes[i].method), routes[i].path,
                   who_names[routes[i].who], routes[i].help);
    return buf_span(&out);
}
