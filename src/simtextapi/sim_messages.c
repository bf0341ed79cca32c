#include "simtextapi/sim_messages.h"

#include <string.h>

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_price.h"
#include "simapi/sim_write.h"
#include "simtext/sim_text.h"
#include "simtextapi/sim_message_order.h"

static void create(struct sim_api *a)
{
    struct sim_text_draft d;

    if (!sim_message_order_read(a, &d))
        return;
    a->row = sim_text_send(a->world, a->account, &d);
    if (!a->row)
        sim_api_refuse(a, 429, 21611, "There are more than %d messages", SIM_TEXTS_MAX);
}

static void update(struct sim_api *a)
{
    const struct span status = sim_api_field(a, "Status"), body = sim_api_field(a, "Body");
    struct sim_text *t = a->row;

    if (status.size && !span_is_text(status, "canceled"))
        sim_api_refuse(a, 400, 20001, "Status must be 'canceled'");
    else if (status.size && !sim_text_cancel(t))
        sim_api_refuse(a, 400, 30409, "Message cannot be canceled");
    else if (body.data && body.size)
        sim_api_refuse(a, 400, 20001, "Body can only be emptied");
    else if (body.data)
        t->redacted = true;
    if (!a->code)
        t->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    struct sim_text *t = a->row;

    if (!t->settled)
        sim_api_refuse_early(a, "message");
    else
        t->deleted = true;
}

/* ---- feedback ---- */

static void give_feedback(struct sim_api *a)
{
    const struct span outcome = sim_api_field(a, "Outcome");
    struct sim_text *t = a->parent;

    a->row = t;
    if (outcome.size && !span_is_text(outcome, "confirmed") &&
        !span_is_text(outcome, "unconfirmed")) {
        sim_api_refuse(a, 400, 20001, "Outcome is confirmed or unconfirmed");
        return;
    }
    t->outcome = span_is_text(outcome, "unconfirmed") ? "unconfirmed" : "confirmed";
    t->outcome_ms = sim_world_now(a->world);
}

static void shape_feedback(const struct sim_api *a, struct json_out *o, const char *key,
                           const void *row)
{
    const struct sim_text *t = row;

    json_out_object(o, key);
    json_out_text(o, "account_sid", span_of(t->account->sid));
    json_out_text(o, "message_sid", span_of(t->sid));
    json_out_text(o, "outcome", span_of(t->outcome));
    sim_write_date(a, o, "date_created", t->outcome_ms);
    sim_write_date(a, o, "date_updated", t->outcome_ms);
    sim_write_uri(o, "uri", t->account, "/Messages/%s/Feedback", t->sid);
    json_out_end_object(o);
}

/* ---- lists ---- */

static size_t count(const struct sim_api *a)
{
    return a->world->text_count;
}

static void *at(const struct sim_api *a, size_t i)
{
    return a->world->texts[a->world->text_count - 1 - i];
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_text *t = row;

    return t->account == a->account && !t->deleted && !t->automatic;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_text *t = row;

    return sim_filter_text(a, "To", t->to) && sim_filter_text(a, "From", t->from) &&
           sim_filter_date(a, "DateSent", t->sent_ms ? t->sent_ms : t->created_ms);
}

static void *find(const struct sim_api *a, struct span sid)
{
    struct sim_text *t = sim_world_text(a->world, sid);

    return t && t->account == a->account ? t : NULL;
}

static const char *sid_of(const void *row)
{
    const struct sim_text *t = row;

    return t->sid;
}

/* What the API shows of a body. */
static const char *body_of(const struct sim_text *t)
{
    return t->world->redact || t->redacted || (t->discarded && t->settled) ? "" : t->body;
}

/* The last four digits hidden, once that was asked for and all is over. */
static const char *recipient_of(const struct sim_api *a, const struct sim_text *t)
{
    const size_t size = strlen(t->to);

    if (!t->obfuscated || !t->settled || size < 4)
        return t->to;
    return arena_printf(a->arena, "%.*sXXXX", (int)size - 4, t->to);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_text *t = row;

    json_out_object(o, key);
    json_out_text(o, "body", span_of(body_of(t)));
    sim_write_number(o, "num_segments", t->state == SIM_TEXT_SCHEDULED ? 0 : t->segments);
    json_out_text(o, "direction", span_of(sim_direction_name(t->direction)));
    sim_write_text(o, "from", t->from);
    sim_write_date(a, o, "date_updated", t->updated_ms);
    sim_write_price(o, "price", t->settled ? sim_price_of_text(t) : 0);
    sim_write_text(o, "error_message", sim_text_error_words(t->error));
    sim_write_uri(o, "uri", t->account, "/Messages/%s", t->sid);
    json_out_text(o, "account_sid", span_of(t->account->sid));
    sim_write_number(o, "num_media", (int64_t)t->media_count);
    json_out_text(o, "to", span_of(recipient_of(a, t)));
    sim_write_date(a, o, "date_created", t->created_ms);
    json_out_text(o, "status", span_of(sim_text_state_name(t->state)));
    json_out_text(o, "sid", span_of(t->sid));
    sim_write_date(a, o, "date_sent", t->sent_ms);
    sim_write_text(o, "messaging_service_sid", t->service ? t->service->sid : NULL);
    if (t->error)
        json_out_number(o, "error_code", t->error);
    else
        json_out_null(o, "error_code");
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "media", t->account, "/Messages/%s/Media", t->sid);
    json_out_end_object(o);
    json_out_end_object(o);
}

const struct sim_api_kind sim_messages_kind = {
    .name = "Messages",
    .key = "messages",
    .element = "Message",
    .sids = "SM MM",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .find = find,
    .sid = sid_of,
    .shape = shape,
};

static const struct sim_api_kind feedback_kind = {
    .name = "Feedback", .element = "Feedback", .sid = sid_of, .shape = shape_feedback};

/* clang-format off */
const struct sim_api_route sim_messages_routes[] = {
    {SIM_API_CORE, "GET", "/Messages", sim_list_answer, &sim_messages_kind, NULL, 0,
     "lists messages, newest first"},
    {SIM_API_CORE, "POST", "/Messages", create, &sim_messages_kind, NULL,
     SIM_API_CREATES | SIM_API_TESTED, "sends a message"},
    {SIM_API_CORE, "GET", "/Messages/{sid}", sim_api_fetch, &sim_messages_kind, NULL, 0,
     "one message"},
    {SIM_API_CORE, "POST", "/Messages/{sid}", update, &sim_messages_kind, NULL, 0,
     "empties its body, or cancels it"},
    {SIM_API_CORE, "DELETE", "/Messages/{sid}", drop, &sim_messages_kind, NULL, 0,
     "deletes a finished message"},
    {SIM_API_CORE, "POST", "/Messages/{sid}/Feedback", give_feedback, &feedback_kind,
     &sim_messages_kind, SIM_API_CREATES, "whether what it was for was done"},
    {.path = NULL},
};
/* clang-format on */
