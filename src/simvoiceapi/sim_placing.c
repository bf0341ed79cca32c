#include "simvoiceapi/sim_placing.h"

#include <string.h>

#include "base/utf8.h"
#include "codec/phone.h"
#include "codec/url.h"
#include "simvoice/sim_call.h"
#include "simvoice/sim_recording.h"
#include "simworld/sim_office.h"

enum {
    TWIML_MAX = 4000,
    TIMEOUT_S = 60,
    TIMEOUT_MAX_S = 600,
    LIMIT_MAX_S = 86400,
    DIGITS_MAX = 32,
};

/* ---- who calls whom ---- */

static enum phone_verdict verdict(struct span text)
{
    char number[PHONE_TEXT_SIZE];

    return text.size && text.data[0] == '+' ? phone_parse(text.data, text.size, NULL, number)
                                            : PHONE_NOT_A_NUMBER;
}

static bool is_number(struct span text)
{
    return verdict(text) == PHONE_GOOD;
}

static bool is_address_of_party(struct span text)
{
    return text.size < LIMIT_PARTY_SIZE &&
           (span_starts(text, SPAN("sip:")) || span_starts(text, SPAN("client:")));
}

/* A caller's own number may be shown while the call goes on, to whoever brings its token. */
static bool is_callers_own(const struct sim_api *a, struct span from)
{
    const struct span token = sim_api_field(a, "CallToken");
    const struct span sid = span_skip(token, sizeof "token-" - 1);
    const struct sim_leg *leg = sim_world_leg(a->world, sid);

    return span_starts(token, SPAN("token-")) && leg && leg->account == a->account &&
           leg->direction == SIM_INBOUND && !sim_leg_is_over(leg) && span_is_text(from, leg->from);
}

static bool may_show(struct sim_api *a, struct span from)
{
    const struct sim_fault_case what = {"Calls", sim_api_field(a, "To")};

    if (sim_office_shows(a->account, from))
        return true;
    if (sim_fault_take(&a->world->faults, SIM_CALLER_ID_REFUSED, &what, NULL))
        return false;
    return a->account->any_caller_id || is_callers_own(a, from);
}

/* A trial account calls the numbers that were validated for it, and its own. */
static bool may_reach(const struct sim_api *a, struct span to)
{
    return !a->account->trial || sim_office_shows(a->account, to);
}

/* What is no party that could be called. */
static void judge_number(struct sim_api *a, struct span to)
{
    switch (verdict(to)) {
    case PHONE_GOOD:
        break;
    case PHONE_NOT_A_NUMBER:
    case PHONE_NO_COUNTRY:
        sim_api_refuse(a, 400, 21217, "Phone number %.*s does not appear to be valid",
                       SPAN_ARG(to));
        break;
    case PHONE_PREMIUM:
        sim_api_refuse(a, 400, 21202, "The number %.*s is a premium number", SPAN_ARG(to));
        break;
    case PHONE_TOO_SHORT:
    case PHONE_TOO_LONG:
    case PHONE_NOT_POSSIBLE:
    case PHONE_EMERGENCY:
    case PHONE_VERDICTS:
        sim_api_refuse(a, 400, 21211,
                       "The phone number you are attempting to call, %.*s, is not valid.",
                       SPAN_ARG(to));
        break;
    }
}

/* A phone may be set up to be refused, under any code. */
static void judge_phone(struct sim_api *a, struct span to)
{
    const struct sim_phone *phone = sim_world_phone(a->world, to);

    if (phone && phone->call_refused)
        sim_api_refuse(a, 400, (int)phone->call_refused, "The number %.*s cannot be called",
                       SPAN_ARG(to));
}

static void judge_parties(struct sim_api *a)
{
    const struct span from = sim_api_field(a, "From"), to = sim_api_field(a, "To");

    if (!to.size)
        sim_api_refuse(a, 400, 21201, "No 'To' number is specified");
    else if (!from.size)
        sim_api_refuse(a, 400, 21213, "No 'From' number is specified");
    else if (!is_address_of_party(to))
        judge_number(a, to);
    if (a->code)
        return;
    if (!is_number(from) && !span_starts(from, SPAN("client:")))
        sim_api_refuse(a, 400, 21212, "The 'From' number %.*s is not a valid phone number.",
                       SPAN_ARG(from));
    else if (is_number(from) && !may_show(a, from))
        sim_api_refuse(a, 400, 21210,
                       "The source phone number provided, %.*s, is not yet verified for your "
                       "account.",
                       SPAN_ARG(from));
    else if (!may_reach(a, to))
        sim_api_refuse(a, 400, 21219,
                       "The number %.*s is unverified. Trial accounts may only make calls to "
                       "verified numbers.",
                       SPAN_ARG(to));
    else
        judge_phone(a, to);
}

/* ---- fields, one by one ---- */

bool sim_placing_address(struct sim_api *a, const char *name, int code)
{
    const struct span value = sim_api_field(a, name);
    struct url parts;

    if (value.size && url_parse(value, &parts))
        sim_api_refuse(a, 400, code, "%s is not a valid URL: %.*s", name, SPAN_ARG(value));
    return a->code == 0;
}

bool sim_placing_method(struct sim_api *a, const char *name)
{
    const struct span value = sim_api_field(a, name);

    if (value.size && !span_is_text(value, "GET") && !span_is_text(value, "POST"))
        sim_api_refuse(a, 400, 21209, "%s must be GET or POST, not %.*s", name, SPAN_ARG(value));
    return a->code == 0;
}

enum { WORDS = 3 };

/* A number from `min` to `max`, or one of some words; the codes are of 5.5 and 2.9. */
struct rule {
    const char *name;
    int64_t min, max;
    const char *words[WORDS];
    int code;
};

/* clang-format off */
static const struct rule rules[] = {
    {"Timeout",                            0, TIMEOUT_MAX_S, {NULL},                         21208},
    {"TimeLimit",                          1, LIMIT_MAX_S,   {NULL},                         20001},
    {"MachineDetection",                   0, 0,             {"Enable", "DetectMessageEnd"}, 21234},
    {"MachineDetectionTimeout",            3, 60,            {NULL},                         21263},
    {"MachineDetectionSpeechThreshold",    1000, 6000,       {NULL},                         21263},
    {"MachineDetectionSpeechEndThreshold", 500, 5000,        {NULL},                         21263},
    {"MachineDetectionSilenceTimeout",     2000, 10000,      {NULL},                         21263},
};

static const struct rule recording_rules[] = {
    {"RecordingChannels", 0, 0, {"mono", "dual"},                20001},
    {"RecordingTrack",    0, 0, {"inbound", "outbound", "both"}, 20001},
    {"Trim",              0, 0, {"trim-silence", "do-not-trim"}, 20001},
};
/* clang-format on */

static void judge_rule(struct sim_api *a, const struct rule *r)
{
    const struct span value = sim_api_field(a, r->name);
    bool known = false;
    int64_t n;

    if (!value.size)
        return;
    for (size_t i = 0; i < WORDS && r->words[i]; i++)
        known = known || span_is_text(value, r->words[i]);
    if (r->words[0] && !known)
        sim_api_refuse(a, 400, r->code, "%s is %s%s%s or %s, not %.*s", r->name, r->words[0],
                       r->words[2] ? ", " : "", r->words[2] ? r->words[1] : "",
                       r->words[2] ? r->words[2] : r->words[1], SPAN_ARG(value));
    else if (!r->words[0] && !span_number(value, r->min, r->max, &n))
        sim_api_refuse(a, 400, r->code, "%s is a number from %lld to %lld, not %.*s", r->name,
                       (long long)r->min, (long long)r->max, SPAN_ARG(value));
}

static void judge_digits(struct sim_api *a)
{
    const struct span digits = sim_api_field(a, "SendDigits");
    bool good = digits.size <= DIGITS_MAX;

    for (size_t i = 0; i < digits.size; i++)
        good = good && memchr("0123456789ABCDabcd#*wW", digits.data[i], 22);
    if (!good)
        sim_api_refuse(a, 400, 21206,
                       "SendDigits is at most %d of 0-9, A-D, #, * and the waits w and W",
                       DIGITS_MAX);
}

bool sim_placing_judge_recording(struct sim_api *a)
{
    for (size_t i = 0; i < sizeof recording_rules / sizeof recording_rules[0]; i++)
        judge_rule(a, &recording_rules[i]);
    return a->code == 0 && sim_placing_address(a, "RecordingStatusCallback", 20001) &&
           sim_placing_method(a, "RecordingStatusCallbackMethod");
}

/* Who picked up is told somewhere when the document does not wait for it. */
static void judge_detection(struct sim_api *a)
{
    if (sim_api_field(a, "MachineDetection").size && sim_api_is_true(a, "AsyncAmd") &&
        !sim_api_field(a, "AsyncAmdStatusCallback").size)
        sim_api_refuse(a, 400, 21262, "AsyncAmdStatusCallback is missing");
    else
        sim_placing_address(a, "AsyncAmdStatusCallback", 21262);
}

static void judge_settings(struct sim_api *a)
{
    static const char *const methods[] = {"Method", "FallbackMethod", "StatusCallbackMethod",
                                          "AsyncAmdStatusCallbackMethod"};

    for (size_t i = 0; i < sizeof rules / sizeof rules[0] && !a->code; i++)
        judge_rule(a, &rules[i]);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (!sim_placing_method(a, methods[i]))
            return;
    judge_digits(a);
    if (!a->code && sim_placing_address(a, "StatusCallback", 21609) &&
        sim_placing_address(a, "FallbackUrl", 21205) && sim_placing_judge_recording(a))
        judge_detection(a);
}

bool sim_placing_judge_document(struct sim_api *a)
{
    if (!sim_api_field(a, "Url").size && utf8_count(sim_api_field(a, "Twiml")) > TWIML_MAX)
        sim_api_refuse(a, 400, 21205, "Twiml is longer than %d characters", TWIML_MAX);
    return a->code == 0 && sim_placing_address(a, "Url", 21205) && sim_placing_method(a, "Method");
}

bool sim_placing_judge_limit(struct sim_api *a)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!strcmp(rules[i].name, "TimeLimit"))
            judge_rule(a, &rules[i]);
    return a->code == 0;
}

static void judge_document(struct sim_api *a)
{
    const struct span url = sim_api_field(a, "Url"), twiml = sim_api_field(a, "Twiml");
    const struct span application = sim_api_field(a, "ApplicationSid");

    if (application.size && !sim_office_application_find(a->account, application))
        sim_api_refuse(a, 400, 21218, "ApplicationSid %.*s is not of this account",
                       SPAN_ARG(application));
    else if (!application.size && !url.size && !twiml.size)
        sim_api_refuse(a, 400, 21205, "Url parameter is required.");
    else if (!application.size)
        sim_placing_judge_document(a);
}

void sim_placing_judge(struct sim_api *a, bool document)
{
    judge_parties(a);
    if (!a->code && !document)
        judge_document(a);
    if (!a->code)
        judge_settings(a);
}

/* ---- the call ---- */

/* Empty fields are as good as absent ones. */
const char *sim_placing_kept(const struct sim_api *a, struct arena *arena, const char *name)
{
    const struct span value = sim_api_field(a, name);

    return value.size ? arena_text(arena, value) : NULL;
}

static const char *method_of(const struct sim_api *a, const char *name)
{
    return span_is_text(sim_api_field(a, name), "GET") ? "GET" : "POST";
}

static unsigned events_of(const struct sim_api *a, const char *name,
                          unsigned (*read)(struct span words))
{
    unsigned events = 0;

    for (size_t i = 0; i < a->form->count; i++)
        if (span_is_text(a->form->fields[i].name, name))
            events |= read(a->form->fields[i].value);
    return events;
}

const struct sim_recording_plan *sim_placing_recording(struct sim_api *a, struct arena *arena,
                                                       const char *source)
{
    const struct span track = sim_api_field(a, "RecordingTrack");
    struct sim_recording_plan *plan = ARENA_NEW(arena, struct sim_recording_plan);
    const unsigned events = events_of(a, "RecordingStatusCallbackEvent", sim_recording_events);

    *plan = (struct sim_recording_plan){
        .source = source,
        .track = span_is_text(track, "inbound")    ? "inbound"
                 : span_is_text(track, "outbound") ? "outbound"
                                                   : "both",
        .channels = span_is_text(sim_api_field(a, "RecordingChannels"), "dual") ? 2 : 1,
        .trim = !span_is_text(sim_api_field(a, "Trim"), "do-not-trim"),
        .status = {sim_placing_kept(a, arena, "RecordingStatusCallback"),
                   method_of(a, "RecordingStatusCallbackMethod"),
                   events ? events : SIM_RECORDING_ON_COMPLETED},
    };
    return plan;
}

static void take_hooks(struct sim_leg *leg, const struct sim_application *app)
{
    leg->application_sid = app->sid;
    leg->url = app->hooks.voice_url;
    leg->method = app->hooks.voice_method;
    leg->fallback_url = app->hooks.voice_fallback_url;
    leg->fallback_method = app->hooks.voice_fallback_method;
    leg->callback = (struct sim_callback){app->hooks.status_callback,
                                          app->hooks.status_callback_method, SIM_ON_COMPLETED};
}

static void take_addresses(const struct sim_api *a, struct sim_leg *leg)
{
    const unsigned events = events_of(a, "StatusCallbackEvent", sim_leg_events);

    leg->url = sim_placing_kept(a, leg->arena, "Url");
    leg->twiml = sim_placing_kept(a, leg->arena, "Twiml");
    leg->method = method_of(a, "Method");
    leg->fallback_url = sim_placing_kept(a, leg->arena, "FallbackUrl");
    leg->fallback_method = method_of(a, "FallbackMethod");
    leg->callback = (struct sim_callback){sim_placing_kept(a, leg->arena, "StatusCallback"),
                                          method_of(a, "StatusCallbackMethod"),
                                          events ? events : SIM_ON_COMPLETED};
}

static void take_detection(const struct sim_api *a, struct sim_leg *leg)
{
    struct sim_detection *d = &leg->detection;
    int64_t s = 0;

    if (sim_api_field(a, "SendDigits").size)
        return;
    d->mode = sim_placing_kept(a, leg->arena, "MachineDetection");
    d->async = sim_api_is_true(a, "AsyncAmd");
    d->callback.url = sim_placing_kept(a, leg->arena, "AsyncAmdStatusCallback");
    d->callback.method = method_of(a, "AsyncAmdStatusCallbackMethod");
    if (span_number(sim_api_field(a, "MachineDetectionTimeout"), 3, 60, &s))
        d->timeout_ms = s * 1000;
}

static void take_settings(struct sim_api *a, struct sim_leg *leg)
{
    int64_t s = TIMEOUT_S;

    take_detection(a, leg);
    if (sim_api_is_true(a, "Record"))
        leg->record = sim_placing_recording(a, leg->arena, "OutboundAPI");
    if (span_number(sim_api_field(a, "Timeout"), 0, TIMEOUT_MAX_S, &s))
        leg->timeout_ms = (s ? s : 1) * 1000;
    if (span_number(sim_api_field(a, "TimeLimit"), 1, LIMIT_MAX_S, &s))
        leg->limit_ms = s * 1000;
    leg->send_digits = sim_placing_kept(a, leg->arena, "SendDigits");
}

struct sim_leg *sim_placing_place(struct sim_api *a, const char *document)
{
    const struct sim_application *app =
        sim_office_application_find(a->account, sim_api_field(a, "ApplicationSid"));
    struct sim_leg *leg = sim_leg_new(a->world, a->account, SIM_OUTBOUND_API,
                                      sim_api_field(a, "From"), sim_api_field(a, "To"));

    if (!leg) {
        sim_api_refuse(a, 429, 20429, "Too Many Requests");
        return NULL;
    }
    take_addresses(a, leg);
    if (document) {
        leg->url = NULL;
        leg->twiml = arena_text(leg->arena, span_of(document));
    } else if (app) {
        take_hooks(leg, app);
    }
    take_settings(a, leg);
    sim_call_queue(leg);
    return leg;
}
