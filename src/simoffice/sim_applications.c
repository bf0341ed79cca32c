#include "simoffice/sim_applications.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simoffice/sim_hooks.h"
#include "simoffice/sim_shelved.h"
#include "simworld/sim_office.h"

SIM_SHELVED(applications, struct sim_application)

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_application *app = row;

    return sim_filter_text(a, "FriendlyName", app->friendly_name);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_application *app = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(app->sid));
    json_out_text(o, "account_sid", span_of(app->account->sid));
    sim_field_shape(sim_office_application_fields, app, o);
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    sim_write_date(a, o, "date_created", app->created_ms);
    sim_write_date(a, o, "date_updated", app->updated_ms);
    sim_write_uri(o, "uri", app->account, "/Applications/%s", app->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "Applications",
    .key = "applications",
    .element = "Application",
    .sids = "AP",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid,
    .shape = shape,
};

static bool take(struct sim_api *a, struct sim_application *app)
{
    struct sim_application draft = *app;

    if (sim_api_take(a, sim_office_application_fields, &draft))
        sim_hooks_judge(a, &draft.hooks, false);
    if (!a->code)
        *app = draft;
    return !a->code;
}

static void create(struct sim_api *a)
{
    struct sim_application draft = {0}, *app;

    sim_field_init(sim_office_application_fields, &draft);
    if (!take(a, &draft))
        return;
    app = sim_office_application(a->account);
    if (!app || !take(a, app))
        sim_api_refuse(a, 400, 20001, "There are too many applications");
    a->row = app;
}

static void update(struct sim_api *a)
{
    struct sim_application *app = a->row;

    if (take(a, app))
        app->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    sim_office_drop(&a->account->applications, a->row);
}

/* clang-format off */
const struct sim_api_route sim_applications_routes[] = {
    {SIM_API_CORE, "GET", "/Applications", sim_list_answer, &kind, NULL, 0, "lists applications"},
    {SIM_API_CORE, "POST", "/Applications", create, &kind, NULL, SIM_API_CREATES,
     "makes an application"},
    {SIM_API_CORE, "GET", "/Applications/{sid}", sim_api_fetch, &kind, NULL, 0, "one application"},
    {SIM_API_CORE, "POST", "/Applications/{sid}", update, &kind, NULL, 0, "changes its addresses"},
    {SIM_API_CORE, "DELETE", "/Applications/{sid}", drop, &kind, NULL, 0, "deletes it"},
    {.path = NULL},
};
/* clang-format on */
