#include "web/web.h"

#include <stdlib.h>
#include <string.h>

#include "admin/doctor_api.h"
#include "admin/duty_api.h"
#include "admin/health_api.h"
#include "admin/listed.h"
#include "admin/roster_api.h"
#include "admin/roster_parts.h"
#include "admin/script_api.h"
#include "admin/session_api.h"
#include "admin/setup_api.h"
#include "admin/token_api.h"
#include "admin/user_api.h"
#include "api/act_api.h"
#include "api/api.h"
#include "api/board_api.h"
#include "api/call_api.h"
#include "api/forget_api.h"
#include "api/job_api.h"
#include "api/listing.h"
#include "api/report_api.h"
#include "api/thread_api.h"
#include "api/timeline.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/log.h"
#include "base/utf8.h"
#include "codec/url.h"
#include "hooks/availability.h"
#include "hooks/live_lines.h"
#include "hooks/report_only_api.h"
#include "hooks/unproven.h"
#include "hooks/webhook_in.h"
#include "host/backup_api.h"
#include "host/tenant_api.h"
#include "host/tenant_leave.h"
#include "host/tenant_rows.h"
#include "links/links.h"
#include "links/media.h"
#include "links/pages.h"
#include "links/recording.h"
#include "net/http_client.h"
#include "openapi/openapi.h"
#include "openapi/openapi_page.h"
#include "provider/twiml.h"
#include "stream/log_api.h"
#include "stream/log_export.h"
#include "stream/stream.h"
#include "visit/attempts.h"
#include "visit/auth.h"
#include "visit/cors.h"
#include "visit/on_duty.h"
#include "visit/session.h"
#include "visit/standing.h"
#include "visit/web_route.h"
#include "web/board_page.h"
#include "web/emf.h"
#include "web/figures.h"
#include "web/health.h"

enum { TABLE_BYTES_MAX = 32 << 10, PASSWORDS_WAITING = 8 };

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

#define SESSION(method_, path_, handler_, help_)                                               \
    {.method = method_, .path = path_, .who = ROUTE_SESSION, .role = ROLE_VIEWER,              \
     .handler = handler_, .no_tenant = true, .help = help_}
#define ADMIN(method_, path_, handler_, help_)                                                 \
    {.method = method_, .path = path_, .who = ROUTE_API, .role = ROLE_ADMIN,                   \
     .handler = handler_, .no_tenant = true, .help = help_}

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
     .handler = act_api_reply, .signed_handler = webhook_in, .event = EVENT_TEXT,
     .help = "an operator's reply: {thread or tag, operator, body}; signed: an inbound text"},

    LIST("/sms/dispatch-status/{job_id}", listing_job, VIEW_RELAYS, "relay state of a job"),
    LIST("/api/jobs/{job_id}/call-status", listing_job, VIEW_CALLS, "calls of a job"),
    LIST("/api/jobs/{job_id}/message-status", listing_job, VIEW_MESSAGES, "texts of a job"),
    ACT(ROUTE_GET, "/api/v1/board", ROLE_VIEWER, board_api_show, "live calls, who waits, who is on duty, health, alarms, and the stream's cursor, of one instant"),
    LIST("/api/v1/jobs", listing_jobs, VIEW_JOBS, "jobs, and how many there are of each state; ?state= (active: those that are not over) ?customer= ?operator= ?line= ?since= ?until="),
    ACT(ROUTE_POST, "/api/v1/jobs", ROLE_DISPATCHER, job_api_add, "makes one; with an Idempotency-Key once"),
    ACT(ROUTE_POST, "/api/v1/jobs/import", ROLE_DISPATCHER, job_api_import, "makes many: JSON or CSV; ?partial=1 leaves out those with mistakes"),
    LIST("/api/v1/jobs/{job_id}", listing_one_job, VIEW_JOBS, "one job"),
    ACT(ROUTE_PATCH, "/api/v1/jobs/{job_id}", ROLE_DISPATCHER, job_api_change, "edits or moves it: {state or action, by, to, note, ...}; If-Match"),
    LIST("/api/v1/jobs/{job_id}/log", listing_job_log, VIEW_JOB_LOG, "its timeline, oldest first"),
    LIST("/api/v1/threads", thread_api_list, VIEW_INBOX, "threads by last activity; ?state=open|closed|waiting ?line= ?owner= ?job= ?q="),
    LIST("/api/v1/threads/{id}", listing_one, VIEW_THREADS, "one thread"),
    LIST("/api/v1/threads/{id}/log", listing_thread, VIEW_THREAD_LOG, "what happened in it, oldest first"),
    LIST("/api/v1/threads/{id}/timeline", timeline_list, VIEW_TIMELINE, "all of it in one list, latest first"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/reply", ROLE_DISPATCHER, act_api_thread_reply, "a text to its customer: {operator, body}"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/call", ROLE_DISPATCHER, act_api_call, "calls its customer back, by the phone of {operator}"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/close", ROLE_DISPATCHER, act_api_close, "closes it: what waits is taken, and who had it is told: {operator}"),
    ACT(ROUTE_POST, "/api/v1/threads/{id}/reopen", ROLE_DISPATCHER, act_api_reopen, "opens it again: {operator}"),
    LIST("/api/v1/relays", listing_many, VIEW_RELAYS, "relays; ?state= (waiting: whom somebody must answer) ?thread= ?job= ?operator= ?line= ?since= ?until="),
    LIST("/api/v1/relays/{id}", listing_one, VIEW_RELAYS, "one relay"),
    ACT(ROUTE_POST, "/api/v1/relays/{id}/ack", ROLE_DISPATCHER, act_api_ack, "acknowledges it: {operator}"),
    ACT(ROUTE_POST, "/api/v1/relays/{id}/pass", ROLE_DISPATCHER, act_api_pass, "passes it on to the next step: {operator}"),
    LIST("/api/v1/calls", listing_many, VIEW_CALLS, "calls; ?state= (live: those that are on) ?thread= ?job= ?operator= ?line= ?since= ?until="),
    LIST("/api/v1/calls/{id}", call_api_one, VIEW_CALLS, "one call with its legs"),
    ACT(ROUTE_GET, "/api/v1/calls/{id}/recording", ROLE_VIEWER, recording_of_call, "its voicemail, as sound"),
    LIST("/api/v1/call-events", listing_many, VIEW_CALL_EVENTS, "what happened in calls"),
    LIST("/api/v1/messages", listing_many, VIEW_MESSAGES, "texts in and out; ?state= ?kind= ?thread= ?job= ?operator= ?line= ?since= ?until="),
    LIST("/api/v1/messages/{id}", listing_one, VIEW_MESSAGES, "one text"),
    ACT(ROUTE_GET, "/api/v1/messages/{id}/media/{n}", ROLE_VIEWER, media_of_message, "a photo of it, or whatever came with it"),
    LIST("/api/v1/deliveries", listing_many, VIEW_DELIVERIES, "texts that we sent and what became of them; ?state=trouble or a delivery's; ?operator= ?since= ?until="),
    LIST("/api/v1/duties", listing_many, VIEW_DUTIES, "what operators said of their own duty by text"),
    LIST("/api/v1/consents", listing_many, VIEW_CONSENTS, "who wrote STOP or START, and to which line"),
    LIST("/api/v1/events", log_api_list, VIEW_EVENTS, "the log; ?kind= ?alarm=1 ?operator= ?thread= ?from= ?to= ?q=, ?before= towards now"),
    ACT(ROUTE_GET, "/api/v1/events/export", ROLE_VIEWER, log_export_send, "the log as a file with its chain; ?from= ?to= ?format=jsonl|csv"),
    ACT(ROUTE_GET, "/api/v1/events/verify", ROLE_VIEWER, log_api_verify, "whether the log is whole; ?from= ?to="),
    ACT(ROUTE_GET, "/api/v1/stream", ROLE_VIEWER, stream_watch, "what happens, as server-sent events; Last-Event-ID or ?after="),
    ACT(ROUTE_GET, "/api/v1/reports", ROLE_VIEWER, report_api, "what came in days, and what became of it; ?from= ?to= ?line= &format=csv&table="),
    ACT(ROUTE_GET, "/api/v1/scripts", ROLE_VIEWER, script_api_list, "the call scripts in force, and what is wrong with those that are not"),
    ACT(ROUTE_POST, "/api/v1/scripts/preview", ROLE_DISPATCHER, script_api_preview, "how one would be heard: {name, text, fields}"),
    ACT(ROUTE_GET, "/api/v1/doctor", ROLE_VIEWER, doctor_api, "what is wrong with the set-up, why it matters and how to mend it"),
    ACT(ROUTE_GET, "/api/v1/health", ROLE_VIEWER, health_api, "how each part stands, in words"),
    ACT(ROUTE_POST, "/api/v1/forget", ROLE_ADMIN, forget_api, "erases a person, some rows at once: {number, confirm, next}; without confirm it tells what there is of him"),
    LIST("/api/v1/outbox", listing_many, VIEW_OUTBOX, "what is still to be sent"),
    LIST("/api/v1/rosters", listing_many, VIEW_ROSTERS, "versions of the roster"),
    ACT(ROUTE_GET, "/api/v1/rosters/{version}", ROLE_VIEWER, roster_api_version, "one of them, with its document"),
    ACT(ROUTE_POST, "/api/v1/rosters/{version}/restore", ROLE_ADMIN, roster_api_restore, "makes a new version with its document; If-Match, ?dry_run=1"),
    {.method = ROUTE_GET, .path = "/api/v1/roster", .who = ROUTE_API, .role = ROLE_VIEWER,
     .handler = roster_api_get, .new_tenant = true, .help = "the roster in force, and where it comes from"},
    {.method = ROUTE_PUT, .path = "/api/v1/roster", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = roster_api_put, .new_tenant = true,
     .help = "puts another in its place: {document, note}; If-Match, ?dry_run=1"},
    ACT(ROUTE_GET, "/api/v1/chains", ROLE_VIEWER, roster_parts_chains, "chains"),
    ACT(ROUTE_GET, "/api/v1/chains/{id}", ROLE_VIEWER, roster_parts_chain, "one chain"),
    ACT(ROUTE_PUT, "/api/v1/chains/{id}", ROLE_ADMIN, roster_api_chain_put, "puts its steps: {steps}; If-Match, ?dry_run=1"),
    ACT(ROUTE_DELETE, "/api/v1/chains/{id}", ROLE_ADMIN, roster_api_chain_drop, "takes it out, when no line has it; If-Match, ?dry_run=1"),
    ACT(ROUTE_GET, "/api/v1/operators", ROLE_VIEWER, roster_parts_operators, "who is on the roster"),
    ACT(ROUTE_POST, "/api/v1/operators", ROLE_ADMIN, roster_api_operator_add, "adds one, as a dispatcher of the roster; If-Match, ?dry_run=1"),
    ACT(ROUTE_GET, "/api/v1/operators/{id}", ROLE_VIEWER, roster_parts_operator, "one operator"),
    ACT(ROUTE_PATCH, "/api/v1/operators/{id}", ROLE_ADMIN, roster_api_operator_change, "changes his members, null takes one out; If-Match, ?dry_run=1"),
    ACT(ROUTE_DELETE, "/api/v1/operators/{id}", ROLE_ADMIN, roster_api_operator_drop, "takes him out, when nothing names him; If-Match, ?dry_run=1"),
    ACT(ROUTE_GET, "/api/v1/overrides", ROLE_VIEWER, roster_parts_overrides, "who is on or off duty for some time, and who stands in"),
    ACT(ROUTE_POST, "/api/v1/overrides", ROLE_DISPATCHER, roster_api_override_add, "adds one: {operator, from, to, is_on or instead_of, note}; If-Match, ?dry_run=1"),
    ACT(ROUTE_DELETE, "/api/v1/overrides/{n}", ROLE_DISPATCHER, roster_api_override_drop, "takes the n-th out; If-Match, ?dry_run=1"),
    ACT(ROUTE_GET, "/api/v1/duty", ROLE_VIEWER, duty_api_plan, "who is asked, in which order, and why: ?line= ?at= ?job="),
    ACT(ROUTE_GET, "/api/v1/duty/week", ROLE_VIEWER, duty_api_week, "who is on duty from when until when, and gaps: ?line= ?from=DATE ?days="),
    ACT(ROUTE_POST, "/api/v1/operators/{id}/duty", ROLE_DISPATCHER, duty_api_set, "sets his duty: {state: on, off, away or hours, until}; he is told"),
    ACT(ROUTE_GET, "/api/v1/schedules", ROLE_VIEWER, roster_parts_schedules, "hours, times off and rotations"),
    ACT(ROUTE_GET, "/api/v1/lines", ROLE_VIEWER, roster_parts_lines, "the numbers on the roster"),
    ACT(ROUTE_PATCH, "/api/v1/lines/{number}", ROLE_ADMIN, roster_api_line_change, "changes its members: {chain, relays_per_minute, ...}; If-Match, ?dry_run=1"),
    ACT(ROUTE_POST, "/api/v1/lines/{number}/live", ROLE_ADMIN, live_lines_begin, "its webhooks point here, as was seen at the carrier: what it missed from now on is looked for in the carrier's log"),
    ACT(ROUTE_DELETE, "/api/v1/lines/{number}/live", ROLE_ADMIN, live_lines_end, "its webhooks were pointed elsewhere: nothing of it is looked for until they come here again"),
    ACT(ROUTE_GET, "/api/v1/report-only", ROLE_VIEWER, report_only_api_list, "which of its lines are in report-only mode, until when, and what would have been refused"),
    ACT(ROUTE_POST, "/api/v1/lines/{number}/report-only", ROLE_ADMIN, report_only_api_on, "for 24 hours wrong signatures of its webhooks are counted, not refused; only the team is sent anything"),
    ACT(ROUTE_DELETE, "/api/v1/lines/{number}/report-only", ROLE_ADMIN, report_only_api_off, "ends that at once"),
    SESSION(ROUTE_GET, "/api/v1/session", session_api_get, "who is signed in, and what he may see"),
    OPEN(ROUTE_POST, "/api/v1/session", ROUTE_PAGE, session_api_add, "signs in: {login, password} or {login, code}"),
    SESSION(ROUTE_DELETE, "/api/v1/session", session_api_drop, "signs out"),
    OPEN(ROUTE_POST, "/api/v1/session/code", ROUTE_PAGE, session_api_code, "texts a code to sign in with to the operator's own phone: {login}"),
    SESSION(ROUTE_POST, "/api/v1/session/password", setup_api_password, "another password: {old, new}"),
    OPEN(ROUTE_POST, "/api/v1/setup/look", ROUTE_PAGE, setup_api_look, "whom a set-up link is for: {token}"),
    OPEN(ROUTE_POST, "/api/v1/setup", ROUTE_PAGE, setup_api_act, "sets the first password, and signs in: {token, password}"),
    {.method = ROUTE_GET, .path = "/api/v1/users", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = listed_people, .view = VIEW_USERS, .no_tenant = true, .help = "who may sign in"},
    ADMIN(ROUTE_POST, "/api/v1/users", user_api_add, "makes one: {tenant, login, name, role, operator}"),
    ADMIN(ROUTE_PATCH, "/api/v1/users/{id}", user_api_change, "changes him: {name, role, operator, is_disabled}; If-Match"),
    ADMIN(ROUTE_DELETE, "/api/v1/users/{id}", user_api_drop, "removes him; If-Match"),
    ADMIN(ROUTE_POST, "/api/v1/users/{id}/link", user_api_link, "a link by which he sets his password, once"),
    {.method = ROUTE_GET, .path = "/api/v1/tokens", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = listed_people, .view = VIEW_TOKENS, .no_tenant = true,
     .help = "tokens, without their text"},
    {.method = ROUTE_POST, .path = "/api/v1/tokens", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = token_api_add, .no_tenant = true, .help = "makes one: {tenant, role, name}"},
    {.method = ROUTE_DELETE, .path = "/api/v1/tokens/{id}", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = token_api_drop, .no_tenant = true, .help = "revokes it"},
    {.method = ROUTE_GET, .path = "/api/v1/tenants", .who = ROUTE_API, .role = ROLE_VIEWER,
     .handler = api_tenants, .no_tenant = true, .help = "the businesses that may be seen"},
    {.method = ROUTE_GET, .path = "/api/v1/nodes", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = health_api_nodes, .no_tenant = true, .help = "the nodes that share the database"},
    {.method = ROUTE_POST, .path = "/api/v1/reload", .who = ROUTE_API, .role = ROLE_ADMIN,
     .handler = api_reload, .no_tenant = true,
     .help = "reads rosters again, and for the host credentials, call scripts, certificate"},

    ADMIN(ROUTE_GET, "/api/v1/host/tenants", tenant_api_list, "the host's tenants and their terms; whoever is bound to one finds nothing here"),
    ADMIN(ROUTE_POST, "/api/v1/host/tenants", tenant_api_add, "makes one: {slug, name, account, weight, texts_a_day, calls_a_day}"),
    ADMIN(ROUTE_GET, "/api/v1/host/tenants/{tenant}", tenant_api_show, "one of them"),
    ADMIN(ROUTE_PATCH, "/api/v1/host/tenants/{tenant}", tenant_api_change, "other terms: {name, account, weight, texts_a_day, calls_a_day, state}"),
    ADMIN(ROUTE_PUT, "/api/v1/host/tenants/{tenant}/secret", tenant_api_secret, "sets or takes away one of its secrets: {name, value}"),
    ADMIN(ROUTE_GET, "/api/v1/host/tenants/{tenant}/rows", tenant_rows_list, "all that is its, table by table: ?part= ?after="),
    ADMIN(ROUTE_POST, "/api/v1/host/tenants/{tenant}/delete", tenant_leave, "deletes it, some rows at once: {confirm, keep_recordings, number, account}"),
    ADMIN(ROUTE_POST, "/api/v1/host/backup", backup_api_begin, "makes a copy of the database beside it, for nextring backup; on the machine itself alone"),
    ADMIN(ROUTE_GET, "/api/v1/host/backup", backup_api_show, "how far that is"),
    ADMIN(ROUTE_POST, "/api/v1/host/keys", tenant_api_rotate, "reads the file of keys again, and seals all secrets anew"),

    OPEN(ROUTE_GET, "/", ROUTE_PAGE, board_page, "the board"),
    OPEN(ROUTE_GET, "/board/{file}", ROUTE_PAGE, board_page, "its files"),
    OPEN(ROUTE_GET, "/style.css", ROUTE_PUBLIC, pages_style, "the pages' style"),
    OPEN(ROUTE_GET, "/openapi.json", ROUTE_PUBLIC, openapi, "all of this, for programs"),
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
    [ROUTE_SESSION] = "session", [ROUTE_PAGE] = "page", [ROUTE_PUBLIC] = "public", [ROUTE_HEALTH] = "public", [ROUTE_ADMIN] = "admin",
};
/* clang-format on */

enum { ROUTES = sizeof routes / sizeof routes[0] };

/* A listener that does not serve a route answers as if it did not exist. */
static bool is_served(const struct site *site, enum route_who who, int listener)
{
    const bool has_pages = listener == (site->pages_apart ? WEB_ADMIN : WEB_PUBLIC);

    switch (who) {
    case ROUTE_SESSION:
    case ROUTE_PAGE:
        return has_pages;
    case ROUTE_HEALTH:
        return true;
    case ROUTE_ADMIN:
        return listener != WEB_PUBLIC;
    case ROUTE_CARRIER:
    case ROUTE_BOTH:
    case ROUTE_PUBLIC:
        return listener != WEB_ADMIN;
    case ROUTE_API:
        return listener != WEB_ADMIN || has_pages;
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
    case ROUTE_SESSION:
        auth_session(v, v->route->handler);
        return;
    case ROUTE_PAGE:
        if (v->route->method == ROUTE_GET || session_is_own_page(v))
            v->route->handler(v);
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
    if (!match.route || !is_served(v->site, match.route->who, v->listener)) {
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

static void forget_rights(void *ctx)
{
    struct site *site = ctx;

    auth_forget_all(site);
    session_forget_all(site);
    stream_forget(site);
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
    site->ids.node = (uint8_t)engine_node(options->engine);
    site->origins = options->cors_origins;
    site->origin_count = options->cors_origin_count;
    site->version = options->version;
    site->routes = routes;
    site->started_ms = engine_now_ms(options->engine);
    site->standing = standing_open();
    site->figures = figures_open(site, options);
    if (options->emf)
        site->emf = emf_open(options->loop, site, options->emf);
    site->route_count = ROUTES;
    site->scripts = options->scripts;
    site->carrier_api = options->carrier_api;
    site->sight = options->sight;
    site->sight_ctx = options->figures_ctx;
    site->reload = options->reload;
    site->reload_ctx = options->reload_ctx;
    site->tokens = auth_cache_open();
    site->on_duty = on_duty_open();
    site->sessions = session_cache_open();
    site->attempts = attempts_open();
    stream_open(site, options->loop);
    engine_watch_rights(options->engine, forget_rights, site);
    log_export_open(site, options->loop);
    backup_api_open(site, options->loop);
    live_lines_open(site, options->loop);
    site->worker = worker_open(options->loop, PASSWORDS_WAITING);
    site->pages_apart = options->pages_url && options->pages_url[0];
    site->pages_url = site->pages_apart ? span_of(options->pages_url) : site->public_url;
    site->pages_secure = span_starts(site->pages_url, SPAN("https://"));
    site->sign_in_by_text = options->sign_in_by_text;
    *out = web;
    return ERR_NONE;
}

void web_take_tokens(struct web *web, const struct span tokens[SIGNATURE_TOKENS_MAX])
{
    struct signature_keys *keys = signature_keys_open(tokens, SIGNATURE_TOKENS_MAX);

    CHECK(keys);
    signature_keys_close(&web->site.keys);
    web->site.keys = keys;
}

void web_drain(struct web *web)
{
    web->site.is_draining = true;
    stream_drain(&web->site);
    log_export_drain(&web->site);
}

void web_close(struct web **web)
{
    if (!*web)
        return;
    struct site *site = &(*web)->site;
    http_client_close(&site->media.client);
    worker_close(&site->worker); /* it works in visits */
    while (site->visits)
        visit_close(site->visits);
    while (site->spare_count > 0)
        arena_close(&site->spare[--site->spare_count]);
    signature_keys_close(&site->keys);
    auth_cache_close(&site->tokens);
    on_duty_close(&site->on_duty);
    session_cache_close(&site->sessions);
    attempts_close(&site->attempts);
    standing_close(&site->standing);
    emf_close(&site->emf);
    figures_close(&site->figures);
    stream_close(site);
    log_export_close(site);
    backup_api_close(site);
    live_lines_close(site);
    unproven_close(site);
    free(*web);
    *web = NULL;
}

struct span web_table(struct arena *arena)
{
    struct buf out = buf_in(arena, TABLE_BYTES_MAX);

    for (size_t i = 0; i < ROUTES; i++)
        buf_printf(&out, "%s %s %s %s %s\n", web_route_method(routes[i].method), routes[i].path,
                   who_names[routes[i].who], role_name(routes[i].role), routes[i].help);
    return buf_span(&out);
}

void web_api_page(struct buf *out)
{
    openapi_page(routes, ROUTES, out);
}
