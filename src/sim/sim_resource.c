#include "sim/sim_resource.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "codec/phone.h"
#include "codec/timestamp.h"
#include "codec/url.h"
#include "sim/sim_call.h"
#include "sim/sim_text.h"

enum {
    TWIML_MAX = 4000,
    TIMEOUT_S = 60,
    TIMEOUT_MAX_S = 600,
    DAY_MS = 24 * 3600 * 1000,
    SECOND_MS = 1000,
    DATE_BYTES = 10,
};

void sim_resource_refuse(struct sim_resource *r, int status, int code, const char *format, ...)
{
    char words[256];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    r->status = status;
    r->code = code;
    r->message = arena_text(r->arena, span_of(words));
}

static struct span field(const struct sim_resource *r, const char *name)
{
    return form_get(r->form, name);
}

static bool is_address(struct span text)
{
    struct url u;

    return url_parse(text, &u) == ERR_NONE;
}

static bool is_number(struct span text)
{
    char number[PHONE_TEXT_SIZE];

    return text.size && text.data[0] == '+' &&
           phone_parse(text.data, text.size, NULL, number) == PHONE_GOOD;
}

static size_t characters(struct span text)
{
    size_t n = 0;
    uint32_t code;

    for (size_t size; (size = utf8_take(text, &code)) > 0; n++)
        text = span_skip(text, size);
    return n;
}

static void collect_media(struct sim_resource *r, struct sim_text_draft *draft)
{
    if (form_count(r->form, "MediaUrl") > SIM_MEDIA_MAX) {
        sim_resource_refuse(r, 400, 21623, "Number of media files exceeds allowed limit");
        return;
    }
    for (size_t i = 0; i < r->form->count; i++) {
        const struct form_field *f = &r->form->fields[i];
        if (!span_is_text(f->name, "MediaUrl"))
            continue;
        if (!is_address(f->value))
            sim_resource_refuse(r, 400, 21620, "Invalid media URL(s)");
        draft->media[draft->media_count++].url = f->value;
    }
}

static void check_from(struct sim_resource *r, struct span from)
{
    if (!from.size && field(r, "MessagingServiceSid").size)
        sim_resource_refuse(r, 404, 21701, "The Messaging Service does not exist");
    else if (!from.size)
        sim_resource_refuse(r, 400, 21603, "A 'From' phone number is required.");
    else if (!is_number(from))
        sim_resource_refuse(r, 400, 21212, "The 'From' number %.*s is not a valid phone number.",
                            SPAN_ARG(from));
    else if (!sim_world_number(r->account, from))
        sim_resource_refuse(r, 400, 21606,
                            "The \"From\" phone number %.*s is not a valid, SMS-capable inbound "
                            "phone number for your account.",
                            SPAN_ARG(from));
}

static void check_recipient(struct sim_resource *r, const struct sim_text_draft *d)
{
    const struct sim_phone *p = sim_world_phone(r->world, d->to);
    char from[LIMIT_PARTY_SIZE], to[LIMIT_PARTY_SIZE];

    sim_world_copy(from, sizeof from, d->from);
    sim_world_copy(to, sizeof to, d->to);
    if (span_is(d->from, d->to))
        sim_resource_refuse(r, 400, 21266, "'To' and 'From' number cannot be the same");
    else if ((p && p->opted_out) || sim_world_opted_out(r->world, from, to))
        sim_resource_refuse(r, 400, 21610, "Attempt to send to unsubscribed recipient");
}

static void check_text(struct sim_resource *r, struct sim_text_draft *d)
{
    int64_t validity;
    const struct span valid_for = field(r, "ValidityPeriod");

    if (!d->to.size)
        sim_resource_refuse(r, 400, 21604, "A 'To' phone number is required.");
    else if (!is_number(d->to))
        sim_resource_refuse(r, 400, 21211, "The 'To' number %.*s is not a valid phone number.",
                            SPAN_ARG(d->to));
    else
        check_from(r, d->from);
    if (!r->status && !d->body.size && !form_count(r->form, "MediaUrl"))
        sim_resource_refuse(r, 400, 21602, "Message body is required.");
    if (!r->status && characters(d->body) > SIM_TEXT_CHARACTERS)
        sim_resource_refuse(r, 400, 21617,
                            "The concatenated message body exceeds the 1600 character limit");
    if (!r->status && d->callback[0] && !is_address(span_of(d->callback)))
        sim_resource_refuse(r, 400, 21609, "The StatusCallback URL %s is not a valid URL.",
                            d->callback);
    if (!r->status && valid_for.size && !span_number(valid_for, 1, 36000, &validity))
        sim_resource_refuse(r, 400, 21624, "The ValidityPeriod is out of range");
    if (!r->status)
        check_recipient(r, d);
}

void sim_resource_text_create(struct sim_resource *r)
{
    struct sim_text_draft d = {.from = field(r, "From"),
                               .to = field(r, "To"),
                               .body = field(r, "Body"),
                               .direction = SIM_OUTBOUND_API};

    d.callback = arena_text(r->arena, field(r, "StatusCallback"));
    check_text(r, &d);
    if (!r->status)
        collect_media(r, &d);
    if (r->status)
        return;
    r->text = sim_text_send(r->world, r->account, &d);
    if (!r->text)
        sim_resource_refuse(r, 429, 21611, "The queue is full");
}

void sim_resource_text_update(struct sim_resource *r)
{
    const struct span status = field(r, "Status"), body = field(r, "Body");

    if (status.size && !span_is_text(status, "canceled"))
        sim_resource_refuse(r, 400, 20001, "Status must be 'canceled'");
    else if (status.size && !sim_text_cancel(r->text))
        sim_resource_refuse(r, 400, 30409, "Message cannot be canceled");
    else if (body.data && body.size)
        sim_resource_refuse(r, 400, 20001, "Body can only be emptied");
    else if (body.data && r->text->body[0])
        *(char *)(uintptr_t)r->text->body = 0;
}

void sim_resource_text_delete(struct sim_resource *r)
{
    if (r->text->state < SIM_TEXT_DELIVERED)
        sim_resource_refuse(r, 409, 20009, "Cannot delete message before it is complete");
    else
        r->text->deleted = true;
}

static bool is_address_of_party(struct span text)
{
    return text.size < LIMIT_PARTY_SIZE &&
           (span_starts(text, SPAN("sip:")) || span_starts(text, SPAN("client:")));
}

/* A caller's own number may be shown while the call goes on, to whoever brings its token. */
static bool is_callers_own(const struct sim_resource *r, struct span from)
{
    const struct span token = field(r, "CallToken");
    const struct span sid = span_skip(token, sizeof "token-" - 1);
    const struct sim_leg *leg = sim_world_leg(r->world, sid);

    return span_starts(token, SPAN("token-")) && leg && leg->account == r->account &&
           leg->direction == SIM_INBOUND && !sim_leg_is_over(leg) && span_is_text(from, leg->from);
}

static bool may_show(struct sim_resource *r, struct span from)
{
    const struct sim_fault_case what = {"Calls", field(r, "To")};

    if (sim_world_number(r->account, from))
        return true;
    if (sim_fault_take(&r->world->faults, SIM_CALLER_ID_REFUSED, &what, NULL))
        return false;
    return r->account->any_caller_id || is_callers_own(r, from);
}

static void check_call_parties(struct sim_resource *r)
{
    const struct span from = field(r, "From"), to = field(r, "To");

    if (!to.size)
        sim_resource_refuse(r, 400, 21201, "No 'To' number is specified");
    else if (!from.size)
        sim_resource_refuse(r, 400, 21213, "No 'From' number is specified");
    else if (!is_number(to) && !is_address_of_party(to))
        sim_resource_refuse(r, 400, 21211,
                            "The phone number you are attempting to call, %.*s, is "
                            "not valid.",
                            SPAN_ARG(to));
    else if (!is_number(from))
        sim_resource_refuse(r, 400, 21212, "The 'From' number %.*s is not a valid phone number.",
                            SPAN_ARG(from));
    else if (!may_show(r, from))
        sim_resource_refuse(r, 400, 21210,
                            "The source phone number provided, %.*s, is not yet "
                            "verified for your account.",
                            SPAN_ARG(from));
}

static bool is_method(struct span text)
{
    return !text.size || span_is_text(text, "GET") || span_is_text(text, "POST");
}

static bool is_detection(struct span text)
{
    return !text.size || span_is_text(text, "Enable") || span_is_text(text, "DetectMessageEnd");
}

static void check_call(struct sim_resource *r)
{
    const struct span url = field(r, "Url"), twiml = field(r, "Twiml");
    const struct span told = field(r, "StatusCallback"), timeout = field(r, "Timeout");
    int64_t s;

    check_call_parties(r);
    if (r->status)
        return;
    if (!url.size && !twiml.size)
        sim_resource_refuse(r, 400, 21205, "Url parameter is required.");
    else if (url.size && !is_address(url))
        sim_resource_refuse(r, 400, 21205, "Url is not a valid URL: %.*s", SPAN_ARG(url));
    else if (!url.size && characters(twiml) > TWIML_MAX)
        sim_resource_refuse(r, 400, 21205, "Twiml is longer than 4000 characters");
    else if (told.size && !is_address(told))
        sim_resource_refuse(r, 400, 21609, "The StatusCallback URL %.*s is not a valid URL.",
                            SPAN_ARG(told));
    else if (timeout.size && !span_number(timeout, 1, TIMEOUT_MAX_S, &s))
        sim_resource_refuse(r, 400, 21208, "Timeout is not valid: %.*s", SPAN_ARG(timeout));
    else if (!is_detection(field(r, "MachineDetection")))
        sim_resource_refuse(r, 400, 21234, "MachineDetection is Enable or DetectMessageEnd");
    else if (!is_method(field(r, "Method")) || !is_method(field(r, "StatusCallbackMethod")))
        sim_resource_refuse(r, 400, 21209, "Method must be GET or POST");
}

/* Empty fields are as good as absent ones. */
static const char *kept(const struct sim_resource *r, struct sim_leg *leg, const char *name)
{
    const struct span value = field(r, name);

    return value.size ? arena_text(leg->arena, value) : NULL;
}

static unsigned events_of(const struct sim_resource *r)
{
    unsigned events = 0;

    for (size_t i = 0; i < r->form->count; i++)
        if (span_is_text(r->form->fields[i].name, "StatusCallbackEvent"))
            events |= sim_leg_events(r->form->fields[i].value);
    return events ? events : SIM_ON_COMPLETED;
}

static void take_settings(const struct sim_resource *r, struct sim_leg *leg)
{
    const char *method = kept(r, leg, "Method"), *told = kept(r, leg, "StatusCallbackMethod");
    int64_t s = TIMEOUT_S;

    leg->url = kept(r, leg, "Url");
    leg->twiml = kept(r, leg, "Twiml");
    leg->method = method ? method : "POST";
    leg->fallback_url = kept(r, leg, "FallbackUrl");
    leg->callback =
        (struct sim_callback){kept(r, leg, "StatusCallback"), told ? told : "POST", events_of(r)};
    leg->detection.mode = kept(r, leg, "MachineDetection");
    leg->detection.async = span_is_text(field(r, "AsyncAmd"), "true");
    leg->detection.callback.url = kept(r, leg, "AsyncAmdStatusCallback");
    leg->detection.callback.method = kept(r, leg, "AsyncAmdStatusCallbackMethod");
    if (span_number(field(r, "Timeout"), 1, TIMEOUT_MAX_S, &s))
        leg->timeout_ms = s * 1000;
    if (span_number(field(r, "TimeLimit"), 1, 86400, &s))
        leg->limit_ms = s * 1000;
}

void sim_resource_call_create(struct sim_resource *r)
{
    check_call(r);
    if (r->status)
        return;
    r->leg = sim_leg_new(r->world, r->account, SIM_OUTBOUND_API, field(r, "From"), field(r, "To"));
    if (!r->leg) {
        sim_resource_refuse(r, 429, 20429, "Too Many Requests");
        return;
    }
    take_settings(r, r->leg);
    sim_call_queue(r->leg);
}

static void call_redirect(struct sim_resource *r)
{
    struct sim_leg *leg = r->leg;
    const char *url = kept(r, leg, "Url"), *twiml = kept(r, leg, "Twiml");
    const char *method = kept(r, leg, "Method");

    if (url && !is_address(span_of(url)))
        sim_resource_refuse(r, 400, 21205, "Url is not a valid URL: %s", url);
    else if (leg->state != SIM_IN_PROGRESS &&
             !(leg->state == SIM_RINGING && leg->direction == SIM_INBOUND))
        sim_resource_refuse(r, 400, 21220, "Call is not in-progress. Cannot redirect.");
    else
        sim_call_redirect(leg, url, method ? method : "POST", twiml);
}

void sim_resource_call_update(struct sim_resource *r)
{
    const struct span status = field(r, "Status");
    struct sim_leg *leg = r->leg;
    const char *told = kept(r, leg, "StatusCallback");

    if (status.size && sim_leg_is_over(leg))
        sim_resource_refuse(r, 400, 21220, "Call is not in-progress. Cannot update.");
    else if (span_is_text(status, "completed"))
        sim_call_end(leg);
    else if (span_is_text(status, "canceled") && leg->state < SIM_IN_PROGRESS)
        sim_call_end(leg);
    else if (status.size && !span_is_text(status, "canceled"))
        sim_resource_refuse(r, 400, 20001, "Status must be 'canceled' or 'completed'");
    else if (field(r, "Url").size || field(r, "Twiml").size)
        call_redirect(r);
    if (!r->status && told)
        leg->callback.url = told;
}

void sim_resource_call_delete(struct sim_resource *r)
{
    if (!sim_leg_is_over(r->leg))
        sim_resource_refuse(r, 409, 20009, "Cannot delete call before it is complete");
    else
        r->leg->deleted = true;
}

/* "2026-11-23" or a whole instant in either of the carrier's spellings; a day stands for all
 * of it, and an instant for its second, for the carrier keeps whole ones. */
static bool instant(struct span text, bool whole_day, int64_t *out_from, int64_t *out_to)
{
    const bool day = text.size == DATE_BYTES;
    char whole[TIMESTAMP_SIZE];
    int64_t at = 0;
    bool local;

    if (day) {
        snprintf(whole, sizeof whole, "%.10sT00:00:00Z", text.data);
        text = span_of(whole);
    }
    if (!timestamp_parse(text, &at, &local) && !timestamp_parse_rfc2822(text, &at))
        return false;
    const int64_t unit_ms = day || whole_day ? DAY_MS : SECOND_MS;
    *out_from = at - at % unit_ms;
    *out_to = *out_from + unit_ms;
    return true;
}

/* The three filters of a date: NAME is its day, NAME> from then on, NAME< until then (a day's
 * end). An unreadable one filters nothing. */
static bool date_listed(const struct sim_resource *r, const char *name, int64_t at_ms)
{
    static const char *const marks[] = {"", "<", ">"};
    bool listed = true;

    for (size_t i = 0; i < 3; i++) {
        char key[32];
        int64_t from, to;
        snprintf(key, sizeof key, "%s%s", name, marks[i]);
        if (!instant(field(r, key), i == 0, &from, &to))
            continue;
        const bool early = at_ms < from, late = at_ms >= to;
        if ((i != 1 && early) || (i != 2 && late))
            listed = false;
    }
    return listed;
}

static bool text_is(const struct sim_resource *r, const char *name, const char *value)
{
    const struct span wanted = field(r, name);

    return !wanted.size || span_is_text(wanted, value);
}

bool sim_resource_text_listed(const struct sim_resource *r, const struct sim_text *t)
{
    return t->account == r->account && !t->deleted && !t->automatic && text_is(r, "To", t->to) &&
           text_is(r, "From", t->from) &&
           date_listed(r, "DateSent", t->sent_ms ? t->sent_ms : t->created_ms);
}

bool sim_resource_call_listed(const struct sim_resource *r, const struct sim_leg *leg)
{
    const bool by_end =
        field(r, "EndTime").size || field(r, "EndTime<").size || field(r, "EndTime>").size;

    if (by_end && !sim_leg_is_over(leg))
        return false;
    return leg->account == r->account && !leg->deleted && text_is(r, "To", leg->to) &&
           text_is(r, "From", leg->from) &&
           text_is(r, "ParentCallSid", leg->parent ? leg->parent->sid : "") &&
           text_is(r, "Status", sim_call_state_name(leg->state)) &&
           date_listed(r, "StartTime",
                       leg->answered_ms  ? leg->answered_ms
                       : leg->dialled_ms ? leg->dialled_ms
                                         : leg->created_ms) &&
           date_listed(r, "EndTime", leg->ended_ms);
}

bool sim_resource_recording_listed(const struct sim_resource *r, const struct sim_recording *one)
{
    return one->leg->account == r->account && !one->deleted &&
           text_is(r, "CallSid", one->leg->sid) && (!r->leg || one->leg == r->leg) &&
           date_listed(r, "DateCreated", one->since_ms);
}
