#include "simtextapi/sim_services.h"

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simtext/sim_service.h"

static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return a->world->services;
}

static void *after(const void *row)
{
    const struct sim_service *s = row;

    return s->next;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_service *s = row;

    return s->account == a->account && !s->deleted;
}

static void *find(const struct sim_api *a, struct span sid)
{
    return sim_service_find(a->account, sid);
}

static const char *sid_of(const void *row)
{
    const struct sim_service *s = row;

    return s->sid;
}

/* The fields of the table; an address that is not set is null here. */
static void shape_fields(struct json_out *o, const struct sim_service *s)
{
    for (const struct sim_field *f = sim_service_fields; f->key; f++) {
        const struct sim_field one[] = {*f, {.key = NULL}};
        const char *const *text = (const char *const *)(const void *)((const char *)s + f->offset);
        if (f->kind == SIM_FIELD_URL && !(*text)[0])
            json_out_null(o, f->key);
        else
            sim_field_shape(one, s, o);
    }
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    static const struct {
        const char *key, *path;
    } below[] = {
        {"phone_numbers", "PhoneNumbers"},
        {"short_codes", "ShortCodes"},
        {"alpha_senders", "AlphaSenders"},
        {"messages", "Messages"},
        {"us_app_to_person", "Compliance/Usa2p"},
        {"us_app_to_person_usecases", "Compliance/Usa2p/Usecases"},
        {"channel_senders", "ChannelSenders"},
    };
    const struct sim_service *s = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(s->sid));
    json_out_text(o, "account_sid", span_of(s->account->sid));
    shape_fields(o, s);
    sim_write_date(a, o, "date_created", s->created_ms);
    sim_write_date(a, o, "date_updated", s->updated_ms);
    sim_write_url(a, o, "url", "/v1/Services/%s", s->sid);
    json_out_object(o, "links");
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++)
        sim_write_url(a, o, below[i].key, "/v1/Services/%s/%s", s->sid, below[i].path);
    json_out_end_object(o);
    json_out_end_object(o);
}

const struct sim_api_kind sim_services_kind = {
    .name = "Services",
    .key = "services",
    .element = "Service",
    .sids = "MG",
    .at = at,
    .after = after,
    .is_here = is_here,
    .find = find,
    .sid = sid_of,
    .shape = shape,
};

static bool is_named(struct sim_api *a, bool must)
{
    const bool given = form_count(a->form, "FriendlyName") > 0;

    if (sim_api_field(a, "FriendlyName").size || (!given && !must))
        return true;
    sim_api_refuse(a, 400, 20001, "Missing required parameter FriendlyName in the post body");
    return false;
}

static void create(struct sim_api *a)
{
    struct sim_service tried = {0}, *made;

    sim_field_init(sim_service_fields, &tried);
    if (!is_named(a, true) || !sim_api_take(a, sim_service_fields, &tried))
        return;
    made = sim_service_made(a->account);
    if (!made)
        sim_api_refuse(a, 400, 20001, "There are %d services already", SIM_SERVICES_MAX);
    else if (sim_api_take(a, sim_service_fields, made))
        a->row = made;
}

static void update(struct sim_api *a)
{
    struct sim_service *s = a->row;

    if (is_named(a, false) && sim_api_take(a, sim_service_fields, s))
        s->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    sim_service_drop(a->row);
}

/* clang-format off */
const struct sim_api_route sim_services_routes[] = {
    {SIM_API_MESSAGING, "GET", "/v1/Services", sim_list_answer, &sim_services_kind, NULL, 0,
     "lists messaging services"},
    {SIM_API_MESSAGING, "POST", "/v1/Services", create, &sim_services_kind, NULL, SIM_API_CREATES,
     "makes a messaging service"},
    {SIM_API_MESSAGING, "GET", "/v1/Services/{sid}", sim_api_fetch, &sim_services_kind, NULL, 0,
     "one service"},
    {SIM_API_MESSAGING, "POST", "/v1/Services/{sid}", update, &sim_services_kind, NULL, 0,
     "changes it"},
    {SIM_API_MESSAGING, "DELETE", "/v1/Services/{sid}", drop, &sim_services_kind, NULL, 0,
     "deletes it; its senders are free again"},
    {.path = NULL},
};
/* clang-format on */
