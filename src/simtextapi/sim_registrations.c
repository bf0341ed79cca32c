#include "simtextapi/sim_registrations.h"

#include <string.h>

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simtext/sim_service.h"
#include "simtextapi/sim_services.h"

/* 800, 833, 844 and so on. */
static bool is_toll_free(const struct sim_number *n)
{
    const char *p = n->phone_number;

    return strncmp(p, "+18", 3) == 0 && strlen(p) > 5 &&
           (p[3] == p[4] && p[3] != '1' && p[3] != '2' && p[3] != '9');
}

static const char *sid_tail(const struct sim_number *n)
{
    return strlen(n->sid) > 2 ? n->sid + 2 : n->sid;
}

/* Of one that was bought since the setup nothing is said. */
static bool is_told(const struct sim_number *n)
{
    return n->registration && n->registration[0];
}

static const char *number_sid(const void *row)
{
    const struct sim_number *n = row;

    return n->sid;
}

/* ---- toll-free numbers ---- */

static size_t count_numbers(const struct sim_api *a)
{
    return a->account->numbers.count;
}

static void *number_at(const struct sim_api *a, size_t i)
{
    return a->account->numbers.rows[a->account->numbers.count - 1 - i];
}

static bool is_verification(const struct sim_api *a, const void *row)
{
    const struct sim_number *n = row;

    (void)a;
    return is_told(n) && is_toll_free(n);
}

static bool is_asked_for(const struct sim_api *a, const void *row)
{
    const struct span sid = form_get(a->form, "TollfreePhoneNumberSid");
    const struct span status = form_get(a->form, "Status");
    const struct sim_number *n = row;

    return (!sid.size || span_is_text(sid, n->sid)) &&
           (!status.size || span_is_text(status, n->registration));
}

static void shape_verification(const struct sim_api *a, struct json_out *o, const char *key,
                               const void *row)
{
    const struct sim_number *n = row;
    const bool is_refused = strstr(n->registration, "REJECTED") != NULL;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(arena_printf(a->arena, "HH%s", sid_tail(n))));
    json_out_text(o, "account_sid", span_of(a->account->sid));
    json_out_text(o, "tollfree_phone_number_sid", span_of(n->sid));
    json_out_text(o, "status", span_of(n->registration));
    json_out_text_or_null(o, "rejection_reason",
                          is_refused ? span_of(n->registration_reason) : (struct span){0});
    sim_write_date(a, o, "date_created", n->created_ms);
    sim_write_date(a, o, "date_updated", n->updated_ms);
    sim_write_url(a, o, "url", "/v1/Tollfree/Verifications/HH%s", sid_tail(n));
    json_out_end_object(o);
}

static const struct sim_api_kind verifications = {
    .name = "Verifications",
    .key = "verifications",
    .element = "Verification",
    .count = count_numbers,
    .at = number_at,
    .is_here = is_verification,
    .is_met = is_asked_for,
    .sid = number_sid,
    .shape = shape_verification,
};

/* ---- campaigns ---- */

static const struct sim_number *campaign_of(const struct sim_service *s)
{
    for (const struct sim_sender *x = s->senders; x; x = x->next)
        if (sim_service_has(x) && x->number && is_told(x->number) && !is_toll_free(x->number))
            return x->number;
    return NULL;
}

static bool is_campaign(const struct sim_api *a, const void *row)
{
    return row == campaign_of(a->parent);
}

static void shape_campaign(const struct sim_api *a, struct json_out *o, const char *key,
                           const void *row)
{
    const struct sim_service *s = a->parent;
    const struct sim_number *n = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(arena_printf(a->arena, "QE%s", sid_tail(n))));
    json_out_text(o, "account_sid", span_of(a->account->sid));
    json_out_text(o, "messaging_service_sid", span_of(s->sid));
    json_out_text(o, "campaign_status", span_of(n->registration));
    sim_write_date(a, o, "date_created", n->created_ms);
    sim_write_date(a, o, "date_updated", n->updated_ms);
    sim_write_url(a, o, "url", "/v1/Services/%s/Compliance/Usa2p/QE%s", s->sid, sid_tail(n));
    json_out_end_object(o);
}

static const struct sim_api_kind campaigns = {
    .name = "Usa2p",
    .key = "compliance",
    .element = "Usa2p",
    .count = count_numbers,
    .at = number_at,
    .is_here = is_campaign,
    .sid = number_sid,
    .shape = shape_campaign,
};

/* clang-format off */
const struct sim_api_route sim_registrations_routes[] = {
    {SIM_API_MESSAGING, "GET", "/v1/Tollfree/Verifications", sim_list_answer, &verifications, NULL, 0,
     "lists verifications of toll-free numbers, as the setup says"},
    {SIM_API_MESSAGING, "GET", "/v1/Services/{sid}/Compliance/Usa2p", sim_list_answer, &campaigns,
     &sim_services_kind, 0, "lists the campaign of a service, as the setup says of its numbers"},
    {.path = NULL},
};
/* clang-format on */
