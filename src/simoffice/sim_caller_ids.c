#include "simoffice/sim_caller_ids.h"

#include <stdio.h>

#include "codec/phone.h"
#include "codec/url.h"
#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simoffice/sim_shelved.h"
#include "simworld/sim_note.h"
#include "simworld/sim_office.h"
#include "simworld/sim_webhook.h"

enum {
    NAME_CHARACTERS = 64,
    VALIDATED_MS = 10000, /* the phone is called, and the code keyed in */
    DELAY_MAX_S = 60,
};

static const struct sim_field fields[] = {
    {"FriendlyName", "friendly_name", SIM_FIELD_TEXT, offsetof(struct sim_caller_id, friendly_name),
     .max = NAME_CHARACTERS},
    {.key = NULL},
};

/* A validation under way. */
struct validation {
    struct sim_account *account;
    const char *friendly_name, *callback, *method;
    char number[PHONE_TEXT_SIZE], call_sid[LIMIT_SID_SIZE];
};

SIM_SHELVED(caller_ids, struct sim_caller_id)

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_caller_id *c = row;

    return sim_filter_text(a, "PhoneNumber", c->phone_number) &&
           sim_filter_text(a, "FriendlyName", c->friendly_name);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_caller_id *c = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(c->sid));
    json_out_text(o, "account_sid", span_of(c->account->sid));
    json_out_text(o, "phone_number", span_of(c->phone_number));
    json_out_text(o, "friendly_name", span_of(c->friendly_name));
    sim_write_date(a, o, "date_created", c->created_ms);
    sim_write_date(a, o, "date_updated", c->updated_ms);
    sim_write_uri(o, "uri", c->account, "/OutgoingCallerIds/%s", c->sid);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "OutgoingCallerIds",
    .key = "outgoing_caller_ids",
    .element = "OutgoingCallerId",
    .sids = "PN",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid,
    .shape = shape,
};

static void tell(const struct validation *v, const struct sim_caller_id *c)
{
    struct sim_params p = {.arena = arena_open(0)};

    sim_params_text(&p, "AccountSid", v->account->sid);
    sim_params_text(&p, "CallSid", v->call_sid);
    sim_params_text(&p, "To", v->number);
    sim_params_text(&p, "VerificationStatus", c ? "success" : "failed");
    if (c)
        sim_params_text(&p, "OutgoingCallerIdSid", c->sid);
    sim_webhook_tell(&(struct sim_ask){.world = v->account->world,
                                       .account = v->account,
                                       .url = v->callback,
                                       .method = v->method,
                                       .voice = true,
                                       .subject = v->call_sid,
                                       .params = &p});
    arena_close(&p.arena);
}

static bool is_there(const struct sim_account *account, const char *number)
{
    for (size_t i = 0; i < account->caller_ids.count; i++) {
        const struct sim_caller_id *c = account->caller_ids.rows[i];
        if (span_is_text(span_of(number), c->phone_number))
            return true;
    }
    return false;
}

/* A phone that can be reached keys the code in. */
static void finish(void *ctx)
{
    struct validation *v = ctx;
    struct sim_world *w = v->account->world;
    const struct sim_phone *phone = sim_world_phone(w, span_of(v->number));
    struct sim_caller_id *c = (phone && phone->unreachable) || is_there(v->account, v->number)
                                  ? NULL
                                  : sim_office_caller_id(v->account, span_of(v->number));

    if (c && v->friendly_name[0])
        c->friendly_name = v->friendly_name;
    sim_note(w, "call", "%s is %s as a caller id of %s", v->number,
             c ? "validated" : "not validated", v->account->sid);
    if (v->callback[0])
        tell(v, c);
}

static void answer_validation(struct sim_api *a, const struct validation *v, int code)
{
    struct json_out o = json_out(&a->out);
    char digits[8], pretty[32];

    snprintf(digits, sizeof digits, "%06d", code);
    phone_pretty(v->number, "US", pretty);
    json_out_object(&o, NULL);
    json_out_text(&o, "account_sid", span_of(v->account->sid));
    json_out_text(&o, "call_sid", span_of(v->call_sid));
    json_out_text(&o, "friendly_name",
                  v->friendly_name[0] ? span_of(v->friendly_name) : span_of(pretty));
    json_out_text(&o, "phone_number", span_of(v->number));
    json_out_text(&o, "validation_code", span_of(digits));
    json_out_end_object(&o);
    a->status = 200;
}

static void create(struct sim_api *a)
{
    struct sim_world *w = a->world;
    const struct span number = sim_api_field(a, "PhoneNumber");
    const struct span callback = sim_api_field(a, "StatusCallback");
    char e164[PHONE_TEXT_SIZE];
    int64_t delay_s = 0;
    struct url u;

    if (phone_parse(number.data, number.size, NULL, e164) != PHONE_GOOD)
        sim_api_refuse(a, 400, 21401, "%.*s is not a valid phone number", SPAN_ARG(number));
    else if (is_there(a->account, e164))
        sim_api_refuse(a, 400, 21450, "%s is validated already", e164);
    else if (callback.size && url_parse(callback, &u))
        sim_api_refuse(a, 400, 21402, "StatusCallback is not a valid URL: %.*s",
                       SPAN_ARG(callback));
    else if (sim_api_field(a, "CallDelay").size &&
             !span_number(sim_api_field(a, "CallDelay"), 0, DELAY_MAX_S, &delay_s))
        sim_api_refuse(a, 400, 20001, "CallDelay is from 0 to 60 seconds");
    if (a->code)
        return;
    struct validation *v = ARENA_NEW(w->arena, struct validation);
    v->account = a->account;
    sim_world_copy(v->number, sizeof v->number, span_of(e164));
    v->friendly_name = arena_text(w->arena, sim_api_field(a, "FriendlyName"));
    v->callback = arena_text(w->arena, callback);
    v->method = arena_text(w->arena, sim_api_field(a, "StatusCallbackMethod"));
    sim_world_sid(w, "CA", UINT32_MAX, v->call_sid);
    answer_validation(a, v, (int)dice_throw(&w->dice, 1000000));
    sim_agenda_add(w->agenda, sim_world_now(w) + delay_s * 1000 + VALIDATED_MS, finish, v);
}

static void update(struct sim_api *a)
{
    struct sim_caller_id *c = a->row;

    if (sim_api_take(a, fields, c))
        c->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    sim_office_drop(&a->account->caller_ids, a->row);
}

/* clang-format off */
const struct sim_api_route sim_caller_ids_routes[] = {
    {SIM_API_CORE, "GET", "/OutgoingCallerIds", sim_list_answer, &kind, NULL, 0,
     "lists validated caller ids"},
    {SIM_API_CORE, "POST", "/OutgoingCallerIds", create, &kind, NULL, SIM_API_CREATES,
     "begins to validate a number; ten seconds later it is, unless its phone is unreachable"},
    {SIM_API_CORE, "GET", "/OutgoingCallerIds/{sid}", sim_api_fetch, &kind, NULL, 0, "one of them"},
    {SIM_API_CORE, "POST", "/OutgoingCallerIds/{sid}", update, &kind, NULL, 0, "names it"},
    {SIM_API_CORE, "DELETE", "/OutgoingCallerIds/{sid}", drop, &kind, NULL, 0, "takes it away"},
    {.path = NULL},
};
/* clang-format on */
