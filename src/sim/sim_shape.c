#include "sim/sim_shape.h"

#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "codec/timestamp.h"

static void date(struct json_out *o, const char *key, int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    if (!at_ms) {
        json_out_null(o, key);
        return;
    }
    timestamp_render_rfc2822(at_ms, at);
    json_out_text(o, key, span_of(at));
}

/* The API gives most numbers as texts. */
static void number_text(struct json_out *o, const char *key, int64_t n)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)n);
    json_out_text(o, key, span_of(text));
}

static void address(struct json_out *o, const char *key, const char *account, const char *rest,
                    const char *sid, const char *tail)
{
    char uri[256];

    snprintf(uri, sizeof uri, "/2010-04-01/Accounts/%s/%s/%s%s", account, rest, sid, tail);
    json_out_text(o, key, span_of(uri));
}

void sim_shape_text(struct json_out *o, const char *key, const struct sim_text *t)
{
    json_out_object(o, key);
    json_out_text(o, "body", span_of(t->world->redact ? "" : t->body));
    number_text(o, "num_segments", t->segments);
    json_out_text(o, "direction", span_of(sim_direction_name(t->direction)));
    json_out_text(o, "from", span_of(t->from));
    date(o, "date_updated", t->updated_ms);
    json_out_null(o, "price");
    json_out_null(o, "error_message");
    address(o, "uri", t->account->sid, "Messages", t->sid, ".json");
    json_out_text(o, "account_sid", span_of(t->account->sid));
    number_text(o, "num_media", (int64_t)t->media_count);
    json_out_text(o, "to", span_of(t->to));
    date(o, "date_created", t->created_ms);
    json_out_text(o, "status", span_of(sim_text_state_name(t->state)));
    json_out_text(o, "sid", span_of(t->sid));
    date(o, "date_sent", t->sent_ms);
    json_out_null(o, "messaging_service_sid");
    if (t->error)
        json_out_number(o, "error_code", t->error);
    else
        json_out_null(o, "error_code");
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_object(o, "subresource_uris");
    address(o, "media", t->account->sid, "Messages", t->sid, "/Media.json");
    json_out_end_object(o);
    json_out_end_object(o);
}

void sim_shape_media(struct json_out *o, const char *key, const struct sim_media *m)
{
    char tail[LIMIT_SID_SIZE + 16];

    snprintf(tail, sizeof tail, "/Media/%s.json", m->sid);
    json_out_object(o, key);
    json_out_text(o, "sid", span_of(m->sid));
    json_out_text(o, "account_sid", span_of(m->text->account->sid));
    json_out_text(o, "parent_sid", span_of(m->text->sid));
    json_out_text(o, "content_type", span_of(m->type));
    date(o, "date_created", m->text->created_ms);
    date(o, "date_updated", m->text->created_ms);
    address(o, "uri", m->text->account->sid, "Messages", m->text->sid, tail);
    json_out_end_object(o);
}

static void call_resources(struct json_out *o, const struct sim_leg *leg)
{
    static const struct {
        const char *key, *tail;
    } all[] = {{"notifications", "/Notifications.json"},
               {"recordings", "/Recordings.json"},
               {"payments", "/Payments.json"},
               {"events", "/Events.json"},
               {"siprec", "/Siprec.json"},
               {"streams", "/Streams.json"},
               {"transcriptions", "/Transcriptions.json"},
               {"user_defined_message_subscriptions", "/UserDefinedMessageSubscriptions.json"},
               {"user_defined_messages", "/UserDefinedMessages.json"}};

    json_out_object(o, "subresource_uris");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        address(o, all[i].key, leg->account->sid, "Calls", leg->sid, all[i].tail);
    json_out_end_object(o);
}

static void formatted(struct json_out *o, const char *key, const char *number)
{
    char pretty[32];

    phone_pretty(number, "US", pretty);
    json_out_text(o, key, span_of(pretty));
}

static void call_times(struct json_out *o, const struct sim_leg *leg)
{
    const bool over = leg->state >= SIM_COMPLETED;
    const int64_t waited_ms =
        leg->dialled_ms > leg->created_ms ? leg->dialled_ms - leg->created_ms : 0;

    date(o, "date_created", leg->dialled_ms);
    date(o, "date_updated", over ? leg->ended_ms : leg->dialled_ms);
    date(o, "start_time", leg->answered_ms ? leg->answered_ms : leg->dialled_ms);
    date(o, "end_time", over ? leg->ended_ms : 0);
    if (over)
        number_text(o, "duration",
                    leg->answered_ms ? (leg->ended_ms - leg->answered_ms + 500) / 1000 : 0);
    else
        json_out_null(o, "duration");
    number_text(o, "queue_time", waited_ms);
}

void sim_shape_call(struct json_out *o, const char *key, const struct sim_leg *leg)
{
    const enum sim_call_state shown = leg->state == SIM_INITIATED ? SIM_QUEUED : leg->state;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(leg->sid));
    json_out_text_or_null(o, "parent_call_sid",
                          leg->parent ? span_of(leg->parent->sid) : (struct span){0});
    json_out_text(o, "account_sid", span_of(leg->account->sid));
    json_out_text(o, "to", span_of(leg->to));
    formatted(o, "to_formatted", leg->to);
    json_out_text(o, "from", span_of(leg->from));
    formatted(o, "from_formatted", leg->from);
    json_out_null(o, "phone_number_sid");
    json_out_text(o, "status", span_of(sim_call_state_name(shown)));
    call_times(o, leg);
    json_out_null(o, "price");
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_text(o, "direction", span_of(sim_direction_name(leg->direction)));
    json_out_text_or_null(o, "answered_by", span_of(leg->detection.found));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_null(o, "annotation");
    json_out_text_or_null(o, "forwarded_from", span_of(leg->origin.forwarded_from));
    json_out_null(o, "group_sid");
    json_out_text_or_null(o, "caller_name", span_of(leg->origin.caller_name));
    json_out_null(o, "trunk_sid");
    address(o, "uri", leg->account->sid, "Calls", leg->sid, ".json");
    call_resources(o, leg);
    json_out_end_object(o);
}

void sim_shape_recording(struct json_out *o, const char *key, const struct sim_recording *r)
{
    const char *account = r->leg->account->sid;
    char media[256];

    snprintf(media, sizeof media, "%s/2010-04-01/Accounts/%s/Recordings/%s", r->leg->world->base,
             account, r->sid);
    json_out_object(o, key);
    json_out_text(o, "sid", span_of(r->sid));
    json_out_text(o, "account_sid", span_of(account));
    json_out_text(o, "call_sid", span_of(r->leg->sid));
    json_out_null(o, "conference_sid");
    json_out_text(o, "status", SPAN("completed"));
    json_out_number(o, "channels", 1);
    number_text(o, "duration", r->seconds);
    json_out_text(o, "source", SPAN("RecordVerb"));
    date(o, "date_created", r->since_ms);
    date(o, "date_updated", r->since_ms + r->seconds * 1000);
    date(o, "start_time", r->since_ms);
    json_out_null(o, "price");
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_null(o, "error_code");
    json_out_null(o, "encryption_details");
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_text(o, "media_url", span_of(media));
    address(o, "uri", account, "Recordings", r->sid, ".json");
    json_out_end_object(o);
}

void sim_shape_error(struct buf *out, int status, int code, const char *message)
{
    struct json_out o = json_out(out);
    char info[64];

    snprintf(info, sizeof info, "https://www.twilio.com/docs/errors/%d", code);
    json_out_object(&o, NULL);
    json_out_number(&o, "code", code);
    json_out_text(&o, "message", span_of(message));
    json_out_text(&o, "more_info", span_of(info));
    json_out_number(&o, "status", status);
    if (code == 20003)
        json_out_text(&o, "detail", SPAN("Your AccountSid or AuthToken was incorrect."));
    json_out_end_object(&o);
}

static void page_address(struct json_out *o, const char *key, const struct sim_shape_page *p,
                         int64_t page, const char *token)
{
    char uri[2048];

    snprintf(uri, sizeof uri, "%s?%.*s%sPageSize=%lld&Page=%lld%s%s", p->path, SPAN_ARG(p->query),
             p->query.size ? "&" : "", (long long)p->page_size, (long long)page,
             token ? "&PageToken=PA" : "", token ? token : "");
    json_out_text(o, key, span_of(uri));
}

void sim_shape_page(struct json_out *o, const struct sim_shape_page *p)
{
    page_address(o, "first_page_uri", p, 0, NULL);
    if (p->token)
        page_address(o, "next_page_uri", p, p->page + 1, p->token);
    else
        json_out_null(o, "next_page_uri");
    if (p->page > 0)
        page_address(o, "previous_page_uri", p, p->page - 1, NULL);
    else
        json_out_null(o, "previous_page_uri");
    page_address(o, "uri", p, p->page, NULL);
    json_out_number(o, "page", p->page);
    json_out_number(o, "page_size", p->page_size);
    json_out_number(o, "start", p->start);
    json_out_number(o, "end", p->rows ? p->start + (int64_t)p->rows - 1 : 0);
}

static void instant(struct json_out *o, const char *key, int64_t at_ms)
{
    if (at_ms)
        json_out_number(o, key, at_ms);
    else
        json_out_null(o, key);
}

static void phone_media(struct json_out *o, const struct sim_text *t)
{
    json_out_list(o, "media");
    for (size_t i = 0; i < t->media_count; i++) {
        const struct sim_media *m = &t->media[i];
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(m->sid));
        json_out_text(o, "url", span_of(m->url));
        json_out_text(o, "type", span_of(m->type));
        json_out_number(o, "bytes", (int64_t)m->size);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static void phone_texts(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_list(o, "texts");
    for (size_t i = 0; i < w->text_count; i++) {
        const struct sim_text *t = w->texts[i];
        if (strcmp(t->to, p->number) != 0 || !t->arrived_ms)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(t->sid));
        json_out_text(o, "from", span_of(t->from));
        json_out_text(o, "body", span_of(t->body));
        json_out_number(o, "at_ms", t->arrived_ms);
        phone_media(o, t);
        json_out_bool(o, "automatic", t->automatic);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static void phone_heard(struct json_out *o, const struct sim_leg *leg)
{
    json_out_list(o, "heard");
    for (const struct sim_heard *h = leg->heard; h; h = h->next) {
        json_out_object(o, NULL);
        json_out_text(o, "words", h->words);
        json_out_number(o, "at_ms", h->at_ms);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

/* The number at the other end of two legs that were joined. */
static const char *joined_number(const struct sim_leg *leg)
{
    const struct sim_leg *other = leg->joined_to;

    return other->direction == SIM_INBOUND ? other->from : other->to;
}

static void phone_calls(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_list(o, "calls");
    for (size_t i = 0; i < w->leg_count; i++) {
        const struct sim_leg *leg = w->legs[i];
        if (leg->phone != p)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(leg->sid));
        json_out_text(o, "direction",
                      leg->direction == SIM_INBOUND ? SPAN("placed") : SPAN("taken"));
        json_out_text(o, "from", span_of(leg->from));
        json_out_text(o, "to", span_of(leg->to));
        json_out_text(o, "status", span_of(sim_call_state_name(leg->state)));
        instant(o, "rang_at", leg->rang_ms);
        instant(o, "answered_at", leg->answered_ms);
        instant(o, "bridged_at", leg->joined_ms);
        json_out_text_or_null(o, "bridged_to",
                              leg->joined_to ? span_of(joined_number(leg)) : (struct span){0});
        instant(o, "ended_at", leg->ended_ms);
        phone_heard(o, leg);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

void sim_shape_phone(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_object(o, NULL);
    json_out_text(o, "number", span_of(p->number));
    json_out_text(o, "name", span_of(p->name));
    phone_texts(o, w, p);
    phone_calls(o, w, p);
    json_out_end_object(o);
}
