#include "simoffice/sim_accounts.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simworld/sim_office.h"

enum { NAME_CHARACTERS = 64 };

static const char *name_of(const struct sim_account *account)
{
    return account->friendly_name && account->friendly_name[0] ? account->friendly_name
                                                               : account->sid;
}

static size_t count(const struct sim_api *a)
{
    return a->world->account_count;
}

static void *at(const struct sim_api *a, size_t i)
{
    return &a->world->accounts[a->world->account_count - 1 - i];
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_account *account = row;

    return account == a->account || account->owner == a->account;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_account *account = row;

    return sim_filter_text(a, "FriendlyName", name_of(account)) &&
           sim_filter_text(a, "Status", sim_office_standing_name(account->standing));
}

static const char *sid(const void *row)
{
    const struct sim_account *account = row;

    return account->sid;
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    static const struct {
        const char *key, *path;
    } below[] = {
        {"available_phone_numbers", "/AvailablePhoneNumbers"},
        {"calls", "/Calls"},
        {"conferences", "/Conferences"},
        {"incoming_phone_numbers", "/IncomingPhoneNumbers"},
        {"notifications", "/Notifications"},
        {"outgoing_caller_ids", "/OutgoingCallerIds"},
        {"recordings", "/Recordings"},
        {"transcriptions", "/Transcriptions"},
        {"addresses", "/Addresses"},
        {"signing_keys", "/SigningKeys"},
        {"connect_apps", "/ConnectApps"},
        {"sip", "/SIP"},
        {"authorized_connect_apps", "/AuthorizedConnectApps"},
        {"usage", "/Usage"},
        {"keys", "/Keys"},
        {"applications", "/Applications"},
        {"short_codes", "/SMS/ShortCodes"},
        {"queues", "/Queues"},
        {"messages", "/Messages"},
        {"balance", "/Balance"},
    };
    const struct sim_account *account = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(account->sid));
    json_out_text(o, "friendly_name", span_of(name_of(account)));
    json_out_text(o, "status", span_of(sim_office_standing_name(account->standing)));
    json_out_text(o, "type", account->trial ? SPAN("Trial") : SPAN("Full"));
    json_out_text(o, "auth_token", span_of(account->auth_token));
    json_out_text(o, "owner_account_sid",
                  span_of(account->owner ? account->owner->sid : account->sid));
    sim_write_date(a, o, "date_created", account->created_ms);
    sim_write_date(a, o, "date_updated", account->updated_ms);
    sim_write_uri(o, "uri", account, "%s", "");
    json_out_object(o, "subresource_uris");
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++)
        sim_write_uri(o, below[i].key, account, "%s", below[i].path);
    json_out_end_object(o);
    json_out_end_object(o);
}

static const struct sim_api_kind kind = {
    .name = "Accounts",
    .key = "accounts",
    .element = "Account",
    .count = count,
    .at = at,
    .is_here = is_here,
    .is_met = is_met,
    .sid = sid,
    .shape = shape,
};

static bool take_name(struct sim_api *a, struct sim_account *account)
{
    const struct sim_field fields[] = {
        {"FriendlyName", "friendly_name", SIM_FIELD_TEXT,
         offsetof(struct sim_account, friendly_name), .max = NAME_CHARACTERS},
        {.key = NULL},
    };

    if (!account->friendly_name)
        account->friendly_name = "";
    return sim_api_take(a, fields, account);
}

static void create(struct sim_api *a)
{
    struct sim_account named = {.friendly_name = ""}, *made;

    if (a->account->owner) {
        sim_api_refuse(a, 403, 20403, "A subaccount may not have subaccounts");
        return;
    }
    if (!take_name(a, &named))
        return;
    made = sim_office_account(a->world, (struct span){NULL, 0});
    if (!made) {
        sim_api_refuse(a, 400, 20001, "There are %d accounts already", SIM_ACCOUNTS_MAX);
        return;
    }
    made->owner = a->account;
    made->friendly_name = named.friendly_name;
    a->row = made;
}

static void fetch(struct sim_api *a)
{
    a->row = a->account;
}

/* Only its owner suspends, closes or reopens a subaccount; a closed one stays closed. */
static bool may_stand(struct sim_api *a, enum sim_standing *out)
{
    const struct span given = sim_api_field(a, "Status");
    enum sim_standing s = SIM_ACTIVE;

    *out = a->account->standing;
    if (!given.size)
        return true;
    while (s < SIM_STANDINGS && !span_is_text(given, sim_office_standing_name(s)))
        s++;
    if (s == SIM_STANDINGS)
        sim_api_refuse(a, 400, 20001, "Status is none of active, suspended, closed");
    else if (!a->account->owner || a->asker != a->account->owner)
        sim_api_refuse(a, 403, 20403, "Only the owner of a subaccount may change its status");
    else if (a->account->standing == SIM_CLOSED && s != SIM_CLOSED)
        sim_api_refuse(a, 400, 20001, "A closed account stays closed");
    *out = s;
    return !a->code;
}

static void update(struct sim_api *a)
{
    enum sim_standing standing;

    if (!may_stand(a, &standing) || !take_name(a, a->account))
        return;
    a->account->standing = standing;
    a->account->updated_ms = sim_world_now(a->world);
    a->row = a->account;
}

static void balance(struct sim_api *a)
{
    struct json_out o = json_out(&a->out);

    json_out_object(&o, NULL);
    json_out_text(&o, "account_sid", span_of(a->account->sid));
    json_out_text(&o, "balance", SPAN("100.00"));
    json_out_text(&o, "currency", SPAN("USD"));
    json_out_end_object(&o);
}

static const struct sim_api_kind balance_kind = {.name = "Balance", .element = "Balance"};

/* clang-format off */
const struct sim_api_route sim_accounts_routes[] = {
    {SIM_API_CORE, "GET", "/2010-04-01/Accounts", sim_list_answer, &kind, NULL,
     SIM_API_MASTERED, "lists the account and its subaccounts"},
    {SIM_API_CORE, "POST", "/2010-04-01/Accounts", create, &kind, NULL,
     SIM_API_CREATES | SIM_API_MASTERED, "makes a subaccount"},
    {SIM_API_CORE, "GET", "/2010-04-01/Accounts/{account}", fetch, &kind, NULL, SIM_API_LASTING,
     "one account"},
    {SIM_API_CORE, "POST", "/2010-04-01/Accounts/{account}", update, &kind, NULL,
     SIM_API_MASTERED | SIM_API_LASTING, "names it; suspends, closes or reopens a subaccount"},
    {SIM_API_CORE, "GET", "/Balance", balance, &balance_kind, NULL, 0, "what is left to spend"},
    {.path = NULL},
};
/* clang-format on */
