#include "simvoiceapi/sim_notices.h"

#include <stdio.h>

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoiceapi/sim_calls.h"
#include "simworld/sim_notice.h"

enum { TEXT_MAX = 4096, ALERT_DAYS = 30 };

static const int64_t day_ms = 86400000;

static size_t count(const struct sim_api *a)
{
    return sim_notice_count(&a->world->notices);
}

static void *at(const struct sim_api *a, size_t i)
{
    return sim_notice_at(&a->world->notices, i);
}

static const char *sid_of(const void *row)
{
    const struct sim_notice *n = row;

    return n->sid;
}

/* The text of both: what is known, form-encoded, as the carrier's debugger has it. */
static struct span text_of(const struct sim_api *a, const struct sim_notice *n)
{
    struct buf b = buf_in(a->arena, TEXT_MAX);
    char number[16];

    form_add(&b, "Msg", span_of(n->words));
    snprintf(number, sizeof number, "%d", n->code);
    form_add(&b, "ErrorCode", span_of(number));
    form_add(&b, "LogLevel", n->is_error ? SPAN("ERROR") : SPAN("WARN"));
    if (n->url[0])
        form_add(&b, "url", span_of(n->url));
    snprintf(number, sizeof number, "%d", n->status);
    if (n->status)
        form_add(&b, "httpResponse", span_of(number));
    return buf_span(&b);
}

static void write_common(const struct sim_api *a, struct json_out *o, const struct sim_notice *n)
{
    json_out_text(o, "sid", span_of(n->sid));
    json_out_text(o, "account_sid", span_of(n->account->sid));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    sim_write_number(o, "error_code", n->code);
    json_out_text(
        o, "more_info",
        span_of(arena_printf(a->arena, "https://www.twilio.com/docs/errors/%d", n->code)));
    sim_write_text(o, "request_method", n->method);
    sim_write_text(o, "request_url", n->url);
    sim_write_date(a, o, "date_created", n->at_ms);
    sim_write_date(a, o, "date_updated", n->at_ms);
}

/* What a list leaves out. */
static void write_exchange(struct json_out *o, const struct sim_notice *n)
{
    json_out_text(o, "request_variables", n->variables);
    json_out_text(o, "response_headers", n->response_headers);
    json_out_text(o, "response_body", n->response_body);
}

/* ---- notifications ---- */

static bool is_mine(const struct sim_api *a, const void *row)
{
    const struct sim_notice *n = row;
    const struct sim_leg *leg = a->parent;

    return n->account == a->account && (!leg || span_is_text(span_of(n->subject), leg->sid));
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_notice *n = row;

    return sim_filter_text(a, "Log", n->is_error ? "0" : "1") &&
           sim_filter_date(a, "MessageDate", n->at_ms);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_notice *n = row;
    const bool is_call = span_starts(span_of(n->subject), SPAN("CA"));

    json_out_object(o, key);
    write_common(a, o, n);
    sim_write_text(o, "call_sid", is_call ? n->subject : NULL);
    json_out_text(o, "log", n->is_error ? SPAN("0") : SPAN("1"));
    sim_write_date(a, o, "message_date", n->at_ms);
    json_out_text(o, "message_text", text_of(a, n));
    if (a->row == row)
        write_exchange(o, n);
    if (a->parent)
        sim_write_uri(o, "uri", n->account, "/Calls/%s/Notifications/%s", n->subject, n->sid);
    else
        sim_write_uri(o, "uri", n->account, "/Notifications/%s", n->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind notifications = {
    .name = "Notifications",
    .key = "notifications",
    .element = "Notification",
    .count = count,
    .at = at,
    .is_here = is_mine,
    .is_met = is_met,
    .sid = sid_of,
    .shape = shape,
};

/* ---- alerts ---- */

static bool is_alert_met(const struct sim_api *a, const void *row)
{
    const struct sim_notice *n = row;

    return sim_filter_text(a, "LogLevel", n->is_error ? "error" : "warning") &&
           sim_filter_between(a, "StartDate", "EndDate", n->at_ms) &&
           n->at_ms > sim_world_now(a->world) - ALERT_DAYS * day_ms;
}

static void shape_alert(const struct sim_api *a, struct json_out *o, const char *key,
                        const void *row)
{
    const struct sim_notice *n = row;

    json_out_object(o, key);
    write_common(a, o, n);
    json_out_text(o, "log_level", n->is_error ? SPAN("error") : SPAN("warning"));
    json_out_text(o, "alert_text", text_of(a, n));
    sim_write_text(o, "resource_sid", n->subject);
    json_out_null(o, "service_sid");
    sim_write_date(a, o, "date_generated", n->at_ms);
    if (a->row == row) {
        write_exchange(o, n);
        json_out_text(o, "request_headers", n->request_headers);
    }
    sim_write_url(a, o, "url", "/v1/Alerts/%s", n->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind alerts = {
    .name = "Alerts",
    .key = "alerts",
    .element = "Alert",
    .count = count,
    .at = at,
    .is_here = is_mine,
    .is_met = is_alert_met,
    .sid = sid_of,
    .shape = shape_alert,
};

/* clang-format off */
const struct sim_api_route sim_notices_routes[] = {
    {SIM_API_CORE, "GET", "/Notifications", sim_list_answer, &notifications, NULL, 0,
     "lists errors and warnings about calls, texts and webhooks"},
    {SIM_API_CORE, "GET", "/Notifications/{sid}", sim_api_fetch, &notifications, NULL, 0,
     "one of them, with what was sent and answered"},
    {SIM_API_CORE, "GET", "/Calls/{sid}/Notifications", sim_list_answer, &notifications,
     &sim_calls_kind, 0, "those of one call"},
    {SIM_API_CORE, "GET", "/Calls/{sid}/Notifications/{sid}", sim_api_fetch, &notifications,
     &sim_calls_kind, 0, "one of them"},
    {SIM_API_MONITOR, "GET", "/v1/Alerts", sim_list_answer, &alerts, NULL, 0,
     "lists errors and warnings about calls, texts and webhooks of the last 30 days"},
    {SIM_API_MONITOR, "GET", "/v1/Alerts/{sid}", sim_api_fetch, &alerts, NULL, 0,
     "one of them, with what was sent and answered"},
    {.path = NULL},
};
/* clang-format on */
