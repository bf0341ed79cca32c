#include "simworld/sim_office.h"

#include <string.h>

#include "codec/phone.h"

enum {
    RATE_MAX = 10000,
    QUEUE_MAX = 100000000,
    SHELF_ROOM = 8,
    NAME_CHARACTERS = 64,
    INVALID_URL = 21402,
    INVALID_METHOD = 21403
};

#define HOOK(type, member) (offsetof(struct type, hooks) + offsetof(struct sim_hooks, member))

/* clang-format off */
#define HOOKS(type)                                                                               \
    {"VoiceUrl", "voice_url", SIM_FIELD_URL, HOOK(type, voice_url), .code = INVALID_URL},         \
    {"VoiceMethod", "voice_method", SIM_FIELD_METHOD, HOOK(type, voice_method), "POST",           \
     .code = INVALID_METHOD},                                                                     \
    {"VoiceFallbackUrl", "voice_fallback_url", SIM_FIELD_URL, HOOK(type, voice_fallback_url),     \
     .code = INVALID_URL},                                                                        \
    {"VoiceFallbackMethod", "voice_fallback_method", SIM_FIELD_METHOD,                            \
     HOOK(type, voice_fallback_method), "POST", .code = INVALID_METHOD},                          \
    {"SmsUrl", "sms_url", SIM_FIELD_URL, HOOK(type, sms_url), .code = INVALID_URL},               \
    {"SmsMethod", "sms_method", SIM_FIELD_METHOD, HOOK(type, sms_method), "POST",                 \
     .code = INVALID_METHOD},                                                                     \
    {"SmsFallbackUrl", "sms_fallback_url", SIM_FIELD_URL, HOOK(type, sms_fallback_url),           \
     .code = INVALID_URL},                                                                        \
    {"SmsFallbackMethod", "sms_fallback_method", SIM_FIELD_METHOD,                                \
     HOOK(type, sms_fallback_method), "POST", .code = INVALID_METHOD},                            \
    {"StatusCallback", "status_callback", SIM_FIELD_URL, HOOK(type, status_callback),             \
     .code = INVALID_URL},                                                                        \
    {"StatusCallbackMethod", "status_callback_method", SIM_FIELD_METHOD,                          \
     HOOK(type, status_callback_method), "POST", .code = INVALID_METHOD}

#define NUMBER(member) offsetof(struct sim_number, member)
#define APPLICATION(member) offsetof(struct sim_application, member)

const struct sim_field sim_office_number_fields[] = {
    {"FriendlyName", "friendly_name", SIM_FIELD_TEXT, NUMBER(friendly_name),
     .max = NAME_CHARACTERS},
    HOOKS(sim_number),
    {"VoiceApplicationSid", "voice_application_sid", SIM_FIELD_SID, NUMBER(voice_application_sid),
     .words = "AP"},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", SIM_FIELD_BOOL, NUMBER(caller_name)},
    {"VoiceReceiveMode", "voice_receive_mode", SIM_FIELD_WORD, NUMBER(voice_receive_mode), "voice",
     .words = "voice fax"},
    {"SmsApplicationSid", "sms_application_sid", SIM_FIELD_SID, NUMBER(sms_application_sid),
     .words = "AP"},
    {"TrunkSid", "trunk_sid", SIM_FIELD_SID, NUMBER(trunk_sid), .words = "TK"},
    {"AddressSid", "address_sid", SIM_FIELD_SID, NUMBER(address_sid), .words = "AD"},
    {"IdentitySid", "identity_sid", SIM_FIELD_SID, NUMBER(identity_sid), .words = "RI"},
    {"BundleSid", "bundle_sid", SIM_FIELD_SID, NUMBER(bundle_sid), .words = "BU"},
    {"EmergencyStatus", "emergency_status", SIM_FIELD_WORD, NUMBER(emergency_status), "Inactive",
     .words = "Active Inactive"},
    {"EmergencyAddressSid", "emergency_address_sid", SIM_FIELD_SID, NUMBER(emergency_address_sid),
     .words = "AD"},
    {.key = NULL},
};

const struct sim_field sim_office_application_fields[] = {
    {"FriendlyName", "friendly_name", SIM_FIELD_TEXT, APPLICATION(friendly_name),
     .max = NAME_CHARACTERS},
    HOOKS(sim_application),
    {"MessageStatusCallback", "message_status_callback", SIM_FIELD_URL,
     APPLICATION(message_status_callback), .code = INVALID_URL},
    {"SmsStatusCallback", "sms_status_callback", SIM_FIELD_URL, APPLICATION(sms_status_callback),
     .code = INVALID_URL},
    {"VoiceCallerIdLookup", "voice_caller_id_lookup", SIM_FIELD_BOOL, APPLICATION(caller_name)},
    {"PublicApplicationConnectEnabled", "public_application_connect_enabled", SIM_FIELD_BOOL,
     APPLICATION(public_connect)},
    {.key = NULL},
};

const struct sim_field sim_office_number_settings[] = {
    {NULL, "segments_per_second", SIM_FIELD_NUMBER, NUMBER(segments_per_second), .min = 1, .max = RATE_MAX},
    {NULL, "queue_segments", SIM_FIELD_NUMBER, NUMBER(queue_segments), .min = 1, .max = QUEUE_MAX},
    {NULL, "registration", SIM_FIELD_TEXT, NUMBER(registration)},
    {NULL, "registration_reason", SIM_FIELD_TEXT, NUMBER(registration_reason)},
    {.key = NULL},
};

#define ACCOUNT(member) offsetof(struct sim_account, member)
const struct sim_field sim_office_account_settings[] = {
    {NULL, "usual_text_rates", SIM_FIELD_BOOL, ACCOUNT(usual_text_rates)},
    {NULL, "advanced_opt_out", SIM_FIELD_BOOL, ACCOUNT(advanced_opt_out)},
    {NULL, "text_countries", SIM_FIELD_TEXT, ACCOUNT(text_countries)},
    {.key = NULL},
};

#define PHONE(member) offsetof(struct sim_phone, member)
const struct sim_field sim_office_phone_settings[] = {
    {NULL, "no_receipt", SIM_FIELD_BOOL, PHONE(no_receipt)},
    {NULL, "text_refused", SIM_FIELD_NUMBER, PHONE(text_refused), .min = 20000, .max = 39999},
    {NULL, "call_refused", SIM_FIELD_NUMBER, PHONE(call_refused), .min = 13000, .max = 39999},
    {.key = NULL},
};

#define WORLD(member) offsetof(struct sim_world, member)
#define RULE(member) WORLD(text_rules.member)
const struct sim_field sim_office_world_settings[] = {
    {NULL, "trial", SIM_FIELD_BOOL, WORLD(trial)},
    {NULL, "redact", SIM_FIELD_BOOL, WORLD(redact)},
    {NULL, "sending_told", SIM_FIELD_BOOL, RULE(sending_told)},
    {NULL, "send_without_service", SIM_FIELD_BOOL, RULE(plain_later)},
    {NULL, "queue_full_status", SIM_FIELD_NUMBER, RULE(queue_full_status), .min = 400, .max = 429},
    {NULL, "early_delete_status", SIM_FIELD_NUMBER, WORLD(early_delete_status), .min = 400, .max = 409},
    {NULL, "media_status", SIM_FIELD_NUMBER, RULE(media_status), .min = 302, .max = 307},
    {NULL, "expired_code", SIM_FIELD_NUMBER, RULE(expired_code), .min = 30000, .max = 39999},
    {.key = NULL},
};

static const char *const standings[SIM_STANDINGS] = {
    [SIM_ACTIVE] = "active", [SIM_SUSPENDED] = "suspended", [SIM_CLOSED] = "closed",
};
/* clang-format on */

const char *sim_office_standing_name(enum sim_standing standing)
{
    return standings[standing];
}

static bool shelf_add(struct sim_shelf *s, size_t max, void *row)
{
    if (s->count == max)
        return false;
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : SHELF_ROOM;
        s->rows = arena_must_grow(s->rows, s->room * sizeof *s->rows);
    }
    s->rows[s->count++] = row;
    return true;
}

void sim_office_drop(struct sim_shelf *s, const void *row)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i] == row) {
            memmove(&s->rows[i], &s->rows[i + 1], (s->count - i - 1) * sizeof *s->rows);
            s->count--;
            return;
        }
}

struct sim_account *sim_office_account(struct sim_world *w, struct span sid)
{
    if (w->account_count == SIM_ACCOUNTS_MAX)
        return NULL;
    struct sim_account *a = &w->accounts[w->account_count];
    *a = (struct sim_account){
        .world = w, .created_ms = sim_world_now(w), .updated_ms = sim_world_now(w)};
    if (sid.size) {
        sim_world_copy(a->sid, sizeof a->sid, sid);
    } else {
        char token[LIMIT_SID_SIZE];
        sim_world_sid(w, "AC", (uint32_t)w->account_count, a->sid);
        sim_world_sid(w, "00", (uint32_t)w->account_count, token);
        sim_world_copy(a->auth_token, sizeof a->auth_token, span_skip(span_of(token), 2));
    }
    w->account_count++;
    return a;
}

/* A row of `size` bytes on the shelf, NULL when it is full. */
static void *made(struct sim_account *a, struct sim_shelf *shelf, size_t max, size_t size)
{
    if (shelf->count == max || a->world->office_rows == SIM_OFFICE_ROWS_MAX)
        return NULL;
    void *row = arena_alloc(a->world->arena, size);
    (void)shelf_add(shelf, max, row);
    a->world->office_rows++;
    return row;
}

struct sim_key *sim_office_key(struct sim_account *a)
{
    struct sim_key *k = made(a, &a->keys, SIM_KEYS_MAX, sizeof *k);
    char secret[LIMIT_SID_SIZE];

    if (!k)
        return NULL;
    k->account = a;
    k->friendly_name = "";
    k->created_ms = k->updated_ms = sim_world_now(a->world);
    sim_world_sid(a->world, "SK", (uint32_t)a->world->office_rows, k->sid);
    sim_world_sid(a->world, "00", (uint32_t)a->world->office_rows, secret);
    sim_world_copy(k->secret, sizeof k->secret, span_skip(span_of(secret), 2));
    return k;
}

static const char *formatted(struct sim_world *w, const char *phone_number)
{
    char pretty[32];

    phone_pretty(phone_number, "US", pretty);
    return arena_text(w->arena, span_of(pretty));
}

struct sim_number *sim_office_number(struct sim_account *a, struct span phone_number)
{
    struct sim_number *n = made(a, &a->numbers, SIM_NUMBERS_MAX, sizeof *n);

    if (!n)
        return NULL;
    n->account = a;
    n->type = "local";
    n->created_ms = n->updated_ms = sim_world_now(a->world);
    sim_world_sid(a->world, "PN", (uint32_t)a->world->office_rows, n->sid);
    sim_world_copy(n->phone_number, sizeof n->phone_number, phone_number);
    sim_field_init(sim_office_number_fields, n);
    sim_field_init(sim_office_number_settings, n);
    n->friendly_name = formatted(a->world, n->phone_number);
    return n;
}

struct sim_application *sim_office_application(struct sim_account *a)
{
    struct sim_application *app = made(a, &a->applications, SIM_APPLICATIONS_MAX, sizeof *app);

    if (!app)
        return NULL;
    app->account = a;
    app->created_ms = app->updated_ms = sim_world_now(a->world);
    sim_world_sid(a->world, "AP", (uint32_t)a->world->office_rows, app->sid);
    sim_field_init(sim_office_application_fields, app);
    return app;
}

struct sim_caller_id *sim_office_caller_id(struct sim_account *a, struct span phone_number)
{
    struct sim_caller_id *c = made(a, &a->caller_ids, SIM_CALLER_IDS_MAX, sizeof *c);

    if (!c)
        return NULL;
    c->account = a;
    c->created_ms = c->updated_ms = sim_world_now(a->world);
    sim_world_sid(a->world, "PN", (uint32_t)a->world->office_rows, c->sid);
    sim_world_copy(c->phone_number, sizeof c->phone_number, phone_number);
    c->friendly_name = formatted(a->world, c->phone_number);
    return c;
}

bool sim_office_hand_over(struct sim_number *n, struct sim_account *to)
{
    if (to == n->account)
        return true;
    if (!shelf_add(&to->numbers, SIM_NUMBERS_MAX, n))
        return false;
    sim_office_drop(&n->account->numbers, n);
    n->account = to;
    return true;
}

struct sim_application *sim_office_application_find(const struct sim_account *a, struct span sid)
{
    for (size_t i = 0; i < a->applications.count; i++) {
        struct sim_application *app = a->applications.rows[i];
        if (span_is_text(sid, app->sid))
            return app;
    }
    return NULL;
}

static struct sim_hooks hooks(const struct sim_number *n, const char *application)
{
    const struct sim_application *app =
        application[0] ? sim_office_application_find(n->account, span_of(application)) : NULL;

    return app ? app->hooks : n->hooks;
}

struct sim_hooks sim_office_voice(const struct sim_number *n)
{
    return hooks(n, n->voice_application_sid);
}

struct sim_hooks sim_office_texts(const struct sim_number *n)
{
    return hooks(n, n->sms_application_sid);
}

bool sim_office_shows(const struct sim_account *a, struct span number)
{
    for (size_t i = 0; i < a->caller_ids.count; i++) {
        const struct sim_caller_id *c = a->caller_ids.rows[i];
        if (span_is_text(number, c->phone_number))
            return true;
    }
    return sim_world_number(a, number) != NULL;
}

const struct sim_number *sim_office_line(const struct sim_account *a, size_t i)
{
    return i < a->numbers.count ? a->numbers.rows[i] : NULL;
}
