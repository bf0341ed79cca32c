#include "simoffice/sim_keys.h"

#include <string.h>

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simoffice/sim_shelved.h"
#include "simworld/sim_office.h"

enum { NAME_CHARACTERS = 64 };

static const struct sim_field fields[] = {
    {"FriendlyName", "friendly_name", SIM_FIELD_TEXT, offsetof(struct sim_key, friendly_name),
     .max = NAME_CHARACTERS},
    {.key = NULL},
};

SIM_SHELVED(keys, struct sim_key)

static void write_members(const struct sim_api *a, struct json_out *o, const struct sim_key *k)
{
    json_out_text(o, "sid", span_of(k->sid));
    json_out_text(o, "friendly_name", span_of(k->friendly_name));
    sim_write_date(a, o, "date_created", k->created_ms);
    sim_write_date(a, o, "date_updated", k->updated_ms);
    if (a->host != SIM_API_CORE) {
        json_out_list(o, "flags");
        json_out_end_list(o);
        if (a->row)
            json_out_null(o, "policy"); /* of one key; a list leaves it out */
    }
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    json_out_object(o, key);
    write_members(a, o, row);
    json_out_end_object(o);
}

#define KIND(NAME, KEY, ELEMENT)                                                              \
    {                                                                                         \
        .name = NAME, .key = KEY, .element = ELEMENT, .sids = "SK", .count = count, .at = at, \
        .is_here = is_here, .sid = sid, .shape = shape,                                       \
    }

static const struct sim_api_kind keys = KIND("Keys", "keys", "Key");
static const struct sim_api_kind signing_keys = KIND("SigningKeys", "signing_keys", "SigningKey");

/* The other host names the account in a parameter; false leaves an error. */
static bool take_account(struct sim_api *a)
{
    const struct span given = sim_api_field(a, "AccountSid");
    struct sim_account *wanted = sim_world_account(a->world, given);

    if (a->host == SIM_API_CORE)
        return true;
    if (!given.size)
        sim_api_refuse(a, 400, 20001, "AccountSid is required");
    else if (!wanted || (wanted != a->account && wanted->owner != a->account))
        sim_api_refuse(a, 403, 20403, "AccountSid is not one of yours");
    else
        a->account = wanted;
    return !a->code;
}

static void list(struct sim_api *a)
{
    if (take_account(a))
        sim_list_answer(a);
}

/* The secret is told this once. */
static void create(struct sim_api *a)
{
    struct sim_key *k, named = {.friendly_name = ""};
    struct json_out o = json_out(&a->out);

    if (!take_account(a) || !sim_api_take(a, fields, &named))
        return;
    k = sim_office_key(a->account);
    if (!k) {
        sim_api_refuse(a, 400, 20001, "There are too many keys");
        return;
    }
    k->friendly_name = named.friendly_name;
    a->row = k;
    json_out_object(&o, NULL);
    write_members(a, &o, k);
    json_out_text(&o, "secret", span_of(k->secret));
    json_out_end_object(&o);
}

static void update(struct sim_api *a)
{
    struct sim_key *k = a->row;

    if (sim_api_take(a, fields, k))
        k->updated_ms = sim_world_now(a->world);
}

static void drop(struct sim_api *a)
{
    sim_office_drop(&a->account->keys, a->row);
}

/* clang-format off */
#define ROWS(HOST, PATH, KIND)                                                                    \
    {HOST, "GET", PATH, list, KIND, NULL, SIM_API_MASTERED, "lists API keys"},                    \
    {HOST, "POST", PATH, create, KIND, NULL, SIM_API_CREATES | SIM_API_MASTERED,                  \
     "makes a key; its secret is in this answer alone"},                                          \
    {HOST, "GET", PATH "/{sid}", sim_api_fetch, KIND, NULL, SIM_API_MASTERED, "one key"},         \
    {HOST, "POST", PATH "/{sid}", update, KIND, NULL, SIM_API_MASTERED, "names it"},              \
    {HOST, "DELETE", PATH "/{sid}", drop, KIND, NULL, SIM_API_MASTERED,                         \
     "takes it away; it opens nothing any more"}

const struct sim_api_route sim_keys_routes[] = {
    ROWS(SIM_API_CORE, "/Keys", &keys),
    ROWS(SIM_API_CORE, "/SigningKeys", &signing_keys),
    ROWS(SIM_API_IAM, "/v1/Keys", &keys),
    {.path = NULL},
};
/* clang-format on */
