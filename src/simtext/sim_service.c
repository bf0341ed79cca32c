#include "simtext/sim_service.h"

#include <string.h>

enum {
    NAME_CHARACTERS = 64,
    VALIDITY_MAX_S = 36000,
    INVALID_URL = 21402,
    AREA_SIZE = 5, /* "+1619" */
};

#define SERVICE(member) offsetof(struct sim_service, member)

/* clang-format off */
const struct sim_field sim_service_fields[] = {
    {"FriendlyName", "friendly_name", SIM_FIELD_TEXT, SERVICE(friendly_name), .max = NAME_CHARACTERS},
    {"InboundRequestUrl", "inbound_request_url", SIM_FIELD_URL, SERVICE(inbound_request_url), .code = INVALID_URL},
    {"InboundMethod", "inbound_method", SIM_FIELD_METHOD, SERVICE(inbound_method), "POST"},
    {"FallbackUrl", "fallback_url", SIM_FIELD_URL, SERVICE(fallback_url), .code = INVALID_URL},
    {"FallbackMethod", "fallback_method", SIM_FIELD_METHOD, SERVICE(fallback_method), "POST"},
    {"StatusCallback", "status_callback", SIM_FIELD_URL, SERVICE(status_callback), .code = INVALID_URL},
    {"StickySender", "sticky_sender", SIM_FIELD_BOOL, SERVICE(sticky_sender), "true"},
    {"MmsConverter", "mms_converter", SIM_FIELD_BOOL, SERVICE(mms_converter), "true"},
    {"SmartEncoding", "smart_encoding", SIM_FIELD_BOOL, SERVICE(smart_encoding), "true"},
    {"ScanMessageContent", "scan_message_content", SIM_FIELD_WORD, SERVICE(scan_message_content), "inherit",
     .words = "inherit enable disable"},
    {"FallbackToLongCode", "fallback_to_long_code", SIM_FIELD_BOOL, SERVICE(fallback_to_long_code), "true"},
    {"AreaCodeGeomatch", "area_code_geomatch", SIM_FIELD_BOOL, SERVICE(area_code_geomatch), "true"},
    {"ValidityPeriod", "validity_period", SIM_FIELD_NUMBER, SERVICE(validity_period), "36000",
     .min = 1, .max = VALIDITY_MAX_S, .code = 21624},
    {"SynchronousValidation", "synchronous_validation", SIM_FIELD_BOOL, SERVICE(synchronous_validation), "false"},
    {"Usecase", "usecase", SIM_FIELD_WORD, SERVICE(usecase), "undeclared",
     .words = "notifications marketing verification discussion poll undeclared"},
    {"UseInboundWebhookOnNumber", "use_inbound_webhook_on_number", SIM_FIELD_BOOL,
     SERVICE(use_inbound_webhook_on_number), "false"},
    {NULL, "us_app_to_person_registered", SIM_FIELD_BOOL, SERVICE(registered), "false"},
    {.key = NULL},
};
/* clang-format on */

struct sim_service *sim_service_made(struct sim_account *account)
{
    struct sim_world *w = account->world;

    if (w->service_count == SIM_SERVICES_MAX)
        return NULL;
    struct sim_service *s = ARENA_NEW(w->arena, struct sim_service);
    s->account = account;
    s->created_ms = s->updated_ms = sim_world_now(w);
    sim_world_sid(w, "MG", (uint32_t)w->service_count++, s->sid);
    sim_field_init(sim_service_fields, s);
    s->next = w->services;
    w->services = s;
    return s;
}

struct sim_service *sim_service_find(const struct sim_account *account, struct span sid)
{
    struct sim_service *s = account->world->services;

    while (s && (s->deleted || s->account != account || !span_is_text(sid, s->sid)))
        s = s->next;
    return s;
}

void sim_service_remove(struct sim_sender *sender)
{
    if (sender->number && sender->number->service == sender->service)
        sender->number->service = NULL;
    sender->dropped = true;
}

void sim_service_drop(struct sim_service *s)
{
    for (struct sim_sender *x = s->senders; x; x = x->next)
        if (!x->dropped)
            sim_service_remove(x);
    s->deleted = true;
}

bool sim_service_has(const struct sim_sender *x)
{
    const struct sim_number *n = x->number;

    if (x->dropped || !n)
        return !x->dropped;
    return x->kind == SIM_SENDER_SHORT_CODE ||
           sim_world_number(x->service->account, span_of(n->phone_number)) == n;
}

struct sim_sender *sim_service_sender(const struct sim_service *s, struct span name)
{
    struct sim_sender *x = s->senders;

    while (x && (!sim_service_has(x) || !span_is_nocase(name, span_of(x->name))))
        x = x->next;
    return x;
}

size_t sim_service_count(const struct sim_service *s, enum sim_sender_kind kind)
{
    size_t count = 0;

    for (const struct sim_sender *x = s->senders; x; x = x->next)
        count += x->kind == kind && sim_service_has(x);
    return count;
}

struct sim_sender *sim_service_add(struct sim_service *s, enum sim_sender_kind kind,
                                   struct sim_number *number, struct span name)
{
    struct sim_world *w = s->account->world;

    if (sim_service_count(s, kind) == SIM_SENDERS_MAX || w->sender_count == SIM_OFFICE_ROWS_MAX)
        return NULL;
    struct sim_sender *x = ARENA_NEW(w->arena, struct sim_sender);
    w->sender_count++;
    x->service = s;
    x->kind = kind;
    x->number = number;
    x->created_ms = x->updated_ms = sim_world_now(w);
    sim_world_copy(x->name, sizeof x->name, number ? span_of(number->phone_number) : name);
    if (number) {
        sim_world_copy(x->sid, sizeof x->sid, span_of(number->sid));
        number->service = s;
    } else {
        sim_world_sid(w, "AI", (uint32_t)w->sender_count, x->sid);
    }
    x->next = s->senders;
    s->senders = x;
    return x;
}

struct sim_sender *sim_service_alpha(const struct sim_account *account, struct span name)
{
    for (struct sim_service *s = account->world->services; s; s = s->next) {
        struct sim_sender *x =
            s->deleted || s->account != account ? NULL : sim_service_sender(s, name);
        if (x && x->kind == SIM_SENDER_ALPHA)
            return x;
    }
    return NULL;
}

static bool is_north_american(const char *number)
{
    return number[0] == '+' && number[1] == '1';
}

/* How well a sender suits; 0: it cannot. Short codes reach only their country, names only others.
 */
static int worth(const struct sim_sender *x, const char *to, bool media)
{
    const bool near = is_north_american(to);

    if (!sim_service_has(x) || (x->number && x->number->no_sms))
        return 0;
    if (x->kind == SIM_SENDER_ALPHA)
        return near || media ? 0 : 8;
    if (x->kind == SIM_SENDER_SHORT_CODE)
        return near ? 8 : 0;
    if (media && x->number->no_mms && !x->service->mms_converter)
        return 0;
    const bool same_area = !strncmp(x->name, to, AREA_SIZE);
    const bool same_country = is_north_american(x->name) == near;
    return 1 + (media && !x->number->no_mms ? 4 : 0) + (same_country ? 2 : 0) +
           (near && same_area && x->service->area_code_geomatch ? 1 : 0);
}

static struct sim_customer *customer_of(struct sim_service *s, const char *to)
{
    struct sim_customer *c = s->customers;

    while (c && strcmp(c->number, to) != 0)
        c = c->next;
    return c;
}

static void keep_sender(struct sim_service *s, struct sim_customer *known, const char *to,
                        struct sim_sender *sender)
{
    struct sim_world *w = s->account->world;

    if (known) {
        known->sender = sender;
        return;
    }
    if (w->customer_count == SIM_CUSTOMERS_MAX)
        return;
    struct sim_customer *c = ARENA_NEW(w->arena, struct sim_customer);
    w->customer_count++;
    sim_world_copy(c->number, sizeof c->number, span_of(to));
    c->sender = sender;
    c->next = s->customers;
    s->customers = c;
}

/* The oldest of the best that has been used least. */
static struct sim_sender *best_of(const struct sim_service *s, const char *to, bool media)
{
    struct sim_sender *best = NULL;
    int most = 0;

    for (struct sim_sender *x = s->senders; x; x = x->next) {
        const int value = worth(x, to, media);
        if (value > most || (value && value == most && x->uses <= best->uses)) {
            best = x;
            most = value;
        }
    }
    return best;
}

struct sim_sender *sim_service_pick(struct sim_service *s, const char *to, bool media)
{
    struct sim_customer *known = s->sticky_sender ? customer_of(s, to) : NULL;
    struct sim_sender *x =
        known && worth(known->sender, to, media) ? known->sender : best_of(s, to, media);

    if (!x)
        return NULL;
    x->uses++;
    if (s->sticky_sender)
        keep_sender(s, known, to, x);
    return x;
}

bool sim_service_can(const struct sim_service *s, const char *to, bool media)
{
    return best_of(s, to, media) != NULL;
}

struct sim_service *sim_service_of(const struct sim_number *number)
{
    struct sim_service *s = number->service;

    return s && s->account == number->account ? s : NULL;
}

const char *sim_service_scope(const struct sim_number *number)
{
    const struct sim_service *s = sim_service_of(number);

    return s ? s->sid : number->phone_number;
}
