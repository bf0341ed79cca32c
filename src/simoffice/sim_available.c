#include "simoffice/sim_available.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simworld/sim_office.h"

enum {
    OF_AREA = 100, /* 555 0100 to 555 0199 */
    MOBILE_FROM = 90,
    CONTAINS_MIN = 2,
    CONTAINS_MAX = 16,
    DISTANCE = 25, /* miles */
    DISTANCE_MAX = 500,
};

struct area {
    const char *country, *code, *region, *locality, *rate_center, *lata, *postal;
    double latitude, longitude;
};

/* clang-format off */
static const struct area areas[] = {
    {"US", "619", "CA", "San Diego",     "SAN DIEGO",  "732", "92101", 32.715700, -117.161100},
    {"US", "415", "CA", "San Francisco", "SNFC CNTRL", "722", "94103", 37.774900, -122.419400},
    {"US", "213", "CA", "Los Angeles",   "LSAN DA 01", "730", "90012", 34.052200, -118.243700},
    {"US", "212", "NY", "New York",      "NWYRCYZN01", "132", "10001", 40.712800,  -74.006000},
    {"US", "312", "IL", "Chicago",       "CHICAGOZN1", "358", "60601", 41.878100,  -87.629800},
    {"US", "206", "WA", "Seattle",       "SEATTLE",    "674", "98101", 47.606200, -122.332100},
    {"US", "512", "TX", "Austin",        "AUSTIN",     "558", "78701", 30.267200,  -97.743100},
    {"US", "617", "MA", "Boston",        "BOSTON",     "128", "02108", 42.360100,  -71.058900},
    {"US", "305", "FL", "Miami",         "MIAMI",      "460", "33130", 25.761700,  -80.191800},
    {"US", "303", "CO", "Denver",        "DENVER",     "656", "80202", 39.739200, -104.990300},
    {"CA", "416", "ON", "Toronto",       "TORONTO",    "888", "M5H",   43.653200,  -79.383200},
    {"CA", "604", "BC", "Vancouver",     "VANCOUVER",  "888", "V6B",   49.282700, -123.120700},
};
static const char *const toll_free[] = {"800", "833", "844", "855", "866", "877", "888"};
static const struct country {
    const char *code, *name;
} countries[] = {{"US", "United States"}, {"CA", "Canada"}};
/* clang-format on */

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* One number that can be bought; area NULL: toll-free. */
struct offer {
    char number[PHONE_TEXT_SIZE];
    const struct area *area;
};

bool sim_available_is_free(const struct sim_world *w, const char *number)
{
    for (size_t i = 0; i < w->account_count; i++)
        if (sim_world_number(&w->accounts[i], span_of(number)))
            return false;
    for (size_t i = 0; i < w->phone_count; i++)
        if (!strcmp(w->phones[i]->number, number))
            return false;
    return true;
}

/* The i-th number of an area in the order of the seed: a step that shares no factor with 100
 * visits each once. */
static void number_of(const struct sim_world *w, const char *area, size_t i,
                      char out[PHONE_TEXT_SIZE])
{
    const size_t place = (i * 37 + (size_t)(w->seed % OF_AREA)) % OF_AREA;

    snprintf(out, PHONE_TEXT_SIZE, "+1%.3s55501%02zu", area, place);
}

static size_t last_two(const char *number)
{
    const size_t size = strlen(number);

    return size < 2 ? 0 : (size_t)(number[size - 2] - '0') * 10 + (size_t)(number[size - 1] - '0');
}

const char *sim_available_type(const char *number)
{
    for (size_t i = 0; i < COUNT(toll_free); i++)
        if (!strncmp(number, "+1", 2) && !strncmp(number + 2, toll_free[i], 3))
            return "toll-free";
    return strlen(number) == 12 && !strncmp(number + 5, "55501", 5) &&
                   last_two(number) >= MOBILE_FROM
               ? "mobile"
               : "local";
}

bool sim_available_in_area(const struct sim_world *w, struct span area, char out[17])
{
    char number[PHONE_TEXT_SIZE];

    for (size_t a = 0; a < COUNT(areas); a++)
        for (size_t i = 0; span_is_text(area, areas[a].code) && i < OF_AREA; i++) {
            number_of(w, areas[a].code, i, number);
            if (!strcmp(sim_available_type(number), "local") && sim_available_is_free(w, number)) {
                memcpy(out, number, sizeof number);
                return true;
            }
        }
    return false;
}

/* ---- countries ---- */

static size_t country_count(const struct sim_api *a)
{
    (void)a;
    return COUNT(countries);
}

static void *country_at(const struct sim_api *a, size_t i)
{
    (void)a;
    return (void *)(uintptr_t)&countries[i];
}

static bool anywhere(const struct sim_api *a, const void *row)
{
    (void)a;
    return row != NULL;
}

static const char *country_code(const void *row)
{
    const struct country *c = row;

    return c->code;
}

static void country_shape(const struct sim_api *a, struct json_out *o, const char *key,
                          const void *row)
{
    const struct country *c = row;

    json_out_object(o, key);
    json_out_text(o, "country_code", span_of(c->code));
    json_out_text(o, "country", span_of(c->name));
    json_out_bool(o, "beta", false);
    sim_write_uri(o, "uri", a->account, "/AvailablePhoneNumbers/%s", c->code);
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "local", a->account, "/AvailablePhoneNumbers/%s/Local", c->code);
    sim_write_uri(o, "toll_free", a->account, "/AvailablePhoneNumbers/%s/TollFree", c->code);
    sim_write_uri(o, "mobile", a->account, "/AvailablePhoneNumbers/%s/Mobile", c->code);
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind country_kind = {
    .name = "AvailablePhoneNumbers",
    .key = "countries",
    .element = "Country",
    .count = country_count,
    .at = country_at,
    .is_here = anywhere,
    .sid = country_code,
    .shape = country_shape,
    .bare = true,
};

/* ---- numbers ---- */

static bool asks(const struct sim_api *a, const char *type)
{
    return strstr(a->route->path, type) != NULL;
}

static bool has_any(const struct sim_api *a)
{
    return asks(a, "/Local") || asks(a, "/Mobile") || asks(a, "/TollFree");
}

static size_t count(const struct sim_api *a)
{
    return !has_any(a) ? 0 : (asks(a, "/TollFree") ? COUNT(toll_free) : COUNT(areas)) * OF_AREA;
}

static void *at(const struct sim_api *a, size_t i)
{
    const struct country *c = a->parent;
    struct offer *offer = ARENA_NEW(a->arena, struct offer);
    const size_t area = i / OF_AREA;

    if (asks(a, "/TollFree")) {
        number_of(a->world, toll_free[area], i % OF_AREA, offer->number);
        return offer;
    }
    offer->area = &areas[area];
    number_of(a->world, areas[area].code, i % OF_AREA, offer->number);
    const bool mobile = !strcmp(sim_available_type(offer->number), "mobile");
    return !strcmp(c->code, offer->area->country) && mobile == asks(a, "/Mobile") ? offer : NULL;
}

/* Letters stand for the digits of their keys. */
static char digit_of(char c)
{
    static const char keys[] = "22233344455566677778889999";

    return isalpha((unsigned char)c) ? keys[toupper((unsigned char)c) - 'A'] : c;
}

/* "510555****", "%555%": a star is one digit, a percent sign any number of them. */
static bool is_like(struct span pattern, const char *number)
{
    struct span after = {NULL, 0}; /* the last percent sign, which may take one digit more */
    const char *taken = NULL;      /* where its digits end; NULL: there was none yet */

    while (*number) {
        const char c = pattern.size ? pattern.data[0] : 0;
        if (c == '%') {
            after = pattern = span_skip(pattern, 1);
            taken = number;
        } else if (c && (c == '*' || digit_of(c) == *number)) {
            pattern = span_skip(pattern, 1);
            number++;
        } else if (taken) {
            pattern = after;
            number = ++taken;
        } else {
            return false;
        }
    }
    while (pattern.size && pattern.data[0] == '%')
        pattern = span_skip(pattern, 1);
    return !pattern.size;
}

/* The carrier looks for the pattern anywhere in the number. */
static bool is_contained(const struct sim_api *a, const struct offer *offer)
{
    const struct span given = sim_api_field(a, "Contains");
    const struct span pattern = span_of(arena_printf(a->arena, "%%%.*s%%", SPAN_ARG(given)));

    return !given.size || is_like(pattern, offer->number);
}

static double radians(double degrees)
{
    return degrees * 3.14159265358979323846 / 180.0;
}

static double miles(double lat1, double lon1, double lat2, double lon2)
{
    const double dlat = radians(lat2 - lat1), dlon = radians(lon2 - lon1);
    const double h = sin(dlat / 2) * sin(dlat / 2) +
                     cos(radians(lat1)) * cos(radians(lat2)) * sin(dlon / 2) * sin(dlon / 2);

    return 2 * 3958.8 * asin(sqrt(h > 1 ? 1 : h));
}

/* The point that the asker wants to be near; false when he named none. */
static bool point_of(const struct sim_api *a, double *out_lat, double *out_lon)
{
    const struct span number = sim_api_field(a, "NearNumber");
    const char *point = arena_text(a->arena, sim_api_field(a, "NearLatLong"));

    for (size_t i = 0; number.size > 5 && i < COUNT(areas); i++)
        if (!strncmp(number.data + 2, areas[i].code, 3)) {
            *out_lat = areas[i].latitude;
            *out_lon = areas[i].longitude;
            return true;
        }
    return sscanf(point, "%lf,%lf", out_lat, out_lon) == 2;
}

static bool is_near(const struct sim_api *a, const struct offer *offer)
{
    const bool wanted = sim_api_field(a, "NearNumber").size || sim_api_field(a, "NearLatLong").size;
    int64_t distance = DISTANCE;
    double lat = 0, lon = 0;

    (void)span_number(sim_api_field(a, "Distance"), 0, DISTANCE_MAX, &distance);
    if (!wanted)
        return true;
    return offer->area && point_of(a, &lat, &lon) &&
           miles(lat, lon, offer->area->latitude, offer->area->longitude) <= (double)distance;
}

static bool is_in(const struct sim_api *a, const char *name, const char *value)
{
    const struct span wanted = sim_api_field(a, name);

    return !wanted.size || (value && span_is_nocase(wanted, span_of(value)));
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct offer *offer = row;
    const struct area *at_home = offer->area;
    const struct span area = sim_api_field(a, "AreaCode");

    return (!area.size || span_is(area, (struct span){offer->number + 2, 3})) &&
           is_contained(a, offer) && sim_filter_bool(a, "SmsEnabled", true) &&
           sim_filter_bool(a, "MmsEnabled", true) && sim_filter_bool(a, "VoiceEnabled", true) &&
           !sim_api_is_true(a, "FaxEnabled") &&
           is_in(a, "InRegion", at_home ? at_home->region : NULL) &&
           is_in(a, "InLocality", at_home ? at_home->locality : NULL) &&
           is_in(a, "InRateCenter", at_home ? at_home->rate_center : NULL) &&
           is_in(a, "InLata", at_home ? at_home->lata : NULL) &&
           is_in(a, "InPostalCode", at_home ? at_home->postal : NULL) && is_near(a, offer) &&
           sim_available_is_free(a->world, offer->number);
}

static const char *number_sid(const void *row)
{
    const struct offer *offer = row;

    return offer->number;
}

static void degrees(struct json_out *o, const char *key, double value)
{
    char text[24];

    snprintf(text, sizeof text, "%.6f", value);
    json_out_text(o, key, span_of(text));
}

static void shape_place(struct json_out *o, const struct area *area)
{
    static const char *const keys[] = {"lata",        "locality", "rate_center", "region",
                                       "postal_code", "latitude", "longitude"};

    if (!area) {
        for (size_t i = 0; i < COUNT(keys); i++)
            json_out_null(o, keys[i]);
        return;
    }
    json_out_text(o, "lata", span_of(area->lata));
    json_out_text(o, "locality", span_of(area->locality));
    json_out_text(o, "rate_center", span_of(area->rate_center));
    json_out_text(o, "region", span_of(area->region));
    json_out_text(o, "postal_code", span_of(area->postal));
    degrees(o, "latitude", area->latitude);
    degrees(o, "longitude", area->longitude);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct offer *offer = row;
    const struct country *c = a->parent;

    json_out_object(o, key);
    json_out_text(o, "phone_number", span_of(offer->number));
    sim_write_formatted(o, "friendly_name", offer->number);
    json_out_text(o, "iso_country", span_of(c->code));
    shape_place(o, offer->area);
    json_out_text(o, "address_requirements", SPAN("none"));
    json_out_bool(o, "beta", false);
    json_out_object(o, "capabilities");
    json_out_bool(o, "voice", true);
    json_out_bool(o, "sms", true);
    json_out_bool(o, "mms", true);
    json_out_bool(o, "fax", false);
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "AvailablePhoneNumbers",
    .key = "available_phone_numbers",
    .element = "AvailablePhoneNumber",
    .count = count,
    .at = at,
    .is_here = anywhere,
    .is_met = is_met,
    .sid = number_sid,
    .shape = shape,
    .bare = true,
};

static void list(struct sim_api *a)
{
    const struct span contains = sim_api_field(a, "Contains");
    int64_t n;

    if (contains.size && (contains.size < CONTAINS_MIN || contains.size > CONTAINS_MAX))
        sim_api_refuse(a, 400, 20001, "Contains has from 2 to 16 characters");
    else if (sim_api_field(a, "AreaCode").size &&
             !span_number(sim_api_field(a, "AreaCode"), 200, 999, &n))
        sim_api_refuse(a, 400, 21451, "AreaCode %.*s is not valid",
                       SPAN_ARG(sim_api_field(a, "AreaCode")));
    else if (sim_api_field(a, "Distance").size &&
             !span_number(sim_api_field(a, "Distance"), 0, DISTANCE_MAX, &n))
        sim_api_refuse(a, 400, 20001, "Distance is a number of miles up to 500");
    else
        sim_list_answer(a);
}

/* clang-format off */
#define ROW(TYPE, WHAT)                                                                           \
    {SIM_API_CORE, "GET", "/AvailablePhoneNumbers/{sid}/" TYPE, list, &kind, &country_kind, 0,    \
     WHAT}

const struct sim_api_route sim_available_routes[] = {
    {SIM_API_CORE, "GET", "/AvailablePhoneNumbers", sim_list_answer, &country_kind, NULL, 0,
     "lists countries"},
    {SIM_API_CORE, "GET", "/AvailablePhoneNumbers/{sid}", sim_api_fetch, &country_kind, NULL, 0,
     "one country"},
    ROW("Local", "local numbers that can be bought"),
    ROW("TollFree", "toll-free ones"),
    ROW("Mobile", "mobile ones"),
    ROW("National", "none, in these countries"),
    ROW("Voip", "none, in these countries"),
    ROW("SharedCost", "none, in these countries"),
    ROW("MachineToMachine", "none, in these countries"),
    {.path = NULL},
};
/* clang-format on */
