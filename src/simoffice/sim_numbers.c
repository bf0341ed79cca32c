#include "simoffice/sim_numbers.h"

#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simoffice/sim_available.h"
#include "simoffice/sim_hooks.h"
#include "simoffice/sim_shelved.h"
#include "simworld/sim_office.h"

enum { AREA_DIGITS = 3 };

SIM_SHELVED(numbers, struct sim_number)

static const char *type_asked(const struct sim_api *a)
{
    static const char *const all[][2] = {
        {"/Local", "local"}, {"/TollFree", "toll-free"}, {"/Mobile", "mobile"}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strstr(a->route->path, all[i][0]))
            return all[i][1];
    return NULL;
}

/* A part of the number, where a star stands for one digit. */
static bool is_part(struct span pattern, const char *number)
{
    const size_t size = strlen(number);

    for (size_t at = 0; at + pattern.size <= size; at++) {
        size_t i = 0;
        while (i < pattern.size && (pattern.data[i] == '*' || pattern.data[i] == number[at + i]))
            i++;
        if (i == pattern.size)
            return true;
    }
    return false;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_number *n = row;
    const char *type = type_asked(a);

    return (!type || !strcmp(type, n->type)) &&
           is_part(sim_api_field(a, "PhoneNumber"), n->phone_number) &&
           sim_filter_text(a, "FriendlyName", n->friendly_name) &&
           sim_filter_text(a, "Origin", "twilio") && !sim_api_is_true(a, "Beta");
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_number *n = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(n->sid));
    json_out_text(o, "account_sid", span_of(n->account->sid));
    json_out_text(o, "phone_number", span_of(n->phone_number));
    sim_field_shape(sim_office_number_fields, n, o);
    json_out_object(o, "capabilities");
    json_out_bool(o, "voice", !n->no_voice);
    json_out_bool(o, "sms", !n->no_sms);
    json_out_bool(o, "mms", !n->no_mms);
    json_out_bool(o, "fax", false);
    json_out_end_object(o);
    json_out_text(o, "address_requirements", SPAN("none"));
    json_out_text(o, "emergency_address_status", SPAN("unregistered"));
    json_out_bool(o, "beta", false);
    json_out_text(o, "origin", SPAN("twilio"));
    json_out_text(o, "status", SPAN("in-use"));
    json_out_text(o, "type", span_of(n->type));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    sim_write_date(a, o, "date_created", n->created_ms);
    sim_write_date(a, o, "date_updated", n->updated_ms);
    sim_write_uri(o, "uri", n->account, "/IncomingPhoneNumbers/%s", n->sid);
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "assigned_add_ons", n->account, "/IncomingPhoneNumbers/%s/AssignedAddOns",
                  n->sid);
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "IncomingPhoneNumbers",
    .key = "incoming_phone_numbers",
    .element = "IncomingPhoneNumber",
    .sids = "PN",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid,
    .shape = shape,
};

/* Takes the form over into `n`, or leaves an error and it as it was. */
static bool take(struct sim_api *a, struct sim_number *n)
{
    struct sim_number draft = *n;

    if (!sim_api_take(a, sim_office_number_fields, &draft))
        return false;
    sim_hooks_judge(a, &draft.hooks,
                    draft.voice_application_sid[0] || draft.sms_application_sid[0]);
    if (sim_api_field(a, "TrunkSid").size)
        draft.voice_application_sid = "";
    else if (sim_api_field(a, "VoiceApplicationSid").size)
        draft.trunk_sid = "";
    if (!draft.friendly_name[0]) {
        char pretty[32];
        phone_pretty(draft.phone_number, "US", pretty);
        draft.friendly_name = arena_text(a->world->arena, span_of(pretty));
    }
    if (!a->code)
        *n = draft;
    return !a->code;
}

/* The magic numbers of test credentials; nothing is bought. */
static void choose_magic(struct sim_api *a, struct span number, struct span area, char *out)
{
    if (number.size ? !span_is_text(number, "+15005550006") : !span_is_text(area, "500")) {
        if (span_is_text(number, "+15005550001"))
            sim_api_refuse(a, 400, 21421, "PhoneNumber is invalid");
        else if (number.size)
            sim_api_refuse(a, 400, 21422, "PhoneNumber is not available");
        else
            sim_api_refuse(a, 400, 21452, "No phone numbers found in area code %.*s",
                           SPAN_ARG(area));
        return;
    }
    sim_world_copy(out, PHONE_TEXT_SIZE, SPAN("+15005550006"));
}

/* The number that the form asks for; an error when there is none to be had. */
static void choose(struct sim_api *a, char out[PHONE_TEXT_SIZE])
{
    const struct span number = sim_api_field(a, "PhoneNumber"), area = sim_api_field(a, "AreaCode");
    int64_t code;

    if (!number.size && !area.size)
        sim_api_refuse(a, 400, 21421, "PhoneNumber or AreaCode is required");
    else if (a->account->test)
        choose_magic(a, number, area, out);
    else if (number.size && phone_parse(number.data, number.size, NULL, out) != PHONE_GOOD)
        sim_api_refuse(a, 400, 21421, "%.*s is not a valid phone number", SPAN_ARG(number));
    else if (number.size && !sim_available_is_free(a->world, out))
        sim_api_refuse(a, 400, 21422, "%s is not available", out);
    else if (!number.size && (area.size != AREA_DIGITS || !span_number(area, 200, 999, &code)))
        sim_api_refuse(a, 400, 21451, "AreaCode %.*s is not valid", SPAN_ARG(area));
    else if (!number.size && !sim_available_in_area(a->world, area, out))
        sim_api_refuse(a, 400, 21452, "No phone numbers found in area code %.*s", SPAN_ARG(area));
}

static void create(struct sim_api *a)
{
    char number[PHONE_TEXT_SIZE] = "";
    struct sim_number draft = {0}, *n;

    choose(a, number);
    sim_field_init(sim_office_number_fields, &draft);
    sim_field_init(sim_office_number_settings, &draft);
    if (a->code || !take(a, &draft))
        return;
    n = sim_office_number(a->account, span_of(number));
    if (!n) {
        sim_api_refuse(a, 400, 21404, "There are too many numbers");
        return;
    }
    n->type = type_asked(a) ? type_asked(a) : sim_available_type(number);
    (void)take(a, n);
    a->row = n;
    if (a->account->test)
        sim_office_drop(&a->account->numbers, n);
}

static void update(struct sim_api *a)
{
    struct sim_number *n = a->row;
    const struct span to = sim_api_field(a, "AccountSid");
    struct sim_account *other = to.size ? sim_world_account(a->world, to) : n->account;

    if (!other || (other != a->asker && other->owner != a->asker && other != n->account))
        sim_api_refuse(a, 400, 20001, "AccountSid %.*s is not one of yours", SPAN_ARG(to));
    else if (take(a, n) && !sim_office_hand_over(n, other))
        sim_api_refuse(a, 400, 21404, "The account has too many numbers");
    else if (!a->code)
        n->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    sim_office_drop(&a->account->numbers, a->row);
}

/* clang-format off */
#define ROWS(TAIL, WHAT)                                                                          \
    {SIM_API_CORE, "GET", "/IncomingPhoneNumbers" TAIL, sim_list_answer, &kind, NULL, 0,          \
     "lists " WHAT},                                                                              \
    {SIM_API_CORE, "POST", "/IncomingPhoneNumbers" TAIL, create, &kind, NULL,                     \
     SIM_API_CREATES | SIM_API_TESTED, "buys a number, by PhoneNumber or AreaCode"}

const struct sim_api_route sim_numbers_routes[] = {
    ROWS("", "the account's numbers"),
    ROWS("/Local", "local ones"),
    ROWS("/TollFree", "toll-free ones"),
    ROWS("/Mobile", "mobile ones"),
    {SIM_API_CORE, "GET", "/IncomingPhoneNumbers/{sid}", sim_api_fetch, &kind, NULL, 0,
     "one number"},
    {SIM_API_CORE, "POST", "/IncomingPhoneNumbers/{sid}", update, &kind, NULL, 0,
     "changes its addresses, or hands it to another account"},
    {SIM_API_CORE, "DELETE", "/IncomingPhoneNumbers/{sid}", drop, &kind, NULL, 0,
     "gives it up"},
    {.path = NULL},
};
/* clang-format on */
