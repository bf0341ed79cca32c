#include "simtextapi/sim_lookups.h"

#include <string.h>

#include "codec/phone.h"
#include "simapi/sim_write.h"

enum { REGION_SIZE = 3 };

/* One number that is asked about. */
struct asked {
    struct sim_api *api;
    struct span number;
    enum phone_verdict verdict;
    char e164[PHONE_TEXT_SIZE];
    struct phone_facts facts;
    const struct sim_phone *phone;
    struct json *told; /* of its setup; NULL: nothing */
};

static void read_asked(struct sim_api *a, struct asked *out)
{
    struct json_place place;
    char region[REGION_SIZE] = "";

    *out = (struct asked){.api = a, .number = a->part[0]};
    sim_world_copy(region, sizeof region, sim_api_field(a, "CountryCode"));
    out->verdict = phone_parse(out->number.data, out->number.size,
                               phone_is_region(region) ? region : NULL, out->e164);
    if (out->verdict != PHONE_GOOD && out->verdict != PHONE_PREMIUM)
        return;
    (void)phone_facts_read(out->e164, &out->facts);
    out->phone = sim_world_phone(a->world, span_of(out->e164));
    if (out->phone && out->phone->lookup &&
        json_parse(span_of(out->phone->lookup), &out->told, &place))
        out->told = NULL;
}

static bool is_valid(const struct asked *q)
{
    return q->e164[0] != 0;
}

static bool is_listed(struct span fields, const char *field)
{
    while (fields.size)
        if (span_is_text(span_trim(span_cut(fields, ',', &fields)), field))
            return true;
    return false;
}

static void name_of(const struct asked *q, struct json_out *o)
{
    const bool known = q->phone && q->phone->caller_name[0];

    sim_write_text(o, "caller_name", known ? q->phone->caller_name : NULL);
    sim_write_text(o, "caller_type", known ? "CONSUMER" : NULL);
    json_out_null(o, "error_code");
}

/* clang-format off */
static const char *const errors[PHONE_VERDICTS] = {
    [PHONE_NOT_A_NUMBER] = "NOT_A_NUMBER", [PHONE_NO_COUNTRY] = "INVALID_COUNTRY_CODE",
    [PHONE_TOO_SHORT] = "TOO_SHORT",       [PHONE_TOO_LONG] = "TOO_LONG",
    [PHONE_NOT_POSSIBLE] = "INVALID_COUNTRY_CODE", [PHONE_EMERGENCY] = "TOO_SHORT",
};
/* clang-format on */

static const char *line_type_of(const struct asked *q)
{
    const char *area = q->e164 + 2;

    if (q->phone && q->phone->line_type[0])
        return q->phone->line_type;
    if (q->phone && q->phone->landline)
        return "landline";
    if (q->verdict == PHONE_PREMIUM)
        return "premium";
    return q->facts.calling_code == 1 && area[0] == '8' && area[1] == area[2] ? "tollFree"
                                                                              : "mobile";
}

static void line_of(const struct asked *q, struct json_out *o)
{
    json_out_text(o, "type", span_of(line_type_of(q)));
    json_out_text(o, "carrier_name", SPAN("Simulated"));
    json_out_null(o, "mobile_country_code");
    json_out_null(o, "mobile_network_code");
    json_out_null(o, "error_code");
}

static void carrier_of(struct json_out *o)
{
    json_out_text(o, "carrier_name", SPAN("Simulated"));
    json_out_null(o, "mobile_country_code");
    json_out_null(o, "mobile_network_code");
    json_out_null(o, "error_code");
}

static void swap_of(const struct asked *q, struct json_out *o)
{
    (void)q;
    json_out_object(o, "last_sim_swap");
    json_out_null(o, "last_sim_swap_date");
    json_out_text(o, "swapped_period", SPAN("PT24H"));
    json_out_bool(o, "swapped_in_period", false);
    json_out_end_object(o);
    carrier_of(o);
}

static void forwarding_of(const struct asked *q, struct json_out *o)
{
    (void)q;
    json_out_bool(o, "call_forwarding_enabled", false);
    json_out_null(o, "error_code");
}

static void status_of(const struct asked *q, struct json_out *o)
{
    json_out_text(o, "status",
                  q->phone && q->phone->unreachable ? SPAN("inactive") : SPAN("active"));
    json_out_null(o, "error_code");
}

static void identity_of(const struct asked *q, struct json_out *o)
{
    static const char *const matches[] = {
        "first_name_match",   "last_name_match",   "address_lines_match",   "city_match",
        "state_match",        "postal_code_match", "address_country_match", "national_id_match",
        "date_of_birth_match"};

    (void)q;
    for (size_t i = 0; i < sizeof matches / sizeof matches[0]; i++)
        json_out_text(o, matches[i], SPAN("no_data_available"));
    json_out_null(o, "summary_score");
    json_out_null(o, "error_code");
    json_out_null(o, "error_message");
}

static void reassigned_of(const struct asked *q, struct json_out *o)
{
    sim_write_text(o, "last_verified_date",
                   arena_text(q->api->arena, sim_api_field(q->api, "LastVerifiedDate")));
    json_out_text(o, "is_number_reassigned", SPAN("no"));
    json_out_null(o, "error_code");
}

static void risk_of(const struct asked *q, struct json_out *o)
{
    (void)q;
    json_out_text(o, "carrier_risk_category", SPAN("low"));
    json_out_bool(o, "number_blocked", false);
    json_out_null(o, "number_blocked_date");
    json_out_bool(o, "number_blocked_last_3_months", false);
    json_out_number(o, "sms_pumping_risk_score", 0);
    json_out_null(o, "error_code");
}

static void score_of(const struct asked *q, struct json_out *o)
{
    (void)q;
    json_out_number(o, "quality_score", 100);
    json_out_null(o, "error_code");
}

static void fill_of(const struct asked *q, struct json_out *o)
{
    (void)q;
    json_out_null(o, "first_name");
    json_out_null(o, "last_name");
    json_out_null(o, "error_code");
}

/* clang-format off */
static const struct {
    const char *name;
    void (*usual)(const struct asked *q, struct json_out *o);
} packages[] = {
    {"caller_name", name_of},
    {"sim_swap", swap_of},
    {"call_forwarding", forwarding_of},
    {"line_status", status_of},
    {"line_type_intelligence", line_of},
    {"identity_match", identity_of},
    {"reassigned_number", reassigned_of},
    {"sms_pumping_risk", risk_of},
    {"phone_number_quality_score", score_of},
    {"pre_fill", fill_of},
};
/* clang-format on */

static void shape_package(const struct asked *q, struct json_out *o, size_t i)
{
    const struct json *own = json_get(q->told, packages[i].name);

    if (!is_valid(q) || !is_listed(sim_api_field(q->api, "Fields"), packages[i].name)) {
        json_out_null(o, packages[i].name);
    } else if (json_type(own) == JSON_OBJECT) {
        json_out_raw(o, packages[i].name, json_dump(q->api->arena, own));
    } else {
        json_out_object(o, packages[i].name);
        packages[i].usual(q, o);
        json_out_end_object(o);
    }
}

static void shape_number(const struct asked *q, struct json_out *o)
{
    sim_write_text(o, "country_code", q->facts.region);
    json_out_text(o, "phone_number", is_valid(q) ? span_of(q->e164) : q->number);
    sim_write_text(o, "national_format", q->facts.national);
}

static void fetch(struct sim_api *a)
{
    struct asked q;
    struct json_out o = json_out(&a->out);

    read_asked(a, &q);
    json_out_object(&o, NULL);
    if (is_valid(&q))
        sim_write_number(&o, "calling_country_code", q.facts.calling_code);
    else
        json_out_null(&o, "calling_country_code");
    shape_number(&q, &o);
    json_out_bool(&o, "valid", is_valid(&q));
    json_out_list(&o, "validation_errors");
    if (!is_valid(&q))
        json_out_text(&o, NULL, span_of(errors[q.verdict]));
    json_out_end_list(&o);
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++)
        shape_package(&q, &o, i);
    sim_write_url(a, &o, "url", "/v2/PhoneNumbers/%.*s",
                  SPAN_ARG(is_valid(&q) ? span_of(q.e164) : q.number));
    json_out_end_object(&o);
    json_close(&q.told);
}

static bool asks_type(const struct sim_api *a, const char *type)
{
    for (size_t i = 0; i < a->form->count; i++)
        if (span_is_text(a->form->fields[i].name, "Type") &&
            span_is_text(a->form->fields[i].value, type))
            return true;
    return false;
}

/* The version before: a bad number is no resource. */
static void fetch_old(struct sim_api *a)
{
    struct asked q;
    struct json_out o = json_out(&a->out);

    read_asked(a, &q);
    json_close(&q.told);
    if (!is_valid(&q)) {
        sim_api_refuse_unknown(a);
        return;
    }
    json_out_object(&o, NULL);
    shape_number(&q, &o);
    if (asks_type(a, "caller-name")) {
        json_out_object(&o, "caller_name");
        name_of(&q, &o);
        json_out_end_object(&o);
    } else {
        json_out_null(&o, "caller_name");
    }
    if (asks_type(a, "carrier")) {
        json_out_object(&o, "carrier");
        json_out_null(&o, "mobile_country_code");
        json_out_null(&o, "mobile_network_code");
        json_out_text(&o, "name", SPAN("Simulated"));
        json_out_text(&o, "type",
                      span_of(!strcmp(line_type_of(&q), "landline") ? "landline"
                              : strstr(line_type_of(&q), "Voip")    ? "voip"
                                                                    : "mobile"));
        json_out_null(&o, "error_code");
        json_out_end_object(&o);
    } else {
        json_out_null(&o, "carrier");
    }
    json_out_null(&o, "add_ons");
    sim_write_url(a, &o, "url", "/v1/PhoneNumbers/%s", q.e164);
    json_out_end_object(&o);
}

static const struct sim_api_kind kind = {.name = "Lookups", .element = "PhoneNumber"};

/* clang-format off */
const struct sim_api_route sim_lookups_routes[] = {
    {SIM_API_LOOKUPS, "GET", "/v2/PhoneNumbers/{number}", fetch, &kind, NULL,
     SIM_API_STRUCK | SIM_API_TESTED, "who a number is, and what kind of connection it has"},
    {SIM_API_LOOKUPS, "GET", "/v1/PhoneNumbers/{number}", fetch_old, &kind, NULL, SIM_API_STRUCK,
     "the version before"},
    {.path = NULL},
};
/* clang-format on */
