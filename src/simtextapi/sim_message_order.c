#include "simtextapi/sim_message_order.h"

#include <string.h>

#include "base/utf8.h"
#include "codec/phone.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "simtext/sim_line.h"
#include "simworld/sim_office.h"

enum {
    SECOND_MS = 1000,
    SHORT_DIGITS_MIN = 3,
    SHORT_DIGITS_MAX = 6,
    SOON_MS = 15 * 60 * 1000,
    FULL = 429,
};
static const int64_t far_ms = INT64_C(35) * 24 * 3600 * 1000;

struct order {
    struct sim_api *api;
    struct sim_text_draft *draft;
    struct sim_number *number; /* of From; NULL: none, or a service chooses */
    char number_to[PHONE_TEXT_SIZE];
};

static struct span field(const struct order *o, const char *name)
{
    return sim_api_field(o->api, name);
}

static bool is_address(struct span text)
{
    struct url u;

    return url_parse(text, &u) == ERR_NONE && !memchr(u.host.data, '_', u.host.size);
}

static bool is_number(struct span text)
{
    char number[PHONE_TEXT_SIZE];

    return text.size && text.data[0] == '+' &&
           phone_parse(text.data, text.size, NULL, number) == PHONE_GOOD;
}

static bool is_short(struct span text)
{
    if (text.size < SHORT_DIGITS_MIN || text.size > SHORT_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

/* ---- who ---- */

static void judge_to(struct order *o)
{
    const struct span to = field(o, "To");

    if (!to.size)
        sim_api_refuse(o->api, 400, 21604, "A 'To' phone number is required.");
    else if (is_short(to))
        sim_api_refuse(o->api, 400, 21265, "'To' number cannot be a Short Code: %.*s",
                       SPAN_ARG(to));
    else if (!is_number(to))
        sim_api_refuse(o->api, 400, 21211, "The 'To' number %.*s is not a valid phone number.",
                       SPAN_ARG(to));
    else
        (void)phone_parse(to.data, to.size, NULL, o->number_to);
    o->draft->to = span_of(o->number_to);
}

static void judge_service(struct order *o)
{
    const struct span sid = field(o, "MessagingServiceSid");
    size_t senders = 0;

    if (!sid.size)
        return;
    if (sid.size != 34 || !span_starts(sid, SPAN("MG"))) {
        sim_api_refuse(o->api, 400, 21705, "The Messaging Service Sid %.*s is invalid",
                       SPAN_ARG(sid));
        return;
    }
    struct sim_service *s = sim_service_find(o->api->account, sid);
    if (!s) {
        sim_api_refuse(o->api, 404, 21701, "The Messaging Service does not exist");
        return;
    }
    for (enum sim_sender_kind k = 0; k < SIM_SENDER_KINDS; k++)
        senders += sim_service_count(s, k);
    if (!senders)
        sim_api_refuse(o->api, 400, 21704, "The Messaging Service contains no phone numbers");
    o->draft->service = s;
}

/* A sender of a service: by its name, in that service, or an alphanumeric one in any. */
static bool is_sender(struct order *o, struct span from)
{
    const struct sim_service *s = o->draft->service;
    struct sim_sender *x =
        s ? sim_service_sender(s, from) : sim_service_alpha(o->api->account, from);

    o->draft->sender = x;
    o->number = x ? x->number : NULL;
    return x != NULL;
}

static void judge_from(struct order *o)
{
    const struct span from = field(o, "From");

    o->draft->from = from;
    if (!from.size && !o->draft->service)
        sim_api_refuse(o->api, 400, 21603, "A 'From' phone number is required.");
    if (!from.size || is_sender(o, from))
        return;
    o->number = sim_world_number(o->api->account, from);
    if (!o->number && !is_number(from) && !is_short(from))
        sim_api_refuse(o->api, 400, 21212, "The 'From' number %.*s is not a valid phone number.",
                       SPAN_ARG(from));
    else if (!o->number || o->draft->service)
        sim_api_refuse(o->api, 400, 21606,
                       "The \"From\" phone number %.*s is not a valid, SMS-capable inbound "
                       "phone number for your account.",
                       SPAN_ARG(from));
}

static void judge_capability(struct order *o)
{
    const bool media = form_count(o->api->form, "MediaUrl") > 0;
    const struct sim_number *n = o->number;
    const bool converts = o->draft->service && o->draft->service->mms_converter;

    if (n && (n->no_sms || (media && n->no_mms && !converts)))
        sim_api_refuse(o->api, 400, 21601,
                       "The phone number %s is not a valid %s-capable inbound phone number",
                       n->phone_number, n->no_sms ? "SMS" : "MMS");
    else if (o->draft->service && !o->draft->sender &&
             !sim_service_can(o->draft->service, o->number_to, media))
        sim_api_refuse(o->api, 400, 21703,
                       "The Messaging Service does not have a phone number available to send a "
                       "message");
    else if (o->draft->sender && !n && span_starts(o->draft->to, SPAN("+1")))
        sim_api_refuse(o->api, 400, 21612,
                       "The 'To' phone number %s is not currently reachable using the 'From' "
                       "sender %s via SMS.",
                       o->number_to, o->draft->sender->name);
}

/* ---- what ---- */

static void judge_body(struct order *o)
{
    o->draft->body = field(o, "Body");
    if (!o->draft->body.size && !form_count(o->api->form, "MediaUrl")) {
        if (field(o, "ContentSid").size)
            sim_api_refuse(o->api, 400, 21655,
                           "The ContentSid is invalid: templates are not "
                           "simulated");
        else
            sim_api_refuse(o->api, 400, 21602, "Message body is required.");
    } else if (utf8_count(o->draft->body) > SIM_TEXT_CHARACTERS) {
        sim_api_refuse(o->api, 400, 21617,
                       "The concatenated message body exceeds the 1600 character limit");
    }
}

static void judge_media(struct order *o)
{
    const struct form *form = o->api->form;

    if (form_count(form, "MediaUrl") > SIM_MEDIA_MAX) {
        sim_api_refuse(o->api, 400, 21623, "Number of media files exceeds allowed limit");
        return;
    }
    for (size_t i = 0; i < form->count; i++) {
        const struct form_field *f = &form->fields[i];
        if (!span_is_text(f->name, "MediaUrl"))
            continue;
        if (!is_address(f->value))
            sim_api_refuse(o->api, 400, 21620, "Invalid media URL(s)");
        o->draft->media[o->draft->media_count++].url = f->value;
    }
}

/* ---- who is told ---- */

static const char *callback_of_application(const struct order *o)
{
    const struct span sid = field(o, "ApplicationSid");
    const struct sim_application *app =
        sid.size ? sim_office_application_find(o->api->account, sid) : NULL;

    if (!app)
        return NULL;
    return app->message_status_callback[0] ? app->message_status_callback
                                           : app->sms_status_callback;
}

/* The message's own before the application's before the service's. */
static void judge_callback(struct order *o)
{
    const struct span own = field(o, "StatusCallback"), app = field(o, "ApplicationSid");
    const char *callback = callback_of_application(o);

    if (own.size && !is_address(own))
        sim_api_refuse(o->api, 400, 21609, "The StatusCallback URL %.*s is not a valid URL.",
                       SPAN_ARG(own));
    else if (!own.size && app.size && !callback)
        sim_api_refuse(o->api, 400, 21218, "The ApplicationSid %.*s is not valid", SPAN_ARG(app));
    if (own.size)
        callback = arena_text(o->api->arena, own);
    if (!callback && o->draft->service)
        callback = o->draft->service->status_callback;
    o->draft->callback = callback;
}

/* ---- when ---- */

static void judge_validity(struct order *o)
{
    const struct span given = field(o, "ValidityPeriod");
    int64_t seconds = o->draft->service ? o->draft->service->validity_period : SIM_TEXT_VALIDITY_S;

    if (given.size && !span_number(given, 1, SIM_TEXT_VALIDITY_S, &seconds))
        sim_api_refuse(o->api, 400, 21624, "The ValidityPeriod is out of range: 1 to %d seconds",
                       SIM_TEXT_VALIDITY_S);
    o->draft->valid_ms = seconds * SECOND_MS;
}

static bool read_instant(struct span given, int64_t *out)
{
    bool local;

    return timestamp_parse(given, out, &local) || timestamp_parse_rfc2822(given, out);
}

static void judge_schedule(struct order *o)
{
    const struct span type = field(o, "ScheduleType"), at = field(o, "SendAt");
    const int64_t now_ms = sim_world_now(o->api->world);
    int64_t at_ms = 0;

    if (!type.size && !at.size)
        return;
    if (!o->draft->service) {
        if (!o->api->world->text_rules.plain_later)
            sim_api_refuse(o->api, 400, 35118,
                           "MessagingServiceSid is required to schedule a message");
        return;
    }
    if (type.size && !span_is_text(type, "fixed"))
        sim_api_refuse(o->api, 400, 35112, "ScheduleType must be 'fixed'");
    else if (!at.size || !type.size)
        sim_api_refuse(o->api, 400, 35111, "SendAt and ScheduleType are required to schedule");
    else if (!read_instant(at, &at_ms) || at_ms < now_ms + SOON_MS || at_ms > now_ms + far_ms)
        sim_api_refuse(o->api, 400, 35114,
                       "SendAt %.*s is not at least 15 minutes and at most 35 days ahead",
                       SPAN_ARG(at));
    o->draft->send_at_ms = at_ms;
}

/* ---- how ---- */

static void judge_words(struct order *o)
{
    static const struct {
        const char *name, *words;
    } rows[] = {
        {"SmartEncoded", "true false"},
        {"ProvideFeedback", "true false"},
        {"ForceDelivery", "true false"},
        {"SendAsMms", "true false"},
        {"ShortenUrls", "true false"},
        {"ContentRetention", "retain discard"},
        {"AddressRetention", "retain obfuscate"},
        {"RiskCheck", "enable disable"},
        {"TrafficType", "free"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct span given = field(o, rows[i].name);
        struct span rest = span_of(rows[i].words);
        bool known = !given.size;
        while (rest.size)
            known = span_is_nocase(span_cut(rest, ' ', &rest), given) || known;
        if (!known)
            sim_api_refuse(o->api, 400, 20001, "%s is none of: %s", rows[i].name, rows[i].words);
    }
    o->draft->smart = field(o, "SmartEncoded").size
                          ? sim_api_is_true(o->api, "SmartEncoded")
                          : o->draft->service && o->draft->service->smart_encoding;
    o->draft->discarded = span_is_text(field(o, "ContentRetention"), "discard");
    o->draft->obfuscated = span_is_text(field(o, "AddressRetention"), "obfuscate");
}

/* ---- whether it may ---- */

static bool may_text(const struct sim_account *account, const char *to)
{
    struct span rest = span_of(account->text_countries);
    struct phone_facts facts;

    if (!rest.size || !phone_facts_read(to, &facts))
        return true;
    while (rest.size)
        if (span_is_text(span_cut(rest, ' ', &rest), facts.region))
            return true;
    return false;
}

static void judge_recipient(struct order *o)
{
    const struct sim_account *account = o->api->account;
    const struct sim_phone *p = sim_world_phone(o->api->world, o->draft->to);

    if (span_is(o->draft->from, o->draft->to))
        sim_api_refuse(o->api, 400, 21266, "'To' and 'From' number cannot be the same");
    else if (!may_text(account, o->number_to))
        sim_api_refuse(o->api, 400, 21408,
                       "Permission to send an SMS has not been enabled for the region indicated "
                       "by the 'To' number: %s",
                       o->number_to);
    else if (!sim_text_is_verified(account, o->draft->to))
        sim_api_refuse(o->api, 400, 21608,
                       "The number %s is unverified. Trial accounts cannot send messages to "
                       "unverified numbers",
                       o->number_to);
    else if (p && p->text_refused)
        sim_api_refuse(o->api, 400, (int)p->text_refused, "The number %s takes no texts: %s",
                       o->number_to, "as its setup says");
    else if (sim_text_is_unwanted(o->api->world, o->draft->service, o->number, o->number_to))
        sim_api_refuse(o->api, 400, 21610, "Attempt to send to unsubscribed recipient");
}

/* A service takes what its sender's queue then does not. */
static void judge_queue(struct order *o)
{
    const struct sim_text_draft *d = o->draft;
    const int64_t status = o->api->world->text_rules.queue_full_status;

    if (d->service || (!o->number && !d->sender))
        return;
    const struct sim_line_pace pace = sim_line_pace(o->api->account, o->number);
    const struct sim_line *line = o->number ? &o->number->line : &d->sender->line;
    if (!sim_line_has_room(line, &pace, sim_text_segments(d->body, d->smart, d->media_count)))
        sim_api_refuse(o->api, status ? (int)status : FULL, 21611,
                       "This 'From' number %.*s has exceeded the maximum number of queued "
                       "messages",
                       SPAN_ARG(d->from));
}

static void (*const judges[])(struct order *) = {
    judge_to,       judge_service, judge_from,     judge_capability, judge_body,      judge_media,
    judge_callback, judge_words,   judge_validity, judge_schedule,   judge_recipient, judge_queue,
};

bool sim_message_order_read(struct sim_api *a, struct sim_text_draft *out)
{
    struct order *o = ARENA_NEW(a->arena, struct order); /* the draft points into it */

    *out = (struct sim_text_draft){.direction = SIM_OUTBOUND_API};
    *o = (struct order){.api = a, .draft = out};
    for (size_t i = 0; i < sizeof judges / sizeof judges[0] && !a->code; i++)
        judges[i](o);
    return !a->code;
}
