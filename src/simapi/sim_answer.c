#include "simapi/sim_answer.h"

#include <stdio.h>

#include "simapi/sim_xml.h"
#include "simworld/sim_held.h"
#include "simworld/sim_note.h"

enum { SECOND_MS = 1000, NO_CONTENT = 204 };

/* {"code":...,"message":...,"more_info":...,"status":...} */
static void write_error(struct buf *out, int status, int code, const char *message)
{
    struct json_out o = json_out(out);
    char info[64];

    snprintf(info, sizeof info, "https://www.twilio.com/docs/errors/%d", code);
    json_out_object(&o, NULL);
    json_out_number(&o, "code", code);
    json_out_text(&o, "message", span_of(message));
    json_out_text(&o, "more_info", span_of(info));
    json_out_number(&o, "status", status);
    if (status == 401)
        json_out_text(&o, "detail", SPAN("Your AccountSid or AuthToken was incorrect."));
    json_out_end_object(&o);
}

static bool is_xml(const struct sim_api *a)
{
    return a->host == SIM_API_CORE && a->suffix == SIM_API_BARE &&
           !(a->route && a->route->flags & SIM_API_BYTES);
}

static void note(const struct sim_api *a, int status)
{
    const struct http_request *rq = a->rq;
    struct sim_note n;

    sim_note_open(a->world, &n, a->host == SIM_API_LOOKUPS ? "lookup" : "rest", "%.*s %.*s -> %d",
                  SPAN_ARG(rq->method), SPAN_ARG(rq->target), status);
    json_out_text(&n.json, "method", rq->method);
    json_out_text(&n.json, "target", rq->target);
    json_out_number(&n.json, "status", status);
    json_out_text(&n.json, "form", rq->body);
    sim_note_close(a->world, &n);
}

static void answer(const struct sim_api *a, int status, struct span body)
{
    const int64_t took_ms = sim_world_now(a->world) - a->since_ms;
    char sid[LIMIT_SID_SIZE];

    sim_world_sid(a->world, "RQ", 0, sid);
    const char *took = arena_printf(a->arena, "%lld.%03lld", (long long)(took_ms / SECOND_MS),
                                    (long long)(took_ms % SECOND_MS));
    const char *many =
        arena_printf(a->arena, "%lld", a->account ? (long long)a->account->open_requests : 1);
    const char *host = a->host == SIM_API_OTHER
                           ? arena_text(a->arena, http_header(a->rq, "Host"))
                           : arena_printf(a->arena, "%s.twilio.com", sim_api_host_name(a->host));
    const struct http_field fields[] = {
        {"Twilio-Request-Id", span_of(arena_text(a->arena, span_of(sid)))},
        {"Twilio-Request-Duration", span_of(took)},
        {"Twilio-Concurrent-Requests", span_of(many)},
        {"X-Home-Region", SPAN("us1")},
        {"X-Api-Domain", span_of(host)},
        {"X-Powered-By", SPAN("AT-5000")},
        {"X-Shenanigans", SPAN("none")},
        {"Access-Control-Allow-Origin", SPAN("*")},
        {"Access-Control-Expose-Headers", SPAN("ETag, Twilio-Request-Id")},
        {"Strict-Transport-Security", SPAN("max-age=31536000")},
        {status == 401 ? "WWW-Authenticate" : NULL, SPAN("Basic realm=\"Twilio API\"")},
        {NULL, {0}},
    };

    note(a, status);
    http_answer(a->rq, status,
                status == NO_CONTENT ? NULL
                : is_xml(a)          ? "application/xml"
                                     : "application/json;charset=utf-8",
                body, fields);
}

static int status_of(const struct sim_api *a)
{
    if (a->status)
        return a->status;
    if (span_is_text(a->rq->method, "DELETE"))
        return NO_CONTENT;
    return a->route && a->route->flags & SIM_API_CREATES ? 201 : 200;
}

/* The body in the spelling that was asked for. */
static struct span body_of(struct sim_api *a)
{
    struct buf xml = buf_in(a->arena, SIM_API_ANSWER_MAX);
    const struct sim_api_kind *kind = a->route ? a->route->kind : NULL;
    struct json_out o = json_out(&a->out);

    if (a->code) {
        a->out = buf_in(a->arena, SIM_API_ANSWER_MAX);
        write_error(&a->out, a->status, a->code, a->message);
    } else if (!a->out.size && status_of(a) != NO_CONTENT && a->row && kind) {
        kind->shape(a, &o, NULL, a->row);
    }
    if (!is_xml(a) || !a->out.size)
        return buf_span(&a->out);
    sim_xml_render(a->arena, buf_span(&a->out),
                   a->code ? "RestException"
                   : kind  ? kind->element
                           : "Resource",
                   &xml);
    return buf_span(&xml);
}

void sim_answer_send(struct sim_api *a)
{
    const struct span body = body_of(a);

    answer(a, status_of(a), body);
}

void sim_answer_drop(struct sim_api *a, const char *why)
{
    sim_note(a->world, "fault", "%.*s %.*s: %s, the connection is reset", SPAN_ARG(a->rq->method),
             SPAN_ARG(a->rq->target), why);
    http_drop(a->rq);
}

/* Answers what was kept back; without a status the connection is reset. */
static void release(void *ctx, int status, struct span body)
{
    struct sim_api *a = ctx;

    a->world->stirred_ns = clock_mono_ns();
    if (status)
        answer(a, status, body);
    else
        sim_answer_drop(a, "silence");
}

void sim_answer_hold(struct sim_api *a, const struct sim_fault *fault)
{
    const bool silent = fault->kind == SIM_ACCEPT_THEN_SILENCE;
    const bool told = fault->kind == SIM_CALLBACK_BEFORE_ANSWER;
    const char *sid = a->row && a->route->kind ? a->route->kind->sid(a->row) : "";
    const struct span body = body_of(a);

    sim_note(a->world, "fault", "%s %.*s: accepted as %s, %s", sim_fault_name(fault->kind),
             SPAN_ARG(a->rq->target), sid, silent ? "no answer" : "the answer waits");
    sim_held_keep(a->world, a->rq,
                  &(struct sim_held_plan){.after_ms = fault->after_ms,
                                          .subject = told ? sid : "",
                                          .status = silent ? 0 : status_of(a),
                                          .body = body,
                                          .release = release,
                                          .ctx = a});
}
