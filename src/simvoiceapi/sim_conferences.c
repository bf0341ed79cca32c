#include "simvoiceapi/sim_conferences.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoice/sim_conference.h"
#include "simvoiceapi/sim_placing.h"

static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return a->world->conferences;
}

static void *after(const void *row)
{
    const struct sim_conference *c = row;

    return c->next;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_conference *c = row;

    return c->account == a->account;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_conference *c = row;

    return sim_filter_text(a, "FriendlyName", c->name) &&
           sim_filter_text(a, "Status", sim_conference_state_name(c)) &&
           sim_filter_date(a, "DateCreated", c->created_ms) &&
           sim_filter_date(a, "DateUpdated", c->updated_ms);
}

static const char *sid_of(const void *row)
{
    const struct sim_conference *c = row;

    return c->sid;
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_conference *c = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(c->sid));
    json_out_text(o, "account_sid", span_of(c->account->sid));
    json_out_text(o, "friendly_name", span_of(c->name));
    json_out_text(o, "status", span_of(sim_conference_state_name(c)));
    json_out_text(o, "region", SPAN("us1"));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_text_or_null(o, "reason_conference_ended", span_of(c->reason));
    sim_write_text(o, "call_sid_ending_conference", c->ended_by);
    sim_write_date(a, o, "date_created", c->created_ms);
    sim_write_date(a, o, "date_updated", c->updated_ms);
    sim_write_uri(o, "uri", c->account, "/Conferences/%s", c->sid);
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "participants", c->account, "/Conferences/%s/Participants", c->sid);
    sim_write_uri(o, "recordings", c->account, "/Conferences/%s/Recordings", c->sid);
    json_out_end_object(o);
    json_out_end_object(o);
}

const struct sim_api_kind sim_conferences_kind = {
    .name = "Conferences",
    .key = "conferences",
    .element = "Conference",
    .at = at,
    .after = after,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid_of,
    .shape = shape,
};

static void update(struct sim_api *a)
{
    const struct span status = sim_api_field(a, "Status");
    const struct span announce = sim_api_field(a, "AnnounceUrl");
    struct sim_conference *c = a->row;

    if (!sim_placing_address(a, "AnnounceUrl", 21205) || !sim_placing_method(a, "AnnounceMethod"))
        return;
    if (status.size && !span_is_text(status, "completed"))
        sim_api_refuse(a, 400, 20001, "Status can be set to completed alone, not to %.*s",
                       SPAN_ARG(status));
    else if (announce.size && c->state != SIM_CONFERENCE_COMPLETED)
        sim_conference_announce(c, NULL, announce, sim_api_field(a, "AnnounceMethod"));
    if (!a->code && status.size)
        sim_conference_end(c);
}

/* clang-format off */
const struct sim_api_route sim_conferences_routes[] = {
    {SIM_API_CORE, "GET", "/Conferences", sim_list_answer, &sim_conferences_kind, NULL, 0,
     "lists conferences, newest first"},
    {SIM_API_CORE, "GET", "/Conferences/{sid}", sim_api_fetch, &sim_conferences_kind, NULL, 0,
     "one conference"},
    {SIM_API_CORE, "POST", "/Conferences/{sid}", update, &sim_conferences_kind, NULL, 0,
     "ends it, or lets everybody hear a sound"},
    {.path = NULL},
};
/* clang-format on */
