#include "simtextapi/sim_senders.h"

#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simtext/sim_service.h"
#include "simtextapi/sim_services.h"

enum { ALPHA_MAX = 11, MADE_CODES = 1000, SID_BYTES = 34 };

static const struct sim_api_kind kinds[SIM_SENDER_KINDS];

/* What the three kinds have of their own. */
static const struct {
    const char *path, *key;
} own[SIM_SENDER_KINDS] = {
    [SIM_SENDER_NUMBER] = {"PhoneNumbers", "phone_number"},
    [SIM_SENDER_SHORT_CODE] = {"ShortCodes", "short_code"},
    [SIM_SENDER_ALPHA] = {"AlphaSenders", "alpha_sender"},
};

static void *at(const struct sim_api *a, size_t i)
{
    const struct sim_service *s = a->parent;

    (void)i;
    return s->senders;
}

static void *after(const void *row)
{
    const struct sim_sender *x = row;

    return x->next;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_sender *x = row;

    return sim_service_has(x) && a->route->kind == &kinds[x->kind];
}

static const char *sid_of(const void *row)
{
    const struct sim_sender *x = row;

    return x->sid;
}

static void shape_capabilities(struct json_out *o, const struct sim_sender *x)
{
    const struct sim_number *n = x->number;

    json_out_list(o, "capabilities");
    if (!n || !n->no_sms)
        json_out_text(o, NULL, SPAN("SMS"));
    if (n && !n->no_mms)
        json_out_text(o, NULL, SPAN("MMS"));
    if (n && !n->no_voice && x->kind == SIM_SENDER_NUMBER)
        json_out_text(o, NULL, SPAN("Voice"));
    json_out_end_list(o);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_sender *x = row;
    struct phone_facts facts = {.region = "US"};

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(x->sid));
    json_out_text(o, "account_sid", span_of(x->service->account->sid));
    json_out_text(o, "service_sid", span_of(x->service->sid));
    json_out_text(o, own[x->kind].key, span_of(x->name));
    if (x->kind == SIM_SENDER_NUMBER)
        (void)phone_facts_read(x->name, &facts);
    if (x->kind != SIM_SENDER_ALPHA)
        json_out_text(o, "country_code", span_of(facts.region));
    shape_capabilities(o, x);
    sim_write_date(a, o, "date_created", x->created_ms);
    sim_write_date(a, o, "date_updated", x->updated_ms);
    sim_write_url(a, o, "url", "/v1/Services/%s/%s/%s", x->service->sid, own[x->kind].path, x->sid);
    json_out_end_object(o);
}

/* clang-format off */
#define KIND(name_, key_, element_) \
    {.name = name_, .key = key_, .element = element_, .at = at, .after = after, \
     .is_here = is_here, .sid = sid_of, .shape = shape}

static const struct sim_api_kind kinds[SIM_SENDER_KINDS] = {
    [SIM_SENDER_NUMBER] = KIND("PhoneNumbers", "phone_numbers", "PhoneNumber"),
    [SIM_SENDER_SHORT_CODE] = KIND("ShortCodes", "short_codes", "ShortCode"),
    [SIM_SENDER_ALPHA] = KIND("AlphaSenders", "alpha_senders", "AlphaSender"),
};
/* clang-format on */

/* The sender of that SID in any service of the account. */
static const struct sim_sender *sender_of(const struct sim_api *a, struct span sid)
{
    for (const struct sim_service *s = a->world->services; s; s = s->next)
        for (const struct sim_sender *x = s->senders; x; x = x->next)
            if (s->account == a->account && sim_service_has(x) && span_is_text(sid, x->sid))
                return x;
    return NULL;
}

static bool is_free(struct sim_api *a, struct span sid)
{
    const struct sim_sender *x = sender_of(a, sid);

    if (x && x->service == a->parent)
        sim_api_refuse(a, 409, 21710,
                       "Phone Number or Short Code is already in the Messaging Service.");
    else if (x)
        sim_api_refuse(a, 409, 21712,
                       "Phone Number or Short Code is associated with another Messaging Service.");
    return !x;
}

static void add(struct sim_api *a, enum sim_sender_kind kind, struct sim_number *number,
                struct span name)
{
    a->row = sim_service_add(a->parent, kind, number, name);
    if (!a->row)
        sim_api_refuse(a, 400, 21714, "The Messaging Service's pool is full: %d senders",
                       SIM_SENDERS_MAX);
}

static struct sim_number *number_of(const struct sim_api *a, struct span sid)
{
    for (size_t i = 0; i < a->account->numbers.count; i++) {
        struct sim_number *n = a->account->numbers.rows[i];
        if (span_is_text(sid, n->sid))
            return n;
    }
    return NULL;
}

static bool is_given(struct sim_api *a, const char *name, struct span *out)
{
    *out = sim_api_field(a, name);
    if (!out->size)
        sim_api_refuse(a, 400, 20001, "Missing required parameter %s in the post body", name);
    return out->size > 0;
}

static void create_number(struct sim_api *a)
{
    struct span sid;

    if (!is_given(a, "PhoneNumberSid", &sid))
        return;
    struct sim_number *n = number_of(a, sid);
    if (!n)
        sim_api_refuse(a, 404, 20404, "The requested resource /PhoneNumbers/%.*s was not found",
                       SPAN_ARG(sid));
    else if (is_free(a, sid))
        add(a, SIM_SENDER_NUMBER, n, (struct span){NULL, 0});
}

/* One that no setup knows, with six digits of its own. */
static struct sim_number *code_made(struct sim_api *a, struct span sid)
{
    struct sim_number *n = ARENA_NEW(a->world->arena, struct sim_number);

    n->account = a->account;
    n->type = "short-code";
    n->friendly_name = n->voice_application_sid = n->sms_application_sid = "";
    n->created_ms = n->updated_ms = sim_world_now(a->world);
    sim_world_copy(n->sid, sizeof n->sid, sid);
    snprintf(n->phone_number, sizeof n->phone_number, "555%03zu",
             a->world->sender_count % MADE_CODES);
    return n;
}

static void create_short_code(struct sim_api *a)
{
    struct span sid;

    if (!is_given(a, "ShortCodeSid", &sid))
        return;
    struct sim_number *n = number_of(a, sid);
    if (sid.size != SID_BYTES || !span_starts(sid, SPAN("SC")))
        sim_api_refuse(a, 404, 20404, "The requested resource /ShortCodes/%.*s was not found",
                       SPAN_ARG(sid));
    else if (is_free(a, sid))
        add(a, SIM_SENDER_SHORT_CODE, n ? n : code_made(a, sid), (struct span){NULL, 0});
}

/* Up to eleven of A-Z a-z 0-9 blank - + _ &, and a letter among them. */
static bool is_name(struct span name)
{
    bool letter = false;

    if (!name.size || name.size > ALPHA_MAX)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        const char c = name.data[i];
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        letter |= is_letter;
        if (!is_letter && (c < '0' || c > '9') && !strchr(" -+_&", c))
            return false;
    }
    return letter;
}

static void create_alpha(struct sim_api *a)
{
    struct span name;

    if (!is_given(a, "AlphaSender", &name))
        return;
    if (!is_name(name))
        sim_api_refuse(a, 400, 20001,
                       "AlphaSender is up to %d letters, digits, blanks and -+_&, not digits alone",
                       ALPHA_MAX);
    else if (sim_service_sender(a->parent, name))
        sim_api_refuse(a, 409, 21710, "The AlphaSender is already in the Messaging Service.");
    else
        add(a, SIM_SENDER_ALPHA, NULL, name);
}

static void drop(struct sim_api *a)
{
    sim_service_remove(a->row);
}

/* clang-format off */
#define ROWS(kind_, path_, create_, words_)                                                       \
    {SIM_API_MESSAGING, "GET", "/v1/Services/{sid}/" path_, sim_list_answer, &kinds[kind_],       \
     &sim_services_kind, 0, "lists the " words_ "s of a service"},                                \
    {SIM_API_MESSAGING, "POST", "/v1/Services/{sid}/" path_, create_, &kinds[kind_],              \
     &sim_services_kind, SIM_API_CREATES, "adds a " words_},                                      \
    {SIM_API_MESSAGING, "GET", "/v1/Services/{sid}/" path_ "/{sid}", sim_api_fetch,               \
     &kinds[kind_], &sim_services_kind, 0, "one " words_},                                        \
    {SIM_API_MESSAGING, "DELETE", "/v1/Services/{sid}/" path_ "/{sid}", drop, &kinds[kind_],    \
     &sim_services_kind, 0, "takes the " words_ " out of the service"}

const struct sim_api_route sim_senders_routes[] = {
    ROWS(SIM_SENDER_NUMBER, "PhoneNumbers", create_number, "number"),
    ROWS(SIM_SENDER_SHORT_CODE, "ShortCodes", create_short_code, "short code"),
    ROWS(SIM_SENDER_ALPHA, "AlphaSenders", create_alpha, "name"),
    {.path = NULL},
};
/* clang-format on */
