#include "setup/registration.h"

enum { SERVICES_MAX = 1000 };

/* ---- messaging services ---- */

struct service {
    struct span sid, name, url;
    bool wins; /* its address counts, not the numbers' */
};

struct services {
    struct arena *arena;
    struct service *items;
    size_t count;
};

static bool take_service(void *ctx, const struct json *item)
{
    struct services *s = ctx;

    s->items[s->count++] = (struct service){
        .sid = arena_copy(s->arena, json_text(json_get(item, "sid"))),
        .name = arena_copy(s->arena, json_text(json_get(item, "friendly_name"))),
        .url = arena_copy(s->arena, json_text(json_get(item, "inbound_request_url"))),
        .wins = !json_bool(json_get(item, "use_inbound_webhook_on_number")),
    };
    return s->count < SERVICES_MAX;
}

struct members {
    const struct number_list *list;
    const struct service *service;
};

static bool take_member(void *ctx, const struct json *item)
{
    const struct members *m = ctx;
    struct number *n = number_find(m->list, json_text(json_get(item, "phone_number")));

    if (n) {
        n->service = m->service->sid;
        n->service_name = m->service->name;
        n->service_wins = m->service->wins;
        n->service_url = m->service->url;
    }
    return true;
}

static const char *messaging(const struct console *c, const char *path)
{
    return arena_printf(c->arena, "%.*s%s", SPAN_ARG(console_host(c->arena, c->api, "messaging")),
                        path);
}

bool registration_find_services(const struct console *c, const struct number_list *list,
                                struct console_answer *answer)
{
    struct services s = {.arena = c->arena,
                         .items = ARENA_NEW_N(c->arena, struct service, SERVICES_MAX)};
    bool good = console_list(c, messaging(c, "/v1/Services?PageSize=50"), "services", take_service,
                             &s, answer);

    good = good && s.count < SERVICES_MAX; /* those above are not known */
    for (size_t i = 0; good && i < s.count; i++) {
        struct members m = {list, &s.items[i]};
        good = console_list(
            c,
            messaging(c, arena_printf(c->arena, "/v1/Services/%.*s/PhoneNumbers?PageSize=200",
                                      SPAN_ARG(s.items[i].sid))),
            "phone_numbers", take_member, &m, answer);
    }
    return good;
}

/* ---- what is registered ---- */

enum registration_state registration_state_of(struct span status)
{
    static const struct {
        const char *word;
        enum registration_state state;
    } known[] = {
        {"VERIFIED", REGISTRATION_GOOD},          {"APPROVED", REGISTRATION_GOOD},
        {"TWILIO_APPROVED", REGISTRATION_GOOD},   {"PENDING", REGISTRATION_WAITING},
        {"IN_PROGRESS", REGISTRATION_WAITING},    {"IN_REVIEW", REGISTRATION_WAITING},
        {"PENDING_REVIEW", REGISTRATION_WAITING}, {"FAILED", REGISTRATION_REFUSED},
        {"SUSPENDED", REGISTRATION_REFUSED},      {"EXPIRED", REGISTRATION_REFUSED},
        {"REJECTED", REGISTRATION_REFUSED},       {"TWILIO_REJECTED", REGISTRATION_REFUSED},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (span_is_text(status, known[i].word))
            return known[i].state;
    return REGISTRATION_UNTOLD;
}

struct reading {
    struct arena *arena;
    const char *status, *reason; /* the members that say them */
    struct span number_sid;      /* only the row about this number; empty: any */
    struct registration *out;
};

/* The best of several counts: an old refusal beside a new approval is history. */
static bool take_row(void *ctx, const struct json *item)
{
    struct reading *r = ctx;
    const struct span status = json_text(json_get(item, r->status));
    const struct span about = json_text(json_get(item, "tollfree_phone_number_sid"));
    const enum registration_state state = registration_state_of(status);

    if ((r->number_sid.size && !span_is(about, r->number_sid)) || state < r->out->state)
        return true;
    const struct span reason = json_text(json_get(item, r->reason));
    *r->out = (struct registration){
        state, span_of(arena_printf(r->arena, "%.*s%s%.*s", SPAN_ARG(status),
                                    reason.size ? ": " : "", SPAN_ARG(reason)))};
    return state != REGISTRATION_GOOD;
}

static void ask_rows(const struct console *c, const char *path, const char *key, struct reading *r)
{
    struct console_answer answer;

    *r->out = (struct registration){.state = REGISTRATION_NONE};
    if (!console_list(c, messaging(c, path), key, take_row, r, &answer))
        *r->out =
            (struct registration){REGISTRATION_UNTOLD, span_of(console_words(c->arena, &answer))};
}

void registration_ask(const struct console *c, const struct number *n, struct registration *out)
{
    struct reading r = {.arena = c->arena, .out = out};

    if (number_kind_of(span_of(n->number)) == NUMBER_TOLL_FREE) {
        r.status = "status";
        r.reason = "rejection_reason";
        r.number_sid = span_of(n->sid);
        ask_rows(
            c,
            arena_printf(c->arena, "/v1/Tollfree/Verifications?TollfreePhoneNumberSid=%s", n->sid),
            "verifications", &r);
        return;
    }
    if (n->service.size == 0) {
        *out = (struct registration){.state = REGISTRATION_NONE};
        return;
    }
    r.status = "campaign_status";
    r.reason = "";
    ask_rows(c, arena_printf(c->arena, "/v1/Services/%.*s/Compliance/Usa2p", SPAN_ARG(n->service)),
             "compliance", &r);
}
