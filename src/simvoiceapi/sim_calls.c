#include "simvoiceapi/sim_calls.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_price.h"
#include "simapi/sim_write.h"
#include "simvoice/sim_call.h"
#include "simvoiceapi/sim_placing.h"
#include "simworld/sim_office.h"

static void create(struct sim_api *a)
{
    sim_placing_judge(a, false);
    if (!a->code)
        a->row = sim_placing_place(a, NULL);
}

static bool can_run(const struct sim_leg *leg)
{
    return leg->state == SIM_IN_PROGRESS ||
           (leg->state == SIM_RINGING && leg->direction == SIM_INBOUND);
}

static void call_redirect(struct sim_api *a, struct sim_leg *leg)
{
    const char *method = sim_placing_kept(a, leg->arena, "Method");

    if (!can_run(leg))
        sim_api_refuse(a, 400, 21220, "Call is not in-progress. Cannot redirect.");
    else
        sim_call_redirect(leg, sim_placing_kept(a, leg->arena, "Url"), method ? method : "POST",
                          sim_placing_kept(a, leg->arena, "Twiml"));
}

/* What holds from now on, whether the call goes elsewhere or not. */
static void take_addresses(struct sim_api *a, struct sim_leg *leg)
{
    const char *told = sim_placing_kept(a, leg->arena, "StatusCallback");
    const char *told_by = sim_placing_kept(a, leg->arena, "StatusCallbackMethod");
    const char *fallback = sim_placing_kept(a, leg->arena, "FallbackUrl");
    const char *fallback_by = sim_placing_kept(a, leg->arena, "FallbackMethod");

    if (told)
        leg->callback.url = told;
    if (told_by)
        leg->callback.method = told_by;
    if (fallback)
        leg->fallback_url = fallback;
    if (fallback_by)
        leg->fallback_method = fallback_by;
}

static void set_status(struct sim_api *a, struct sim_leg *leg, struct span status)
{
    if (sim_leg_is_over(leg))
        sim_api_refuse(a, 400, 21220, "Call is not in-progress. Cannot update.");
    else if (span_is_text(status, "completed"))
        sim_call_end(leg);
    else if (span_is_text(status, "canceled") && leg->state < SIM_IN_PROGRESS)
        sim_call_end(leg);
    else if (!span_is_text(status, "canceled"))
        sim_api_refuse(a, 400, 20001, "Status must be 'canceled' or 'completed'");
}

static void update(struct sim_api *a)
{
    const struct span status = sim_api_field(a, "Status");
    struct sim_leg *leg = a->row;
    int64_t limit_s;

    if (!sim_placing_address(a, "StatusCallback", 21609) ||
        !sim_placing_address(a, "FallbackUrl", 21205) ||
        !sim_placing_method(a, "StatusCallbackMethod") ||
        !sim_placing_method(a, "FallbackMethod") || !sim_placing_judge_document(a) ||
        !sim_placing_judge_limit(a))
        return;
    if (status.size)
        set_status(a, leg, status);
    else if (sim_api_field(a, "Url").size || sim_api_field(a, "Twiml").size)
        call_redirect(a, leg);
    if (a->code)
        return;
    take_addresses(a, leg);
    if (span_number(sim_api_field(a, "TimeLimit"), 1, INT32_MAX, &limit_s))
        sim_call_limit(leg, limit_s * 1000);
}

static void drop(struct sim_api *a)
{
    struct sim_leg *leg = a->row;

    if (!sim_leg_is_over(leg))
        sim_api_refuse_early(a, "call");
    else
        leg->deleted = true;
}

static void call_resources(struct json_out *o, const struct sim_leg *leg)
{
    static const struct {
        const char *key, *tail;
    } all[] = {{"notifications", "/Notifications"},
               {"recordings", "/Recordings"},
               {"payments", "/Payments"},
               {"events", "/Events"},
               {"siprec", "/Siprec"},
               {"streams", "/Streams"},
               {"transcriptions", "/Transcriptions"},
               {"user_defined_message_subscriptions", "/UserDefinedMessageSubscriptions"},
               {"user_defined_messages", "/UserDefinedMessages"}};

    json_out_object(o, "subresource_uris");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sim_write_uri(o, all[i].key, leg->account, "/Calls/%s%s", leg->sid, all[i].tail);
    json_out_end_object(o);
}

static void call_times(const struct sim_api *a, struct json_out *o, const struct sim_leg *leg)
{
    const bool over = leg->state >= SIM_COMPLETED;
    const int64_t waited_ms =
        leg->dialled_ms > leg->created_ms ? leg->dialled_ms - leg->created_ms : 0;

    sim_write_date(a, o, "date_created", leg->dialled_ms);
    sim_write_date(a, o, "date_updated",
                   over               ? leg->ended_ms
                   : leg->answered_ms ? leg->answered_ms
                   : leg->rang_ms     ? leg->rang_ms
                                      : leg->dialled_ms);
    sim_write_date(a, o, "start_time", leg->answered_ms ? leg->answered_ms : leg->dialled_ms);
    sim_write_date(a, o, "end_time", over ? leg->ended_ms : 0);
    if (over)
        sim_write_number(o, "duration",
                         leg->answered_ms ? (leg->ended_ms - leg->answered_ms + 500) / 1000 : 0);
    else
        json_out_null(o, "duration");
    sim_write_number(o, "queue_time", waited_ms);
}

/* The API knows no "initiated". */
static const char *status_of(const struct sim_leg *leg)
{
    return sim_call_state_name(leg->state == SIM_INITIATED ? SIM_QUEUED : leg->state);
}

/* Of the account's number that is called, or calls. */
static void write_number_sid(struct json_out *o, const struct sim_leg *leg)
{
    const char *own = leg->direction == SIM_INBOUND ? leg->to : leg->from;
    const struct sim_number *n = sim_world_number(leg->account, span_of(own));

    json_out_text_or_null(o, "phone_number_sid", n ? span_of(n->sid) : (struct span){0});
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_leg *leg = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(leg->sid));
    json_out_text_or_null(o, "parent_call_sid",
                          leg->parent ? span_of(leg->parent->sid) : (struct span){0});
    json_out_text(o, "account_sid", span_of(leg->account->sid));
    json_out_text(o, "to", span_of(leg->to));
    sim_write_formatted(o, "to_formatted", leg->to);
    json_out_text(o, "from", span_of(leg->from));
    sim_write_formatted(o, "from_formatted", leg->from);
    write_number_sid(o, leg);
    json_out_text(o, "status", span_of(status_of(leg)));
    call_times(a, o, leg);
    sim_write_price(o, "price", sim_price_of_leg(leg));
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_text(o, "direction", span_of(sim_direction_name(leg->direction)));
    json_out_text_or_null(o, "answered_by", span_of(leg->detection.found));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_null(o, "annotation");
    json_out_text_or_null(o, "forwarded_from", span_of(leg->origin.forwarded_from));
    json_out_null(o, "group_sid");
    json_out_text_or_null(o, "caller_name", span_of(leg->origin.caller_name));
    json_out_null(o, "trunk_sid");
    sim_write_uri(o, "uri", leg->account, "/Calls/%s", leg->sid);
    call_resources(o, leg);
    json_out_end_object(o);
}

static size_t count(const struct sim_api *a)
{
    return a->world->leg_count;
}

static void *at(const struct sim_api *a, size_t i)
{
    return a->world->legs[a->world->leg_count - 1 - i];
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_leg *leg = row;

    return leg->account == a->account && !leg->deleted;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_leg *leg = row;
    const int64_t began_ms = leg->answered_ms  ? leg->answered_ms
                             : leg->dialled_ms ? leg->dialled_ms
                                               : leg->created_ms;

    return sim_filter_text(a, "To", leg->to) && sim_filter_text(a, "From", leg->from) &&
           sim_filter_text(a, "ParentCallSid", leg->parent ? leg->parent->sid : "") &&
           sim_filter_text(a, "Status", status_of(leg)) &&
           sim_filter_date(a, "StartTime", began_ms) &&
           sim_filter_date(a, "EndTime", sim_leg_is_over(leg) ? leg->ended_ms : 0);
}

static void *find(const struct sim_api *a, struct span sid)
{
    struct sim_leg *leg = sim_world_leg(a->world, sid);

    return leg && leg->account == a->account ? leg : NULL;
}

static const char *sid_of(const void *row)
{
    const struct sim_leg *leg = row;

    return leg->sid;
}

const struct sim_api_kind sim_calls_kind = {
    .name = "Calls",
    .key = "calls",
    .element = "Call",
    .sids = "CA",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .find = find,
    .sid = sid_of,
    .shape = shape,
};

/* clang-format off */
const struct sim_api_route sim_calls_routes[] = {
    {SIM_API_CORE, "GET", "/Calls", sim_list_answer, &sim_calls_kind, NULL, 0,
     "lists calls, newest first"},
    {SIM_API_CORE, "POST", "/Calls", create, &sim_calls_kind, NULL,
     SIM_API_CREATES | SIM_API_TESTED, "places a call"},
    {SIM_API_CORE, "GET", "/Calls/{sid}", sim_api_fetch, &sim_calls_kind, NULL, 0, "one call"},
    {SIM_API_CORE, "POST", "/Calls/{sid}", update, &sim_calls_kind, NULL, 0,
     "sends a call to another document, or ends it"},
    {SIM_API_CORE, "DELETE", "/Calls/{sid}", drop, &sim_calls_kind, NULL, 0,
     "deletes a call that is over"},
    {.path = NULL},
};
/* clang-format on */
